// SPDX-License-Identifier: GPL-2.0-only
// The JSON of ip, for programs that read ip's already.
//
// Copyright (C) The virt authors
#include "output.hpp"

#include "child_json.hpp"

#include "lib/link_words.hpp"

#include <linux/if.h>

namespace virt
{

namespace
{

Json linkinfo_json(const Child &child)
{
    const Link &link = child.link;
    Json info{{"info_kind", link.kind}};
    for (const virt_option &option : virt_options) {
        Json value = option_json(child, option);
        if (!value.is_null()) {
            info["info_data"][option.name] = std::move(value);
        }
    }
    if (link.causes) {
        Json &causes = info["info_xstats"];
        for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
            causes[virt_stat_word(stat)] = (*link.causes)[stat];
        }
    }
    return info;
}

Json stats_json(const LinkStats &stats)
{
    Json rx{
        {"bytes", stats.rx_bytes},
        {"packets", stats.rx_packets},
        {"errors", stats.rx_errors},
        {"dropped", stats.rx_dropped},
        {"over_errors", stats.rx_over_errors},
        {"multicast", stats.multicast},
    };
    if (stats.rx_compressed != 0) {
        rx["compressed"] = stats.rx_compressed;
    }
    Json tx{
        {"bytes", stats.tx_bytes},
        {"packets", stats.tx_packets},
        {"errors", stats.tx_errors},
        {"dropped", stats.tx_dropped},
        {"carrier_errors", stats.tx_carrier_errors},
        {"collisions", stats.collisions},
    };
    if (stats.tx_compressed != 0) {
        tx["compressed"] = stats.tx_compressed;
    }
    return {{"rx", std::move(rx)}, {"tx", std::move(tx)}};
}

void put_addresses(Json &object, const Link &link)
{
    object["link_type"] = link_type_word(link.link_type);
    if (!link.address.empty()) {
        object["address"] = address_text(link.address);
    }
    if (!link.broadcast.empty()) {
        if (link.flags & IFF_POINTOPOINT) {
            object["link_pointtopoint"] = true;
        }
        object["broadcast"] = address_text(link.broadcast);
    }
    if (link.link_netnsid) {
        object["link_netnsid"] = *link.link_netnsid;
    }
}

Json child_json(const Child &child)
{
    const Link &link = child.link;
    const bool parent_down = child.parent && !(child.parent->flags & IFF_UP);

    Json object{{"ifindex", link.ifindex}};
    put_parent(object, child);
    object["ifname"] = link.ifname;
    object["flags"] = flag_words(link.flags, parent_down);
    if (link.mtu) {
        object["mtu"] = *link.mtu;
    }
    if (link.qdisc) {
        object["qdisc"] = *link.qdisc;
    }
    if (link.master) {
        object["master"] = name_or_number(child.master, *link.master);
    }
    if (link.operstate) {
        object["operstate"] = operstate_word(*link.operstate);
    }
    if (link.linkmode) {
        object["linkmode"] = linkmode_word(*link.linkmode);
    }
    if (link.group) {
        object["group"] = group_word(*link.group);
    }
    if (link.txqlen.value_or(0) != 0) {
        object["txqlen"] = *link.txqlen;
    }
    put_addresses(object, link);
    object["linkinfo"] = linkinfo_json(child);
    if (link.stats) {
        object["stats64"] = stats_json(*link.stats);
    }
    return object;
}

} // namespace

std::string json_array(std::span<const Child> children, bool pretty)
{
    Json array = Json::array();
    for (const Child &child : children) {
        array.push_back(child_json(child));
    }
    return json_text(array, pretty);
}

} // namespace virt
