/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of virtstat.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_OPTIONS_HPP
#define _VIRTSTAT_OPTIONS_HPP

#include "paint.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace CLI
{
class App;
}

namespace virt
{

enum class Command { Show, Metrics, Watch, Monitor, Doctor };

/** What `virtstat [COMMAND] [OPTIONS] [IFACE...]` was asked for. */
struct Options {
    Command command = Command::Show;
    /** Interfaces that it is about; empty: all children. */
    std::vector<std::string> ifaces;
    /** The network namespace to look into; empty: the caller's own. */
    std::string netns;
    bool json = false;
    bool pretty = false;
    /** Counters by cause in the text form. */
    bool causes = false;
    /** MTU, address and options in the text form. */
    bool details = false;
    /** Counters in three digits in the text form. */
    bool human = false;
    ColorWhen color = ColorWhen::Auto;
    /** Seconds between two readings of watch. */
    double interval = 1;
    /** Readings of watch or events of monitor that are shown; 0: no end. */
    std::uint64_t count = 0;
    /** The UDP port that doctor looks at; 0: the one that tunnels have. */
    std::uint16_t port = 0;

    bool operator==(const Options &) const = default;
};

/** Declares the options on `app`; parse_arguments() fills `options`. */
void declare_options(CLI::App &app, Options &options);

} // namespace virt

#endif // _VIRTSTAT_OPTIONS_HPP
