/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of virtstat.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_OPTIONS_HPP
#define _VIRTSTAT_OPTIONS_HPP

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace virt
{

/** What `virtstat [OPTIONS] [IFACE...]` was asked for. */
struct Options {
    /** Interfaces to show; empty: all children. */
    std::vector<std::string> ifaces;
    bool json = false;
    bool pretty = false;
    /** Counters by cause in the text form. */
    bool causes = false;

    bool operator==(const Options &) const = default;
};

/** Declares the options on `app`; parsing fills `options`. */
void declare_options(CLI::App &app, Options &options);

} // namespace virt

#endif // _VIRTSTAT_OPTIONS_HPP
