// SPDX-License-Identifier: GPL-2.0-only
// Declares the options of virtstat.
//
// Copyright (C) The virt authors
#include "options.hpp"

#include "module/version.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace virt
{

namespace
{

/* Turns a word into its number; "true" is what -c alone gives. */
std::string read_color(std::string &word)
{
    static const std::map<std::string, ColorWhen> words{
        {"true", ColorWhen::Always},
        {"auto", ColorWhen::Auto},
        {"always", ColorWhen::Always},
        {"never", ColorWhen::Never},
    };
    const auto known = words.find(word);
    if (known == words.end()) {
        return "must be auto, always or never, not " + word;
    }
    word = std::to_string(static_cast<int>(known->second));
    return {};
}

std::string error_line(const CLI::App *app, const CLI::Error &error)
{
    std::string what = error.what();
    std::ranges::replace(what, '\n', ' ');
    return fmt::format("{0}: {1}; see {0} --help\n", app->get_name(), what);
}

} // namespace

void declare_options(CLI::App &app, Options &options)
{
    app.name("virtstat");
    app.description("Shows the statistics of virt network interfaces.");
    app.footer("Exit status: 0 ok, 1 usage, 2 the kernel refused, "
               "3 no such virt interface.");
    app.failure_message(error_line);
    app.set_version_flag("-V,--version", "virtstat " VIRT_VERSION);
    app.add_option("-n,--netns", options.netns,
                   "look into a namespace: name, path or process id")
        ->type_name("NETNS");
    auto *json = app.add_flag("-j,--json", options.json,
                              "JSON in the shape of ip -j -s -d link");
    app.add_flag("-p,--pretty", options.pretty, "indent the JSON")->needs(json);
    app.add_flag("-s,--stats", options.causes,
                 "dropped frames by cause (always there in JSON)");
    app.add_flag("-d,--details", options.details,
                 "MTU, address and options (always there in JSON)");
    app.add_flag("-H,--human", options.human,
                 "counters in three digits, as 12.3k (not in JSON)");
    app.add_flag("-c,--color", options.color,
                 "auto (without -c), always (-c alone) or never")
        ->type_name("[=WHEN]")
        ->transform(CLI::Validator(read_color, ""));
    app.add_option("IFACE", options.ifaces,
                   "interfaces to show (default: all virt interfaces)")
        ->type_name("");
    app.get_formatter()->column_width(24);
}

void parse_arguments(CLI::App &app, std::vector<std::string> arguments)
{
    // CLI11 takes a value after '=' with long names only.
    const auto end = std::ranges::find(arguments, "--");
    for (auto argument = arguments.begin(); argument != end; ++argument) {
        if (argument->starts_with("-c=")) {
            argument->replace(0, 2, "--color");
        }
    }
    // It takes the last one first.
    std::ranges::reverse(arguments);
    app.parse(std::move(arguments));
}

} // namespace virt
