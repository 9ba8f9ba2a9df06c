// SPDX-License-Identifier: GPL-2.0-only
// Numbers in three digits.
//
// Copyright (C) The virt authors
#include "lib/human.hpp"

#include <cmath>
#include <cstdint>

#include <gtest/gtest.h>

namespace virt::test
{

TEST(Human, WholeNumbersBelowAThousand)
{
    EXPECT_EQ(human(0), "0");
    EXPECT_EQ(human(7), "7");
    EXPECT_EQ(human(999), "999");
}

TEST(Human, Prefixes)
{
    EXPECT_EQ(human(1000), "1.00k");
    EXPECT_EQ(human(12345), "12.3k");
    EXPECT_EQ(human(456789), "457k");
    EXPECT_EQ(human(1e6), "1.00M");
    EXPECT_EQ(human(1e9), "1.00G");
    EXPECT_EQ(human(1e12), "1.00T");
    EXPECT_EQ(human(1e15), "1.00P");
    EXPECT_EQ(human(static_cast<double>(UINT64_MAX)), "18.4E");
}

/* What rounds up to 1000 has the next prefix, and no fourth digit. */
TEST(Human, Rounding)
{
    EXPECT_EQ(human(999499), "999k");
    EXPECT_EQ(human(999500), "1.00M");
    EXPECT_EQ(human(9994), "9.99k");
    EXPECT_EQ(human(9996), "10.0k");
    EXPECT_EQ(human(99960), "100k");
}

TEST(Human, Fractions)
{
    EXPECT_EQ(human(0.25), "0.25");
    EXPECT_EQ(human(12.34), "12.3");
    EXPECT_EQ(human(123.4), "123");
    EXPECT_EQ(human(999.4), "999");
    EXPECT_EQ(human(999.6), "1.00k");
}

TEST(Human, AtMostFiveCharacters)
{
    for (double number = 0.001; number < 1e26; number *= 1.01) {
        EXPECT_LE(human(number).size(), 5U) << number;
    }
}

} // namespace virt::test
