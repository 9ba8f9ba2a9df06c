// SPDX-License-Identifier: GPL-2.0-only
// The benchmark's part inside the guest: measures, and prints what it found
// as JSON between two lines that tests/bench/run looks for.
//
// Usage: virt_bench [--quick | --forever NAME] [SECTION...]
//        virt_bench --pairs
//
// The second compares by the clock, on two CPUs.
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
    {"tunnel-crowd", bench::measure_tunnel_crowd},
    {"bridge", bench::measure_bridge},
    {"transmit", bench::measure_transmit},
    {"transmit-parent", bench::measure_transmit_parent},
    {"receive", bench::measure_receive},
    {"receive-other", bench::measure_receive_others},
    {"arp", bench::measure_arp},
    {"children", bench::measure_children},
    {"crowd", bench::measure_crowd},
    {"talk", bench::measure_talk},
    {"forward", bench::measure_forward},
    {"size", bench::measure_size},
};

bool is_wanted(const Section &section, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!std::strcmp(argv[i], section.name))
            return true;
    return argc == 1;
}

// Whether it came to its end; the others are measured either way.
bool measure(const Section &section, bench::Results &results)
{
    try {
        section.measure(results);
    } catch (const std::exception &error) {
        std::cerr << "virt_bench: " << section.name << ": " << error.what()
                  << "\n";
        return false;
    }
    return true;
}

bool measure(int argc, char **argv)
{
    bool quick = argc > 1 && !std::strcmp(argv[1], "--quick");
    bool forever = argc > 2 && !std::strcmp(argv[1], "--forever");
    bench::Results results(quick, forever ? argv[2] : "");
    bool pairs = argc == 2 && !std::strcmp(argv[1], "--pairs");
    bool good = true;
    utsname system;

    if (!pairs)
        bench::check_counter();
    // What the end-to-end tests read, and the console's speed, would count
    // with what the module does.
    bench::run("rm -f /etc/modprobe.d/virt-ledger.conf && modprobe virt && "
               "dmesg -n 1");
    if (pairs)
        good = measure({"pairs", bench::measure_pairs}, results);
    for (const Section &section : sections)
        if (is_wanted(section, argc, argv))
            good = measure(section, results) && good;

    uname(&system);
    std::cout << "BEGIN JSON\n"
              << nlohmann::json{{"kernel", system.release},
                                {"instructions", results.json()}}
                     .dump()
              << "\nEND JSON\n";
    return good;
}

} // namespace

int main(int argc, char **argv)
{
    try {
        return measure(argc, argv) ? 0 : 1;
    } catch (const std::exception &error) {
        std::cerr << "virt_bench: " << error.what() << "\n";
        return 1;
    }
}
