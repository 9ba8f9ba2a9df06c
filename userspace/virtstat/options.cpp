// SPDX-License-Identifier: GPL-2.0-only
// Declares the options of virtstat.
//
// Copyright (C) The virt authors
#include "options.hpp"

#include "lib/command_line.hpp"

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

void add_ifaces(CLI::App &app, Options &options)
{
    app.add_option("IFACE", options.ifaces,
                   "interfaces (default: all virt interfaces)")
        ->type_name("");
}

void add_netns(CLI::App &app, Options &options)
{
    app.add_option("-n,--netns", options.netns,
                   "look into a namespace: name, path or process id")
        ->type_name("NETNS");
}

void add_color(CLI::App &app, Options &options)
{
    app.add_flag("-c,--color", options.color,
                 "auto (without -c), always (-c alone) or never")
        ->type_name("[=WHEN]")
        ->transform(CLI::Validator(read_color, ""));
}

void add_show(CLI::App &app, Options &options)
{
    add_netns(app, options);
    app.add_flag("-j,--json", options.json,
                 "JSON in the shape of ip -j -s -d link");
    app.add_flag("-p,--pretty", options.pretty, "indent the JSON");
    app.add_flag("-s,--stats", options.causes,
                 "all counters by cause (always there in JSON)");
    app.add_flag("-d,--details", options.details,
                 "MTU, address and options (always there in JSON)");
    app.add_flag("-H,--human", options.human,
                 "counters in three digits, as 12.3k (not in JSON)");
    add_color(app, options);
    add_ifaces(app, options);
}

void add_metrics(CLI::App &app, Options &options)
{
    add_netns(app, options);
    add_ifaces(app, options);
}

/* A time that a timer and a reader can follow. */
std::string check_interval(const std::string &text)
{
    double seconds = 0;
    if (!CLI::detail::lexical_cast(text, seconds) ||
        !(seconds >= 0.1 && seconds <= 86400)) {
        return "must be 0.1 to 86400 seconds, not " + text;
    }
    return {};
}

std::string check_count(const std::string &text)
{
    const bool digits =
        std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || text.empty() || text.size() > 18 || text[0] == '0') {
        return "must be a whole number from 1, not " + text;
    }
    return {};
}

/* What comes line by line until somebody ends it. */
void add_lines(CLI::App &app, Options &options, const char *count_help)
{
    app.add_option("-C,--count", options.count, count_help)
        ->type_name("COUNT")
        ->check(check_count);
    app.add_flag("-j,--json", options.json, "one JSON document per line");
    add_color(app, options);
    add_ifaces(app, options);
}

void add_watch(CLI::App &app, Options &options)
{
    add_netns(app, options);
    app.add_option("-i,--interval", options.interval,
                   "time between two readings (default: 1)")
        ->type_name("SECONDS")
        ->check(check_interval);
    add_lines(app, options, "end after so many readings (default: never)");
}

void add_monitor(CLI::App &app, Options &options)
{
    add_netns(app, options);
    add_lines(app, options, "end after so many events (default: never)");
}

void add_doctor(CLI::App &app, Options &options)
{
    add_netns(app, options);
    app.add_option("-P,--port", options.port,
                   "a UDP port that a tunnel is to have (default: 50000)")
        ->type_name("PORT")
        ->check(CLI::Range(1, 65535).description(""));
    app.add_flag("-j,--json", options.json, "JSON");
    app.add_flag("-p,--pretty", options.pretty, "indent the JSON");
    add_color(app, options);
    app.add_option("IFACE", options.ifaces,
                   "children, or parents to be (default: all interfaces)")
        ->type_name("");
}

struct CommandSpec {
    const char *name;
    Command command;
    const char *help;
    void (*add_options)(CLI::App &app, Options &options);
};

constexpr CommandSpec kCommands[] = {
    {"doctor", Command::Doctor,
     "Says what stands in the way here, and what to do.", add_doctor},
    {"show", Command::Show, "Shows counters, as without a command.", add_show},
    {"metrics", Command::Metrics,
     "Writes counters in the text format of Prometheus.", add_metrics},
    {"monitor", Command::Monitor,
     "Shows what happens: created, deleted, moved, carrier, peers.",
     add_monitor},
    {"watch", Command::Watch, "Shows packets, bits and drops per second, live.",
     add_watch},
};

/* Options may come before the command, if it is one that takes them. */
void check_options(const CLI::App &app, const Options &options)
{
    for (const CLI::App *command : app.get_subcommands()) {
        for (const CLI::Option *option : app.get_options()) {
            const std::string name = option->get_name();
            if (option->count() == 0) {
                continue;
            }
            if (option->get_positional()) {
                throw CLI::ValidationError(command->get_name(),
                                           "interfaces come after the command");
            }
            if (!command->get_option_no_throw(name)) {
                throw CLI::ValidationError(command->get_name(),
                                           "takes no " + name);
            }
        }
    }
    if (options.pretty && !options.json) {
        throw CLI::RequiresError("--pretty", "--json");
    }
}

} // namespace

void declare_options(CLI::App &app, Options &options)
{
    declare_program(
        app,
        {.name = "virtstat",
         .description = "Shows the statistics of virt network interfaces.",
         .usage = "Usage: virtstat [OPTIONS] [IFACE...]\n"
                  "       virtstat COMMAND [OPTIONS] [IFACE...]\n",
         .footer = "Exit status: 0 ok, 1 usage, 2 the kernel refused, "
                   "3 no such virt interface, 4 the doctor found a problem.",
         .column = 24});
    add_show(app, options);

    for (const CommandSpec &spec : kCommands) {
        CLI::App *command =
            app.add_subcommand(spec.name, spec.help)->group("Commands");
        spec.add_options(*command, options);
        command->callback([&] { options.command = spec.command; });
    }
    app.require_subcommand(0, 1);
    app.callback([&] { check_options(app, options); });
}

} // namespace virt
