// SPDX-License-Identifier: GPL-2.0-only
// The test bed of the tunnels: t0 in both hosts of the bed, through the wire.
//
//   10.0.0.1/24            10.0.0.2/24
//   2001:db8:a::1/64       2001:db8:a::2/64
//
// Copyright (C) The virt authors
#pragma once

#include "bed.hpp"

namespace e2e
{

class TunnelBed : public Bed
{
protected:
    // `ip link add` of a tunnel, up and with the address of its host.
    static void add(const Netns &ns, const std::string &name,
                    const std::string &options);

    // A tunnel t0 at both ends; @options are the same for both.
    void add_pair(const std::string &options = "");

    // Changes t0 at both ends.
    void set_pair(const std::string &options);

    // From here on nothing but the test speaks through t0.
    void hush();

    // The near t0, which is at @here, hears nothing from @outside, and learns
    // that the far one is at @peer.
    void expect_learns(const std::string &outside, const std::string &here,
                       const std::string &peer);

    // A datagram of somebody out there comes to the near port 50000.
    void speak(const std::string &from, uint16_t port);

    // Both ways, by both protocols.
    void expect_pings(const std::string &what);
};

// A value of `ip -d -j link show`'s info_data.
std::string option(const Netns &ns, const std::string &device,
                   const std::string &name);

// "UP" or "DOWN" and so on.
std::string operstate(const Netns &ns, const std::string &device);

int mtu_of(const Netns &ns, const std::string &device);

} // namespace e2e
