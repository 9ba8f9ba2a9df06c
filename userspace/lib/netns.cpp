// SPDX-License-Identifier: GPL-2.0-only
// Finds and enters a network namespace.
//
// Copyright (C) The virt authors
#include "netns.hpp"

#include "fail.hpp"
#include "fd.hpp"

#include <fcntl.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>

namespace virt
{

namespace
{

/* Where `ip netns` keeps its names. */
constexpr const char *kNamed = "/run/netns/";

bool is_number(const std::string &name)
{
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return c >= '0' && c <= '9';
    });
}

} // namespace

std::vector<std::string> netns_paths(const std::string &name)
{
    if (name.find('/') != std::string::npos) {
        return {name};
    }
    std::vector<std::string> paths{kNamed + name};
    if (is_number(name)) {
        paths.push_back("/proc/" + name + "/ns/net");
    }
    return paths;
}

void enter_netns(const std::string &name)
{
    Fd fd;
    for (const std::string &path : netns_paths(name)) {
        fd = Fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        if (fd || errno != ENOENT) {
            break;
        }
    }
    if (!fd) {
        fail("cannot open the network namespace " + name);
    }
    if (setns(fd.get(), CLONE_NEWNET) < 0) {
        fail(errno == EINVAL ? name + " is not a network namespace"
                             : "cannot enter the network namespace " + name);
    }
}

} // namespace virt
