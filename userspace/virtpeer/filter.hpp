/* SPDX-License-Identifier: GPL-2.0-only */
/* Which frames are sent to the peer; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_FILTER_HPP
#define _VIRTPEER_FILTER_HPP

#include "packet.hpp"

#include <optional>
#include <string>
#include <vector>

namespace virt::peer
{

class Filter
{
public:
    /** Every frame. */
    Filter() = default;

    /**
     * "all", "ktunnel" (ARP, and ICMP, TCP and UDP over IPv4), or ethertypes
     * with commas between them, by name or as numbers from 0x600 on. nullopt:
     * anything else.
     */
    static std::optional<Filter> parse(const std::string &text);

    /** `frame` has a whole Ethernet header. VLAN tags are ethertypes too. */
    bool wants(Frame frame) const;

    bool operator==(const Filter &) const = default;

private:
    bool ktunnel_ = false;
    std::vector<unsigned> types_;
};

} // namespace virt::peer

#endif // _VIRTPEER_FILTER_HPP
