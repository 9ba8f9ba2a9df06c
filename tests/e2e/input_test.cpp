// SPDX-License-Identifier: GPL-2.0-only
// What `ip` would not send: attributes that are missing, twice there, of the
// wrong length or unknown; and values at the ends of their ranges.
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <cerrno>
#include <cstring>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>
#include <system_error>

#include "module/uapi/linux/if_virt.h"

namespace e2e
{

namespace
{

struct Answer {
    int error;
    std::string why;
};

Bytes bytes_of(const auto &value)
{
    auto *start = reinterpret_cast<const uint8_t *>(&value);

    return Bytes(start, start + sizeof(value));
}

// Debian has no static libmnl, which this program would need.
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

class Rtnetlink
{
public:
    explicit Rtnetlink(const Netns &ns)
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
    Rtnetlink(const Rtnetlink &) = delete;
    Rtnetlink &operator=(const Rtnetlink &) = delete;
    ~Rtnetlink() { close(fd_); }

    // Makes (or changes) the interface @name, with @data as IFLA_INFO_DATA.
    Answer ask(const std::string &name, bool create, const Bytes &data) const
    {
        Bytes rest =
            bytes_of(ifinfomsg{}) + attribute(IFLA_IFNAME, text(name)) +
            attribute(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, text("virt")) +
                                         attribute(IFLA_INFO_DATA, data));

        if (create && parent_)
            rest = rest + attribute(IFLA_LINK, bytes_of(parent_));
        return exchange(RTM_NEWLINK, create ? NLM_F_CREATE | NLM_F_EXCL : 0,
                        rest);
    }

    Answer remove(const std::string &name) const
    {
        return exchange(RTM_DELLINK, 0,
                        bytes_of(ifinfomsg{}) +
                            attribute(IFLA_IFNAME, text(name)));
    }

    void without_parent() { parent_ = 0; }

private:
    // The answer is an error, then attributes; the first is the text.
    Answer exchange(uint16_t type, int flags, const Bytes &rest) const
    {
        nlmsghdr header{};
        struct {
            nlmsghdr header;
            nlmsgerr error;
            nlattr attribute;
            char text[1024];
        } reply{};

        header.nlmsg_len = static_cast<uint32_t>(sizeof(header) + rest.size());
        header.nlmsg_type = type;
        header.nlmsg_flags =
            static_cast<uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
        const Bytes request = bytes_of(header) + rest;
        if (send(fd_, request.data(), request.size(), 0) < 0 ||
            recv(fd_, &reply, sizeof(reply) - 1, 0) < 0)
            throw std::system_error(errno, std::generic_category(), "netlink");
        EXPECT_EQ(reply.header.nlmsg_type, NLMSG_ERROR);
        if (reply.attribute.nla_type != NLMSGERR_ATTR_MSG)
            reply.text[0] = 0;
        return {-reply.error.error, reply.text};
    }

    int fd_;
    unsigned int parent_ = 0;
};

} // namespace

class Input : public Bed
{
};

// Whatever comes is taken or refused, with a reason; what was taken can be
// shown and goes again.
TEST_F(Input, EveryAttributeInEveryLength)
{
    std::mt19937 random(1);
    Rtnetlink rtnetlink(*near_);
    int taken = 0, refused = 0;

    add_child("v0", "mode mac", {"192.0.2.10/24"});
    near_->ok("ip link add u0 type virt mode tunnel remote 192.0.2.2");
    for (uint16_t type = 0; type <= IFLA_VIRT_MAX + 2; type++) {
        for (size_t len : {0, 1, 2, 3, 4, 5, 8, 16, 17, 24, 4000}) {
            for (const std::string name : {"x0", "v0", "u0"}) {
                const bool create = name == "x0";
                Bytes value(len), data;

                for (uint8_t &byte : value)
                    byte = static_cast<uint8_t>(random() % 3);
                if (random() % 2)
                    data = attribute(
                        IFLA_VIRT_MODE,
                        {name == "v0" ? VIRT_MODE_MAC : VIRT_MODE_TUNNEL});
                data = data + attribute(type, value);
                // the last one counts
                if (random() % 4 == 0)
                    data = data + attribute(type, value);
                Answer answer = rtnetlink.ask(name, create, data);

                if (answer.error) {
                    refused++;
                    EXPECT_NE(answer.why, "")
                        << "attribute " << type << " of " << len << " bytes, "
                        << name << ": " << strerror(answer.error);
                    continue;
                }
                taken++;
                if (!create)
                    continue;
                if (taken % 8 == 0)
                    near_->ok("ip -d -s link show x0");
                EXPECT_EQ(rtnetlink.remove(name).error, 0);
            }
        }
    }
    EXPECT_GT(taken, 100);
    EXPECT_GT(refused, 300);
    near_->ok("ip -d -s link show");
    near_->batch({"link del u0", "link del v0"});
    add_child("v1", "", {"192.0.2.10/24"});
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
}

TEST_F(Input, WhatIsMissing)
{
    Rtnetlink rtnetlink(*near_);

    rtnetlink.without_parent();
    for (uint8_t mode :
         {VIRT_MODE_SHARE, VIRT_MODE_MAC, VIRT_MODE_STEAL, VIRT_MODE_TUNNEL}) {
        Answer answer =
            rtnetlink.ask("x0", true, attribute(IFLA_VIRT_MODE, {mode}));

        EXPECT_EQ(answer.error, EINVAL);
        EXPECT_NE(answer.why.find(mode == VIRT_MODE_TUNNEL ? "remote" : "link"),
                  std::string::npos)
            << answer.why;
    }
}

TEST_F(Input, MtuAndMacAtTheEndsOfTheirRanges)
{
    near_->ok("ip link add link p0 name v0 type virt mode mac");
    for (const std::string mtu : {"0", "1", "67", "1501", "65535", "65536"}) {
        near_->refused("ip link add link p0 name v1 mtu " + mtu +
                       " type virt mode mac");
        near_->refused("ip link set v0 mtu " + mtu);
    }
    for (const std::string mtu : {"68", "1500"})
        near_->ok("ip link set v0 mtu " + mtu);
    for (const std::string address :
         {"01:00:5e:00:00:01", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff",
          "02:00:00:00:00:0a"}) {
        near_->refused("ip link add link p0 name v1 address " + address +
                       " type virt mode mac");
        near_->refused("ip link set v0 address " + address);
    }
}

} // namespace e2e
