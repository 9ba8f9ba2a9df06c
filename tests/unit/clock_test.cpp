// SPDX-License-Identifier: GPL-2.0-only
// Points in time as text.
//
// Copyright (C) The virt authors
#include "lib/clock.hpp"

#include <gtest/gtest.h>

namespace virt::test
{

TEST(UtcText, Milliseconds)
{
    using namespace std::chrono;
    const auto text = [](milliseconds since_1970) {
        return utc_text(system_clock::time_point(since_1970));
    };
    EXPECT_EQ(text(0ms), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(text(1767225599999ms), "2025-12-31T23:59:59.999Z");
    EXPECT_EQ(text(1767225600007ms), "2026-01-01T00:00:00.007Z");
    // a clock that was never set
    EXPECT_EQ(text(-1ms), "1969-12-31T23:59:59.999Z");
}

} // namespace virt::test
