// SPDX-License-Identifier: GPL-2.0-only
// Rounds numbers to three digits.
//
// Copyright (C) The virt authors
#include "human.hpp"

#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace virt
{

std::string human(double number)
{
    constexpr std::string_view prefixes = "kMGTPEZY";
    // What rounds to 1000 belongs to the next prefix.
    constexpr double limit = 999.5;

    std::size_t scale = 0;
    while (number >= limit && scale < prefixes.size()) {
        number /= 1000;
        scale++;
    }
    if (scale == 0 && number == std::floor(number)) {
        return fmt::format("{:.0f}", number);
    }
    const int decimals = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
    const std::string digits = fmt::format("{:.{}f}", number, decimals);
    return scale == 0 ? digits : digits + prefixes[scale - 1];
}

} // namespace virt
