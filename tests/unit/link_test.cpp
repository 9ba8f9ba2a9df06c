// SPDX-License-Identifier: GPL-2.0-only
// RTM_NEWLINK messages, whole, cut and wrong.
//
// Copyright (C) The virt authors
#include "lib/link.hpp"

#include "wire.hpp"

#include <linux/if.h>
#include <linux/if_arp.h>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

Buffer ifinfo(int ifindex = 7)
{
    return raw(ifinfomsg{.ifi_family = 0,
                         .__ifi_pad = 0,
                         .ifi_type = ARPHRD_ETHER,
                         .ifi_index = ifindex,
                         .ifi_flags = IFF_UP,
                         .ifi_change = 0});
}

/* A message with a name and these attributes. */
Buffer link_message(std::initializer_list<Buffer> attrs)
{
    return message(RTM_NEWLINK,
                   join({ifinfo(), attr(IFLA_IFNAME, text("v")), join(attrs)}));
}

Buffer kind(const char *name)
{
    return attr(IFLA_INFO_KIND, text(name));
}

Buffer linkinfo(std::initializer_list<Buffer> attrs)
{
    return attr(IFLA_LINKINFO | NLA_F_NESTED, join(attrs));
}

Buffer mode(int number)
{
    return attr(IFLA_INFO_DATA,
                attr(IFLA_VIRT_MODE, raw(static_cast<std::uint8_t>(number))));
}

rtnl_link_stats64 numbered_stats()
{
    rtnl_link_stats64 stats{};
    stats.rx_packets = 1;
    stats.tx_packets = 2;
    stats.rx_bytes = 3;
    stats.tx_bytes = 4;
    stats.rx_errors = 5;
    stats.tx_errors = 6;
    stats.rx_dropped = 7;
    stats.tx_dropped = 8;
    stats.multicast = 9;
    stats.collisions = 10;
    stats.rx_over_errors = 11;
    stats.tx_carrier_errors = 12;
    stats.rx_compressed = 13;
    stats.tx_compressed = 14;
    return stats;
}

constexpr LinkStats kNumberedStats{
    .rx_bytes = 3,
    .rx_packets = 1,
    .rx_errors = 5,
    .rx_dropped = 7,
    .rx_over_errors = 11,
    .multicast = 9,
    .rx_compressed = 13,
    .tx_bytes = 4,
    .tx_packets = 2,
    .tx_errors = 6,
    .tx_dropped = 8,
    .tx_carrier_errors = 12,
    .collisions = 10,
    .tx_compressed = 14,
};

Buffer full_message()
{
    return message(
        RTM_NEWLINK,
        join(
            {ifinfo(), attr(IFLA_IFNAME, text("virt0")),
             attr(IFLA_LINK, raw(std::int32_t{3})),
             attr(IFLA_LINK_NETNSID, raw(std::int32_t{1})),
             attr(IFLA_MASTER, raw(std::int32_t{4})),
             attr(IFLA_MTU, raw(1500U)), attr(IFLA_QDISC, text("noqueue")),
             attr(IFLA_OPERSTATE, raw(std::uint8_t{6})),
             attr(IFLA_LINKMODE, raw(std::uint8_t{1})),
             attr(IFLA_GROUP, raw(9U)), attr(IFLA_TXQLEN, raw(1000U)),
             attr(IFLA_ADDRESS, hex({2, 0, 0, 0, 0, 1})),
             attr(IFLA_BROADCAST, hex({255, 255, 255, 255, 255, 255})),
             attr(IFLA_STATS64, raw(numbered_stats())),
             linkinfo({kind("virt"), mode(VIRT_MODE_STEAL),
                       attr(IFLA_INFO_XSTATS,
                            join({attr(VIRT_STAT_RX_DOWN, raw(21ULL)),
                                  attr(VIRT_STAT_TX_PARENT, raw(22ULL))}))})}));
}

Link full_link()
{
    Link link{
        .ifindex = 7,
        .ifname = "virt0",
        .link = 3,
        .link_netnsid = 1,
        .master = 4,
        .flags = IFF_UP,
        .link_type = ARPHRD_ETHER,
        .mtu = 1500,
        .qdisc = "noqueue",
        .operstate = 6,
        .linkmode = 1,
        .group = 9,
        .txqlen = 1000,
        .address = hex({2, 0, 0, 0, 0, 1}),
        .broadcast = hex({255, 255, 255, 255, 255, 255}),
        .kind = "virt",
        .options = {},
        .texts = {},
        .causes = CauseCounters{},
        .stats = kNumberedStats,
    };
    link.options[IFLA_VIRT_MODE] = VIRT_MODE_STEAL;
    (*link.causes)[VIRT_STAT_RX_DOWN] = 21;
    (*link.causes)[VIRT_STAT_TX_PARENT] = 22;
    return link;
}

Link named_link()
{
    Link link;
    link.ifindex = 7;
    link.ifname = "v";
    link.flags = IFF_UP;
    link.link_type = ARPHRD_ETHER;
    return link;
}

} // namespace

TEST(LinkFromMsg, AllAttributes)
{
    EXPECT_EQ(link_from_msg(full_message()), full_link());
}

TEST(LinkFromMsg, NameOnly)
{
    EXPECT_EQ(link_from_msg(link_message({})), named_link());
}

TEST(LinkFromMsg, Empty)
{
    EXPECT_EQ(link_from_msg({}), std::nullopt);
}

TEST(LinkFromMsg, EveryTruncation)
{
    const Buffer whole = full_message();
    for (std::size_t size = 0; size < whole.size(); size++) {
        const Buffer part(whole.begin(),
                          whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(link_from_msg(part), std::nullopt) << size;
    }
}

/* The header tells the truth, but an attribute is cut. */
TEST(LinkFromMsg, EveryTruncatedPayload)
{
    const Buffer payload =
        join({ifinfo(), attr(IFLA_IFNAME, text("virt0")),
              linkinfo({kind("virt"), mode(0),
                        attr(IFLA_INFO_XSTATS,
                             attr(VIRT_STAT_RX_DOWN, raw(1ULL)))})});
    // Without linkinfo, and with its last bytes, which are no padding.
    const std::size_t named = sizeof(ifinfomsg) + 12;
    for (std::size_t size = 0; size < payload.size(); size++) {
        const Buffer part(payload.begin(),
                          payload.begin() + static_cast<std::ptrdiff_t>(size));
        const bool valid = size >= named - 2 && size <= named;
        EXPECT_EQ(link_from_msg(message(RTM_NEWLINK, part)).has_value(), valid)
            << size;
    }
}

TEST(LinkFromMsg, LyingHeader)
{
    const Buffer payload = join({ifinfo(), attr(IFLA_IFNAME, text("v"))});
    for (const int claim : {-4, -1, 1, 4, 0x10000}) {
        EXPECT_EQ(link_from_msg(message(RTM_NEWLINK, payload, 0, claim)),
                  std::nullopt)
            << claim;
    }
}

TEST(LinkFromMsg, OtherType)
{
    EXPECT_EQ(link_from_msg(message(
                  RTM_DELLINK, join({ifinfo(), attr(IFLA_IFNAME, text("v"))}))),
              std::nullopt);
}

TEST(LinkFromMsg, NoIndex)
{
    for (const int ifindex : {0, -1}) {
        EXPECT_EQ(link_from_msg(message(
                      RTM_NEWLINK,
                      join({ifinfo(ifindex), attr(IFLA_IFNAME, text("v"))}))),
                  std::nullopt);
    }
}

TEST(LinkFromMsg, NoName)
{
    EXPECT_EQ(link_from_msg(message(RTM_NEWLINK, ifinfo())), std::nullopt);
}

TEST(LinkFromMsg, WrongName)
{
    EXPECT_EQ(link_from_msg(link_message({attr(IFLA_IFNAME, text(""))})),
              std::nullopt);
    EXPECT_EQ(link_from_msg(
                  link_message({attr(IFLA_IFNAME, text("sixteen-letters-"))})),
              std::nullopt);
}

TEST(LinkFromMsg, UnknownAttributes)
{
    EXPECT_EQ(
        link_from_msg(link_message(
            {attr(0x3fff, hex({1, 2, 3})), attr(0, {}),
             linkinfo({attr(99, hex({1})), kind("virt"),
                       attr(IFLA_INFO_DATA, attr(999, hex({1, 2, 3, 4, 5}))),
                       attr(IFLA_INFO_XSTATS,
                            join({attr(VIRT_STAT_PAD, {}),
                                  attr(VIRT_STAT_MAX + 1, raw(1ULL)),
                                  attr(0x3fff, hex({1}))}))})})),
        [] {
            Link link = named_link();
            link.kind = "virt";
            link.causes = CauseCounters{};
            return link;
        }());
}

TEST(LinkFromMsg, DuplicateCountsLast)
{
    Link link = named_link();
    link.mtu = 2;
    EXPECT_EQ(link_from_msg(link_message(
                  {attr(IFLA_MTU, raw(1U)), attr(IFLA_MTU, raw(2U))})),
              link);
}

/* The core sends the kind first, but nothing promises it. */
TEST(LinkFromMsg, KindAfterData)
{
    Link link = named_link();
    link.kind = "virt";
    link.options[IFLA_VIRT_MODE] = VIRT_MODE_STEAL;
    EXPECT_EQ(link_from_msg(link_message(
                  {linkinfo({mode(VIRT_MODE_STEAL), kind("virt")})})),
              link);
}

TEST(LinkFromMsg, NewerMode)
{
    EXPECT_EQ(link_from_msg(link_message({linkinfo({kind("virt"), mode(200)})}))
                  ->options[IFLA_VIRT_MODE],
              200);
}

/* Their attributes have the numbers of ours and other meanings. */
TEST(LinkFromMsg, OtherKindsDataIsNotRead)
{
    Link link = named_link();
    link.kind = "macvlan";
    EXPECT_EQ(link_from_msg(link_message({linkinfo(
                  {kind("macvlan"), attr(IFLA_INFO_DATA, attr(1, raw(4U))),
                   attr(IFLA_INFO_XSTATS, hex({1, 2, 3}))})})),
              link);
}

TEST(LinkFromMsg, Options)
{
    const auto link = link_from_msg(link_message({linkinfo(
        {kind("virt"),
         attr(IFLA_INFO_DATA, join({attr(IFLA_VIRT_HOST, hex({1})),
                                    attr(IFLA_VIRT_BCLIM, raw(70000U))}))})}));
    ASSERT_TRUE(link);
    OptionValues expected;
    expected[IFLA_VIRT_HOST] = 1;
    expected[IFLA_VIRT_BCLIM] = 70000;
    EXPECT_EQ(link->options, expected);
}

TEST(LinkFromMsg, WrongLengths)
{
    const Buffer wrong[] = {
        attr(IFLA_LINK, hex({1, 2})),
        attr(IFLA_LINK, hex({1, 2, 3, 4, 5})),
        attr(IFLA_LINK_NETNSID, {}),
        attr(IFLA_MASTER, hex({1})),
        attr(IFLA_MTU, raw(1ULL)),
        attr(IFLA_QDISC, hex({'x'})),
        attr(IFLA_OPERSTATE, raw(6U)),
        attr(IFLA_LINKMODE, {}),
        attr(IFLA_GROUP, hex({1, 2, 3})),
        attr(IFLA_TXQLEN, {}),
        attr(IFLA_ADDRESS, Buffer(33)),
        attr(IFLA_BROADCAST, Buffer(33)),
        attr(IFLA_STATS64, Buffer(22 * 8)),
        attr(IFLA_LINKINFO, hex({1})),
        linkinfo({attr(IFLA_INFO_KIND, hex({'v'}))}),
        linkinfo({kind("virt"), attr(IFLA_INFO_DATA, hex({1, 2, 3}))}),
        linkinfo({kind("virt"),
                  attr(IFLA_INFO_DATA, attr(IFLA_VIRT_MODE, raw(1U)))}),
        linkinfo({kind("virt"),
                  attr(IFLA_INFO_DATA, attr(IFLA_VIRT_BCLIM, hex({1})))}),
        linkinfo({kind("virt"), attr(IFLA_INFO_XSTATS, hex({1, 2, 3}))}),
        linkinfo({kind("virt"),
                  attr(IFLA_INFO_XSTATS, attr(VIRT_STAT_RX_DOWN, raw(1U)))}),
        linkinfo({kind("virt"), attr(IFLA_INFO_XSTATS,
                                     attr(VIRT_STAT_RX_DOWN, raw(1ULL), 4))}),
    };
    for (const Buffer &bytes : wrong) {
        EXPECT_EQ(link_from_msg(link_message({bytes})), std::nullopt)
            << "wrong[" << &bytes - wrong << ']';
    }
}

/* Linux 5.10 sends 24 counters, newer ones append. */
TEST(LinkFromMsg, ShorterAndLongerStats)
{
    Link link = named_link();
    link.stats = kNumberedStats;
    for (const std::size_t count : {23U, 24U, 25U, 30U}) {
        Buffer stats = raw(numbered_stats());
        stats.resize(count * 8);
        EXPECT_EQ(link_from_msg(link_message({attr(IFLA_STATS64, stats)})),
                  link)
            << count;
    }
}

TEST(LinkNewsFromMsg, NewAndGone)
{
    EXPECT_EQ(link_news_from_msg(full_message()),
              (LinkNews{.link = full_link(),
                        .gone = false,
                        .new_netnsid = {},
                        .new_ifindex = {}}));
    const Buffer payload = join({ifinfo(), attr(IFLA_IFNAME, text("v"))});
    EXPECT_EQ(link_news_from_msg(message(RTM_DELLINK, payload)),
              (LinkNews{.link = named_link(),
                        .gone = true,
                        .new_netnsid = {},
                        .new_ifindex = {}}));
    EXPECT_EQ(link_from_msg(message(RTM_DELLINK, payload)), std::nullopt);
    EXPECT_EQ(link_news_from_msg(message(RTM_NEWADDR, payload)), std::nullopt);
}

TEST(LinkNewsFromMsg, Moved)
{
    EXPECT_EQ(
        link_news_from_msg(message(
            RTM_DELLINK, join({ifinfo(), attr(IFLA_IFNAME, text("v")),
                               attr(IFLA_NEW_NETNSID, raw(std::int32_t{-1})),
                               attr(IFLA_NEW_IFINDEX, raw(std::int32_t{3}))}))),
        (LinkNews{.link = named_link(),
                  .gone = true,
                  .new_netnsid = -1,
                  .new_ifindex = 3}));
    EXPECT_EQ(
        link_news_from_msg(link_message({attr(IFLA_NEW_NETNSID, hex({1}))})),
        std::nullopt);
}

/* A bridge tells about its ports in the same group. */
TEST(IsLinkNews, FamilyAndType)
{
    EXPECT_TRUE(is_link_news(full_message()));
    EXPECT_TRUE(is_link_news(message(RTM_DELLINK, {})));
    EXPECT_FALSE(is_link_news(message(RTM_NEWADDR, ifinfo())));
    EXPECT_FALSE(is_link_news({}));
    EXPECT_FALSE(
        is_link_news(message(RTM_DELLINK, raw(ifinfomsg{.ifi_family = AF_BRIDGE,
                                                        .__ifi_pad = 0,
                                                        .ifi_type = 1,
                                                        .ifi_index = 7,
                                                        .ifi_flags = 0,
                                                        .ifi_change = 0}))));
}

} // namespace virt::test
