/* SPDX-License-Identifier: GPL-2.0-only */
/* Rates on a screen of any size: values to lines, pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_WATCH_LAYOUT_HPP
#define _VIRTSTAT_WATCH_LAYOUT_HPP

#include "paint.hpp"
#include "rates.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace virt
{

struct WatchStyle {
    /** No line is longer, and there are no more of them. */
    std::size_t columns = 80;
    std::size_t lines = 24;
    /** Bars of eight heights; else what ASCII has. */
    bool utf8 = true;
    Paint paint{};
};

/**
 * A bar for each of the last `width` values, the newest to the right, as high
 * as it is beside the highest of them; spaces where there are no values.
 */
std::string sparkline(std::span<const double> values, std::size_t width,
                      bool utf8);

/**
 * A table with a line for each child, or where that is too wide, four lines
 * for each: all of it fits in 20 columns. The last line tells how many children
 * there was no room for.
 */
std::vector<std::string> watch_lines(std::span<const ChildRates> children,
                                     const WatchStyle &style);

} // namespace virt

#endif // _VIRTSTAT_WATCH_LAYOUT_HPP
