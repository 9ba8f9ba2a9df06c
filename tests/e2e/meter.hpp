// SPDX-License-Identifier: GPL-2.0-only
// What devices count, read without a command: often, between two frames.
//
// Copyright (C) The virt authors
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rtnetlink.hpp"
#include "shell.hpp"

namespace e2e
{

// All counters of some devices of a namespace: those of `ip -s`, and of ours
// those of `ethtool -S`.
class Meter
{
public:
    using Counts = std::vector<uint64_t>;

    // Where the counts of `ip -s` are among those of a device.
    enum Place {
        kRxPackets,
        kTxPackets,
        kRxBytes,
        kTxBytes,
        kRxErrors,
        kTxErrors,
        kRxDropped,
        kTxDropped,
        kMulticast,
    };

    Meter(const Netns &ns, const std::vector<std::string> &devices);
    Meter(const Meter &) = delete;
    Meter &operator=(const Meter &) = delete;
    ~Meter();

    // As many as names(), in this order.
    Counts read() const;

    // "rx_packets of v0", and so on.
    const std::vector<std::string> &names() const { return names_; }

    // Where the counts of each device start.
    const std::vector<size_t> &starts() const { return starts_; }

    // One of read(), by its name.
    uint64_t value(const Counts &counts, const std::string &name) const;

private:
    struct Device {
        std::string name;
        int index;
        uint32_t causes;
    };

    void add(const Netns &ns, const std::string &name);
    bool ask(const std::string &name, void *what) const;

    Rtnetlink netlink_;
    int fd_ = -1;
    std::vector<Device> devices_;
    std::vector<std::string> names_;
    std::vector<size_t> starts_;
};

Meter::Counts operator-(Meter::Counts left, const Meter::Counts &right);

} // namespace e2e
