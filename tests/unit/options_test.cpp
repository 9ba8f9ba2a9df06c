// SPDX-License-Identifier: GPL-2.0-only
// The command line of virtstat.
//
// Copyright (C) The virt authors
#include "parsed.hpp"

#include "virtstat/options.hpp"

#include "module/version.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

Parsed<Options> parse(std::vector<std::string> arguments)
{
    return parse_as<Options>(std::move(arguments));
}

} // namespace

TEST(DeclareOptions, None)
{
    const auto parsed = parse({});
    EXPECT_EQ(parsed.status, 0);
    EXPECT_EQ(parsed.options, Options{});
}

TEST(DeclareOptions, All)
{
    const Options all{.command = Command::Show,
                      .ifaces = {"virt0", "virt1"},
                      .netns = "box",
                      .json = true,
                      .pretty = true,
                      .causes = true,
                      .details = true,
                      .human = true,
                      .color = ColorWhen::Always};
    EXPECT_EQ(parse({"-jpsdHc", "-n", "box", "virt0", "virt1"}).options, all);
    EXPECT_EQ(parse({"virt0", "--json", "virt1", "--pretty", "--stats",
                     "--netns=box", "--details", "--human", "--color"})
                  .options,
              all);
}

TEST(DeclareOptions, Wrong)
{
    for (const char *argument :
         {"-x", "--nothing", "--json=maybe", "-n", "-c=blue"}) {
        const auto parsed = parse({argument});
        EXPECT_NE(parsed.status, 0) << argument;
        EXPECT_EQ(parsed.err.find("virtstat: "), 0U) << parsed.err;
        EXPECT_EQ(std::ranges::count(parsed.err, '\n'), 1) << parsed.err;
    }
}

TEST(DeclareOptions, Color)
{
    const auto color = [](std::vector<std::string> arguments) {
        const auto parsed = parse(std::move(arguments));
        EXPECT_EQ(parsed.status, 0) << parsed.err;
        return parsed.options.color;
    };
    EXPECT_EQ(color({}), ColorWhen::Auto);
    EXPECT_EQ(color({"-c"}), ColorWhen::Always);
    EXPECT_EQ(color({"--color"}), ColorWhen::Always);
    EXPECT_EQ(color({"-c=never"}), ColorWhen::Never);
    EXPECT_EQ(color({"-c=auto"}), ColorWhen::Auto);
    EXPECT_EQ(color({"--color=always"}), ColorWhen::Always);
    EXPECT_EQ(color({"-c=always", "-c=never"}), ColorWhen::Never);
}

/* A word without '=' is an interface. */
TEST(DeclareOptions, ColorTakesNoNextWord)
{
    const Options options = parse({"-c", "never"}).options;
    EXPECT_EQ(options.color, ColorWhen::Always);
    EXPECT_EQ(options.ifaces, std::vector<std::string>{"never"});
}

TEST(DeclareOptions, AfterTwoDashesAllAreInterfaces)
{
    EXPECT_EQ(parse({"--", "-c=never", "-j"}).options.ifaces,
              (std::vector<std::string>{"-c=never", "-j"}));
}

TEST(DeclareOptions, WrongIsToldInPrintableText)
{
    EXPECT_EQ(parse({"--\x1b[2J"}).err,
              "virtstat: The following argument was not expected: "
              "--\\x1b[2J; see virtstat --help\n");
}

TEST(DeclareOptions, PrettyIsForJson)
{
    const auto parsed = parse({"-p"});
    EXPECT_NE(parsed.status, 0);
    EXPECT_EQ(parsed.err, "virtstat: --pretty requires --json; "
                          "see virtstat --help\n");
}

TEST(Commands, Metrics)
{
    const Options metrics{
        .command = Command::Metrics, .ifaces = {"virt0"}, .netns = "box"};
    EXPECT_EQ(parse({"metrics", "-n", "box", "virt0"}).options, metrics);
    EXPECT_EQ(parse({"-n", "box", "metrics", "virt0"}).options, metrics);
}

TEST(Commands, Watch)
{
    const Options watch{.command = Command::Watch,
                        .ifaces = {"virt0"},
                        .netns = "",
                        .json = true,
                        .interval = 0.5,
                        .count = 3};
    EXPECT_EQ(parse({"watch", "-j", "-i", "0.5", "-C3", "virt0"}).options,
              watch);
    EXPECT_EQ(
        parse({"-j", "watch", "--interval=.5", "--count=3", "virt0"}).options,
        watch);
    EXPECT_EQ(parse({"watch", "-i", "86400"}).options.interval, 86400);
}

TEST(Commands, WatchWithWrongNumbers)
{
    for (const char *interval :
         {"0", "0.09", "-1", "86401", "nan", "inf", "1s", "", "1,5"}) {
        const auto parsed = parse({"watch", "-i", interval});
        EXPECT_NE(parsed.status, 0) << interval;
        EXPECT_EQ(std::ranges::count(parsed.err, '\n'), 1) << parsed.err;
    }
    for (const char *count :
         {"0", "-1", "x", "1.5", "", "01", "9999999999999999999"}) {
        EXPECT_NE(parse({"watch", "-C", count}).status, 0) << count;
    }
}

TEST(Commands, Monitor)
{
    const Options monitor{.command = Command::Monitor,
                          .ifaces = {"virt0"},
                          .netns = "box",
                          .json = true,
                          .color = ColorWhen::Never,
                          .count = 3};
    EXPECT_EQ(parse({"monitor", "-j", "-n", "box", "-C3", "-c=never", "virt0"})
                  .options,
              monitor);
    EXPECT_NE(parse({"monitor", "-i", "1"}).status, 0);
}

TEST(Commands, Doctor)
{
    const Options doctor{.command = Command::Doctor,
                         .ifaces = {"eth0"},
                         .netns = "box",
                         .json = true,
                         .pretty = true,
                         .color = ColorWhen::Never,
                         .port = 65535};
    EXPECT_EQ(
        parse({"doctor", "-jp", "-n", "box", "-P", "65535", "-c=never", "eth0"})
            .options,
        doctor);
    for (const char *port : {"0", "65536", "-1", "x", ""}) {
        EXPECT_NE(parse({"doctor", "-P", port}).status, 0) << port;
    }
}

TEST(Commands, ShowIsTheDefault)
{
    EXPECT_EQ(parse({"show", "-jp", "virt0"}).options,
              parse({"-jp", "virt0"}).options);
    EXPECT_EQ(parse({"-j", "show", "-p"}).options, parse({"-jp"}).options);
    EXPECT_EQ(parse({"show"}).options, Options{});
}

/* An interface may have the name of a command. */
TEST(Commands, OnlyTheFirstWord)
{
    for (const auto &parsed :
         {parse({"show", "metrics"}), parse({"--", "metrics"})}) {
        EXPECT_EQ(parsed.options.command, Command::Show);
        EXPECT_EQ(parsed.options.ifaces, std::vector<std::string>{"metrics"});
    }
}

TEST(Commands, WrongOptions)
{
    EXPECT_EQ(parse({"-j", "metrics"}).err,
              "virtstat: metrics: takes no --json; see virtstat --help\n");
    EXPECT_EQ(parse({"metrics", "-j"}).err,
              "virtstat: The following argument was not expected: -j; "
              "see virtstat --help\n");
    EXPECT_EQ(parse({"virt0", "metrics"}).err,
              "virtstat: metrics: interfaces come after the command; "
              "see virtstat --help\n");
}

TEST(DeclareOptions, Version)
{
    for (const char *argument : {"-V", "--version"}) {
        const auto parsed = parse({argument});
        EXPECT_EQ(parsed.status, 0);
        EXPECT_EQ(parsed.out, "virtstat " VIRT_VERSION "\n");
    }
}

TEST(DeclareOptions, Help)
{
    const auto parsed = parse({"--help"});
    EXPECT_EQ(parsed.status, 0);
    EXPECT_NE(parsed.out.find("Usage: virtstat [OPTIONS] [IFACE...]\n"),
              std::string::npos);
}

} // namespace virt::test
