// SPDX-License-Identifier: GPL-2.0-only
// Reads messages about interfaces, and the attributes of kind virt in them.
//
// Copyright (C) The virt authors
#include "link.hpp"

#include "option_text.h"

#include <linux/if.h>

#include <linux/rtnetlink.h>

namespace virt
{

namespace
{

/* read() fills a field from an attribute's payload; false: a wrong length. */

template <class T>
bool read(Bytes payload, std::optional<T> &field)
{
    field = load<T>(payload);
    return payload.size() == sizeof(T);
}

bool read(Bytes payload, std::string &field)
{
    const auto text = text_from_attr(payload);
    field = text.value_or("");
    return text.has_value();
}

bool read(Bytes payload, std::optional<std::string> &field)
{
    field = text_from_attr(payload);
    return field.has_value();
}

bool read(Bytes payload, std::vector<std::byte> &field)
{
    field.assign(payload.begin(), payload.end());
    return payload.size() <= 32;
}

bool read(Bytes payload, std::optional<LinkStats> &field)
{
    // Newer kernels append counters; older ones have all that is read here.
    rtnl_link_stats64 raw{};
    if (payload.size() < offsetof(rtnl_link_stats64, rx_nohandler)) {
        return false;
    }
    std::memcpy(&raw, payload.data(), std::min(sizeof(raw), payload.size()));
    field = LinkStats{
        .rx_bytes = raw.rx_bytes,
        .rx_packets = raw.rx_packets,
        .rx_errors = raw.rx_errors,
        .rx_dropped = raw.rx_dropped,
        .rx_over_errors = raw.rx_over_errors,
        .multicast = raw.multicast,
        .rx_compressed = raw.rx_compressed,
        .tx_bytes = raw.tx_bytes,
        .tx_packets = raw.tx_packets,
        .tx_errors = raw.tx_errors,
        .tx_dropped = raw.tx_dropped,
        .tx_carrier_errors = raw.tx_carrier_errors,
        .collisions = raw.collisions,
        .tx_compressed = raw.tx_compressed,
    };
    return true;
}

bool read_text(const virt_option &option, Bytes payload, std::string &field)
{
    std::array<char, VIRT_OPTION_TEXT> text;
    if (!virt_option_text(option.type, payload.data(), payload.size(),
                          text.data())) {
        return false;
    }
    field = text.data();
    return true;
}

/* The options by their IFLA_VIRT_ numbers. */
const auto kOptions = [] {
    std::array<const virt_option *, IFLA_VIRT_MAX + 1> options{};
    for (const virt_option &option : virt_options) {
        options[option.attr] = &option;
    }
    return options;
}();

bool read_data(Bytes data, Link &link)
{
    return each_attr(data, [&](std::uint16_t type, Bytes payload) {
        const auto *option = type < kOptions.size() ? kOptions[type] : nullptr;
        if (!option) {
            return true;
        }
        if (virt_option_is_text(option->type)) {
            return read_text(*option, payload, link.texts[type]);
        }
        if (!option->word && option->type != VIRT_OPTION_FLAG) {
            return read(payload, link.options[type]);
        }
        std::optional<std::uint8_t> number;
        const bool ok = read(payload, number);
        link.options[type] = number;
        return ok;
    });
}

bool read_causes(Bytes xstats, Link &link)
{
    CauseCounters &causes = link.causes.emplace();
    return each_attr(xstats, [&](std::uint16_t type, Bytes payload) {
        if (type == VIRT_STAT_PAD || type > VIRT_STAT_MAX) {
            return true;
        }
        std::optional<std::uint64_t> count;
        const bool ok = read(payload, count);
        causes[type] = count.value_or(0);
        return ok;
    });
}

bool read_info(Bytes info, Link &link)
{
    Bytes data;
    Bytes xstats;
    bool has_xstats = false;
    const bool whole = each_attr(info, [&](std::uint16_t type, Bytes payload) {
        switch (type) {
        case IFLA_INFO_KIND:
            return read(payload, link.kind);
        case IFLA_INFO_DATA:
            data = payload;
            return true;
        case IFLA_INFO_XSTATS:
            xstats = payload;
            has_xstats = true;
            return true;
        default:
            return true;
        }
    });
    if (!whole || link.kind != kKind) {
        return whole;
    }
    return read_data(data, link) && (!has_xstats || read_causes(xstats, link));
}

bool is_about_link(const nlmsghdr &header)
{
    return header.nlmsg_type == RTM_NEWLINK || header.nlmsg_type == RTM_DELLINK;
}

} // namespace

std::optional<std::string_view> text_of(const Link &link, unsigned attr)
{
    const auto text = link.texts.find(attr);
    if (text == link.texts.end()) {
        return std::nullopt;
    }
    return text->second;
}

bool is_link_news(Bytes message)
{
    const auto header = load<nlmsghdr>(message);
    if (!header || !is_about_link(*header)) {
        return false;
    }
    const auto ifi = load<ifinfomsg>(message.subspan(sizeof(nlmsghdr)));
    return !ifi || ifi->ifi_family == AF_UNSPEC;
}

std::optional<LinkNews> link_news_from_msg(Bytes message)
{
    const auto header = load<nlmsghdr>(message);
    if (!header || header->nlmsg_len != message.size() ||
        !is_about_link(*header)) {
        return std::nullopt;
    }
    message = message.subspan(sizeof(nlmsghdr));
    const auto ifi = load<ifinfomsg>(message);
    if (!ifi || ifi->ifi_index < 1) {
        return std::nullopt;
    }

    // Made where it is returned: it is large.
    std::optional<LinkNews> news(std::in_place);
    news->gone = header->nlmsg_type == RTM_DELLINK;
    Link &link = news->link;
    link.ifindex = ifi->ifi_index;
    link.flags = ifi->ifi_flags;
    link.link_type = ifi->ifi_type;
    const auto visit = [&](std::uint16_t type, Bytes payload) {
        switch (type) {
        case IFLA_IFNAME:
            return read(payload, link.ifname) && !link.ifname.empty() &&
                   link.ifname.size() < IFNAMSIZ;
        case IFLA_LINK:
            return read(payload, link.link);
        case IFLA_LINK_NETNSID:
            return read(payload, link.link_netnsid);
        case IFLA_MASTER:
            return read(payload, link.master);
        case IFLA_MTU:
            return read(payload, link.mtu);
        case IFLA_QDISC:
            return read(payload, link.qdisc);
        case IFLA_OPERSTATE:
            return read(payload, link.operstate);
        case IFLA_LINKMODE:
            return read(payload, link.linkmode);
        case IFLA_GROUP:
            return read(payload, link.group);
        case IFLA_TXQLEN:
            return read(payload, link.txqlen);
        case IFLA_ADDRESS:
            return read(payload, link.address);
        case IFLA_BROADCAST:
            return read(payload, link.broadcast);
        case IFLA_STATS64:
            return read(payload, link.stats);
        case IFLA_LINKINFO:
            return read_info(payload, link);
        case IFLA_NEW_NETNSID:
            return read(payload, news->new_netnsid);
        case IFLA_NEW_IFINDEX:
            return read(payload, news->new_ifindex);
        default:
            return true;
        }
    };
    if (!each_attr(after_padded(message, sizeof(ifinfomsg)), visit) ||
        link.ifname.empty()) {
        news.reset();
    }
    return news;
}

std::optional<Link> link_from_msg(Bytes message)
{
    auto news = link_news_from_msg(message);
    if (!news || news->gone) {
        return std::nullopt;
    }
    return std::move(news->link);
}

} // namespace virt
