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

#include <span>
#include <system_error>

#include <gtest/gtest.h>

namespace e2e
{

namespace
{

// Of all that we make.
constexpr uint32_t kGroup = 77;

Bytes message(uint16_t type, int flags, const Bytes &rest)
{
    nlmsghdr header{};

    header.nlmsg_len = static_cast<uint32_t>(sizeof(header) + rest.size());
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
    return bytes_of(header) + rest;
}

std::map<uint16_t, Bytes> attributes(std::span<const uint8_t> from)
{
    std::map<uint16_t, Bytes> found;

    while (from.size() >= NLA_HDRLEN) {
        nlattr header;

        memcpy(&header, from.data(), sizeof(header));
        if (header.nla_len < NLA_HDRLEN || header.nla_len > from.size())
            break;
        found[header.nla_type & NLA_TYPE_MASK] =
            Bytes(from.begin() + NLA_HDRLEN, from.begin() + header.nla_len);
        from = from.subspan(
            std::min<size_t>(from.size(), NLA_ALIGN(header.nla_len)));
    }
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

Answer Rtnetlink::ask(const std::string &name, bool create,
                      const Bytes &data) const
{
    Bytes rest =
        bytes_of(ifinfomsg{}) + attribute(IFLA_IFNAME, text(name)) +
        attribute(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, text("virt")) +
                                     attribute(IFLA_INFO_DATA, data));

    if (create)
        rest = rest + attribute(IFLA_GROUP, bytes_of(kGroup));
    if (create && parent_)
        rest = rest + attribute(IFLA_LINK, bytes_of(parent_));
    return exchange(RTM_NEWLINK, create ? NLM_F_CREATE | NLM_F_EXCL : 0, rest);
}

Answer Rtnetlink::remove(const std::string &name) const
{
    return exchange(RTM_DELLINK, 0,
                    bytes_of(ifinfomsg{}) + attribute(IFLA_IFNAME, text(name)));
}

Answer Rtnetlink::remove_made() const
{
    return exchange(RTM_DELLINK, 0,
                    bytes_of(ifinfomsg{}) +
                        attribute(IFLA_GROUP, bytes_of(kGroup)));
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

    const Bytes request = message(type, NLM_F_ACK | flags, rest);
    if (send(fd_, request.data(), request.size(), 0) < 0 ||
        recv(fd_, &reply, sizeof(reply) - 1, 0) < 0)
        throw std::system_error(errno, std::generic_category(), "netlink");
    EXPECT_EQ(reply.header.nlmsg_type, NLMSG_ERROR);
    if (reply.attribute.nla_type != NLMSGERR_ATTR_MSG)
        reply.text[0] = 0;
    return {-reply.error.error, reply.text};
}

std::map<uint16_t, Bytes> Rtnetlink::data_of(const std::string &name,
                                             Bytes *whole) const
{
    const Bytes request =
        message(RTM_GETLINK, 0,
                bytes_of(ifinfomsg{}) + attribute(IFLA_IFNAME, text(name)));
    const size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(ifinfomsg));
    Bytes reply(32768);
    nlmsghdr header;

    if (send(fd_, request.data(), request.size(), 0) < 0)
        throw std::system_error(errno, std::generic_category(), "netlink");
    const ssize_t got = recv(fd_, reply.data(), reply.size(), 0);
    if (got < static_cast<ssize_t>(skip))
        throw std::system_error(errno, std::generic_category(), "netlink");
    reply.resize(static_cast<size_t>(got));
    memcpy(&header, reply.data(), sizeof(header));
    if (header.nlmsg_type != RTM_NEWLINK)
        return {};
    if (whole)
        *whole = reply;
    auto link = attributes(std::span(reply).subspan(skip));
    return attributes(attributes(link[IFLA_LINKINFO])[IFLA_INFO_DATA]);
}

} // namespace e2e
