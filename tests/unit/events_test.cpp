// SPDX-License-Identifier: GPL-2.0-only
// What has happened to a child, and how it is told.
//
// Copyright (C) The virt authors
#include "virtstat/event_output.hpp"
#include "virtstat/events.hpp"

#include "sample.hpp"

#include <linux/if.h>

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

LinkNews news(Link link)
{
    return {.link = std::move(link),
            .gone = false,
            .new_netnsid = {},
            .new_ifindex = {}};
}

LinkNews gone(Link link)
{
    return {.link = std::move(link),
            .gone = true,
            .new_netnsid = {},
            .new_ifindex = {}};
}

/* A tracker that knows virt0(), with counters. */
class Events : public testing::Test
{
protected:
    Events()
    {
        before_.causes = CauseCounters{};
        tracker_.resync({before_});
    }

    /* What virt0() turning into `after_` is told as. */
    std::vector<std::string> told()
    {
        std::vector<std::string> lines;
        for (const Event &event : tracker_.take(news(after_))) {
            lines.push_back(line(event));
        }
        return lines;
    }

    static std::string line(const Event &event)
    {
        return event_text({.event = event, .time = {}, .parent = parent()}, {});
    }

    static nlohmann::json json(const Event &event)
    {
        return nlohmann::json::parse(
            event_json({.event = event, .time = {}, .parent = parent()}));
    }

    EventTracker tracker_;
    Link before_ = virt0();
    Link after_ = [] {
        Link link = virt0();
        link.causes = CauseCounters{};
        return link;
    }();
};

using Lines = std::vector<std::string>;

#define WHEN "1970-01-01T00:00:00.000Z "

} // namespace

TEST_F(Events, NothingChanged)
{
    after_.stats->rx_packets += 100;
    (*after_.causes)[VIRT_STAT_RX_DOWN] = 5;
    after_.mtu = 1400;
    EXPECT_EQ(told(), Lines{});
}

TEST_F(Events, Created)
{
    Link other = virt0();
    other.ifindex = 8;
    other.ifname = "virt1";
    const auto events = tracker_.take(news(other));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(line(events[0]), WHEN "virt1 created link eth0 mode share\n");
    EXPECT_EQ(json(events[0]),
              nlohmann::json({{"time", "1970-01-01T00:00:00.000Z"},
                              {"event", "created"},
                              {"ifindex", 8},
                              {"ifname", "virt1"},
                              {"link", "eth0"},
                              {"mode", "share"},
                              {"operstate", "UP"}}));
    EXPECT_EQ(tracker_.take(news(other)).size(), 0U);
}

TEST_F(Events, OtherKinds)
{
    Link other = parent();
    EXPECT_TRUE(tracker_.take(news(other)).empty());
    other.kind = "macvlan";
    EXPECT_TRUE(tracker_.take(news(other)).empty());
    EXPECT_TRUE(tracker_.take(gone(other)).empty());
}

TEST_F(Events, Deleted)
{
    // Some messages about the end of an interface have lost its kind.
    after_.kind.clear();
    const auto events = tracker_.take(gone(after_));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(line(events[0]), WHEN "virt0 deleted\n");
    EXPECT_TRUE(tracker_.take(gone(after_)).empty());
}

TEST_F(Events, Moved)
{
    LinkNews moved = gone(after_);
    moved.new_netnsid = 4;
    moved.new_ifindex = 12;
    const auto events = tracker_.take(moved);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(line(events[0]), WHEN "virt0 moved netns 4 ifindex 12\n");
    EXPECT_EQ(json(events[0])["event"], "moved");
    EXPECT_EQ(json(events[0])["new_netnsid"], 4);
    EXPECT_EQ(json(events[0])["new_ifindex"], 12);
}

TEST_F(Events, MovedWhereNobodyKnows)
{
    LinkNews moved = gone(after_);
    moved.new_netnsid = -1;
    const auto events = tracker_.take(moved);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(line(events[0]), WHEN "virt0 moved netns unknown ifindex 7\n");
    EXPECT_EQ(json(events[0])["new_netnsid"], -1);
}

TEST_F(Events, Renamed)
{
    after_.ifname = "lan0";
    const auto events = tracker_.take(news(after_));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(line(events[0]), WHEN "lan0 renamed from virt0\n");
    EXPECT_EQ(json(events[0])["old_ifname"], "virt0");
}

TEST_F(Events, UpAndDown)
{
    after_.flags = IFF_BROADCAST;
    EXPECT_EQ(told(), Lines{WHEN "virt0 down\n"});
    after_.flags = IFF_UP | IFF_LOWER_UP;
    EXPECT_EQ(told(), Lines{WHEN "virt0 up\n"});
}

TEST_F(Events, Carrier)
{
    after_.flags &= ~unsigned{IFF_LOWER_UP};
    EXPECT_EQ(told(), Lines{WHEN "virt0 no_carrier\n"});
    after_.flags |= IFF_LOWER_UP;
    EXPECT_EQ(told(), Lines{WHEN "virt0 carrier\n"});
}

TEST_F(Events, Options)
{
    after_.options[IFLA_VIRT_MODE] = VIRT_MODE_MAC;
    after_.options[IFLA_VIRT_HOST] = 0;
    const auto events = tracker_.take(news(after_));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(line(events[0]),
              WHEN "virt0 changed link eth0 mode mac host off\n");
    EXPECT_EQ(json(events[0])["changed"],
              nlohmann::json({{"mode", "mac"}, {"host", false}}));
}

TEST_F(Events, OptionsOfTunnel)
{
    after_.options[IFLA_VIRT_MODE] = VIRT_MODE_TUNNEL;
    after_.texts[IFLA_VIRT_REMOTE] = "192.0.2.1";
    after_.texts[IFLA_VIRT_LEARN] = "192.0.2.0/24";
    after_.options[IFLA_VIRT_ANY] = 1;
    EXPECT_EQ(told(), Lines{WHEN "virt0 changed link eth0 mode tunnel "
                                 "remote 192.0.2.1 any learn 192.0.2.0/24\n"});
    after_.texts[IFLA_VIRT_LEARN] = "";
    after_.options[IFLA_VIRT_ANY] = 0;
    EXPECT_EQ(told(), Lines{WHEN "virt0 changed link eth0 any unset "
                                 "learn unset\n"});
}

TEST_F(Events, PeersComeAndGo)
{
    after_.options[IFLA_VIRT_MODE] = VIRT_MODE_TUNNEL;
    told();
    (*after_.causes)[VIRT_STAT_PEER_LEARNT]++;
    (*after_.causes)[VIRT_STAT_PEER_LOST]++;
    after_.flags &= ~unsigned{IFF_LOWER_UP};
    Lines words;
    for (const Event &event : tracker_.take(news(after_))) {
        words.push_back(event_word(event));
    }
    EXPECT_EQ(words, (Lines{"peer_lost", "peer_learnt", "no_carrier"}));
}

TEST_F(Events, StatesMoveByThemselves)
{
    after_.options[IFLA_VIRT_SUSPENDED] = 5;
    EXPECT_EQ(told(), Lines{});
}

TEST_F(Events, CounterOfEvents)
{
    (*after_.causes)[VIRT_STAT_ADDR_SUSPENDED] = 3;
    const auto events = tracker_.take(news(after_));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(line(events[0]), WHEN "virt0 addr_suspended total 3\n");
    EXPECT_EQ(json(events[0])["event"], "addr_suspended");
    EXPECT_EQ(json(events[0])["total"], 3);
}

TEST_F(Events, SeveralAtOnce)
{
    after_.ifname = "lan0";
    after_.flags = 0;
    EXPECT_EQ(told(),
              (Lines{WHEN "lan0 renamed from virt0\n", WHEN "lan0 down\n"}));
}

/* After lost messages all is read again, and compared. */
TEST_F(Events, Resync)
{
    Link other = virt0();
    other.ifindex = 9;
    other.ifname = "virt2";
    tracker_.take(news(other));
    Link third = virt0();
    third.ifindex = 10;
    third.ifname = "virt3";
    other.flags = 0;
    Lines lines;
    for (const Event &event : tracker_.resync({other, third})) {
        lines.push_back(line(event));
    }
    EXPECT_EQ(lines, (Lines{WHEN "virt0 deleted\n", WHEN "virt2 down\n",
                            WHEN "virt3 created link eth0 mode share\n"}));
    EXPECT_TRUE(tracker_.resync({other, third}).empty());
}

TEST_F(Events, NamesAreMadeSafe)
{
    after_.ifname = "a\x1b[m\xff";
    const auto events = tracker_.take(news(after_));
    EXPECT_EQ(line(events.at(0)), WHEN "a\\x1b[m\\xff renamed from virt0\n");
    EXPECT_EQ(json(events.at(0))["ifname"], "a\x1b[m\ufffd");
}

} // namespace virt::test
