// SPDX-License-Identifier: GPL-2.0-only
// The machines of a page.
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <unistd.h>

namespace recipes
{

using e2e::host;
using e2e::Netns;

Bed::Bed(const Page &page) : first_(page.hosts.front())
{
    if (sethostname(first_.c_str(), first_.size()))
        throw std::runtime_error("cannot set the host's name");
    host().ok("ip link set lo up");
    for (const std::string &name : page.hosts) {
        if (name != first_)
            add_netns(name);
        terminals_[name] = std::make_unique<Terminal>(name, name != first_);
    }
    for (const Wire &wire : page.wires)
        connect(wire);
    for (const std::string &name : page.ssh_servers)
        serve_ssh(name);
}

void Bed::serve_ssh(const std::string &host)
{
    Outcome outcome = terminal(host).run(
        "mkdir -p /run/sshd ~/.ssh && cd ~/.ssh &&"
        "{ [ -e id_ed25519 ] || ssh-keygen -q -t ed25519 -N '' -f id_ed25519;"
        "cp id_ed25519.pub authorized_keys;"
        "printf 'StrictHostKeyChecking no\\nLogLevel ERROR\\n' >config; } &&"
        "/usr/sbin/sshd; cd",
        std::chrono::seconds(60));

    if (outcome.status)
        throw std::runtime_error("no ssh server on " + host);
}

void Bed::connect(const Wire &wire)
{
    if (wire.size() == 2) {
        host().ok("ip link add wire0 type veth peer name wire1");
        plug("wire0", wire[0]);
        plug("wire1", wire[1]);
        return;
    }
    std::string name = "wire" + std::to_string(namespaces_.size());
    Netns &middle = add_netns(name);
    int ports = 0;

    middle.ok("ip link add br0 type bridge; ip link set br0 up");
    for (const End &end : wire) {
        std::string port = "port" + std::to_string(++ports);

        host().ok("ip link add wire0 type veth peer name " + port + " netns " +
                  name);
        middle.ok("ip link set " + port + " master br0 up");
        plug("wire0", end);
    }
}

void Bed::plug(const std::string &wire, const End &end)
{
    std::string mac = std::to_string(++macs_);

    host().ok("ip link set " + wire + " address 02:00:00:00:00:" +
              (mac.size() < 2 ? "0" : "") + mac + " netns " +
              (end.host == first_ ? "1" : end.host) + " name " + end.device);
}

Netns &Bed::add_netns(const std::string &name)
{
    return *namespaces_.emplace_back(std::make_unique<Netns>(name));
}

} // namespace recipes
