// SPDX-License-Identifier: GPL-2.0-only
// The words for the module's numbers and for ip's.
//
// Copyright (C) The virt authors
#include "lib/words.h"

#include "lib/link_words.hpp"
#include "wire.hpp"

#include <linux/if.h>

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

/* A counter's name is part of what scripts read: a prefix, lower case. */
bool is_counter_name(std::string_view name)
{
    return (name.starts_with("rx_") || name.starts_with("tx_") ||
            name.starts_with("bc_") || name.starts_with("peer_") ||
            name.starts_with("addr_")) &&
           std::ranges::all_of(name, [](char c) {
               return c == '_' || (c >= 'a' && c <= 'z') ||
                      (c >= '0' && c <= '9');
           });
}

} // namespace

TEST(StatWord, AllNamedAndDistinct)
{
    std::set<std::string> names;
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        const char *name = virt_stat_word(stat);
        ASSERT_NE(name, nullptr) << stat;
        EXPECT_TRUE(is_counter_name(name)) << name;
        EXPECT_TRUE(names.insert(name).second) << name;
    }
}

TEST(StatWord, NoCounter)
{
    EXPECT_EQ(virt_stat_word(VIRT_STAT_PAD), nullptr);
    EXPECT_EQ(virt_stat_word(__VIRT_STAT_MAX), nullptr);
}

TEST(IsDrop, OrEvent)
{
    EXPECT_TRUE(is_drop(VIRT_STAT_RX_DOWN));
    EXPECT_TRUE(is_drop(VIRT_STAT_TX_PARENT));
    EXPECT_TRUE(is_drop(VIRT_STAT_BC_OVERFLOW));
    EXPECT_FALSE(is_drop(VIRT_STAT_ADDR_SUSPENDED));
    EXPECT_FALSE(is_drop(VIRT_STAT_PAD));
    EXPECT_FALSE(is_drop(__VIRT_STAT_MAX));
}

TEST(ModeWord, AllNamedAndDistinct)
{
    std::set<std::string> words;
    for (unsigned mode = 0; mode <= VIRT_MODE_MAX; mode++) {
        const char *word = virt_mode_word(mode);
        ASSERT_NE(word, nullptr) << mode;
        EXPECT_TRUE(words.insert(word).second) << word;
    }
    EXPECT_STREQ(virt_mode_word(VIRT_MODE_SHARE), "share");
    EXPECT_STREQ(virt_mode_word(VIRT_MODE_STEAL), "steal");
}

TEST(ModeWord, OfNewerModule)
{
    EXPECT_EQ(virt_mode_word(250), nullptr);
    EXPECT_EQ(word_or_number(virt_mode_word(250), 250), "250");
}

using Words = std::vector<std::string_view>;

TEST(FlagWords, OrderOfIp)
{
    EXPECT_EQ(flag_words(IFF_UP | IFF_BROADCAST | IFF_RUNNING | IFF_MULTICAST |
                             IFF_LOWER_UP,
                         false),
              (Words{"BROADCAST", "MULTICAST", "UP", "LOWER_UP"}));
    EXPECT_EQ(flag_words(0, false), Words{});
}

TEST(FlagWords, NoCarrier)
{
    EXPECT_EQ(flag_words(IFF_UP, false), (Words{"NO-CARRIER", "UP"}));
    EXPECT_EQ(flag_words(IFF_RUNNING, false), Words{});
}

TEST(FlagWords, ParentDown)
{
    EXPECT_EQ(flag_words(IFF_NOARP, true), (Words{"NOARP", "M-DOWN"}));
}

TEST(LinkWords, Operstate)
{
    EXPECT_EQ(operstate_word(0), "UNKNOWN");
    EXPECT_EQ(operstate_word(2), "DOWN");
    EXPECT_EQ(operstate_word(3), "LOWERLAYERDOWN");
    EXPECT_EQ(operstate_word(6), "UP");
    EXPECT_EQ(operstate_word(7), "UNKNOWN");
}

TEST(LinkWords, Linkmode)
{
    EXPECT_EQ(linkmode_word(0), "DEFAULT");
    EXPECT_EQ(linkmode_word(1), "DORMANT");
    EXPECT_EQ(linkmode_word(2), "UNKNOWN");
}

TEST(LinkWords, LinkType)
{
    EXPECT_EQ(link_type_word(1), "ether");
    EXPECT_EQ(link_type_word(0xfffe), "none");
    EXPECT_EQ(link_type_word(801), "[801]");
}

TEST(LinkWords, Group)
{
    EXPECT_EQ(group_word(0), "default");
    EXPECT_EQ(group_word(42), "42");
}

TEST(LinkWords, Address)
{
    EXPECT_EQ(address_text(hex({2, 0xfc, 0, 0, 0, 0xff})), "02:fc:00:00:00:ff");
    EXPECT_EQ(address_text({}), "");
}

} // namespace virt::test
