/* SPDX-License-Identifier: GPL-2.0-only */
/* Children as text and as JSON: values to strings, pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_OUTPUT_HPP
#define _VIRTSTAT_OUTPUT_HPP

#include "child.hpp"

#include <span>
#include <string>

namespace virt
{

/**
 * A table with a line for each child, in columns as wide as their contents;
 * empty if there are none. With `causes` the counters of each child follow it,
 * one a line.
 */
std::string text_table(std::span<const Child> children, bool causes);

/**
 * One JSON array, with a newline, in the shape of `ip -j -s -d link`: the same
 * keys in the same order. Bytes that are not UTF-8 become U+FFFD.
 */
std::string json_array(std::span<const Child> children, bool pretty);

} // namespace virt

#endif // _VIRTSTAT_OUTPUT_HPP
