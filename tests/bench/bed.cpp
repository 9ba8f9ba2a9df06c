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
#include <filesystem>
#include <fstream>
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

// IPv6 would send now and then on its own.
void silence(const std::string &netns)
{
    Inside inside(netns);

    for (const char *scope : {"all", "default"})
        std::ofstream(std::string("/proc/sys/net/ipv6/conf/") + scope +
                      "/disable_ipv6")
            << "1\n";
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
    std::FILE *pipe = popen(("exec 2>&1\n" + command).c_str(), "re");
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

std::string batch(const std::string &program, const std::string &netns,
                  const std::vector<std::string> &commands)
{
    std::string command =
        program + (netns.empty() ? "" : " -n " + netns) + " -batch - <<'END'\n";

    for (const std::string &line : commands)
        command += line + "\n";
    return run(command + "END\n");
}

std::string ip(const std::string &netns,
               const std::vector<std::string> &commands)
{
    return batch("ip", netns, commands);
}

std::string tc(const std::string &netns,
               const std::vector<std::string> &commands)
{
    return batch("tc -s", netns, commands);
}

void add_netns(const std::string &netns)
{
    if (std::filesystem::exists("/run/netns/" + netns))
        return;
    run("ip netns add " + netns);
    silence(netns);
    ip(netns, {"link set lo up"});
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

Parent::Parent(Wire wire, int mtu)
{
    silence("");
    add_netns(far_netns);
    add_netns(kids_netns);

    std::string size = " mtu " + std::to_string(mtu);
    std::string add = "link add " + parent_name + size + " address " +
                      address::parent_mac + " type ";
    if (wire == Wire::none) {
        ip("", {add + "dummy"});
    } else {
        ip("", {add + "veth peer " + far_name + size + " netns " + far_netns +
                " address " + address::far_mac});
        ip(far_netns, {"addr add " + address::far + "/15 dev " + far_name,
                       "link set " + far_name + " up"});
    }
    ip("", {"addr add " + address::parent + "/24 dev " + parent_name,
            "link set " + parent_name + " up"});
}

Parent::~Parent()
{
    ip("", {"link del " + parent_name});
}

void Parent::add_child(const Kind &kind, bool far, const std::string &options)
{
    std::string netns = far ? kids_netns : "";

    ip("", {"link add link " + parent_name + " name " + child_name +
            (kind.own_mac ? " address " + address::child_mac : "") +
            (far ? " netns " + kids_netns : "") + " type " + kind.type + " " +
            options});
    ip(netns, {"addr add " + address::child + "/24 dev " + child_name,
               "link set " + child_name + " up"});
}

} // namespace bench
