// SPDX-License-Identifier: GPL-2.0-only
// A recipe as its page tells it: the machines, and what is typed where.
//
// Copyright (C) The virt authors
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace recipes
{

// One end of a wire: a device of a host.
struct End {
    std::string host;
    std::string device;

    bool operator==(const End &) const = default;
};

using Wire = std::vector<End>;

// One command, and what the page shows below it. Where that is nothing, the
// command must succeed; else it must print just that.
struct Step {
    size_t line;
    std::string heading;
    std::string host;
    std::string command;
    std::vector<std::string> shown;

    bool operator==(const Step &) const = default;
};

// The first host is the one that is the machine itself; the others are
// network namespaces.
struct Page {
    std::vector<std::string> hosts;
    std::vector<Wire> wires;
    std::vector<std::string> ssh_servers;
    std::vector<Step> steps;
};

// What is wrong with a page, with the number of the line.
class PageError : public std::runtime_error
{
public:
    PageError(size_t line, const std::string &what)
        : std::runtime_error("line " + std::to_string(line) + ": " + what)
    {
    }
};

// Reads a page: the comment that starts with "<!-- recipe" and its lines
// "hosts: NAME...", "wire: HOST:DEVICE HOST:DEVICE...", "ssh: HOST..." and
// "packages: ..." (which the runner reads), and the commands in all fences of
// kind "console". A command is "HOST# COMMAND", goes on after a backslash at
// the end of the line or to the end of a here-document, and is followed by what
// it prints. Throws PageError.
Page parse_page(std::string_view text);

} // namespace recipes
