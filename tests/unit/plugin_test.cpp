// SPDX-License-Identifier: GPL-2.0-only
// The ip plugin, with something that stands in for ip.
//
// Copyright (C) The virt authors
#include "wire.hpp"

#include "lib/link_options.h"
#include "tests/iproute2/stand_in.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

/* What ip says and ends, in a request of which so much is taken already. */
std::string plugin_refusal(std::vector<std::string> words,
                           std::size_t taken = 0)
{
    try {
        parsed_options(std::move(words), taken);
    } catch (const Refused &refused) {
        return refused.what();
    }
    return "it was taken";
}

/* `claim` bytes are added to the length of the attribute that holds all. */
std::string printed_counters(const Buffer &attrs, int claim = 0)
{
    return printed_xstats(attr(IFLA_INFO_XSTATS, attrs, claim));
}

Buffer all_counters(std::uint64_t first)
{
    Buffer attrs;
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        attrs = join({attrs, attr(stat, raw(first++))});
    }
    return attrs;
}

class Plugin : public testing::Test
{
protected:
    void SetUp() override
    {
        in_json = false;
        show_stats = 1;
    }
};

} // namespace

TEST_F(Plugin, Identity)
{
    EXPECT_STREQ(virt_link_util.id, "virt");
    EXPECT_EQ(virt_link_util.maxattr, IFLA_VIRT_MAX);
}

/* What is printed can be pasted back. */
TEST_F(Plugin, EveryWordIsReadAndPrintedAlike)
{
    for (const virt_option &option : virt_options) {
        for (unsigned i = 0; option.word && option.word(i); i++) {
            const std::string word = option.word(i);
            const auto attrs = parsed_options({option.name, word});
            ASSERT_TRUE(attrs) << option.name;
            EXPECT_EQ(*attrs, join({attr(option.attr,
                                         raw(static_cast<std::uint8_t>(i)))}));
            EXPECT_EQ(printed_options(*attrs),
                      option.name + (" " + word) + " ");
        }
    }
}

TEST_F(Plugin, EveryNumberIsReadAndPrintedAlike)
{
    for (const virt_option &option : virt_options) {
        for (const std::uint32_t number : {0U, 8U, UINT32_MAX}) {
            if (option.type != VIRT_OPTION_NUMBER) {
                continue;
            }
            const std::string digits = std::to_string(number);
            const auto attrs = parsed_options({option.name, digits});
            ASSERT_TRUE(attrs) << option.name;
            EXPECT_EQ(*attrs, join({attr(option.attr, raw(number))}));
            EXPECT_EQ(printed_options(*attrs),
                      option.name + (" " + digits) + " ");
        }
    }
}

TEST_F(Plugin, PrefixesAreReadAndPrintedAlike)
{
    const auto attrs =
        parsed_options({"allow", "192.0.2.10,192.0.2.0/24,::/0,2001:db8::1"});
    ASSERT_TRUE(attrs);
    EXPECT_EQ(printed_options(*attrs),
              "allow 192.0.2.10/32,192.0.2.0/24,::/0,2001:db8::1/128 ");
    EXPECT_EQ(*parsed_options({"allow", "any"}), attr(IFLA_VIRT_ALLOW, {}));
    EXPECT_EQ(printed_options(attr(IFLA_VIRT_ALLOW, {})), "");
}

TEST_F(Plugin, SeveralOptions)
{
    EXPECT_EQ(printed_options(*parsed_options(
                  {"bclim", "3", "host", "off", "mode", "mac"})),
              "mode mac host off bclim 3 ");
}

/* What is printed can be pasted back: these are the words of both. */
TEST_F(Plugin, TunnelWordsAreReadAndPrintedAlike)
{
    for (const std::vector<std::string> &words :
         std::vector<std::vector<std::string>>{
             {"remote", "192.0.2.1"},
             {"remote", "2001:db8::1"},
             {"local", "192.0.2.1"},
             {"keepalive", "5", "any"},
             {"ttl", "inherit"},
             {"ttl", "1"},
             {"tos", "inherit"},
             {"tos", "255"},
             {"dev", "lo"},
             {"filter", "all"},
             {"filter", "ktunnel"},
             {"filter", "arp,ipv4,0x9000"},
             {"learn", "192.0.2.0/24"},
             {"learn", "2001:db8::/32"},
         }) {
        std::string line;
        for (const std::string &word : words) {
            line += word + ' ';
        }
        const auto attrs = parsed_options(words);
        ASSERT_TRUE(attrs) << line;
        EXPECT_EQ(printed_options(*attrs), line);
    }
}

TEST_F(Plugin, TunnelAttributes)
{
    EXPECT_EQ(*parsed_options({"remote", "192.0.2.1"}),
              attr(IFLA_VIRT_REMOTE, hex({192, 0, 2, 1})));
    EXPECT_EQ(*parsed_options({"local", "any"}),
              attr(IFLA_VIRT_LOCAL, hex({0, 0, 0, 0})));
    EXPECT_EQ(*parsed_options({"learn", "192.0.2.0/24"}),
              join({attr(IFLA_VIRT_LEARN, hex({192, 0, 2, 0, 24}))}));
    EXPECT_EQ(*parsed_options({"learn", "192.0.2.1"}),
              join({attr(IFLA_VIRT_LEARN, hex({192, 0, 2, 1, 32}))}));
    EXPECT_EQ(*parsed_options({"learn", "off"}), attr(IFLA_VIRT_LEARN, {}));
    EXPECT_EQ(*parsed_options({"dev", "none"}), attr(IFLA_VIRT_DEV, raw(0U)));
    EXPECT_EQ(*parsed_options({"any"}), join({attr(IFLA_VIRT_ANY, hex({1}))}));
    EXPECT_EQ(printed_options(attr(IFLA_VIRT_FILTER, {})), "filter all ");
}

TEST_F(Plugin, WrongTunnelValues)
{
    const std::vector<std::array<const char *, 3>> cases{
        {"remote", "nosuch", "remote must be an address"},
        {"remote", "1.2.3", "remote must be an address"},
        {"learn", "192.0.2.0/33", "learn must be ADDRESS/BITS or off"},
        {"learn", "/24", "learn must be ADDRESS/BITS or off"},
        {"ttl", "256", "ttl must be 0 to 255 or inherit"},
        {"tos", "-1", "tos must be 0 to 255 or inherit"},
        {"dev", "nosuchdevice", "dev: there is no such device"},
        {"filter", "nonsense", "filter must be all"},
        {"filter", "arp,,ipv4", "filter must be all"},
        {"filter", "0x5ff", "filter must be all"},
    };
    for (const auto &[name, value, message] : cases) {
        EXPECT_NE(plugin_refusal({name, value}).find(message),
                  std::string::npos)
            << value;
    }
}

/* A state is read only; text has it when there is something to say, apart
 * from what can be pasted back.
 */
TEST_F(Plugin, State)
{
    EXPECT_EQ(printed_options(join({attr(IFLA_VIRT_SUSPENDED, raw(2U)),
                                    attr(IFLA_VIRT_BCLIM, raw(3U))})),
              "bclim 3 \n      suspended 2 ");
    EXPECT_EQ(printed_options(attr(IFLA_VIRT_PEER, hex({192, 0, 2, 1}))),
              "\n      peer 192.0.2.1 ");
    EXPECT_EQ(printed_options(attr(IFLA_VIRT_SUSPENDED, raw(0U))), "");
    in_json = true;
    EXPECT_EQ(printed_options(attr(IFLA_VIRT_SUSPENDED, raw(0U))),
              "suspended=0 ");
    testing::internal::CaptureStderr();
    EXPECT_EQ(parsed_options({"suspended", "1"}), std::nullopt);
    testing::internal::GetCapturedStderr();
}

/* An option that is left out silently may have been the one that mattered. */
TEST_F(Plugin, CommandsHaveAnEnd)
{
    const std::vector<std::string> words{"allow", "192.0.2.1,192.0.2.2"};
    EXPECT_TRUE(parsed_options(words));
    EXPECT_EQ(plugin_refusal(words, 1000),
              "\"192.0.2.1,192.0.2.2\" is wrong: it does not fit into one "
              "command of ip");
}

TEST_F(Plugin, NoOptions)
{
    EXPECT_EQ(parsed_options({}), Buffer{});
}

TEST_F(Plugin, Json)
{
    in_json = true;
    EXPECT_EQ(
        printed_options(join({attr(IFLA_VIRT_MODE, hex({VIRT_MODE_STEAL})),
                              attr(IFLA_VIRT_HOST, hex({1})),
                              attr(IFLA_VIRT_ISOLATE, hex({0})),
                              attr(IFLA_VIRT_BCLIM, raw(8U))})),
        "mode=steal host=trueisolate=falsebclim=8 ");
}

TEST_F(Plugin, ModeOfNewerModule)
{
    EXPECT_EQ(printed_options(attr(IFLA_VIRT_MODE, hex({255}))), "mode 255 ");
}

TEST_F(Plugin, WrongAttributes)
{
    for (const virt_option &option : virt_options) {
        if (option.type != VIRT_OPTION_TYPES) {
            EXPECT_EQ(printed_options(attr(option.attr, {})), "")
                << option.name;
        }
    }
    EXPECT_EQ(printed_options(attr(IFLA_VIRT_REMOTE, hex({1, 2, 3}))), "");
    EXPECT_EQ(printed_options(attr(IFLA_VIRT_FILTER, hex({1}))), "");
    EXPECT_EQ(printed_options(attr(IFLA_VIRT_BCLIM, hex({1, 2, 3}))), "");
    EXPECT_EQ(printed_options({}), "");
    virt_link_util.print_opt(&virt_link_util, stdout, nullptr);
}

TEST_F(Plugin, HelpAndUnknownOption)
{
    testing::internal::CaptureStderr();
    EXPECT_EQ(parsed_options({"help"}), std::nullopt);
    const std::string help = testing::internal::GetCapturedStderr();
    EXPECT_EQ(help.find("Usage: "), 0U);

    testing::internal::CaptureStderr();
    EXPECT_EQ(parsed_options({"moo", "1"}), std::nullopt);
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "virt: unknown option \"moo\"\n" + help);
}

TEST_F(Plugin, HelpNamesWhatCanBeSet)
{
    testing::internal::CaptureStdout();
    virt_link_util.print_help(&virt_link_util, 0, nullptr, stdout);
    std::fflush(stdout);
    const std::string help = testing::internal::GetCapturedStdout();
    for (const virt_option &option : virt_options) {
        EXPECT_EQ(help.find(std::string("\n  ") + option.name) !=
                      std::string::npos,
                  virt_option_is_set(option.type))
            << option.name;
    }
    EXPECT_NE(help.find(" share|steal|mac|tunnel "), std::string::npos);
}

TEST_F(Plugin, WrongMode)
{
    EXPECT_EQ(plugin_refusal({"mode", "Share"}),
              "\"Share\" is wrong: mode must be share|steal|mac|tunnel");
}

TEST_F(Plugin, WrongPrefixes)
{
    std::string many = "::1";
    for (int i = 0; i < VIRT_ALLOW_MAX; i++) {
        many += ",::1";
    }
    for (const std::string &wrong :
         {std::string(), std::string("x"), std::string("192.0.2.1/33"),
          std::string("::/129"), std::string("192.0.2.1,"),
          std::string("192.0.2.1/"), std::string("192.0.2.1/8x"),
          std::string("192.0.2.1/-1"), many}) {
        EXPECT_NE(plugin_refusal({"allow", wrong})
                      .find("is wrong: allow must be any or "),
                  std::string::npos)
            << wrong;
    }
}

TEST_F(Plugin, WrongNumber)
{
    for (const char *number : {"", "x", "5x", "4294967296"}) {
        EXPECT_EQ(plugin_refusal({"bclim", number}),
                  '"' + std::string(number) +
                      "\" is wrong: bclim must be a number");
    }
}

TEST_F(Plugin, ModeTwice)
{
    EXPECT_EQ(plugin_refusal({"mode", "share", "mode", "steal"}),
              "duplicate \"mode\": \"steal\"");
}

TEST_F(Plugin, NoArgument)
{
    EXPECT_EQ(plugin_refusal({"mode"}), "incomplete");
}

TEST_F(Plugin, TextHasWhatCounted)
{
    EXPECT_EQ(printed_counters(join({attr(VIRT_STAT_RX_DOWN, raw(0ULL)),
                                     attr(VIRT_STAT_TX_PARENT, raw(5ULL))})),
              "\n      tx_parent 5 ");
}

/* What the module leaves out is 0. */
TEST_F(Plugin, TextHasAllIfAskedTwice)
{
    show_stats = 2;
    std::string expected;
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        expected += std::string("\n      ") + virt_stat_word(stat) +
                    (stat == VIRT_STAT_TX_PARENT ? " 5 " : " 0 ");
    }
    EXPECT_EQ(printed_counters(attr(VIRT_STAT_TX_PARENT, raw(5ULL))), expected);
}

TEST_F(Plugin, JsonHasAll)
{
    in_json = true;
    std::string expected;
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        expected +=
            virt_stat_word(stat) + ("=" + std::to_string(stat - 1)) + " ";
    }
    EXPECT_EQ(printed_counters(all_counters(0)), expected);
}

TEST_F(Plugin, WhatTheModuleLeftOutIsZero)
{
    in_json = true;
    std::string expected;
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        expected += std::string(virt_stat_word(stat)) + "=0 ";
    }
    EXPECT_EQ(printed_counters({}), expected);
}

TEST_F(Plugin, CountersOfNewerModuleAreSkipped)
{
    EXPECT_EQ(printed_counters(attr(VIRT_STAT_MAX + 1, raw(5ULL))), "");
}

/* Read past the end is for the address sanitizer to see. */
TEST_F(Plugin, EveryTruncatedXstats)
{
    const Buffer whole = attr(VIRT_STAT_RX_DOWN, raw(7ULL));
    EXPECT_EQ(printed_counters(whole), "\n      rx_down 7 ");
    for (std::size_t size = 0; size < whole.size(); size++) {
        const Buffer part(whole.begin(),
                          whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(printed_counters(part), "") << size;
    }
}

TEST_F(Plugin, ShortCounter)
{
    EXPECT_EQ(printed_counters(attr(VIRT_STAT_RX_DOWN, raw(7U))), "");
}

} // namespace virt::test
