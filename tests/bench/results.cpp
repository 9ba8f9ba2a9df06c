// SPDX-License-Identifier: GPL-2.0-only
// What was measured.
//
// Copyright (C) The virt authors
#include "results.hpp"

#include <cstdio>

#include "meter.hpp"

namespace bench
{

void Results::measure(const std::string &name,
                      const std::function<double()> &once)
{
    std::vector<double> values;

    for (int i = 0; i < repeats; i++) {
        settle();
        values.push_back(once());
    }
    add(name, values);
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
