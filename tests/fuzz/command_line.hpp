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
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace virt::fuzz
{

/** The options of a program, declared once, for that takes long. */
template <class Options>
struct Program {
    Options options;
    CLI::App app;
    unsigned runs = 0;
    Program() { declare_options(app, options); }
};

/* A refusal has one line. */
inline void check_refusal(const CLI::App &app, const CLI::ParseError &error)
{
    std::ostringstream out;
    std::ostringstream err;
    if (app.exit(error, out, err) != 0) {
        REQUIRE(std::ranges::count(err.str(), '\n') == 1);
    }
}

/**
 * What is taken of the words of an input, or nullptr: refused, or --help and
 * --version.
 */
template <class Options>
const Options *taken(const std::uint8_t *data, std::size_t size)
{
    static std::optional<Program<Options>> program;
    // CLI11 remembers what it read for as long as it lives.
    if (!program || ++program->runs == 10000) {
        program.emplace();
    }
    program->options = {};
    try {
        parse_arguments(program->app, words_of(text_of(data, size), '\0'));
        return &program->options;
    } catch (const CLI::ParseError &error) {
        if (in_depth(data, size)) {
            check_refusal(program->app, error);
        }
        return nullptr;
    }
}

} // namespace virt::fuzz

#endif // _VIRT_FUZZ_COMMAND_LINE_HPP
