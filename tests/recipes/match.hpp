// SPDX-License-Identifier: GPL-2.0-only
// Whether a command printed what its page shows.
//
// Copyright (C) The virt authors
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recipes
{

// The lines of @text that are not blank.
std::vector<std::string> lines_of(std::string_view text);

// Compares the lines that a page shows with those that were printed. "..."
// stands for any text within a line, and for any number of lines when it is
// alone on one; a run of blanks is as good as any other. Returns nothing if
// all is as shown, else the index of the line that did not come (one behind
// the last if more was printed than that).
std::optional<size_t> first_missing(const std::vector<std::string> &shown,
                                    const std::vector<std::string> &printed);

} // namespace recipes
