// SPDX-License-Identifier: GPL-2.0-only
// Command lines: words between NULs.
//
// Copyright (C) The virt authors
#include "fuzz.hpp"

#include "lib/command_line.hpp"
#include "virtstat/options.hpp"

#include <algorithm>
#include <sstream>

using namespace virt;
using namespace virt::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
                                      std::size_t size)
{
    const std::vector<std::string> words = words_of(text_of(data, size), '\0');

    CLI::App app;
    Options options;
    declare_options(app, options);
    try {
        parse_arguments(app, words);
        REQUIRE(options.interval >= 0.1 && options.interval <= 86400);
        REQUIRE(!options.pretty || options.json);
        REQUIRE(options.ifaces.size() <= words.size());
    } catch (const CLI::ParseError &error) {
        std::ostringstream out;
        std::ostringstream err;
        // An error is one line.
        if (app.exit(error, out, err) != 0) {
            REQUIRE(std::ranges::count(err.str(), '\n') == 1);
        }
    }
    return 0;
}
