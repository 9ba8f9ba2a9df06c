// SPDX-License-Identifier: GPL-2.0-only
// The ip plugin, between stand-ins for the functions that ip exports. They
// follow iproute2 6.1 in what the plugin can tell: text to a string here.
//
// Copyright (C) The virt authors
extern "C" {
#include "iproute2/link_util.h"
}
#include "lib/link_options.h"
#include "wire.hpp"

#include <cstdarg>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

extern "C" {

extern link_util virt_link_util;

int show_stats = 0;

} // extern "C"

namespace virt::test
{

namespace
{

bool in_json = false;
std::string printed;

template <class Value>
int print_value(output_type type, const char *key, const char *fmt, Value value)
{
    if (type == (in_json ? PRINT_FP : PRINT_JSON)) {
        return 0;
    }
    char text[64];
    std::snprintf(text, sizeof(text), fmt, value);
    printed += in_json ? key + ("=" + std::string(text)) : text;
    return 0;
}

int add_attribute(nlmsghdr *n, int type, const Buffer &payload)
{
    const Buffer bytes = join({attr(static_cast<unsigned>(type), payload)});
    std::memcpy(reinterpret_cast<char *>(n) + n->nlmsg_len, bytes.data(),
                bytes.size());
    n->nlmsg_len += static_cast<std::uint32_t>(bytes.size());
    return 0;
}

} // namespace

extern "C" {

int print_color_string(output_type type, color_attr, const char *key,
                       const char *fmt, const char *value)
{
    return print_value(type, key, fmt, value);
}

int print_color_uint(output_type type, color_attr, const char *key,
                     const char *fmt, unsigned value)
{
    return print_value(type, key, fmt, value);
}

int print_color_bool(output_type type, color_attr, const char *key,
                     const char *fmt, bool value)
{
    EXPECT_EQ(type, PRINT_JSON);
    EXPECT_EQ(fmt, nullptr);
    return print_value(type, key, "%s", value ? "true" : "false");
}

int print_color_u64(output_type type, color_attr, const char *key,
                    const char *fmt, uint64_t value)
{
    return print_value(type, key, fmt, value);
}

void print_nl(void)
{
    printed += in_json ? "" : "\n";
}

int addattr8(nlmsghdr *n, int, int type, uint8_t data)
{
    return add_attribute(n, type, raw(data));
}

int addattr32(nlmsghdr *n, int, int type, uint32_t data)
{
    return add_attribute(n, type, raw(data));
}

int addattr_l(nlmsghdr *n, int, int type, const void *data, int len)
{
    const auto *bytes = static_cast<const std::byte *>(data);
    return add_attribute(n, type, Buffer(bytes, bytes + len));
}

int get_u32(uint32_t *number, const char *arg, int base)
{
    char *end;
    const unsigned long value = std::strtoul(arg, &end, base);
    *number = static_cast<uint32_t>(value);
    return *arg == '\0' || *end != '\0' || value > UINT32_MAX ? -1 : 0;
}

int parse_rtattr(rtattr *tb[], int max, rtattr *rta, int len)
{
    std::fill(tb, tb + max + 1, nullptr);
    while (RTA_OK(rta, len)) {
        if (rta->rta_type <= max && !tb[rta->rta_type]) {
            tb[rta->rta_type] = rta;
        }
        rta = RTA_NEXT(rta, len);
    }
    return 0;
}

void invarg(const char *msg, const char *arg)
{
    std::fprintf(stderr, "\"%s\" is wrong: %s\n", arg, msg);
    std::exit(255);
}

void duparg(const char *key, const char *arg)
{
    std::fprintf(stderr, "duplicate \"%s\": \"%s\"\n", key, arg);
    std::exit(255);
}

void incomplete_command(void)
{
    std::fprintf(stderr, "incomplete\n");
    std::exit(255);
}

} // extern "C"

namespace
{

/* The attributes that the plugin makes of these words; nullopt: refused. */
std::optional<Buffer> parsed(std::vector<std::string> words)
{
    alignas(nlmsghdr) std::array<std::byte, 1024> buffer{};
    auto *header = reinterpret_cast<nlmsghdr *>(buffer.data());
    header->nlmsg_len = sizeof(nlmsghdr);
    std::vector<char *> argv;
    for (std::string &word : words) {
        argv.push_back(word.data());
    }
    if (virt_link_util.parse_opt(&virt_link_util, static_cast<int>(argv.size()),
                                 argv.data(), header) != 0) {
        return std::nullopt;
    }
    return Buffer(buffer.begin() + sizeof(nlmsghdr),
                  buffer.begin() + header->nlmsg_len);
}

std::string printed_options(const Buffer &attrs)
{
    printed.clear();
    Buffer copy = attrs;
    std::vector<rtattr *> tb(static_cast<std::size_t>(virt_link_util.maxattr) +
                             1);
    parse_rtattr(tb.data(), virt_link_util.maxattr,
                 reinterpret_cast<rtattr *>(copy.data()),
                 static_cast<int>(copy.size()));
    virt_link_util.print_opt(&virt_link_util, stdout, tb.data());
    return printed;
}

/* `claim` bytes are added to the length of the attribute that holds all. */
std::string printed_xstats(const Buffer &attrs, int claim = 0)
{
    printed.clear();
    Buffer xstats = attr(IFLA_INFO_XSTATS, attrs, claim);
    virt_link_util.print_xstats(&virt_link_util, stdout,
                                reinterpret_cast<rtattr *>(xstats.data()));
    return printed;
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

using PluginDeathTest = Plugin;

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
            const auto attrs = parsed({option.name, word});
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
            const auto attrs = parsed({option.name, digits});
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
        parsed({"allow", "192.0.2.10,192.0.2.0/24,::/0,2001:db8::1"});
    ASSERT_TRUE(attrs);
    EXPECT_EQ(printed_options(*attrs),
              "allow 192.0.2.10/32,192.0.2.0/24,::/0,2001:db8::1/128 ");
    EXPECT_EQ(*parsed({"allow", "any"}), attr(IFLA_VIRT_ALLOW, {}));
    EXPECT_EQ(printed_options(attr(IFLA_VIRT_ALLOW, {})), "");
}

TEST_F(Plugin, SeveralOptions)
{
    EXPECT_EQ(
        printed_options(*parsed({"bclim", "3", "host", "off", "mode", "mac"})),
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
        const auto attrs = parsed(words);
        ASSERT_TRUE(attrs) << line;
        EXPECT_EQ(printed_options(*attrs), line);
    }
}

TEST_F(Plugin, TunnelAttributes)
{
    EXPECT_EQ(*parsed({"remote", "192.0.2.1"}),
              attr(IFLA_VIRT_REMOTE, hex({192, 0, 2, 1})));
    EXPECT_EQ(*parsed({"local", "any"}),
              attr(IFLA_VIRT_LOCAL, hex({0, 0, 0, 0})));
    EXPECT_EQ(*parsed({"learn", "192.0.2.0/24"}),
              join({attr(IFLA_VIRT_LEARN, hex({192, 0, 2, 0, 24}))}));
    EXPECT_EQ(*parsed({"learn", "192.0.2.1"}),
              join({attr(IFLA_VIRT_LEARN, hex({192, 0, 2, 1, 32}))}));
    EXPECT_EQ(*parsed({"learn", "off"}), attr(IFLA_VIRT_LEARN, {}));
    EXPECT_EQ(*parsed({"dev", "none"}), attr(IFLA_VIRT_DEV, raw(0U)));
    EXPECT_EQ(*parsed({"any"}), join({attr(IFLA_VIRT_ANY, hex({1}))}));
    EXPECT_EQ(printed_options(attr(IFLA_VIRT_FILTER, {})), "filter all ");
}

TEST_F(PluginDeathTest, WrongTunnelValues)
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
        EXPECT_EXIT(parsed({name, value}), testing::ExitedWithCode(255),
                    message);
    }
}

/* A state is read only; text has it when there is something to say. */
TEST_F(Plugin, State)
{
    EXPECT_EQ(printed_options(attr(IFLA_VIRT_SUSPENDED, raw(2U))),
              "suspended 2 ");
    EXPECT_EQ(printed_options(attr(IFLA_VIRT_SUSPENDED, raw(0U))), "");
    in_json = true;
    EXPECT_EQ(printed_options(attr(IFLA_VIRT_SUSPENDED, raw(0U))),
              "suspended=0 ");
    testing::internal::CaptureStderr();
    EXPECT_EQ(parsed({"suspended", "1"}), std::nullopt);
    testing::internal::GetCapturedStderr();
}

TEST_F(Plugin, NoOptions)
{
    EXPECT_EQ(parsed({}), Buffer{});
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
    EXPECT_EQ(printed, "");
}

TEST_F(Plugin, HelpAndUnknownOption)
{
    testing::internal::CaptureStderr();
    EXPECT_EQ(parsed({"help"}), std::nullopt);
    const std::string help = testing::internal::GetCapturedStderr();
    EXPECT_EQ(help.find("Usage: "), 0U);

    testing::internal::CaptureStderr();
    EXPECT_EQ(parsed({"moo", "1"}), std::nullopt);
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

TEST_F(PluginDeathTest, WrongMode)
{
    EXPECT_EXIT(parsed({"mode", "Share"}), testing::ExitedWithCode(255),
                "^\"Share\" is wrong: mode must be share.steal.mac.tunnel\n$");
}

TEST_F(PluginDeathTest, WrongPrefixes)
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
        EXPECT_EXIT(parsed({"allow", wrong}), testing::ExitedWithCode(255),
                    "is wrong: allow must be any or ");
    }
}

TEST_F(PluginDeathTest, WrongNumber)
{
    for (const char *number : {"", "x", "5x", "4294967296"}) {
        EXPECT_EXIT(parsed({"bclim", number}), testing::ExitedWithCode(255),
                    "^\".*\" is wrong: bclim must be a number\n$");
    }
}

TEST_F(PluginDeathTest, ModeTwice)
{
    EXPECT_EXIT(parsed({"mode", "share", "mode", "steal"}),
                testing::ExitedWithCode(255), "duplicate \"mode\": \"steal\"");
}

TEST_F(PluginDeathTest, NoArgument)
{
    EXPECT_EXIT(parsed({"mode"}), testing::ExitedWithCode(255), "incomplete");
}

TEST_F(Plugin, TextHasWhatCounted)
{
    EXPECT_EQ(printed_xstats(join({attr(VIRT_STAT_RX_DOWN, raw(0ULL)),
                                   attr(VIRT_STAT_TX_PARENT, raw(5ULL))})),
              "\n      tx_parent 5 ");
}

TEST_F(Plugin, TextHasAllIfAskedTwice)
{
    show_stats = 2;
    EXPECT_EQ(printed_xstats(join({attr(VIRT_STAT_RX_DOWN, raw(0ULL)),
                                   attr(VIRT_STAT_TX_PARENT, raw(5ULL))})),
              "\n      rx_down 0 \n      tx_parent 5 ");
}

TEST_F(Plugin, JsonHasAll)
{
    in_json = true;
    std::string expected;
    for (unsigned stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
        expected +=
            virt_stat_word(stat) + ("=" + std::to_string(stat - 1)) + " ";
    }
    EXPECT_EQ(printed_xstats(all_counters(0)), expected);
}

TEST_F(Plugin, CountersOfNewerModuleAreSkipped)
{
    EXPECT_EQ(printed_xstats(attr(VIRT_STAT_MAX + 1, raw(5ULL))), "");
}

/* Read past the end is for the address sanitizer to see. */
TEST_F(Plugin, EveryTruncatedXstats)
{
    const Buffer whole = attr(VIRT_STAT_RX_DOWN, raw(7ULL));
    EXPECT_EQ(printed_xstats(whole), "\n      rx_down 7 ");
    for (std::size_t size = 0; size < whole.size(); size++) {
        const Buffer part(whole.begin(),
                          whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(printed_xstats(part), "") << size;
    }
}

TEST_F(Plugin, ShortCounter)
{
    EXPECT_EQ(printed_xstats(attr(VIRT_STAT_RX_DOWN, raw(7U))), "");
}

} // namespace virt::test
