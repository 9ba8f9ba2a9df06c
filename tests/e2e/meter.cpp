// SPDX-License-Identifier: GPL-2.0-only
// What devices count.
//
// Copyright (C) The virt authors
#include "meter.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <system_error>

namespace e2e
{

namespace
{

// The counts of rtnl_link_stats64, as far as all kernels have them.
constexpr std::array kLink{
    "rx_packets",       "tx_packets",        "rx_bytes",
    "tx_bytes",         "rx_errors",         "tx_errors",
    "rx_dropped",       "tx_dropped",        "multicast",
    "collisions",       "rx_length_errors",  "rx_over_errors",
    "rx_crc_errors",    "rx_frame_errors",   "rx_fifo_errors",
    "rx_missed_errors", "tx_aborted_errors", "tx_carrier_errors",
    "tx_fifo_errors",   "tx_heartbeat",      "tx_window_errors",
    "rx_compressed",    "tx_compressed",     "rx_nohandler",
};

template <typename Head>
Head *head_of(std::vector<uint64_t> &room)
{
    return reinterpret_cast<Head *>(room.data());
}

// Room for the head of a request and @bytes behind it.
template <typename Head>
std::vector<uint64_t> room_for(size_t bytes)
{
    return std::vector<uint64_t>((sizeof(Head) + bytes) / 8 + 1);
}

} // namespace

Meter::Meter(const Netns &ns, const std::vector<std::string> &devices)
    : netlink_(ns)
{
    const Inside inside(ns);

    fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd_ < 0)
        throw std::system_error(errno, std::generic_category(), "socket");
    for (const std::string &device : devices)
        add(ns, device);
}

Meter::~Meter()
{
    close(fd_);
}

bool Meter::ask(const std::string &name, void *what) const
{
    ifreq request{};

    strcpy(request.ifr_name, name.c_str());
    request.ifr_data = static_cast<char *>(what);
    return !ioctl(fd_, SIOCETHTOOL, &request);
}

void Meter::add(const Netns &ns, const std::string &name)
{
    Device device{name, static_cast<int>(if_nametoindex(name.c_str())), 0};
    auto what = [&](const char *count) {
        names_.push_back(std::string(count) + " of " + name + " in " +
                         ns.name());
    };
    ethtool_drvinfo driver{};

    if (!device.index)
        throw std::runtime_error("no device " + name);
    starts_.push_back(names_.size());
    for (const char *count : kLink)
        what(count);
    driver.cmd = ETHTOOL_GDRVINFO;
    if (ask(name, &driver) && !strcmp(driver.driver, "virt")) {
        auto room =
            room_for<ethtool_gstrings>(driver.n_stats * ETH_GSTRING_LEN);
        auto *strings = head_of<ethtool_gstrings>(room);

        device.causes = driver.n_stats;
        strings->cmd = ETHTOOL_GSTRINGS;
        strings->string_set = ETH_SS_STATS;
        strings->len = device.causes;
        if (!ask(name, strings))
            throw std::system_error(errno, std::generic_category(), name);
        for (size_t i = 0; i < device.causes; i++)
            what(reinterpret_cast<const char *>(strings->data) +
                 i * ETH_GSTRING_LEN);
    }
    devices_.push_back(device);
}

Meter::Counts Meter::read() const
{
    Counts counts;

    counts.reserve(names_.size());
    for (const Device &device : devices_) {
        const Bytes link = netlink_.stats_of(device.index);
        auto room = room_for<ethtool_stats>(device.causes * 8UL);
        auto *stats = head_of<ethtool_stats>(room);
        const size_t end = counts.size() + kLink.size();

        counts.resize(end);
        memcpy(&counts[end - kLink.size()], link.data(),
               std::min(link.size(), kLink.size() * 8));
        if (!device.causes)
            continue;
        stats->cmd = ETHTOOL_GSTATS;
        stats->n_stats = device.causes;
        if (!ask(device.name, stats))
            throw std::system_error(errno, std::generic_category(),
                                    device.name);
        // behind a head of one
        counts.insert(counts.end(), room.begin() + 1,
                      room.begin() + 1 + device.causes);
    }
    return counts;
}

uint64_t Meter::value(const Counts &counts, const std::string &name) const
{
    for (size_t i = 0; i < names_.size(); i++)
        if (names_[i].starts_with(name))
            return counts.at(i);
    throw std::out_of_range(name);
}

Meter::Counts operator-(Meter::Counts left, const Meter::Counts &right)
{
    for (size_t i = 0; i < left.size(); i++)
        left[i] -= right.at(i);
    return left;
}

} // namespace e2e
