/* SPDX-License-Identifier: GPL-2.0-only */
/* Sends keepalives and reads their answers.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_KEEPALIVE_HPP
#define _VIRTPEER_KEEPALIVE_HPP

#include "context.hpp"

#include "module/wire.h"

namespace virt::peer
{

/** Asks the peer, if there is one. */
void send_keepalive(Context &context, std::uint32_t seq, Time now);

/** The peer asked or answered. */
void take_keepalive(Context &context, const virt_wire_keepalive &life,
                    Time now);

} // namespace virt::peer

#endif // _VIRTPEER_KEEPALIVE_HPP
