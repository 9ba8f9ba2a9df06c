// SPDX-License-Identifier: GPL-2.0-only
// Questions to the running kernel. No rights are needed: lo is everywhere.
//
// Copyright (C) The virt authors
#include "lib/query.hpp"
#include "virtstat/children.hpp"

#include "wire.hpp"

#include <linux/if.h>
#include <linux/if_arp.h>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

/* Why an interface of this name is not read. */
std::string query_refusal(const std::string &name)
{
    try {
        NetlinkSocket socket;
        read_children(socket, {name});
    } catch (const NoVirtInterface &error) {
        return error.what();
    }
    return "none";
}

} // namespace

TEST(LinkByName, Loopback)
{
    NetlinkSocket socket;
    const auto lo = link_by_name(socket, "lo");
    ASSERT_TRUE(lo);
    EXPECT_EQ(lo->ifname, "lo");
    EXPECT_EQ(lo->ifindex, 1);
    EXPECT_EQ(lo->link_type, ARPHRD_LOOPBACK);
    EXPECT_TRUE(lo->flags & IFF_LOOPBACK);
    EXPECT_EQ(lo->kind, "");
    EXPECT_EQ(lo->link, std::nullopt);
    EXPECT_TRUE(lo->mtu);
    EXPECT_TRUE(lo->stats);
}

TEST(LinkByName, None)
{
    NetlinkSocket socket;
    for (const std::string &name :
         {std::string("no-such-iface"), std::string("a-longer-name-than-15"),
          std::string(127, 'x'), std::string(128, 'x'), std::string(70000, 'x'),
          std::string()}) {
        EXPECT_EQ(link_by_name(socket, name), std::nullopt) << name.size();
    }
}

TEST(LinkByIndex, Loopback)
{
    NetlinkSocket socket;
    const auto lo = link_by_index(socket, 1);
    ASSERT_TRUE(lo);
    EXPECT_EQ(lo->ifname, "lo");
}

TEST(LinkByIndex, None)
{
    NetlinkSocket socket;
    EXPECT_EQ(link_by_index(socket, INT32_MAX), std::nullopt);
}

/* The kernel ignores a filter for a kind that it does not know. */
TEST(LinksOfKind, UnknownKind)
{
    NetlinkSocket socket;
    EXPECT_TRUE(links_of_kind(socket, "no-such-kind").empty());
}

TEST(NetlinkSocket, RefusalHasTheKernelsWords)
{
    // Strict checking refuses a dump with an attribute that it does not take.
    Buffer request = message(
        RTM_GETLINK, join({raw(ifinfomsg{}), attr(IFLA_MTU, raw(1500U))}),
        NLM_F_DUMP);
    NetlinkSocket socket;
    nlmsghdr &header = *reinterpret_cast<nlmsghdr *>(request.data());
    try {
        socket.ask(header, "cannot test");
        FAIL() << "the kernel took the request";
    } catch (const NetlinkError &error) {
        EXPECT_EQ(error.code().value(), EINVAL);
        const std::string what = error.what();
        EXPECT_EQ(what.find("cannot test: "), 0U);
        EXPECT_NE(what.find("attribute"), std::string::npos) << what;
    }
}

/* An answer must not be left over for the next question. */
TEST(NetlinkSocket, AskAgainAfterRefusal)
{
    NetlinkSocket socket;
    for (int i = 0; i < 3; i++) {
        EXPECT_FALSE(link_by_index(socket, INT32_MAX));
        EXPECT_TRUE(link_by_index(socket, 1));
    }
}

TEST(NetlinkListener, NothingHappens)
{
    // Of rules for DECnet there is no news any more.
    NetlinkListener listener(RTNLGRP_DECnet_RULE);
    std::vector<std::byte> messages{std::byte{1}};
    EXPECT_EQ(listener.take(messages), NetlinkListener::Heard::Nothing);
    EXPECT_TRUE(messages.empty());
}

TEST(ReadChildren, NotThere)
{
    EXPECT_EQ(query_refusal("no-such-iface"),
              "no-such-iface: no such interface; "
              "without arguments virtstat lists all");
}

TEST(ReadChildren, NotVirt)
{
    EXPECT_EQ(query_refusal("lo"), "lo is not a virt interface (no link kind); "
                                   "without arguments virtstat lists all");
}

} // namespace virt::test
