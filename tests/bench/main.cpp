// SPDX-License-Identifier: GPL-2.0-only
// The benchmark's part inside the guest: measures, and prints what it found
// as JSON between two lines that tests/bench/run looks for.
//
// Usage: virt_bench [--quick | --forever NAME] [SECTION...]
//
// Copyright (C) The virt authors
#include <sys/utsname.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>

#include "bed.hpp"
#include "meter.hpp"
#include "results.hpp"

namespace
{

struct Section {
    const char *name;
    void (*measure)(bench::Results &results);
};

// Tunnels come first: once there was a VRF, the core looks every route up by
// rules.
constexpr Section sections[] = {
    {"tunnels", bench::measure_tunnels},
    {"transmit", bench::measure_transmit},
    {"transmit-parent", bench::measure_transmit_parent},
    {"receive", bench::measure_receive},
    {"receive-other", bench::measure_receive_others},
    {"receive-crowd", bench::measure_receive_crowd},
    {"arp", bench::measure_arp},
    {"children", bench::measure_children},
    {"talk", bench::measure_talk},
};

bool is_wanted(const Section &section, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!std::strcmp(argv[i], section.name))
            return true;
    return argc == 1;
}

void measure(int argc, char **argv)
{
    bool quick = argc > 1 && !std::strcmp(argv[1], "--quick");
    bool forever = argc > 2 && !std::strcmp(argv[1], "--forever");
    bench::Results results(quick, forever ? argv[2] : "");
    utsname system;

    bench::check_counter();
    // What the end-to-end tests read, and the console's speed, would count
    // with what the module does.
    bench::run("rm -f /etc/modprobe.d/virt-ledger.conf && modprobe virt && "
               "dmesg -n 1");
    for (const Section &section : sections)
        if (is_wanted(section, argc, argv))
            section.measure(results);

    uname(&system);
    std::cout << "BEGIN JSON\n"
              << nlohmann::json{{"kernel", system.release},
                                {"instructions", results.json()}}
                     .dump()
              << "\nEND JSON\n";
}

} // namespace

int main(int argc, char **argv)
{
    try {
        measure(argc, argv);
    } catch (const std::exception &error) {
        std::cerr << "virt_bench: " << error.what() << "\n";
        return 1;
    }
}
