/* SPDX-License-Identifier: GPL-2.0-only */
/* Children as text and as JSON: values to strings, pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_OUTPUT_HPP
#define _VIRTSTAT_OUTPUT_HPP

#include "child.hpp"
#include "paint.hpp"

#include <span>
#include <string>

namespace virt
{

/** What the table has besides a line for each child. */
struct TextStyle {
    /** Its MTU, address and options on the lines that follow. */
    bool details = false;
    /** All of its counters by cause, one a line; not only what was lost. */
    bool causes = false;
    /** Counters in three digits. */
    bool human = false;
    Paint paint{};
};

/**
 * A table with a line for each child, in columns as wide as their contents,
 * and another one where frames were lost; empty if there are none. What a
 * terminal would not print is escaped.
 */
std::string text_table(std::span<const Child> children, const TextStyle &style);

/**
 * One JSON array, with a newline, in the shape of `ip -j -s -d link`: the same
 * keys in the same order. Bytes that are not UTF-8 become U+FFFD.
 */
std::string json_array(std::span<const Child> children, bool pretty);

} // namespace virt

#endif // _VIRTSTAT_OUTPUT_HPP
