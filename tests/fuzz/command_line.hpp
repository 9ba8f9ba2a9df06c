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

/**
 * What is taken of the words, or nullptr: refused in one line, or --help and
 * --version. Declares the options once, for that takes longer than to parse.
 */
template <class Options>
const Options *taken(const std::vector<std::string> &words)
{
    struct Program {
        Options options;
        CLI::App app;
        Program() { declare_options(app, options); }
    };
    static Program program;
    program.options = {};
    try {
        parse_arguments(program.app, words);
        return &program.options;
    } catch (const CLI::ParseError &error) {
        std::ostringstream out;
        std::ostringstream err;
        if (program.app.exit(error, out, err) != 0) {
            REQUIRE(std::ranges::count(err.str(), '\n') == 1);
        }
        return nullptr;
    }
}

} // namespace virt::fuzz

#endif // _VIRT_FUZZ_COMMAND_LINE_HPP
