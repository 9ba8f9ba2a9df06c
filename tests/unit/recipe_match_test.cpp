// SPDX-License-Identifier: GPL-2.0-only
// What counts as the output that a recipe shows.
//
// Copyright (C) The virt authors
#include "tests/recipes/match.hpp"

#include <gtest/gtest.h>

namespace recipes
{

namespace
{

std::optional<size_t> compare(std::string_view shown, std::string_view printed)
{
    return first_missing(lines_of(shown), lines_of(printed));
}

} // namespace

TEST(Match, Verbatim)
{
    EXPECT_EQ(compare("one\ntwo\n", "one\ntwo\n"), std::nullopt);
    EXPECT_EQ(compare("", ""), std::nullopt);
    EXPECT_EQ(compare("one\ntwo", "one\n2"), 1u);
    EXPECT_EQ(compare("one", "one more"), 0u);
    EXPECT_EQ(compare("one", ""), 0u);
}

TEST(Match, NothingMoreThanShown)
{
    EXPECT_EQ(compare("one", "one\ntwo"), 1u);
    EXPECT_EQ(compare("two", "one\ntwo"), 0u);
    EXPECT_EQ(compare("", "one"), 0u);
}

TEST(Match, BlanksAndBlankLinesDoNotCount)
{
    EXPECT_EQ(compare("a  b\n\nc", "a b \r\n \nc\n\n"), std::nullopt);
    EXPECT_EQ(compare("a b", "ab"), 0u);
    EXPECT_EQ(compare("  a", "a"), 0u);
}

TEST(Match, AnyLines)
{
    EXPECT_EQ(compare("...\ntwo", "one\ntwo"), std::nullopt);
    EXPECT_EQ(compare("...\ntwo", "two"), std::nullopt);
    EXPECT_EQ(compare("...", ""), std::nullopt);
    EXPECT_EQ(compare("one\n...\nthree\n...", "one\n2\n2\nthree\n4"),
              std::nullopt);
    EXPECT_EQ(compare("...\ntwo\n...\none", "one\ntwo\nthree"), 3u);
}

TEST(Match, AnyLinesMayEndLater)
{
    EXPECT_EQ(compare("...\na\nb", "a\nc\na\nb"), std::nullopt);
    EXPECT_EQ(compare("...\na\n...\nb", "a\na\nb\nb"), std::nullopt);
}

TEST(Match, AnyText)
{
    EXPECT_EQ(compare("time=... ms", "time=0.31 ms"), std::nullopt);
    EXPECT_EQ(compare("time=... ms", "time=0.31 s"), 0u);
    EXPECT_EQ(compare("a...b...c", "aXbYbZc"), std::nullopt);
    EXPECT_EQ(compare("...b", "abab"), std::nullopt);
    EXPECT_EQ(compare("a...", "b"), 0u);
}

TEST(Match, AnyTextStaysInItsLine)
{
    EXPECT_EQ(compare("a...b", "a\nb"), 0u);
}

} // namespace recipes
