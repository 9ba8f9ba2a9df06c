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
#include <array>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace virt::fuzz
{

/**
 * The options of a program, declared once, for that takes long. Unless it is in
 * depth, words that are too many are left without an exception, for most inputs
 * have some, and it takes longer than to read the others.
 */
template <class Options>
struct Program : CLI::App {
    Options options;
    unsigned runs = 0;
    explicit Program(bool deep)
    {
        allow_extras(!deep);
        declare_options(*this, options);
        callback([this, check = final_callback_] {
            if (remaining_size(true) == 0) {
                check();
            }
        });
    }
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
    const bool deep = in_depth(data, size);
    static std::array<std::optional<Program<Options>>, 2> programs;
    auto &program = programs[deep];
    // CLI11 remembers what it read for as long as it lives.
    if (!program || ++program->runs == 10000) {
        program.emplace(deep);
    }
    program->options = {};
    try {
        parse_arguments(*program, words_of(text_of(data, size), '\0'));
        return program->remaining_size(true) == 0 ? &program->options : nullptr;
    } catch (const CLI::ParseError &error) {
        if (deep) {
            check_refusal(*program, error);
        }
        return nullptr;
    }
}

} // namespace virt::fuzz

#endif // _VIRT_FUZZ_COMMAND_LINE_HPP
