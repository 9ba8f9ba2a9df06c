/* SPDX-License-Identifier: GPL-2.0-only */
/* Frames of an interface that match a pcap filter.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_CAPTURE_HPP
#define _VIRTPEER_CAPTURE_HPP

#include "address.hpp"
#include "packet.hpp"

#include <pcap/pcap.h>

#include <functional>
#include <memory>
#include <string>

namespace virt::peer
{

/** The filter, but never the tunnel's own datagrams: those that are not behind
 *  a VLAN tag and no fragments. Pure.
 */
std::string capture_expression(const std::string &filter,
                               std::uint16_t local_port);

class Capture
{
public:
    /** Throws std::runtime_error with libpcap's words. */
    Capture(const std::string &device, const std::string &expression);

    /** Readable while frames wait. */
    int fd() const { return pcap_get_selectable_fd(pcap_.get()); }

    /** Calls visit for each frame that waits. */
    void each(const std::function<void(Frame)> &visit);

private:
    struct Close {
        void operator()(pcap_t *pcap) const { pcap_close(pcap); }
    };
    std::unique_ptr<pcap_t, Close> pcap_;
};

} // namespace virt::peer

#endif // _VIRTPEER_CAPTURE_HPP
