// SPDX-License-Identifier: GPL-2.0-only
// What a frame costs through a tunnel over a veth pair, both ends together,
// and how much TCP goes through it.
//
// Copyright (C) The virt authors
#include <algorithm>
#include <cstdio>
#include <exception>

#include "bed.hpp"
#include "bulk.hpp"
#include "ends.hpp"
#include "meter.hpp"
#include "results.hpp"
#include "sender.hpp"
#include "tunnel.hpp"

namespace bench
{

namespace
{

// Megabytes of TCP; programs take their time.
constexpr int bulk_mb = 28, program_mb = 8;

Frame inner_frame(const Tunnel &tunnel)
{
    Frame frame =
        udp_frame(inner::near_mac, inner::far_mac, inner::near, inner::far);

    if (!tunnel.ether)
        frame.erase(frame.begin(), frame.begin() + 14);
    return frame;
}

// All happens before the system call returns.
double cost_of_call(const std::string &to, const std::string &from,
                    const Frame &frame)
{
    Drop drop(to, "");
    double value;

    {
        Inside inside(far_netns);
        value = Sender(from).measure({frame});
    }
    drop.check(Sender::count);
    return value;
}

// Where programs carry the frames, the system call returns long before.
double cost_until_idle(const Frame &frame)
{
    constexpr int frames = 128;
    Drop drop(inner::device, "");
    double value;

    {
        Inside inside(far_netns);
        Idler idler;
        Sender sender(inner::device);
        value = idler.work_of([&] {
            for (int i = 0; i < frames; i++)
                sender.send(frame);
        }) / frames;
    }
    drop.check(frames);
    return value;
}

double cost(const Tunnel &tunnel)
{
    Frame frame = inner_frame(tunnel);

    return tunnel.program.empty()
               ? cost_of_call(inner::device, inner::device, frame)
               : cost_until_idle(frame);
}

std::vector<double> streams(const std::string &address, int megabytes)
{
    std::vector<double> found;

    for (int i = 0; i < 3; i++)
        found.push_back(tcp_throughput(far_netns, "", address, 1, megabytes));
    return found;
}

// One stream now and then is faster than the others.
double bulk(const std::string &address)
{
    return median(streams(address, bulk_mb));
}

// Schedulers can only slow a program down.
double program_bulk(const std::string &address)
{
    return std::ranges::max(streams(address, program_mb));
}

void measure_tunnel(Results &results, const Tunnel &tunnel)
{
    TunnelBed bed(tunnel);

    results.measure("tunnel/" + tunnel.name, [&] { return cost(tunnel); });
    results.measure("tunnel tcp/" + tunnel.name, [&] {
        return tunnel.program.empty() ? bulk(inner::near)
                                      : program_bulk(inner::near);
    });
}

} // namespace

void measure_tunnels(Results &results)
{
    {
        Parent parent(Parent::Wire::veth);
        results.measure("tunnel/veth", [] {
            return cost_of_call(parent_name, far_name,
                                udp_frame(address::parent_mac, address::far_mac,
                                          address::parent, address::far));
        });
        results.measure("tunnel tcp/veth",
                        [] { return bulk(address::parent); });
    }
    // one that cannot be had misses its target, the others are measured
    for (const Tunnel &tunnel : tunnels)
        try {
            measure_tunnel(results, tunnel);
        } catch (const std::exception &error) {
            std::fprintf(stderr, "%s: %s\n", tunnel.name.c_str(), error.what());
        }
}

} // namespace bench
