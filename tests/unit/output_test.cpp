// SPDX-License-Identifier: GPL-2.0-only
// The table and the JSON of literal children.
//
// Copyright (C) The virt authors
#include "virtstat/output.hpp"

#include "lib/words.h"
#include "sample.hpp"

#include <linux/if.h>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

std::string table(const Child &one, const TextStyle &style = {})
{
    return text_table({&one, 1}, style);
}

constexpr ColorEnvironment kPlain{};

std::string json(const Child &one)
{
    return json_array({&one, 1}, false);
}

/* Whether the text has this, for messages that show the text if not. */
testing::AssertionResult has(const std::string &text, const std::string &part)
{
    if (text.find(part) != std::string::npos) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << part << " is not in\n" << text;
}

} // namespace

TEST(TextTable, Empty)
{
    EXPECT_EQ(text_table({}, {.details = true, .causes = true}), "");
}

TEST(TextTable, ColumnsAreAsWideAsTheirContents)
{
    Child second = child();
    second.link.ifname = "long-name-here";
    second.link.operstate = 3;
    second.link.stats = LinkStats{};
    const Child children[] = {child(), second};
    EXPECT_EQ(
        text_table(children, {}),
        "NAME            PARENT  MODE   STATE           "
        "RX-PKTS     RX-BYTES RX-DROP TX-PKTS TX-BYTES              TX-DROP\n"
        "virt0           eth0    share  UP              "
        "      1 123456789012       2       4        3 18446744073709551615\n"
        "long-name-here  eth0    share  LOWERLAYERDOWN  "
        "      0            0       0       0        0                    0\n");
}

TEST(TextTable, FitsATerminal)
{
    Child small = child();
    small.link.stats = LinkStats{};
    EXPECT_LE(table(small).find('\n'), 80U);
}

TEST(TextTable, ParentInAnotherNamespace)
{
    Child other = child();
    other.parent = {};
    other.link.link_netnsid = 2;
    EXPECT_TRUE(has(table(other), "virt0  if3@nsid2  share"));
}

TEST(TextTable, ParentIsGone)
{
    Child orphan = child();
    orphan.parent = {};
    EXPECT_TRUE(has(table(orphan), "virt0  if3     share"));
}

/* A column that says nothing of anybody is left out. */
TEST(TextTable, WithoutParentModeAndStats)
{
    Link bare;
    bare.ifindex = 1;
    bare.ifname = "v";
    const Child one{.link = bare, .parent = {}, .master = {}};
    EXPECT_TRUE(has(table(one), "NAME  STATE    RX-PKTS"));
    EXPECT_TRUE(has(table(one), "\nv     UNKNOWN        0"));
    bare.link = 0;
    const Child children[] = {{.link = bare, .parent = {}, .master = {}},
                              child()};
    EXPECT_TRUE(has(text_table(children, {}), "\nv      -       -      UNK"));
}

TEST(TextTable, PeersBesideParents)
{
    Child tunnel = child();
    tunnel.link.ifname = "t0";
    tunnel.link.link.reset();
    tunnel.link.options[IFLA_VIRT_MODE] = VIRT_MODE_TUNNEL;
    tunnel.link.texts[IFLA_VIRT_REMOTE] = "2001:db8::1";
    const Child children[] = {child(), tunnel};
    const std::string text = text_table(children, {});
    EXPECT_TRUE(has(text, "NAME   PARENT  MODE    PEER         STATE  "));
    EXPECT_TRUE(has(text, "\nvirt0  eth0    share   -            UP  "));
    EXPECT_TRUE(has(text, "\nt0     -       tunnel  2001:db8::1  UP  "));
    EXPECT_TRUE(has(table(tunnel), "NAME  MODE    PEER         STATE  "));
}

TEST(TextTable, Causes)
{
    Child counted = child();
    counted.link.causes = numbered_causes();
    const TextStyle causes{.causes = true};
    const std::string text = table(counted, causes);
    EXPECT_TRUE(has(text, "\n    rx_down "));
    EXPECT_TRUE(has(text, " 10\n    rx_nomem "));
    EXPECT_EQ(std::ranges::count(text, '\n'), 2 + VIRT_STAT_MAX);
    counted.link.causes = {};
    EXPECT_EQ(std::ranges::count(table(counted, causes), '\n'), 2);
}

/* Without being asked for: what was lost, and nothing that only happened. */
TEST(TextTable, Drops)
{
    Child lossy = child();
    CauseCounters &causes = lossy.link.causes.emplace();
    EXPECT_EQ(std::ranges::count(table(lossy), '\n'), 2);
    causes[VIRT_STAT_PEER_LOST] = 1;
    EXPECT_EQ(std::ranges::count(table(lossy), '\n'), 2);
    causes[VIRT_STAT_RX_DOWN] = 1234;
    causes[VIRT_STAT_TX_GUARD] = 5;
    EXPECT_TRUE(has(table(lossy), "\n    rx_down 1234 tx_guard 5\n"));
    EXPECT_TRUE(
        has(table(lossy, {.human = true}), "\n    rx_down 1.23k tx_guard 5\n"));
    EXPECT_TRUE(has(table(lossy, {.details = true}),
                    "mode share\n    rx_down 1234 tx_guard 5\n"));
}

TEST(TextTable, Human)
{
    EXPECT_EQ(table(child(), {.human = true}),
              "NAME   PARENT  MODE   STATE  "
              "RX-PKTS RX-BYTES RX-DROP TX-PKTS TX-BYTES TX-DROP\n"
              "virt0  eth0    share  UP     "
              "      1     123G       2       4        3   18.4E\n");
}

TEST(TextTable, Details)
{
    Child one = child();
    one.link.options[IFLA_VIRT_HOST] = 1;
    one.link.options[IFLA_VIRT_BCLIM] = 8;
    one.link.options[IFLA_VIRT_SUSPENDED] = 0;
    one.link.master = 9;
    EXPECT_TRUE(
        has(table(one, {.details = true}),
            "\n    mtu 1500 address 02:00:00:00:00:01 master if9 mode share "
            "host on bclim 8\n    suspended 0\n"));
}

/* A device by its name, a flag by its word alone. */
TEST(TextTable, DetailsOfTunnel)
{
    Child one = child();
    one.link.options[IFLA_VIRT_MODE] = VIRT_MODE_TUNNEL;
    one.link.texts[IFLA_VIRT_REMOTE] = "192.0.2.1";
    one.link.texts[IFLA_VIRT_LEARN] = "";
    one.link.options[IFLA_VIRT_DEV] =
        static_cast<std::uint32_t>(one.link.link.value());
    one.link.options[IFLA_VIRT_KEEPALIVE] = 5;
    one.link.options[IFLA_VIRT_ANY] = 1;
    EXPECT_TRUE(has(table(one, {.details = true}), "remote 192.0.2.1 "));
    EXPECT_TRUE(
        has(table(one, {.details = true}), "dev eth0\n    keepalive 5 any\n"));
    EXPECT_TRUE(has(table(one, {}), "virt0  eth0    tunnel  192.0.2.1  UP"));
    one.link.options[IFLA_VIRT_ANY] = 0;
    one.link.options[IFLA_VIRT_DEV] = 77;
    EXPECT_TRUE(
        has(table(one, {.details = true}), "dev if77\n    keepalive 5\n"));
    one.link.texts[IFLA_VIRT_PEER] = "192.0.2.9";
    EXPECT_TRUE(has(table(one, {}), "virt0  eth0    tunnel  192.0.2.9  UP"));
}

/* The counters of -s come after the details. */
TEST(TextTable, DetailsAndCauses)
{
    Child one = child();
    one.link.causes = numbered_causes();
    EXPECT_TRUE(has(table(one, {.details = true, .causes = true}),
                    "mode share\n    rx_down "));
}

TEST(TextTable, DetailsOfNothing)
{
    Link bare;
    bare.ifindex = 1;
    bare.ifname = "v";
    const std::string text =
        table({.link = bare, .parent = {}, .master = {}}, {.details = true});
    EXPECT_EQ(std::ranges::count(text, '\n'), 2);
}

TEST(TextTable, DetailsOfNewerModule)
{
    Child one = child();
    one.link.options[IFLA_VIRT_MODE] = 250;
    one.link.options[IFLA_VIRT_HOST] = 2;
    EXPECT_TRUE(has(table(one, {.details = true}), " mode 250 host 2\n"));
}

/* Escape sequences take no columns. */
TEST(TextTable, Colours)
{
    const Child children[] = {child()};
    const std::string plain = text_table(children, {});
    std::string text =
        text_table(children, {.paint = Paint(ColorWhen::Always, kPlain)});
    EXPECT_TRUE(has(text, "\x1b[36mvirt0\x1b[0m  eth0"));
    EXPECT_TRUE(has(text, "\x1b[32mUP\x1b[0m"));
    EXPECT_TRUE(has(text, "\x1b[35m2\x1b[0m"));
    for (auto at = text.find('\x1b'); at != std::string::npos;
         at = text.find('\x1b')) {
        text.erase(at, text.find('m', at) - at + 1);
    }
    EXPECT_EQ(text, plain);
}

/* Names may hold any bytes but white space, '/' and ':'. */
TEST(TextTable, NamesCannotSteerTheTerminal)
{
    Child odd = child();
    odd.link.ifname = "a\x1b[31m\xc3\xa4\xff";
    odd.parent->ifname = "\x9b\x7f";
    EXPECT_TRUE(
        has(table(odd), "\na\\x1b[31m\xc3\xa4\\xff  \\x9b\\x7f  share"));
}

TEST(JsonArray, Empty)
{
    EXPECT_EQ(json_array({}, false), "[]\n");
    EXPECT_EQ(json_array({}, true), "[]\n");
}

/* Keys, order and types are those of ip -j -s -d link show. */
TEST(JsonArray, ShapeOfIp)
{
    EXPECT_EQ(json(child()),
              R"([{"ifindex":7,"link":"eth0","ifname":"virt0",)"
              R"("flags":["BROADCAST","UP","LOWER_UP"],"mtu":1500,)"
              R"("qdisc":"noqueue","operstate":"UP","linkmode":"DEFAULT",)"
              R"("group":"default","txqlen":1000,"link_type":"ether",)"
              R"("address":"02:00:00:00:00:01",)"
              R"("broadcast":"ff:ff:ff:ff:ff:ff",)"
              R"("linkinfo":{"info_kind":"virt",)"
              R"("info_data":{"mode":"share"}},)"
              R"("stats64":{"rx":{"bytes":123456789012,"packets":1,)"
              R"("errors":0,"dropped":2,"over_errors":0,"multicast":0},)"
              R"("tx":{"bytes":3,"packets":4,"errors":0,)"
              R"("dropped":18446744073709551615,)"
              R"("carrier_errors":0,"collisions":0}}}])"
              "\n");
}

TEST(JsonArray, Pretty)
{
    Link bare;
    bare.ifindex = 1;
    bare.ifname = "v";
    bare.kind = "virt";
    const Child one{.link = bare, .parent = {}, .master = {}};
    EXPECT_EQ(json_array({&one, 1}, true), R"([
    {
        "ifindex": 1,
        "ifname": "v",
        "flags": [],
        "link_type": "[0]",
        "linkinfo": {
            "info_kind": "virt"
        }
    }
]
)");
}

TEST(JsonArray, Causes)
{
    Child counted = child();
    counted.link.causes = numbered_causes();
    std::string expected = R"("info_data":{"mode":"share"},"info_xstats":{)";
    for (unsigned stat = 1; stat <= VIRT_STAT_MAX; stat++) {
        expected += '"';
        expected += virt_stat_word(stat);
        expected += "\":" + std::to_string(10 * stat);
        expected += stat < VIRT_STAT_MAX ? "," : "}}";
    }
    EXPECT_TRUE(has(json(counted), expected));
}

TEST(JsonArray, Options)
{
    Child one = child();
    one.link.options[IFLA_VIRT_MODE] = 250;
    one.link.options[IFLA_VIRT_HOST] = 1;
    one.link.options[IFLA_VIRT_ISOLATE] = 0;
    one.link.options[IFLA_VIRT_ARP] = VIRT_ARP_ALL;
    one.link.options[IFLA_VIRT_BCLIM] = 8;
    one.link.options[IFLA_VIRT_SUSPENDED] = 0;
    EXPECT_TRUE(has(json(one), R"("info_data":{"mode":"250","host":true,)"
                               R"("isolate":false,"arp":"all","bclim":8,)"
                               R"("suspended":0})"));
}

TEST(JsonArray, ParentInAnotherNamespace)
{
    Child other = child();
    other.parent = {};
    other.link.link_netnsid = 2;
    EXPECT_TRUE(has(json(other), R"("link_index":3,"ifname")"));
    EXPECT_TRUE(has(json(other), R"("link_netnsid":2,"linkinfo")"));
}

TEST(JsonArray, NoParent)
{
    Child orphan = child();
    orphan.parent = {};
    EXPECT_TRUE(has(json(orphan), R"("link":"if3")"));
    orphan.link.link = 0;
    EXPECT_TRUE(has(json(orphan), R"("link":null)"));
    orphan.link.link = {};
    EXPECT_FALSE(has(json(orphan), R"("link":)"));
}

TEST(JsonArray, ParentDown)
{
    Child down = child();
    down.parent->flags = 0;
    EXPECT_TRUE(has(json(down), R"("LOWER_UP","M-DOWN"])"));
}

TEST(JsonArray, Master)
{
    Child slave = child();
    slave.link.master = 9;
    EXPECT_TRUE(has(json(slave), R"("qdisc":"noqueue","master":"if9",)"));
    slave.master = parent();
    EXPECT_TRUE(has(json(slave), R"("master":"eth0","operstate")"));
}

TEST(JsonArray, PointToPoint)
{
    Child peer = child();
    peer.link.flags = IFF_POINTOPOINT;
    EXPECT_TRUE(
        has(json(peer), R"("link_pointtopoint":true,"broadcast":"ff:)"));
}

TEST(JsonArray, Compressed)
{
    Child slip = child();
    slip.link.stats->rx_compressed = 5;
    slip.link.stats->tx_compressed = 6;
    EXPECT_TRUE(has(json(slip), R"("multicast":0,"compressed":5})"));
    EXPECT_TRUE(has(json(slip), R"("collisions":0,"compressed":6})"));
}

/* The kernel takes any bytes in a name but white space, '/' and ':'. */
TEST(JsonArray, NameIsNotUtf8)
{
    Child odd = child();
    odd.link.ifname = "a\xff\"\x01";
    EXPECT_TRUE(has(json(odd), "\"ifname\":\"a\xef\xbf\xbd\\\"\\u0001\""));
}

} // namespace virt::test
