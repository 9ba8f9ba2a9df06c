// SPDX-License-Identifier: GPL-2.0-only
// Declares the options of virtstat.
//
// Copyright (C) The virt authors
#include "options.hpp"

#include "module/version.h"

namespace virt
{

void declare_options(CLI::App &app, Options &options)
{
    app.name("virtstat");
    app.description("Shows the statistics of virt network interfaces.");
    app.footer("Exit status: 0 ok, 1 usage, 2 the kernel refused, "
               "3 no such virt interface.");
    app.set_version_flag("-V,--version", "virtstat " VIRT_VERSION);
    auto *json = app.add_flag("-j,--json", options.json,
                              "JSON in the shape of ip -j -s -d link");
    app.add_flag("-p,--pretty", options.pretty, "indent the JSON")->needs(json);
    app.add_flag("-s,--stats", options.causes,
                 "dropped frames by cause (always there in JSON)");
    app.add_option("IFACE", options.ifaces,
                   "interfaces to show (default: all virt interfaces)");
}

} // namespace virt
