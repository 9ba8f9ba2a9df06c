// SPDX-License-Identifier: GPL-2.0-only
// The literal children.
//
// Copyright (C) The virt authors
#include "sample.hpp"

#include "wire.hpp"

#include <linux/if.h>

namespace virt::test
{

Link parent()
{
    Link link;
    link.ifindex = 3;
    link.ifname = "eth0";
    link.flags = IFF_UP;
    return link;
}

Link virt0()
{
    return {
        .ifindex = 7,
        .ifname = "virt0",
        .link = 3,
        .link_netnsid = {},
        .master = {},
        .flags = IFF_UP | IFF_RUNNING | IFF_LOWER_UP | IFF_BROADCAST,
        .link_type = 1,
        .mtu = 1500,
        .qdisc = "noqueue",
        .operstate = 6,
        .linkmode = 0,
        .group = 0,
        .txqlen = 1000,
        .address = hex({2, 0, 0, 0, 0, 1}),
        .broadcast = hex({255, 255, 255, 255, 255, 255}),
        .kind = "virt",
        .options = {std::nullopt, VIRT_MODE_SHARE},
        .texts = {},
        .causes = {},
        .stats = LinkStats{.rx_bytes = 123456789012,
                           .rx_packets = 1,
                           .rx_dropped = 2,
                           .tx_bytes = 3,
                           .tx_packets = 4,
                           .tx_dropped = 18446744073709551615U},
    };
}

CauseCounters numbered_causes()
{
    CauseCounters causes{};
    for (std::size_t stat = 1; stat < causes.size(); stat++) {
        causes[stat] = 10 * stat;
    }
    return causes;
}

Child child()
{
    return {.link = virt0(), .parent = parent(), .master = {}};
}

} // namespace virt::test
