// SPDX-License-Identifier: GPL-2.0-only
// The metrics of literal children, through a strict reader.
//
// Copyright (C) The virt authors
#include "virtstat/metrics.hpp"

#include "exposition.hpp"
#include "lib/link_words.hpp"
#include "sample.hpp"

#include <linux/if.h>

#include <stdexcept>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

const Labels kVirt0{{"ifname", "virt0"}, {"parent", "eth0"}, {"mode", "share"}};

Labels with(Labels labels, const std::string &name, const std::string &value)
{
    labels[name] = value;
    return labels;
}

Exposition metrics(const Child &one)
{
    return parse_exposition(metrics_text({&one, 1}));
}

/* Whether the reader refuses a text; it shall be as strict as it says. */
bool is_refused(std::string_view text)
{
    try {
        parse_exposition(text);
        return false;
    } catch (const std::runtime_error &) {
        return true;
    }
}

} // namespace

TEST(Exposition, Right)
{
    const Exposition read = parse_exposition("# HELP a_total One.\n"
                                             "# TYPE a_total counter\n"
                                             "a_total{x=\"\\\\\\\"\\n\"} 1\n"
                                             "a_total 2\n"
                                             "# HELP b Two.\n"
                                             "# TYPE b gauge\n");
    EXPECT_EQ(read.at("a_total").samples.at({{"x", "\\\"\n"}}), 1U);
    EXPECT_EQ(read.at("a_total").samples.at({}), 2U);
    EXPECT_EQ(read.at("b").type, "gauge");
}

TEST(Exposition, Wrong)
{
    const std::string head = "# HELP a One.\n# TYPE a gauge\n";
    EXPECT_FALSE(is_refused(head + "a 1\n"));
    for (const char *sample : {"a 1",
                               "\n",
                               "b 1\n",
                               "a 1 \n",
                               "a  1\n",
                               "a -1\n",
                               "a 1 2\n",
                               "a\n",
                               "a 1\na 2\n",
                               "a{} 1\n",
                               "a{x=1} 1\n",
                               "a{x=\"1\",} 1\n",
                               "a{x=\"1\" } 1\n",
                               "a{x=\"1\",x=\"1\"} 1\n",
                               "a{x=\"\\t\"} 1\n",
                               "a{x=\"1} 1\n",
                               "a{1x=\"1\"} 1\n",
                               "a{__x=\"1\"} 1\n",
                               "# a\n",
                               "a{x:y=\"1\"} 1\n",
                               "# HELP a Again.\n",
                               "# TYPE a gauge\n"}) {
        EXPECT_TRUE(is_refused(head + sample)) << sample;
    }
    for (const char *text :
         {"a 1\n", "# TYPE a gauge\n", "# HELP a One.\na 1\n",
          "# HELP a One.\n# TYPE a counter\n",
          "# HELP a_total One.\n# TYPE a_total gauge\n",
          "# HELP a One.\n# TYPE a histogram\n", "# HELP a \n# TYPE a gauge\n",
          "# HELP a One.\n# TYPE b gauge\n"}) {
        EXPECT_TRUE(is_refused(text)) << text;
    }
}

/* A scraper that comes before the first child sees what there will be. */
TEST(Metrics, NoChildren)
{
    const Exposition none = parse_exposition(metrics_text({}));
    const Exposition one = metrics(child());
    EXPECT_EQ(none.at("virt_interfaces").samples.at({}), 0U);
    EXPECT_EQ(none.size(), one.size());
    for (const auto &[name, family] : none) {
        EXPECT_EQ(family.help, one.at(name).help);
        EXPECT_EQ(family.samples.empty(), name != "virt_interfaces");
    }
}

TEST(Metrics, Counters)
{
    Child one = child();
    one.link.stats = LinkStats{.rx_bytes = 1,
                               .rx_packets = 2,
                               .rx_errors = 3,
                               .rx_dropped = 4,
                               .multicast = 5,
                               .tx_bytes = 6,
                               .tx_packets = 7,
                               .tx_errors = 8,
                               .tx_dropped = UINT64_MAX};
    const Exposition read = metrics(one);
    const std::pair<const char *, std::uint64_t> expected[] = {
        {"virt_receive_bytes_total", 1},
        {"virt_receive_packets_total", 2},
        {"virt_receive_errors_total", 3},
        {"virt_receive_dropped_total", 4},
        {"virt_receive_multicast_total", 5},
        {"virt_transmit_bytes_total", 6},
        {"virt_transmit_packets_total", 7},
        {"virt_transmit_errors_total", 8},
        {"virt_transmit_dropped_total", UINT64_MAX},
        {"virt_interfaces", 1},
        {"virt_up", 1},
        {"virt_mtu_bytes", 1500},
    };
    for (const auto &[name, value] : expected) {
        const auto &samples = read.at(name).samples;
        ASSERT_EQ(samples.size(), 1U) << name;
        EXPECT_EQ(samples.begin()->second, value) << name;
        if (std::string_view("virt_interfaces") != name) {
            EXPECT_EQ(samples.begin()->first, kVirt0) << name;
        }
    }
}

/* Each counter is in one of the two, under its own name. */
TEST(Metrics, Causes)
{
    Child one = child();
    one.link.causes = numbered_causes();
    const Exposition read = metrics(one);
    const auto &drops = read.at("virt_drops_total").samples;
    const auto &events = read.at("virt_events_total").samples;
    EXPECT_EQ(drops.size() + events.size(),
              static_cast<std::size_t>(VIRT_STAT_MAX));
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        const char *word = virt_stat_word(stat);
        const bool drop = is_drop(stat);
        EXPECT_EQ((drop ? drops : events)
                      .at(with(kVirt0, drop ? "cause" : "event", word)),
                  10 * stat);
    }
    EXPECT_EQ(events.at(with(kVirt0, "event", "addr_suspended")),
              10U * VIRT_STAT_ADDR_SUSPENDED);
}

TEST(Metrics, States)
{
    Child one = child();
    one.link.flags = IFF_UP;
    one.link.options[IFLA_VIRT_SUSPENDED] = 3;
    const Exposition read = metrics(one);
    EXPECT_EQ(read.at("virt_up").samples.at(kVirt0), 0U);
    EXPECT_EQ(read.at("virt_suspended_addresses").samples.at(kVirt0), 3U);
}

TEST(Metrics, Peers)
{
    Child tunnel = child();
    tunnel.link.options[IFLA_VIRT_MODE] = VIRT_MODE_TUNNEL;
    tunnel.link.texts[IFLA_VIRT_REMOTE] = "192.0.2.1";
    const Labels labels = with(kVirt0, "mode", "tunnel");
    const Exposition read = metrics(tunnel);
    EXPECT_EQ(read.at("virt_up").samples.count(labels), 1U);
    EXPECT_EQ(
        read.at("virt_peer_info").samples.at(with(labels, "peer", "192.0.2.1")),
        1U);
    EXPECT_TRUE(metrics(child()).at("virt_peer_info").samples.empty());
}

TEST(Metrics, OfNothing)
{
    Link bare;
    bare.ifindex = 1;
    bare.ifname = "v";
    const Exposition read = metrics({.link = bare, .parent = {}, .master = {}});
    EXPECT_EQ(read.at("virt_up").samples.at(
                  {{"ifname", "v"}, {"parent", ""}, {"mode", ""}}),
              0U);
    EXPECT_TRUE(read.at("virt_mtu_bytes").samples.empty());
    EXPECT_TRUE(read.at("virt_receive_bytes_total").samples.empty());
    EXPECT_TRUE(read.at("virt_drops_total").samples.empty());
}

TEST(Metrics, ParentInAnotherNamespace)
{
    Child other = child();
    other.parent = {};
    other.link.link_netnsid = 2;
    EXPECT_EQ(metrics(other).at("virt_up").samples.count(
                  with(kVirt0, "parent", "if3@nsid2")),
              1U);
}

/* The samples of one metric stand together, whatever their children. */
TEST(Metrics, SeveralChildren)
{
    Child second = child();
    second.link.ifname = "virt1";
    second.link.causes = numbered_causes();
    const Child children[] = {child(), second};
    const Exposition read = parse_exposition(metrics_text(children));
    EXPECT_EQ(read.at("virt_interfaces").samples.at({}), 2U);
    EXPECT_EQ(read.at("virt_up").samples.size(), 2U);
    EXPECT_EQ(read.at("virt_up").samples.count(with(kVirt0, "ifname", "virt1")),
              1U);
}

TEST(Metrics, OddNames)
{
    Child odd = child();
    odd.link.ifname = "a\"b\\c\xff\x1b";
    odd.parent->ifname = "\xc3\xa4";
    EXPECT_EQ(metrics(odd).at("virt_up").samples.count(
                  {{"ifname", "a\"b\\c\\xff\\x1b"},
                   {"parent", "\xc3\xa4"},
                   {"mode", "share"}}),
              1U);
}

} // namespace virt::test
