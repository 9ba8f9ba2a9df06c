// SPDX-License-Identifier: GPL-2.0-only
// Rates of literal counters, as numbers and as JSON.
//
// Copyright (C) The virt authors
#include "virtstat/rates.hpp"

#include "sample.hpp"
#include "virtstat/watch_json.hpp"

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

constexpr LinkStats kBefore{.rx_bytes = 1000,
                            .rx_packets = 10,
                            .rx_dropped = 1,
                            .tx_bytes = 2000,
                            .tx_packets = 20,
                            .tx_dropped = 2};

constexpr LinkStats kAfter{.rx_bytes = 1400,
                           .rx_packets = 14,
                           .rx_dropped = 7,
                           .tx_bytes = 2100,
                           .tx_packets = 22,
                           .tx_dropped = 2};

/* Of what is between the two in two seconds. */
constexpr Rates kRates{.rx = {.packets = 2, .bits = 1600, .drops = 3},
                       .tx = {.packets = 1, .bits = 400, .drops = 0}};

Child counting(const LinkStats &stats, int ifindex = 7)
{
    Child one = child();
    one.link.ifindex = ifindex;
    one.link.stats = stats;
    return one;
}

} // namespace

TEST(RatesBetween, PerSecond)
{
    EXPECT_EQ(rates_between(kBefore, kAfter, Seconds(2)), kRates);
}

TEST(RatesBetween, NothingMoved)
{
    EXPECT_EQ(rates_between(kAfter, kAfter, Seconds(1)), Rates{});
}

TEST(RatesBetween, NoTimeHasPassed)
{
    EXPECT_EQ(rates_between(kBefore, kAfter, Seconds(0)), std::nullopt);
    EXPECT_EQ(rates_between(kBefore, kAfter, Seconds(-1)), std::nullopt);
}

/* A counter that fell is one of another interface, not a huge rate. */
TEST(RatesBetween, CountersFell)
{
    for (const auto counter : {&LinkStats::rx_packets, &LinkStats::rx_bytes,
                               &LinkStats::rx_dropped, &LinkStats::tx_packets,
                               &LinkStats::tx_bytes, &LinkStats::tx_dropped}) {
        LinkStats after = kAfter;
        after.*counter = 0;
        EXPECT_EQ(rates_between(kBefore, after, Seconds(1)), std::nullopt);
    }
}

TEST(RatesBetween, FullCounters)
{
    LinkStats full{};
    full.rx_packets = UINT64_MAX;
    EXPECT_DOUBLE_EQ(rates_between({}, full, Seconds(1))->rx.packets,
                     18446744073709551615.0);
}

TEST(RateTracker, FirstReadingHasNoRates)
{
    RateTracker tracker;
    tracker.take({counting(kBefore)}, Seconds(100));
    ASSERT_EQ(tracker.children().size(), 1U);
    EXPECT_EQ(tracker.children()[0].rates, std::nullopt);
    EXPECT_TRUE(tracker.children()[0].history.empty());
    EXPECT_EQ(tracker.elapsed(), Seconds(0));
}

TEST(RateTracker, RatesAndHistory)
{
    RateTracker tracker;
    tracker.take({counting(kBefore)}, Seconds(100));
    tracker.take({counting(kAfter)}, Seconds(102));
    EXPECT_EQ(tracker.children()[0].rates, kRates);
    EXPECT_EQ(tracker.elapsed(), Seconds(2));
    tracker.take({counting(kAfter)}, Seconds(103));
    EXPECT_EQ(tracker.children()[0].rates, Rates{});
    EXPECT_EQ(tracker.children()[0].history, (std::vector<double>{2000, 0}));
}

TEST(RateTracker, HistoryIsBounded)
{
    RateTracker tracker;
    for (std::size_t i = 0; i <= RateTracker::kHistory + 2; i++) {
        LinkStats stats{};
        stats.rx_bytes = i * i;
        tracker.take({counting(stats)}, Seconds(static_cast<double>(i)));
    }
    const auto &history = tracker.children()[0].history;
    ASSERT_EQ(history.size(), RateTracker::kHistory);
    // each reading is two bytes faster than the one before
    EXPECT_DOUBLE_EQ(history.back() - history.front(),
                     16.0 * (RateTracker::kHistory - 1));
}

/* By number: a name may go from one interface to another. */
TEST(RateTracker, InterfacesAreKnownByTheirNumbers)
{
    RateTracker tracker;
    tracker.take({counting(kBefore, 7), counting(kAfter, 8)}, Seconds(1));
    Child renamed = counting(kAfter, 7);
    renamed.link.ifname = "other";
    tracker.take({counting(kAfter, 9), renamed}, Seconds(3));
    ASSERT_EQ(tracker.children().size(), 2U);
    EXPECT_EQ(tracker.children()[0].rates, std::nullopt);
    EXPECT_EQ(tracker.children()[1].rates, kRates);
}

TEST(RateTracker, GoneAndBack)
{
    RateTracker tracker;
    tracker.take({counting(kBefore)}, Seconds(1));
    tracker.take({}, Seconds(2));
    EXPECT_TRUE(tracker.children().empty());
    tracker.take({counting(kAfter)}, Seconds(3));
    EXPECT_EQ(tracker.children()[0].rates, std::nullopt);
}

TEST(RateTracker, ResetStartsANewHistory)
{
    RateTracker tracker;
    tracker.take({counting(kBefore)}, Seconds(1));
    tracker.take({counting(kAfter)}, Seconds(2));
    tracker.take({counting({})}, Seconds(3));
    EXPECT_EQ(tracker.children()[0].rates, std::nullopt);
    EXPECT_TRUE(tracker.children()[0].history.empty());
}

TEST(RateTracker, WithoutStats)
{
    Child bare = child();
    bare.link.stats = {};
    RateTracker tracker;
    tracker.take({bare}, Seconds(1));
    tracker.take({bare}, Seconds(2));
    EXPECT_EQ(tracker.children()[0].rates, std::nullopt);
}

TEST(WatchJson, Document)
{
    RateTracker tracker;
    tracker.take({counting(kBefore)}, Seconds(1));
    tracker.take({counting(kAfter), counting(kAfter, 8)}, Seconds(3));
    const std::chrono::system_clock::time_point time(
        std::chrono::milliseconds(1767225600007));
    EXPECT_EQ(watch_json(tracker.children(), tracker.elapsed(), time),
              R"({"time":"2026-01-01T00:00:00.007Z","interval":2.0,)"
              R"("interfaces":[{"ifindex":7,"ifname":"virt0","link":"eth0",)"
              R"("mode":"share","operstate":"UP","per_second":{)"
              R"("rx":{"packets":2.0,"bits":1600.0,"drops":3.0},)"
              R"("tx":{"packets":1.0,"bits":400.0,"drops":0.0}}},)"
              R"({"ifindex":8,"ifname":"virt0","link":"eth0",)"
              R"("mode":"share","operstate":"UP","per_second":null}]})"
              "\n");
}

TEST(WatchJson, NoChildren)
{
    EXPECT_EQ(watch_json({}, Seconds(1.0004), {}),
              R"({"time":"1970-01-01T00:00:00.000Z","interval":1.0,)"
              R"("interfaces":[]})"
              "\n");
}

} // namespace virt::test
