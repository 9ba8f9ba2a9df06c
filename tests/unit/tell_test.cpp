// SPDX-License-Identifier: GPL-2.0-only
// What goes to standard error.
//
// Copyright (C) The virt authors
#include "lib/tell.hpp"

#include <cstdio>

#include <gtest/gtest.h>

namespace virt::test
{

TEST(Tell, OnePrintableLine)
{
    testing::internal::CaptureStderr();
    tell("virtstat", "a\nb\x1b[2J: no such interface");
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "virtstat: a\\x0ab\\x1b[2J: no such interface\n");
}

TEST(Tell, NobodyHears)
{
    EXPECT_EXIT(
        {
            if (!std::freopen("/dev/full", "w", stderr)) {
                std::_Exit(1);
            }
            tell("virtstat", "no such interface");
            std::_Exit(3);
        },
        testing::ExitedWithCode(3), "");
}

} // namespace virt::test
