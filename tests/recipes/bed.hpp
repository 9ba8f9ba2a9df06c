// SPDX-License-Identifier: GPL-2.0-only
// The machines of a page and the wires between them.
//
// Copyright (C) The virt authors
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "page.hpp"
#include "terminal.hpp"
#include "tests/e2e/shell.hpp"

namespace recipes
{

// The first host is the machine itself, each other one a network namespace of
// its name. A wire with two ends is a veth pair, one with more a bridge in a
// namespace of its own. Devices are down and have no address.
class Bed
{
public:
    explicit Bed(const Page &page);

    Terminal &terminal(const std::string &host) { return *terminals_.at(host); }

private:
    // Whoever is root on one host may log in as root on @host.
    void serve_ssh(const std::string &host);
    void connect(const Wire &wire);
    e2e::Netns &add_netns(const std::string &name);
    // Gives the device @wire to a host. Ends have the MAC addresses
    // 02:00:00:00:00:01 and so on, in the order of the page.
    void plug(const std::string &wire, const End &end);

    std::string first_;
    std::vector<std::unique_ptr<e2e::Netns>> namespaces_;
    std::map<std::string, std::unique_ptr<Terminal>> terminals_;
    int macs_ = 0;
};

} // namespace recipes
