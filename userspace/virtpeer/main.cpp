// SPDX-License-Identifier: GPL-2.0-only
// virtpeer: sets everything up as root, then runs the tunnel as nobody.
//
// Copyright (C) The virt authors
#include "capture.hpp"
#include "options.hpp"
#include "privileges.hpp"
#include "tunnel.hpp"

#include "lib/command_line.hpp"
#include "lib/netns.hpp"
#include "lib/standard_files.hpp"
#include "lib/tell.hpp"

#include "module/wire.h"

#include <algorithm>
#include <csignal>
#include <exception>
#include <optional>
#include <stdexcept>
#include <thread>

#include <fmt/core.h>

namespace
{

using namespace virt::peer;

enum Exit { kOk = 0, kUsage = 1, kSystem = 2 };

/* What Ethernet and virt take for granted when there is no route yet. */
constexpr unsigned kEthernetMtu = 1500;

constexpr unsigned kMaxQueues = 4;

struct Mtus {
    /* Of a datagram's contents, and of the device. */
    unsigned datagram;
    unsigned device;
};

/* The device is never larger than Ethernet's unless it is told to be. */
Mtus mtus(const Options &options)
{
    const Endpoint &remote = options.peer.remote;
    unsigned mtu = kEthernetMtu;
    if (remote.address) {
        const auto route = route_to(remote, options.socket);
        mtu = route ? route->mtu : mtu;
        if (options.socket.local.address.is_zero() && route &&
            route->source == remote.address &&
            remote.port == options.socket.local.port) {
            throw std::runtime_error("the peer must not be this very end: "
                                     "give another --rport");
        }
    }
    const bool ip4 = options.socket.local.address.family == AF_INET;
    const unsigned outer = ip4 ? 28 : 48;
    const unsigned link =
        options.payload == Payload::Ether ? VIRT_WIRE_HEADER : 0;
    const unsigned datagram = std::max(mtu, outer + link + 68) - outer;
    return {datagram, std::min(kEthernetMtu, datagram - link)};
}

Device make_device(const Options &options)
{
    const unsigned processors = std::thread::hardware_concurrency();
    const unsigned queues = options.queues
                                ? options.queues
                                : std::clamp(processors, 1U, kMaxQueues);
    Device device(options.name, options.payload, queues, options.offload);
    device.set_mtu(options.mtu);
    for (const Prefix &address : options.addresses) {
        device.add_address(address);
    }
    if (!options.bridge.empty()) {
        device.join_bridge(options.bridge);
    }
    device.set_up();
    return device;
}

std::string ready_text(const Options &options, const std::string &name)
{
    return fmt::format("{} mtu {}, {} to {}", name, options.mtu,
                       endpoint_text(options.socket.local),
                       options.peer.remote.address
                           ? endpoint_text(options.peer.remote)
                           : "whoever comes");
}

void run(Options &options)
{
    const bool captures = options.command == Command::Capture;
    const Mtus mtu = mtus(options);
    options.mtu = options.mtu ? options.mtu : mtu.device;
    Socket socket(options.socket);
    if (!options.netns.empty()) {
        virt::enter_netns(options.netns);
    }

    std::optional<Device> device;
    std::optional<Capture> capture;
    if (captures) {
        capture.emplace(
            options.interface,
            capture_expression(options.expression, options.socket.local.port));
    } else {
        device.emplace(make_device(options));
    }
    std::optional<Dump> dump;
    if (options.command == Command::Dump || !options.pcap.empty()) {
        const bool prints =
            options.command == Command::Dump && options.pcap != "-";
        dump.emplace(options.payload, prints, options.hex, options.pcap);
    }
    drop_privileges(options.user);

    Peer peer(options.peer, std::chrono::steady_clock::now());
    Stats stats;
    Context context{options, socket, peer, stats, mtu.datagram};
    if (device) {
        context.device = &*device;
        if (options.payload == Payload::Ether) {
            context.mac = device->mac();
        }
    }
    context.dump = dump ? &*dump : nullptr;
    std::optional<Transform> transform;
    if (!options.transform.empty()) {
        transform.emplace(options.transform);
        context.transform = &*transform;
    }

    Tunnel tunnel(context, capture ? &*capture : nullptr);
    virt::Signals signals({SIGINT, SIGTERM, SIGUSR1});
    virt::tell("virtpeer", ready_text(options, device ? device->name()
                                                      : options.interface));
    tunnel.run(signals);
}

} // namespace

int main(int argc, char **argv)
{
    virt::open_standard_files();
    std::signal(SIGPIPE, SIG_IGN);

    CLI::App app;
    Options options;
    declare_options(app, options);
    try {
        virt::parse_arguments(app, {argv + std::min(argc, 1), argv + argc});
    } catch (const CLI::ParseError &error) {
        return app.exit(error) == 0 ? kOk : kUsage;
    }
    try {
        run(options);
        return kOk;
    } catch (const std::exception &error) {
        virt::tell("virtpeer", error.what());
        return kSystem;
    }
}
