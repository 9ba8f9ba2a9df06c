/* SPDX-License-Identifier: GPL-2.0-only */
/* A command line, as a program reads it.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_UNIT_PARSED_HPP
#define _VIRT_UNIT_PARSED_HPP

#include "lib/command_line.hpp"

#include <sstream>
#include <string>
#include <vector>

namespace virt::test
{

template <class Options>
struct Parsed {
    Options options;
    /** CLI11's status; 0 too for --help and --version. */
    int status = 0;
    std::string out;
    std::string err;
};

template <class Options>
Parsed<Options> parse_as(std::vector<std::string> arguments)
{
    CLI::App app;
    Parsed<Options> parsed;
    declare_options(app, parsed.options);
    try {
        parse_arguments(app, std::move(arguments));
    } catch (const CLI::ParseError &error) {
        std::ostringstream out;
        std::ostringstream err;
        parsed.status = app.exit(error, out, err);
        parsed.out = out.str();
        parsed.err = err.str();
    }
    return parsed;
}

} // namespace virt::test

#endif // _VIRT_UNIT_PARSED_HPP
