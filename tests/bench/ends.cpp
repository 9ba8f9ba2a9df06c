// SPDX-License-Identifier: GPL-2.0-only
// Where the paths of frames end.
//
// Copyright (C) The virt authors
#include "ends.hpp"

#include <regex>
#include <stdexcept>

#include "bed.hpp"

namespace bench
{

Drop::Drop(const std::string &device, const std::string &netns)
    : device_(device), netns_(netns)
{
    tc(netns, {"qdisc add dev " + device + " clsact",
               "filter add dev " + device + " ingress matchall action drop"});
}

Drop::~Drop()
{
    tc(netns_, {"qdisc del dev " + device_ + " clsact"});
}

void Drop::check(unsigned count) const
{
    check_count(tc(netns_, {"filter show dev " + device_ + " ingress"}),
                "Sent [0-9]+ bytes ([0-9]+) pkt", count);
}

void check_count(const std::string &report, const std::string &pattern,
                 unsigned count)
{
    std::smatch match;

    if (!std::regex_search(report, match, std::regex(pattern)) ||
        std::stoul(match[1]) < count)
        throw std::runtime_error("frames were lost: " + report);
}

} // namespace bench
