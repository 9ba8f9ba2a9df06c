// SPDX-License-Identifier: GPL-2.0-only
// Tunnels over the wire between the initial namespace and "far".
//
// Copyright (C) The virt authors
#pragma once

#include <string>
#include <vector>

#include "bed.hpp"

namespace bench
{

// A kind of tunnel. In the commands, LOCAL and REMOTE stand for the ends of
// the outer path.
struct Tunnel {
    std::string name;
    std::string modules;
    std::vector<std::string> make; // commands of ip, in one end's namespace
    std::string program = "";      // carries the frames, at either end
    bool ether = true;
    std::vector<std::string> undo = {"link del t0"};
};

extern const std::vector<Tunnel> tunnels;

// The tunnel's device at either end, and its addresses.
namespace inner
{
inline const std::string device = "t0";
inline const std::string near = "198.51.100.1", far = "198.51.100.2";
inline const std::string near_mac = "02:00:00:00:02:01",
                         far_mac = "02:00:00:00:02:02";
} // namespace inner

// One end of a tunnel, for as long as it lives.
class TunnelEnd
{
public:
    TunnelEnd(const Tunnel &tunnel, const std::string &netns,
              const std::string &local, const std::string &remote);
    TunnelEnd(const TunnelEnd &) = delete;
    TunnelEnd &operator=(const TunnelEnd &) = delete;
    ~TunnelEnd();

private:
    void start(const std::string &program);
    void configure();

    const Tunnel &tunnel_;
    std::string netns_, pid_;
};

// A wire whose ends know each other's MAC address, with a tunnel over it. The
// tunnel's MTU is what it has chosen, or is given.
class TunnelBed
{
public:
    explicit TunnelBed(const Tunnel &tunnel, int mtu = 1500, int inner_mtu = 0);

private:
    Parent parent_;
    TunnelEnd near_, far_;
};

} // namespace bench
