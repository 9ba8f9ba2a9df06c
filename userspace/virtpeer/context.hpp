/* SPDX-License-Identifier: GPL-2.0-only */
/* What both directions of a tunnel share.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_CONTEXT_HPP
#define _VIRTPEER_CONTEXT_HPP

#include "device.hpp"
#include "dump.hpp"
#include "options.hpp"
#include "peer.hpp"
#include "socket.hpp"
#include "stats.hpp"
#include "transform.hpp"

namespace virt::peer
{

struct Context {
    const Options &options;
    Socket &socket;
    Peer &peer;
    Stats &stats;
    /** The largest datagram that leaves unfragmented. */
    std::size_t largest = 0;
    /** Absent: what arrives is of no interest. */
    Device *device = nullptr;
    Dump *dump = nullptr;
    Transform *transform = nullptr;
    /** Source of keepalives. */
    Mac mac{};
};

} // namespace virt::peer

#endif // _VIRTPEER_CONTEXT_HPP
