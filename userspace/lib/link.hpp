/* SPDX-License-Identifier: GPL-2.0-only */
/* A network interface as rtnetlink describes it: bytes to a value, pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_LINK_HPP
#define _VIRT_LINK_HPP

#include "nlmsg.hpp"

#include <linux/if_link.h>
#include <linux/if_virt.h>

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace virt
{

/** The link kind, as rtnetlink spells it. */
inline constexpr const char *kKind = "virt";

/** Counters by enum virt_stat (IFLA_INFO_XSTATS), frames since creation. */
using CauseCounters = std::array<std::uint64_t, VIRT_STAT_MAX + 1>;

/** Option values by IFLA_VIRT_ number; nullopt: not sent. */
using OptionValues =
    std::array<std::optional<std::uint32_t>, IFLA_VIRT_MAX + 1>;

/**
 * Option values that are more than a number, as text, by IFLA_VIRT_ number;
 * those that were sent, which are few.
 */
using OptionTexts = std::map<unsigned, std::string>;

/** The interface counters that are shown, from IFLA_STATS64. */
struct LinkStats {
    std::uint64_t rx_bytes = 0;
    std::uint64_t rx_packets = 0;
    std::uint64_t rx_errors = 0;
    std::uint64_t rx_dropped = 0;
    std::uint64_t rx_over_errors = 0;
    std::uint64_t multicast = 0;
    std::uint64_t rx_compressed = 0;
    std::uint64_t tx_bytes = 0;
    std::uint64_t tx_packets = 0;
    std::uint64_t tx_errors = 0;
    std::uint64_t tx_dropped = 0;
    std::uint64_t tx_carrier_errors = 0;
    std::uint64_t collisions = 0;
    std::uint64_t tx_compressed = 0;

    bool operator==(const LinkStats &) const = default;
};

/** One RTM_NEWLINK message; an attribute that was not sent is nullopt. */
struct Link {
    /** Number of the interface in its namespace, at least 1. */
    std::int32_t ifindex = 0;
    /** Name, 1 to 15 bytes, not necessarily UTF-8. */
    std::string ifname;
    /** ifindex of the parent, in the namespace `link_netnsid`; 0: none. */
    std::optional<std::int32_t> link;
    /** Id of the parent's namespace; nullopt: the interface's own. */
    std::optional<std::int32_t> link_netnsid;
    /** ifindex of the upper device that it is enslaved to. */
    std::optional<std::int32_t> master;
    /** IFF_ bits. */
    std::uint32_t flags = 0;
    /** ARPHRD_ number. */
    std::uint16_t link_type = 0;
    /** Largest payload of a frame in bytes. */
    std::optional<std::uint32_t> mtu;
    std::optional<std::string> qdisc;
    /** IF_OPER_ number (RFC 2863). */
    std::optional<std::uint8_t> operstate;
    /** IF_LINK_MODE_ number. */
    std::optional<std::uint8_t> linkmode;
    std::optional<std::uint32_t> group;
    /** Length of the transmit queue in packets. */
    std::optional<std::uint32_t> txqlen;
    /** Hardware addresses, 1 to 32 bytes; empty: none. */
    std::vector<std::byte> address;
    std::vector<std::byte> broadcast;
    /** Link kind; empty for hardware and other devices without one. */
    std::string kind;
    /** Of kind virt only; words as their numbers. */
    OptionValues options;
    /** Of kind virt only. */
    OptionTexts texts;
    /** Of kind virt only. */
    std::optional<CauseCounters> causes;
    std::optional<LinkStats> stats;

    bool operator==(const Link &) const = default;
};

/** Interfaces; thousands of them are not moved while there come more. */
using Links = std::deque<Link>;

/**
 * Reads one whole RTM_NEWLINK message, header included. nullopt if any length
 * in it is wrong, or the number or name of the interface is missing; unknown
 * attributes are skipped, of equal ones the last counts.
 */
std::optional<Link> link_from_msg(Bytes message);

/** The text of an option, as long as `link` lives; nullopt: not sent. */
std::optional<std::string_view> text_of(const Link &link, unsigned attr);

/** What a subscriber is told about an interface. */
struct LinkNews {
    /** As it is now, or as it was when it went. */
    Link link;
    /** It is no longer in this namespace. */
    bool gone = false;
    /** Where it went, if only to another namespace: its id there, -1: none. */
    std::optional<std::int32_t> new_netnsid;
    /** Its number there; nullopt: the same. */
    std::optional<std::int32_t> new_ifindex;

    bool operator==(const LinkNews &) const = default;
};

/**
 * Reads one whole RTM_NEWLINK or RTM_DELLINK message as link_from_msg() does.
 */
std::optional<LinkNews> link_news_from_msg(Bytes message);

/**
 * Whether a message of the link group is about an interface as such: bridges
 * and others have messages of their own there, for their ports.
 */
bool is_link_news(Bytes message);

} // namespace virt

#endif // _VIRT_LINK_HPP
