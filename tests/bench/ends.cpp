// SPDX-License-Identifier: GPL-2.0-only
// Where the paths of frames end.
//
// Copyright (C) The virt authors
#include "ends.hpp"

#include <regex>
#include <stdexcept>
#include <utility>

#include "bed.hpp"

namespace bench
{

Drop::Drop(const std::string &device, const std::string &netns)
    : Drop(std::vector{device}, netns)
{
}

Drop::Drop(std::vector<std::string> devices, const std::string &netns)
    : devices_(std::move(devices)), netns_(netns)
{
    std::vector<std::string> commands;

    for (const std::string &device : devices_) {
        commands.push_back("qdisc add dev " + device + " clsact");
        commands.push_back("filter add dev " + device +
                           " ingress matchall action drop");
    }
    tc(netns, commands);
}

Drop::~Drop()
{
    std::vector<std::string> commands;

    for (const std::string &device : devices_)
        commands.push_back("qdisc del dev " + device + " clsact");
    tc(netns_, commands);
}

void Drop::check(unsigned count) const
{
    check_count(
        tc(netns_, {"filter show dev " + devices_.front() + " ingress"}),
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
