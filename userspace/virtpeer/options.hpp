/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of virtpeer; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_OPTIONS_HPP
#define _VIRTPEER_OPTIONS_HPP

#include "device.hpp"
#include "filter.hpp"
#include "peer.hpp"
#include "socket.hpp"

#include <optional>
#include <string>
#include <vector>

namespace CLI
{
class App;
}

namespace virt::peer
{

enum class Command { Run, Capture, Inject, Dump };

struct Options {
    Command command = Command::Run;
    PeerRules peer;
    SocketRules socket;
    Payload payload = Payload::Ether;
    Filter filter;

    /** The device; %d is a number that the kernel chooses. */
    std::string name = "virtpeer%d";
    std::vector<Prefix> addresses;
    /** 0: what the route to the peer takes. */
    unsigned mtu = 0;
    /** 0: one per processor, four at most. */
    unsigned queues = 0;
    bool offload = true;
    /** Namespace of the device; the socket stays here. */
    std::string netns;
    std::string bridge;
    std::string user = "nobody";

    bool json = false;
    bool hex = true;
    std::string pcap;
    std::string transform;

    std::string interface;
    std::string expression;
    /** inject: destination MAC of every frame; zeros: the device's own. */
    std::optional<Mac> rewrite;

    bool operator==(const Options &) const = default;
};

/** Declares the options on `app`; parse_arguments() fills `options`. */
void declare_options(CLI::App &app, Options &options);

} // namespace virt::peer

#endif // _VIRTPEER_OPTIONS_HPP
