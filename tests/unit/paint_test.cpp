// SPDX-License-Identifier: GPL-2.0-only
// When there are colours.
//
// Copyright (C) The virt authors
#include "virtstat/paint.hpp"

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

constexpr ColorEnvironment kTerminal{.is_terminal = true,
                                     .no_color = nullptr,
                                     .term = "xterm",
                                     .colorfgbg = nullptr};

bool colours(ColorWhen when, const ColorEnvironment &environment)
{
    return Paint(when, environment)(Ink::Good, "x") != "x";
}

} // namespace

TEST(Paint, None)
{
    EXPECT_EQ(Paint()(Ink::Name, "x"), "x");
}

TEST(Paint, AutoIsForTerminals)
{
    EXPECT_TRUE(colours(ColorWhen::Auto, kTerminal));
    ColorEnvironment environment = kTerminal;
    environment.is_terminal = false;
    EXPECT_FALSE(colours(ColorWhen::Auto, environment));
}

TEST(Paint, AutoWithNoColor)
{
    ColorEnvironment environment = kTerminal;
    environment.no_color = "1";
    EXPECT_FALSE(colours(ColorWhen::Auto, environment));
    environment.no_color = "";
    EXPECT_TRUE(colours(ColorWhen::Auto, environment));
}

TEST(Paint, AutoOnADumbTerminal)
{
    ColorEnvironment environment = kTerminal;
    environment.term = "dumb";
    EXPECT_FALSE(colours(ColorWhen::Auto, environment));
    environment.term = nullptr;
    EXPECT_FALSE(colours(ColorWhen::Auto, environment));
}

/* What is said on the command line counts more than the environment. */
TEST(Paint, AlwaysAndNever)
{
    ColorEnvironment environment;
    environment.no_color = "1";
    EXPECT_TRUE(colours(ColorWhen::Always, environment));
    EXPECT_FALSE(colours(ColorWhen::Never, kTerminal));
}

TEST(Paint, PlainAndEmptyTextHaveNoSequences)
{
    const Paint paint(ColorWhen::Always, kTerminal);
    EXPECT_EQ(paint(Ink::Plain, "x"), "x");
    EXPECT_EQ(paint(Ink::Bad, ""), "");
}

TEST(Paint, BrightOnADarkBackground)
{
    ColorEnvironment environment = kTerminal;
    for (const char *dark : {"15;0", "7;default;8", "0;6"}) {
        environment.colorfgbg = dark;
        EXPECT_EQ(Paint(ColorWhen::Auto, environment)(Ink::Bad, "x"),
                  "\x1b[1;31mx\x1b[0m")
            << dark;
    }
    for (const char *light : {"0;15", "0;7", "0", "", "0;default", ";"}) {
        environment.colorfgbg = light;
        EXPECT_EQ(Paint(ColorWhen::Auto, environment)(Ink::Bad, "x"),
                  "\x1b[31mx\x1b[0m")
            << light;
    }
}

TEST(OperstateInk, UpAndDown)
{
    EXPECT_EQ(operstate_ink(6), Ink::Good);
    EXPECT_EQ(operstate_ink(2), Ink::Bad);
    EXPECT_EQ(operstate_ink(3), Ink::Bad);
    EXPECT_EQ(operstate_ink(0), Ink::Plain);
    EXPECT_EQ(operstate_ink(200), Ink::Plain);
}

} // namespace virt::test
