/* SPDX-License-Identifier: GPL-2.0-only */
/* What the command lines of the programs have in common. A header alone, so
 * that only who reads options compiles CLI11.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_COMMAND_LINE_HPP
#define _VIRT_COMMAND_LINE_HPP

#include "printable.hpp"

#include "module/version.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace virt
{

/** What --help says about a program besides its options. */
struct ProgramText {
    std::string name;
    std::string description;
    /** Lines, the first of which starts with "Usage: ". */
    std::string usage;
    std::string footer;
    /** Where the texts of the options start. */
    std::size_t column;
};

/** Sets up --help, --version and errors of one line. */
inline void declare_program(CLI::App &app, const ProgramText &text)
{
    class Help : public CLI::Formatter
    {
    public:
        explicit Help(std::string usage) : usage_(std::move(usage)) {}

        std::string make_usage(const CLI::App *app,
                               std::string name) const override
        {
            return app->get_parent() ? Formatter::make_usage(app, name)
                                     : usage_;
        }

    private:
        std::string usage_;
    };

    app.name(text.name);
    app.description(text.description);
    app.footer(text.footer);
    app.formatter(std::make_shared<Help>(text.usage));
    app.get_formatter()->column_width(text.column);
    app.set_version_flag("-V,--version", text.name + " " VIRT_VERSION);
    app.failure_message([](const CLI::App *program, const CLI::Error &error) {
        std::string what = error.what();
        std::ranges::replace(what, '\n', ' ');
        return fmt::format("{0}: {1}; see {0} --help\n", program->get_name(),
                           printable(what));
    });
}

/**
 * Parses arguments, without the program's name. Throws CLI::ParseError, also
 * for --help and --version.
 */
inline void parse_arguments(CLI::App &app, std::vector<std::string> arguments)
{
    // CLI11 takes a value after '=' with long names only.
    const auto end = std::ranges::find(arguments, "--");
    for (auto argument = arguments.begin(); argument != end; ++argument) {
        if (argument->size() < 3 || (*argument)[0] != '-' ||
            (*argument)[1] == '-' || (*argument)[2] != '=') {
            continue;
        }
        const auto *option = app.get_option_no_throw(argument->substr(0, 2));
        if (option && !option->get_lnames().empty()) {
            argument->replace(0, 2, "--" + option->get_lnames()[0]);
        }
    }
    // It takes the last one first.
    std::ranges::reverse(arguments);
    app.parse(std::move(arguments));
}

} // namespace virt

#endif // _VIRT_COMMAND_LINE_HPP
