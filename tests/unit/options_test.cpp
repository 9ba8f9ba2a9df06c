// SPDX-License-Identifier: GPL-2.0-only
// The command line of virtstat.
//
// Copyright (C) The virt authors
#include "virtstat/options.hpp"

#include "module/version.h"

#include <sstream>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

struct Parsed {
    Options options;
    /* CLI11's status; 0 too for --help and --version. */
    int status = 0;
    std::string out;
    std::string err;
};

/* CLI11 takes arguments last one first. */
Parsed parse(std::vector<std::string> arguments)
{
    CLI::App app;
    Parsed parsed;
    declare_options(app, parsed.options);
    std::ranges::reverse(arguments);
    try {
        app.parse(arguments);
    } catch (const CLI::ParseError &error) {
        std::ostringstream out;
        std::ostringstream err;
        parsed.status = app.exit(error, out, err);
        parsed.out = out.str();
        parsed.err = err.str();
    }
    return parsed;
}

} // namespace

TEST(DeclareOptions, None)
{
    const Parsed parsed = parse({});
    EXPECT_EQ(parsed.status, 0);
    EXPECT_EQ(parsed.options, Options{});
}

TEST(DeclareOptions, All)
{
    const Options all{.ifaces = {"virt0", "virt1"},
                      .json = true,
                      .pretty = true,
                      .causes = true};
    EXPECT_EQ(parse({"-jps", "virt0", "virt1"}).options, all);
    EXPECT_EQ(
        parse({"virt0", "--json", "virt1", "--pretty", "--stats"}).options,
        all);
}

TEST(DeclareOptions, Wrong)
{
    for (const char *argument : {"-x", "--nothing", "--json=maybe"}) {
        const Parsed parsed = parse({argument});
        EXPECT_NE(parsed.status, 0) << argument;
        EXPECT_FALSE(parsed.err.empty()) << argument;
    }
}

TEST(DeclareOptions, PrettyIsForJson)
{
    const Parsed parsed = parse({"-p"});
    EXPECT_NE(parsed.status, 0);
    EXPECT_EQ(parsed.err.find("--pretty requires --json"), 0U);
}

TEST(DeclareOptions, Version)
{
    for (const char *argument : {"-V", "--version"}) {
        const Parsed parsed = parse({argument});
        EXPECT_EQ(parsed.status, 0);
        EXPECT_EQ(parsed.out, "virtstat " VIRT_VERSION "\n");
    }
}

TEST(DeclareOptions, Help)
{
    const Parsed parsed = parse({"--help"});
    EXPECT_EQ(parsed.status, 0);
    EXPECT_NE(parsed.out.find("Usage: virtstat [OPTIONS] [IFACE...]"),
              std::string::npos);
}

} // namespace virt::test
