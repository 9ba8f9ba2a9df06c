// SPDX-License-Identifier: GPL-2.0-only
// The kernel's packet generator, by its files.
//
// Copyright (C) The virt authors
#include "pktgen.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "bed.hpp"

namespace bench
{

namespace
{

constexpr unsigned count = 20'000;

const std::string directory = "/proc/thread-self/net/pktgen/";

void write(const std::string &file, const std::string &words)
{
    std::ofstream stream(directory + file);

    // pktgen cuts the last character off
    stream << words << "\n" << std::flush;
    if (!stream)
        throw std::runtime_error("pktgen: " + file + ": " + words);
}

// "Result: OK: 56789(c56000+d789) usec, 20000 (60byte,0frags)"
double microseconds_of(const std::string &report)
{
    double usec;
    unsigned sent;
    auto at = report.find("Result: OK: ");

    if (at == std::string::npos ||
        std::sscanf(report.c_str() + at, "Result: OK: %lf(%*[^)]) usec, %u",
                    &usec, &sent) != 2 ||
        sent != count)
        throw std::runtime_error("pktgen: " + report);
    return usec;
}

} // namespace

double pktgen_transmit(const std::string &device)
{
    write("kpktgend_0", "rem_device_all");
    write("kpktgend_0", "add_device " + device);
    for (const std::string &setting :
         {"count " + std::to_string(count), std::string("clone_skb 0"),
          std::string("delay 0"), std::string("pkt_size 60"),
          "dst_mac " + address::stranger_mac, "dst " + address::stranger,
          std::string("xmit_mode start_xmit")})
        write(device, setting);
    write("pgctrl", "start");

    std::ostringstream report;
    report << std::ifstream(directory + device).rdbuf();
    write("kpktgend_0", "rem_device_all");
    return microseconds_of(report.str()) * 1000 / count;
}

} // namespace bench
