// SPDX-License-Identifier: GPL-2.0-only
// Commands, namespaces, a parent with children.
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>

namespace bench
{

namespace
{

int open_or_throw(const std::string &path)
{
    int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        throw std::system_error(errno, std::generic_category(), path);
    return fd;
}

void move_to(int netns)
{
    if (setns(netns, CLONE_NEWNET))
        throw std::system_error(errno, std::generic_category(), "setns");
}

std::string inside(const std::string &netns, const std::string &command)
{
    return netns.empty() ? command : "ip netns exec " + netns + " " + command;
}

// IPv6 would send now and then on its own.
void silence(const std::string &netns)
{
    run(inside(netns, "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 "
                      "net.ipv6.conf.default.disable_ipv6=1"));
}

void add_netns(const std::string &netns)
{
    run("ip netns add " + netns);
    silence(netns);
    run("ip -n " + netns + " link set lo up");
}

} // namespace

const std::array<Kind, 6> kinds{{
    {"virt share", "virt mode share", false},
    {"virt mac", "virt mode mac", true},
    {"virt steal", "virt mode steal", false},
    {"macvlan private", "macvlan mode private", true},
    {"macvlan bridge", "macvlan mode bridge", true},
    {"ipvlan", "ipvlan mode l2", false},
}};

const std::string &Kind::mac() const
{
    return own_mac ? address::child_mac : address::parent_mac;
}

std::string run(const std::string &command)
{
    std::FILE *pipe = popen(("{ " + command + "; } 2>&1").c_str(), "re");
    std::array<char, 4096> buffer;
    std::string output;

    if (!pipe)
        throw std::system_error(errno, std::generic_category(), "popen");
    while (size_t got = fread(buffer.data(), 1, buffer.size(), pipe))
        output.append(buffer.data(), got);
    if (pclose(pipe))
        throw std::runtime_error(command + ": " + output);
    return output;
}

Inside::Inside(const std::string &netns)
{
    if (netns.empty())
        return;
    before_ = open_or_throw("/proc/thread-self/ns/net");
    int there = open_or_throw("/run/netns/" + netns);
    move_to(there);
    close(there);
}

Inside::~Inside()
{
    if (before_ < 0)
        return;
    move_to(before_);
    close(before_);
}

Parent::Parent(Wire wire)
{
    silence("");
    add_netns(far_netns);
    add_netns(kids_netns);
    if (wire == Wire::none) {
        run("ip link add " + parent_name + " address " + address::parent_mac +
            " type dummy");
    } else {
        run("ip link add " + parent_name + " address " + address::parent_mac +
            " type veth peer " + far_name + " netns " + far_netns +
            " address " + address::far_mac);
        run("ip -n " + far_netns + " addr add " + address::far + "/16 dev " +
            far_name);
        run("ip -n " + far_netns + " link set " + far_name + " up");
    }
    run("ip addr add " + address::parent + "/24 dev " + parent_name);
    run("ip link set " + parent_name + " up");
}

Parent::~Parent()
{
    run("ip link del " + parent_name);
    run("ip netns del " + kids_netns);
    run("ip netns del " + far_netns);
}

void Parent::add_child(const Kind &kind, bool far, const std::string &options)
{
    std::string ip = far ? "ip -n " + kids_netns : "ip";

    run("ip link add link " + parent_name + " name " + child_name +
        (kind.own_mac ? " address " + address::child_mac : "") + " type " +
        kind.type + " " + options);
    if (far)
        run("ip link set " + child_name + " netns " + kids_netns);
    run(ip + " addr add " + address::child + "/24 dev " + child_name);
    run(ip + " link set " + child_name + " up");
}

} // namespace bench
