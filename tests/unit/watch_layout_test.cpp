// SPDX-License-Identifier: GPL-2.0-only
// Rates on screens of all sizes.
//
// Copyright (C) The virt authors
#include "virtstat/watch_layout.hpp"

#include "lib/printable.hpp"
#include "sample.hpp"

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

using Lines = std::vector<std::string>;

ChildRates rated(const std::string &name)
{
    ChildRates one{
        .child = child(),
        .rates = Rates{.rx = {.packets = 1234, .bits = 9876543, .drops = 2},
                       .tx = {.packets = 7, .bits = 4500, .drops = 1}},
        .history = {0, 1, 2, 4, 8},
    };
    one.child.link.ifname = name;
    return one;
}

std::vector<ChildRates> several(std::size_t count)
{
    std::vector<ChildRates> children;
    for (std::size_t i = 0; i < count; i++) {
        children.push_back(rated("virt" + std::to_string(i)));
    }
    return children;
}

/* A line without its escape sequences. */
std::string plain(std::string line)
{
    for (auto at = line.find('\x1b'); at != std::string::npos;
         at = line.find('\x1b')) {
        line.erase(at, line.find('m', at) - at + 1);
    }
    return line;
}

} // namespace

TEST(Sparkline, HeightsAreShares)
{
    const double values[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    EXPECT_EQ(sparkline(values, 9, true), "▁▂▃▄▅▆▇██");
    EXPECT_EQ(sparkline(values, 9, false), "_.:-=+*##");
}

TEST(Sparkline, NewestToTheRight)
{
    const double values[] = {8, 0, 4};
    EXPECT_EQ(sparkline(values, 5, false), "  #_=");
    EXPECT_EQ(sparkline(values, 2, false), "_#");
    EXPECT_EQ(sparkline(values, 0, false), "");
}

TEST(Sparkline, NothingToShow)
{
    const double zeros[] = {0, 0};
    EXPECT_EQ(sparkline(zeros, 3, false), " __");
    EXPECT_EQ(sparkline({}, 3, false), "   ");
}

TEST(WatchLines, Table)
{
    const ChildRates one = rated("virt0");
    EXPECT_EQ(watch_lines({&one, 1}, {.columns = 62, .utf8 = false}),
              (Lines{"NAME   STATE  RX-PPS RX-BPS TX-PPS TX-BPS DROP/S  BITS/S",
                     "virt0  UP      1.23k  9.88M      7  4.50k      3  "
                     "       _.:=#"}));
}

TEST(WatchLines, TableWithoutState)
{
    const ChildRates one = rated("virt0");
    EXPECT_EQ(watch_lines({&one, 1}, {.columns = 54, .utf8 = true}),
              (Lines{"NAME   RX-PPS RX-BPS TX-PPS TX-BPS DROP/S  BITS/S",
                     "virt0   1.23k  9.88M      7  4.50k      3  "
                     "      ▁▂▃▅█"}));
}

TEST(WatchLines, TwentyColumns)
{
    const ChildRates one = rated("virt0");
    EXPECT_EQ(watch_lines({&one, 1}, {.columns = 20, .utf8 = true}),
              (Lines{"virt0          ▁▂▃▅█", "rx 1.23kp/s 9.88Mb/s",
                     "tx     7p/s 4.50kb/s", "drop     3/s"}));
}

TEST(WatchLines, LongNameInTwentyColumns)
{
    const ChildRates one = rated("fifteen-letters");
    EXPECT_EQ(watch_lines({&one, 1}, {.columns = 20, .utf8 = true})[0],
              "fifteen-letters ▂▃▅█");
}

TEST(WatchLines, NoRatesYet)
{
    ChildRates one = rated("virt0");
    one.rates = {};
    one.history = {};
    EXPECT_EQ(watch_lines({&one, 1}, {.columns = 20})[1],
              "rx     -p/s     -b/s");
    EXPECT_EQ(watch_lines({&one, 1}, {.columns = 54})[1].substr(0, 14),
              "virt0       - ");
}

TEST(WatchLines, NoChildren)
{
    EXPECT_EQ(watch_lines({}, {}), Lines{"no virt interfaces"});
    EXPECT_EQ(watch_lines({}, {.columns = 7}), Lines{"no virt"});
}

TEST(WatchLines, MoreChildrenThanLines)
{
    const auto children = several(9);
    const Lines table = watch_lines(children, {.columns = 80, .lines = 5});
    ASSERT_EQ(table.size(), 5U);
    EXPECT_EQ(table[3].find("virt2"), 0U);
    EXPECT_EQ(table[4], "+6 more");
    const Lines blocks = watch_lines(children, {.columns = 20, .lines = 10});
    ASSERT_EQ(blocks.size(), 9U);
    EXPECT_EQ(blocks[4].find("virt1"), 0U);
    EXPECT_EQ(blocks[8], "+7 more");
}

TEST(WatchLines, ExactlyEnoughLines)
{
    const auto children = several(3);
    EXPECT_EQ(watch_lines(children, {.columns = 80, .lines = 4}).size(), 4U);
    EXPECT_EQ(watch_lines(children, {.columns = 20, .lines = 12}).size(), 12U);
}

/* Whatever the size, nothing is longer than a line or below the last one. */
TEST(WatchLines, AllSizes)
{
    auto children = several(12);
    children[3].child.link.ifname = "fifteen-letters";
    children[4].child.link.ifname = "\x1b[2J\xc3\xa4";
    children[5].rates = {};
    children[6].child.link.operstate = 3;
    const Paint paint(ColorWhen::Always, {});
    for (std::size_t columns = 0; columns < 140; columns++) {
        for (std::size_t rows = 0; rows < 30; rows++) {
            const Lines lines = watch_lines(
                children, {.columns = columns, .lines = rows, .paint = paint});
            ASSERT_LE(lines.size(), rows);
            for (const std::string &line : lines) {
                ASSERT_LE(columns_of(plain(line)), columns) << line;
            }
        }
    }
}

TEST(WatchLines, ColoursDoNotMoveAnything)
{
    const auto children = several(3);
    for (const std::size_t columns : {20U, 54U, 80U}) {
        const Lines painted =
            watch_lines(children, {.columns = columns,
                                   .paint = Paint(ColorWhen::Always, {})});
        const Lines bare = watch_lines(children, {.columns = columns});
        ASSERT_EQ(painted.size(), bare.size());
        for (std::size_t i = 0; i < bare.size(); i++) {
            EXPECT_EQ(plain(painted[i]), bare[i]);
        }
    }
}

} // namespace virt::test
