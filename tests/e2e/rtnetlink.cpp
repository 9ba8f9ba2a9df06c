// SPDX-License-Identifier: GPL-2.0-only
// rtnetlink without `ip` between.
//
// Copyright (C) The virt authors
#include "rtnetlink.hpp"

#include <cerrno>
#include <cstring>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <span>
#include <system_error>

#include <gtest/gtest.h>

#include "module/uapi/linux/if_virt.h"

namespace e2e
{

namespace
{

// Of a device, which <net/if.h> has not.
constexpr unsigned kLowerUp = 1 << 16, kDormant = 1 << 17;

// Before the attributes of a link.
constexpr size_t kLinkHeader = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(ifinfomsg));

Bytes message(uint16_t type, int flags, const Bytes &rest)
{
    nlmsghdr header{};

    header.nlmsg_len = static_cast<uint32_t>(sizeof(header) + rest.size());
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
    return bytes_of(header) + rest;
}

nlmsghdr header_of(const Bytes &reply)
{
    nlmsghdr header;

    memcpy(&header, reply.data(), sizeof(header));
    return header;
}

// Calls @what with the type of each attribute, its value and all of it.
template <typename What>
void each_attribute(std::span<const uint8_t> from, What what)
{
    while (from.size() >= NLA_HDRLEN) {
        nlattr header;

        memcpy(&header, from.data(), sizeof(header));
        if (header.nla_len < NLA_HDRLEN || header.nla_len > from.size())
            break;
        const auto whole = from.first(
            std::min<size_t>(from.size(), NLA_ALIGN(header.nla_len)));
        what(header.nla_type & NLA_TYPE_MASK,
             from.first(header.nla_len).subspan(NLA_HDRLEN), whole);
        from = from.subspan(whole.size());
    }
}

std::map<uint16_t, Bytes> attributes(std::span<const uint8_t> from)
{
    std::map<uint16_t, Bytes> found;

    each_attribute(from, [&](int type, auto value, auto) {
        found[static_cast<uint16_t>(type)] = Bytes(value.begin(), value.end());
    });
    return found;
}

} // namespace

Bytes attribute(uint16_t type, const Bytes &value)
{
    Bytes all = bytes_of(
        nlattr{static_cast<uint16_t>(NLA_HDRLEN + value.size()), type});

    all.insert(all.end(), value.begin(), value.end());
    all.resize(NLA_ALIGN(all.size()));
    return all;
}

Bytes operator+(Bytes left, const Bytes &right)
{
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Bytes text(const std::string &value)
{
    return Bytes(value.begin(), value.end()) + Bytes{0};
}

Bytes lasting(const Bytes &link)
{
    static const std::set<int> counted{IFLA_STATS,
                                       IFLA_STATS64,
                                       IFLA_AF_SPEC,
                                       IFLA_OPERSTATE,
                                       IFLA_CARRIER,
                                       IFLA_CARRIER_CHANGES,
                                       IFLA_LINKINFO,
                                       IFLA_CARRIER_UP_COUNT,
                                       IFLA_CARRIER_DOWN_COUNT,
                                       IFLA_EXT_MASK,
                                       IFLA_QDISC};
    static const std::set<int> found_out{IFLA_VIRT_PEER, IFLA_VIRT_PEER_PORT,
                                         IFLA_VIRT_SEEN, IFLA_VIRT_RTT,
                                         IFLA_VIRT_LOSS};
    ifinfomsg head;
    Bytes rest;

    if (link.empty())
        return {};
    memcpy(&head, link.data() + NLMSG_HDRLEN, sizeof(head));
    head.ifi_flags &= ~static_cast<unsigned>(IFF_RUNNING | kLowerUp | kDormant);
    const auto keep = [&](std::span<const uint8_t> from,
                          const std::set<int> &but) {
        each_attribute(from, [&](int type, auto, auto whole) {
            if (!but.contains(type))
                rest.insert(rest.end(), whole.begin(), whole.end());
        });
    };
    const auto inside = std::span(link).subspan(kLinkHeader);
    keep(inside, counted);
    each_attribute(inside, [&](int type, auto info, auto) {
        if (type != IFLA_LINKINFO)
            return;
        each_attribute(info, [&](int part, auto data, auto) {
            if (part == IFLA_INFO_DATA)
                keep(data, found_out);
        });
    });
    return bytes_of(head) + rest;
}

void zero_value(Bytes &link, const std::vector<int> &path)
{
    auto inside = std::span<const uint8_t>(link).subspan(kLinkHeader);

    for (const int wanted : path) {
        std::span<const uint8_t> found;

        each_attribute(inside, [&](int type, auto value, auto) {
            if (type == wanted)
                found = value;
        });
        inside = found;
    }
    if (!inside.empty())
        std::fill_n(link.begin() + (inside.data() - link.data()), inside.size(),
                    uint8_t{0});
}

Rtnetlink::Rtnetlink(const Netns &ns)
{
    Inside inside(ns);
    int on = 1;

    fd_ = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd_ < 0 ||
        setsockopt(fd_, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
        setsockopt(fd_, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)))
        throw std::system_error(errno, std::generic_category(), "netlink");
    parent_ = if_nametoindex("p0");
}

Rtnetlink::~Rtnetlink()
{
    close(fd_);
}

void Rtnetlink::tell(const Bytes &request) const
{
    if (send(fd_, request.data(), request.size(), 0) < 0)
        throw std::system_error(errno, std::generic_category(), "netlink");
}

Answer Rtnetlink::ask(const std::string &name, bool create,
                      const Bytes &data) const
{
    Bytes rest =
        bytes_of(ifinfomsg{}) + attribute(IFLA_IFNAME, text(name)) +
        attribute(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, text("virt")) +
                                     attribute(IFLA_INFO_DATA, data));

    if (create)
        rest = rest + attribute(IFLA_GROUP, bytes_of(kMade));
    if (create && parent_)
        rest = rest + attribute(IFLA_LINK, bytes_of(parent_));
    return exchange(RTM_NEWLINK, create ? NLM_F_CREATE | NLM_F_EXCL : 0, rest);
}

Answer Rtnetlink::remove(const std::string &name) const
{
    return exchange(RTM_DELLINK, 0,
                    bytes_of(ifinfomsg{}) + attribute(IFLA_IFNAME, text(name)));
}

Answer Rtnetlink::remove_group(uint32_t group) const
{
    return exchange(RTM_DELLINK, 0,
                    bytes_of(ifinfomsg{}) +
                        attribute(IFLA_GROUP, bytes_of(group)));
}

// The answer is an error, then attributes; the first is the text.
Answer Rtnetlink::exchange(uint16_t type, int flags, const Bytes &rest) const
{
    struct {
        nlmsghdr header;
        nlmsgerr error;
        nlattr attribute;
        char text[1024];
    } reply{};

    tell(message(type, NLM_F_ACK | flags, rest));
    if (recv(fd_, &reply, sizeof(reply) - 1, 0) < 0)
        throw std::system_error(errno, std::generic_category(), "netlink");
    EXPECT_EQ(reply.header.nlmsg_type, NLMSG_ERROR);
    if (reply.attribute.nla_type != NLMSGERR_ATTR_MSG)
        reply.text[0] = 0;
    return {-reply.error.error, reply.text};
}

Bytes Rtnetlink::receive() const
{
    Bytes reply(32768);
    const ssize_t got = recv(fd_, reply.data(), reply.size(), 0);

    if (got < static_cast<ssize_t>(NLMSG_HDRLEN))
        throw std::system_error(errno, std::generic_category(), "netlink");
    reply.resize(static_cast<size_t>(got));
    return reply;
}

Bytes Rtnetlink::answer(uint16_t type, const Bytes &rest) const
{
    tell(message(type, 0, rest));
    return receive();
}

Bytes Rtnetlink::link(const std::string &name) const
{
    const Bytes reply =
        answer(RTM_GETLINK,
               bytes_of(ifinfomsg{}) + attribute(IFLA_IFNAME, text(name)));

    return header_of(reply).nlmsg_type == RTM_NEWLINK ? reply : Bytes{};
}

std::vector<Bytes> Rtnetlink::links() const
{
    std::vector<Bytes> all;

    tell(message(RTM_GETLINK, NLM_F_DUMP, bytes_of(ifinfomsg{})));
    for (;;) {
        const Bytes several = receive();

        for (auto from = several.begin(); from < several.end();) {
            const nlmsghdr header = header_of(Bytes(from, several.end()));

            if (header.nlmsg_type != RTM_NEWLINK)
                return all;
            all.emplace_back(from, from + header.nlmsg_len);
            from += NLMSG_ALIGN(header.nlmsg_len);
        }
    }
}

Bytes Rtnetlink::stats_of(int index) const
{
    const size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(if_stats_msg));
    if_stats_msg stats{};

    stats.ifindex = static_cast<uint32_t>(index);
    stats.filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
    const Bytes reply = answer(RTM_GETSTATS, bytes_of(stats));
    if (header_of(reply).nlmsg_type != RTM_NEWSTATS)
        return {};
    return attributes(std::span(reply).subspan(skip))[IFLA_STATS_LINK_64];
}

std::map<uint16_t, Bytes> Rtnetlink::attributes_in(const Bytes &link)
{
    if (link.empty())
        return {};
    return attributes(std::span(link).subspan(kLinkHeader));
}

std::map<uint16_t, Bytes> Rtnetlink::data_in(const Bytes &link)
{
    return attributes(
        attributes(attributes_in(link)[IFLA_LINKINFO])[IFLA_INFO_DATA]);
}

} // namespace e2e
