/* SPDX-License-Identifier: GPL-2.0-only */
/* A command line, as a program reads it.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_FUZZ_COMMAND_LINE_HPP
#define _VIRT_FUZZ_COMMAND_LINE_HPP

#include "fuzz.hpp"

#include "lib/command_line.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace virt::fuzz
{

/** False: refused in one line, or --help and --version. */
template <class Options>
bool takes(Options &options, const std::vector<std::string> &words)
{
    CLI::App app;
    declare_options(app, options);
    try {
        parse_arguments(app, words);
        return true;
    } catch (const CLI::ParseError &error) {
        std::ostringstream out;
        std::ostringstream err;
        if (app.exit(error, out, err) != 0) {
            REQUIRE(std::ranges::count(err.str(), '\n') == 1);
        }
        return false;
    }
}

} // namespace virt::fuzz

#endif // _VIRT_FUZZ_COMMAND_LINE_HPP
