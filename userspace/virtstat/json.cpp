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

/* Members are added at the end, without a search for one of the same name. */
using Members = Json::object_t;

/* What an object holds is about as much each time, see members(). */
constexpr std::size_t kMostMembers = 32;

Members members()
{
    Members room;
    room.reserve(kMostMembers);
    return room;
}

Json linkinfo_json(const Child &child)
{
    const Link &link = child.link;
    Members data = members();
    for (const virt_option &option : virt_options) {
        Json value = option_json(child, option);
        if (!value.is_null()) {
            data.emplace_back(option.name, std::move(value));
        }
    }
    Members info = members();
    info.emplace_back("info_kind", link.kind);
    if (!data.empty()) {
        info.emplace_back("info_data", std::move(data));
    }
    if (link.causes) {
        Members causes = members();
        for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
            causes.emplace_back(virt_stat_word(stat), (*link.causes)[stat]);
        }
        info.emplace_back("info_xstats", std::move(causes));
    }
    return info;
}

Json stats_json(const LinkStats &stats)
{
    Members rx{
        {"bytes", stats.rx_bytes},
        {"packets", stats.rx_packets},
        {"errors", stats.rx_errors},
        {"dropped", stats.rx_dropped},
        {"over_errors", stats.rx_over_errors},
        {"multicast", stats.multicast},
    };
    if (stats.rx_compressed != 0) {
        rx.emplace_back("compressed", stats.rx_compressed);
    }
    Members tx{
        {"bytes", stats.tx_bytes},
        {"packets", stats.tx_packets},
        {"errors", stats.tx_errors},
        {"dropped", stats.tx_dropped},
        {"carrier_errors", stats.tx_carrier_errors},
        {"collisions", stats.collisions},
    };
    if (stats.tx_compressed != 0) {
        tx.emplace_back("compressed", stats.tx_compressed);
    }
    Members both = members();
    both.emplace_back("rx", std::move(rx));
    both.emplace_back("tx", std::move(tx));
    return both;
}

void put_addresses(Members &object, const Link &link)
{
    object.emplace_back("link_type", link_type_word(link.link_type));
    if (!link.address.empty()) {
        object.emplace_back("address", address_text(link.address));
    }
    if (!link.broadcast.empty()) {
        if (link.flags & IFF_POINTOPOINT) {
            object.emplace_back("link_pointtopoint", true);
        }
        object.emplace_back("broadcast", address_text(link.broadcast));
    }
    if (link.link_netnsid) {
        object.emplace_back("link_netnsid", *link.link_netnsid);
    }
}

Json child_json(const Child &child)
{
    const Link &link = child.link;
    const bool parent_down = child.parent && !(child.parent->flags & IFF_UP);

    Members object = members();
    object.emplace_back("ifindex", link.ifindex);
    put_parent(object, child);
    object.emplace_back("ifname", link.ifname);
    object.emplace_back("flags", flag_words(link.flags, parent_down));
    if (link.mtu) {
        object.emplace_back("mtu", *link.mtu);
    }
    if (link.qdisc) {
        object.emplace_back("qdisc", *link.qdisc);
    }
    if (link.master) {
        object.emplace_back("master",
                            name_or_number(child.master, *link.master));
    }
    if (link.operstate) {
        object.emplace_back("operstate", operstate_word(*link.operstate));
    }
    if (link.linkmode) {
        object.emplace_back("linkmode", linkmode_word(*link.linkmode));
    }
    if (link.group) {
        object.emplace_back("group", group_word(*link.group));
    }
    if (link.txqlen.value_or(0) != 0) {
        object.emplace_back("txqlen", *link.txqlen);
    }
    put_addresses(object, link);
    object.emplace_back("linkinfo", linkinfo_json(child));
    if (link.stats) {
        object.emplace_back("stats64", stats_json(*link.stats));
    }
    return object;
}

/* The lines of a document as those of an element of an array. */
std::string indented(std::string_view document)
{
    std::string lines;
    for (const char c : document) {
        lines += c;
        // Strings have none: there it is written as two other characters.
        if (c == '\n') {
            lines += "    ";
        }
    }
    return lines;
}

} // namespace

std::string json_array(std::span<const Child> children, bool pretty)
{
    // One after the other: thousands at once take a lot of memory.
    const std::string_view gap = pretty ? "\n    " : "";
    std::string array = "[";
    for (const Child &child : children) {
        std::string element = json_text(child_json(child), pretty);
        element.pop_back();
        array += array.size() == 1 ? "" : ",";
        array += gap;
        array += pretty ? indented(element) : element;
    }
    array += pretty && !children.empty() ? "\n]\n" : "]\n";
    return array;
}

} // namespace virt
