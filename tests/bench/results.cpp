// SPDX-License-Identifier: GPL-2.0-only
// What was measured.
//
// Copyright (C) The virt authors
#include "results.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>

#include "meter.hpp"
#include "sender.hpp"

namespace bench
{

void Results::measure(const std::string &name,
                      const std::function<double()> &once)
{
    std::vector<double> values;
    std::string who = name.substr(name.find('/') + 1);

    repeat(name, once);
    if (only_repeats())
        return;
    if (quick_ && who != "parent" && who != "veth" && !who.starts_with("virt "))
        return;
    for (int i = 0; i < (quick_ ? 1 : repeats); i++) {
        settle();
        values.push_back(once());
    }
    add(name, values);
}

void Results::repeat(const std::string &name, const std::function<void()> &once)
{
    if (name != forever_)
        return;
    std::cout << std::ifstream("/proc/kallsyms").rdbuf() << std::flush;
    Sender::endless = true;
    once();
    for (say_begun(); true;)
        once();
}

void Results::add(const std::string &name, const std::vector<double> &values)
{
    json_[name] = values;
    std::fprintf(stderr, "  %-40s", name.c_str());
    for (double value : values)
        std::fprintf(stderr, " %12.1f", value);
    std::fprintf(stderr, "\n");
}

} // namespace bench
