// SPDX-License-Identifier: GPL-2.0-only
// The checks of interfaces.
//
// Copyright (C) The virt authors
#include "findings.hpp"

#include "child.hpp"

#include "lib/link_words.hpp"

#include "module/wire.h"

#include <linux/if.h>
#include <linux/if_arp.h>

#include <algorithm>

#include <fmt/format.h>

namespace virt
{

namespace
{

bool is_child(const Link &link)
{
    return link.kind == kKind;
}

const Link *by_index(const Facts &facts, std::optional<std::int32_t> ifindex)
{
    const auto link =
        std::ranges::find(facts.links, ifindex.value_or(0), &Link::ifindex);
    return link == facts.links.end() ? nullptr : &*link;
}

bool is_tunnel(const Link &link)
{
    return link.options[IFLA_VIRT_MODE] == VIRT_MODE_TUNNEL;
}

/* The parent, if it is in this namespace. */
const Link *parent_of(const Facts &facts, const Link &link)
{
    return link.link_netnsid ? nullptr : by_index(facts, link.link);
}

bool is_named(const Facts &facts, const Link &link)
{
    return std::ranges::find(facts.ifaces, link.ifname) != facts.ifaces.end();
}

bool is_asked(const Facts &facts, const Link &link)
{
    return facts.ifaces.empty() || is_named(facts, link);
}

/* What keeps a device from being a parent; no text: nothing. */
Finding obstacle(const Facts &facts, const Link &link)
{
    const auto found = [&](std::string text, std::string remedy) {
        return Finding{Severity::Problem, "parent", std::move(text),
                       std::move(remedy), link.ifname};
    };
    if (link.flags & IFF_LOOPBACK) {
        return found(link.ifname + " is a loopback device",
                     "use another device as the parent");
    }
    if (link.link_type != ARPHRD_ETHER) {
        return found(link.ifname + " is no Ethernet device",
                     "use another device as the parent");
    }
    for (const Link &other : facts.links) {
        if (parent_of(facts, other) != &link) {
            continue;
        }
        // The kinds that take all frames of their parent, as virt does.
        if (other.kind.starts_with("macv") || other.kind.starts_with("ipv") ||
            other.kind == "macsec") {
            return found(fmt::format("{} has {} {}", link.ifname, other.kind,
                                     other.ifname),
                         "ip link del " + other.ifname);
        }
        if (is_child(other) &&
            other.options[IFLA_VIRT_MODE] == VIRT_MODE_STEAL) {
            return found(fmt::format("{} steals all frames of {}", other.ifname,
                                     link.ifname),
                         fmt::format("ip link set {} type virt mode share",
                                     other.ifname));
        }
    }
    // A child may be a port: only a parent is taken by being one.
    const Link *master = by_index(facts, link.master);
    if (master && master->kind != "vrf") {
        return found(fmt::format("{} is a port of {} {}", link.ifname,
                                 master->kind, master->ifname),
                     fmt::format("use {} as the parent", master->ifname));
    }
    return {};
}

/* Of two prefixes one holds the other, or they are the same. */
bool overlap(const Ipv4Prefix &one, const Ipv4Prefix &other)
{
    return ((one.address ^ other.address) & one.mask & other.mask) == 0;
}

const std::vector<Ipv4Prefix> &addresses_of(const Facts &facts,
                                            const Link &link)
{
    static const std::vector<Ipv4Prefix> none;
    const auto found = facts.addresses.find(link.ifindex);
    return found == facts.addresses.end() ? none : found->second;
}

/* Another interface that is on a network of this one. */
const Link *neighbour(const Facts &facts, const Link &link)
{
    for (const Link &other : facts.links) {
        if (other.ifindex == link.ifindex) {
            continue;
        }
        for (const Ipv4Prefix &theirs : addresses_of(facts, other)) {
            for (const Ipv4Prefix &ours : addresses_of(facts, link)) {
                if (overlap(ours, theirs)) {
                    return &other;
                }
            }
        }
    }
    return nullptr;
}

/* What a datagram has beside the packet of the interface. */
unsigned overhead(const Link &link, const std::string &peer)
{
    constexpr unsigned ip4 = 20;
    constexpr unsigned ip6 = 40;
    constexpr unsigned udp = 8;
    const bool is_ip6 = peer.find(':') != peer.npos;
    const bool bare = link.options[IFLA_VIRT_PAYLOAD] == VIRT_PAYLOAD_IP;
    return (is_ip6 ? ip6 : ip4) + udp + (bare ? 0 : VIRT_WIRE_HEADER);
}

/* The way of a tunnel to its peer. */
Findings check_path(const Facts &facts, const Link &link)
{
    constexpr const char *check = "mtu";
    const auto path = facts.path_mtu.find(link.ifindex);
    if (path == facts.path_mtu.end()) {
        return {};
    }
    const std::string peer(peer_of(link).value_or(""));
    if (!path->second) {
        return {
            {Severity::Problem, "route",
             fmt::format("{} has no route to its peer {}", link.ifname, peer),
             fmt::format("ip route add {} via GATEWAY", peer), link.ifname}};
    }
    const unsigned more = overhead(link, peer);
    if (!link.mtu || *link.mtu + more <= *path->second) {
        return {};
    }
    const bool cut = link.options[IFLA_VIRT_DF] != VIRT_DF_SET;
    return {{cut ? Severity::Warning : Severity::Problem, check,
             fmt::format("the MTU of {} ({}) and {} bytes around it are more "
                         "than fits on the way to its peer {} ({}): large "
                         "packets are {}",
                         link.ifname, *link.mtu, more, peer, *path->second,
                         cut ? "fragmented" : "lost"),
             fmt::format("ip link set {} mtu {}", link.ifname,
                         *path->second > more ? *path->second - more : 0),
             link.ifname}};
}

} // namespace

Findings check_parents(const Facts &facts)
{
    Findings findings;
    for (const Link &link : facts.links) {
        const bool named = is_named(facts, link);
        // Who did not name it may not want it as a parent.
        if (is_child(link) || (!named && !facts.ifaces.empty()) ||
            (!named &&
             (link.link_type != ARPHRD_ETHER || (link.flags & IFF_LOOPBACK)))) {
            continue;
        }
        Finding finding = obstacle(facts, link);
        if (!finding.text.empty()) {
            finding.text += ": it can have no virt children";
            finding.severity = named ? Severity::Problem : Severity::Note;
            findings.push_back(std::move(finding));
        } else if (named) {
            findings.push_back({Severity::Ok,
                                "parent",
                                link.ifname + " can have virt children",
                                {},
                                link.ifname});
        }
    }
    return findings;
}

Findings check_carrier(const Facts &facts)
{
    constexpr const char *check = "carrier";
    Findings findings;
    for (const Link &link : facts.links) {
        if (!is_asked(facts, link) ||
            !(is_child(link) || is_named(facts, link))) {
            continue;
        }
        const auto add = [&](Severity severity, std::string text,
                             std::string remedy) {
            findings.push_back({severity, check, std::move(text),
                                std::move(remedy), link.ifname});
        };
        const Link *parent = is_child(link) ? parent_of(facts, link) : nullptr;
        if (!(link.flags & IFF_UP)) {
            add(Severity::Note, link.ifname + " is down",
                fmt::format("ip link set {} up", link.ifname));
        } else if (parent && !(parent->flags & IFF_UP)) {
            add(Severity::Problem,
                fmt::format("{} has no carrier: its parent {} is down",
                            link.ifname, parent->ifname),
                fmt::format("ip link set {} up", parent->ifname));
        } else if (parent && !(parent->flags & IFF_LOWER_UP)) {
            add(Severity::Problem,
                fmt::format("{} has no carrier, for its parent {} has none",
                            link.ifname, parent->ifname),
                fmt::format("look at the cable and the far end of {}",
                            parent->ifname));
        } else if (!(link.flags & IFF_LOWER_UP)) {
            add(Severity::Problem, link.ifname + " has no carrier",
                "look at its far end");
        }
    }
    return findings;
}

Findings check_mtu(const Facts &facts)
{
    Findings findings;
    for (const Link &link : facts.links) {
        const Link *parent = parent_of(facts, link);
        if (is_child(link) && is_asked(facts, link) && is_tunnel(link)) {
            std::ranges::move(check_path(facts, link),
                              std::back_inserter(findings));
        } else if (is_child(link) && is_asked(facts, link) && parent &&
                   link.mtu && parent->mtu && *link.mtu > *parent->mtu) {
            findings.push_back(
                {Severity::Problem, "mtu",
                 fmt::format("the MTU of {} ({}) is larger than that of its "
                             "parent {} ({})",
                             link.ifname, *link.mtu, parent->ifname,
                             *parent->mtu),
                 fmt::format("ip link set {} mtu {}", link.ifname,
                             *parent->mtu),
                 link.ifname});
        }
    }
    return findings;
}

Findings check_addresses(const Facts &facts)
{
    constexpr const char *check = "address";
    Findings findings;
    for (const Link &link : facts.links) {
        if (!is_child(link) || !is_asked(facts, link) ||
            link.options[IFLA_VIRT_MODE] != VIRT_MODE_SHARE) {
            continue;
        }
        if (const auto suspended =
                link.options[IFLA_VIRT_SUSPENDED].value_or(0)) {
            const auto allow = text_of(link, IFLA_VIRT_ALLOW);
            findings.push_back(
                {Severity::Problem, check,
                 fmt::format(
                     "{} of the addresses of {} are suspended: its "
                     "parent's host has taken them{}",
                     suspended, link.ifname,
                     allow ? fmt::format(", or allow {} has them not", *allow)
                           : ""),
                 fmt::format("ip addr show dev {}, then ip addr del them on "
                             "one of the two{}",
                             link.ifname,
                             allow ? fmt::format(", or ip link set {} type "
                                                 "virt allow PREFIX,...",
                                                 link.ifname)
                                   : ""),
                 link.ifname});
        }
        if ((link.flags & IFF_UP) && !link.master &&
            addresses_of(facts, link).empty()) {
            findings.push_back(
                {Severity::Note, check, link.ifname + " has no IPv4 address",
                 fmt::format("ip addr add ADDRESS/LENGTH dev {}; by DHCP: give "
                             "the client an id of its own, for {} has the MAC "
                             "of its parent",
                             link.ifname, link.ifname),
                 link.ifname});
        }
    }
    return findings;
}

Findings check_rp_filter(const Facts &facts)
{
    constexpr int strict = 1;
    Findings findings;
    for (const Link &link : facts.links) {
        const auto filter = facts.rp_filter.find(link.ifindex);
        if (!is_child(link) || !is_asked(facts, link) ||
            filter == facts.rp_filter.end() || filter->second != strict) {
            continue;
        }
        if (const Link *other = neighbour(facts, link)) {
            findings.push_back(
                {Severity::Warning, "rp_filter",
                 fmt::format("{} and {} are on one network, and rp_filter "
                             "drops what comes to {} if the route back is by "
                             "{}",
                             link.ifname, other->ifname, link.ifname,
                             other->ifname),
                 fmt::format("sysctl net.ipv4.conf.{}.rp_filter=2",
                             link.ifname),
                 link.ifname});
        }
    }
    return findings;
}

} // namespace virt
