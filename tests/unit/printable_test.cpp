// SPDX-License-Identifier: GPL-2.0-only
// Text that a terminal shows and does not obey.
//
// Copyright (C) The virt authors
#include "lib/printable.hpp"

#include <gtest/gtest.h>

namespace virt::test
{

TEST(Printable, StaysAsItIs)
{
    for (const char *text :
         {"", "virt0", "a\"b\\", "\xc3\xa4", "\xe2\x96\x81", "\xf0\x9f\x90\xa7",
          "\xc2\xa0", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_EQ(printable(text), text);
    }
}

TEST(Printable, ControlCharacters)
{
    EXPECT_EQ(printable("\x1b[2J"), "\\x1b[2J");
    EXPECT_EQ(printable("a\nb\x7f"), "a\\x0ab\\x7f");
    EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
    // the same in two bytes, and the override of the writing direction
    EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");
    EXPECT_EQ(printable("\xe2\x80\xae"), "\\xe2\\x80\\xae");
    EXPECT_EQ(printable("\xe2\x81\xa6"), "\\xe2\\x81\\xa6");
}

TEST(Printable, NotUtf8)
{
    EXPECT_EQ(printable("\xff"), "\\xff");
    EXPECT_EQ(printable("\xc3x"), "\\xc3x");
    EXPECT_EQ(printable("\xe2\x96x"), "\\xe2\\x96x");
    for (const std::string_view wrong :
         {"\x80", "\xc3", "\xe2\x96",
          // longer than need be, surrogates, beyond the last character
          "\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xed\xa0\x80",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80"}) {
        EXPECT_EQ(printable(wrong).size(), 4 * wrong.size())
            << printable(wrong);
    }
}

TEST(Columns, Characters)
{
    EXPECT_EQ(columns_of(""), 0U);
    EXPECT_EQ(columns_of("virt0"), 5U);
    EXPECT_EQ(columns_of("\xc3\xa4\xe2\x96\x81\xf0\x9f\x90\xa7"), 3U);
}

TEST(Cut, WholeCharacters)
{
    EXPECT_EQ(cut("virt0", 9), "virt0");
    EXPECT_EQ(cut("virt0", 2), "vi");
    EXPECT_EQ(cut("virt0", 0), "");
    EXPECT_EQ(cut("\xc3\xa4\xc3\xb6x", 1), "\xc3\xa4");
    EXPECT_EQ(cut("\xc3\xa4\xc3\xb6x", 2), "\xc3\xa4\xc3\xb6");
}

TEST(Pad, ByCharacters)
{
    EXPECT_EQ(pad_right("\xc3\xa4", 3), "\xc3\xa4  ");
    EXPECT_EQ(pad_right("virt0", 3), "virt0");
    EXPECT_EQ(pad_right("", 0), "");
}

} // namespace virt::test
