// SPDX-License-Identifier: GPL-2.0-only
// Tunnels to programs and drivers that others wrote.
//
// Copyright (C) The virt authors
#include "tunnel.hpp"

namespace e2e
{

using Tunnel = TunnelBed;

TEST_F(Tunnel, PeersThatOthersWrote)
{
    auto socat = [this](const std::string &type, int port) {
        std::string name = "s" + std::to_string(port),
                    net = std::to_string(port);
        far_->ok("socat TUN:10." + net + ".0.2/24,tun-type=" + type +
                 ",iff-no-pi,iff-up,tun-name=" + name +
                 " UDP4-DATAGRAM:192.0.2.1:" + net + ",bind=:" + net +
                 " >/dev/null 2>&1 & "
                 "for i in $(seq 200); do ip link show " +
                 name +
                 " up 2>/dev/null | grep -q UP && break; sleep 0.02; done");
    };
    auto add_near = [this](const std::string &port, const std::string &options,
                           const std::string &addr) {
        near_->ok("ip link add t" + port + " type virt mode tunnel port " +
                  port + " remote 192.0.2.2 " + options + "; ip link set t" +
                  port + " up; ip addr add " + addr + " dev t" + port);
    };

    socat("tap", 11);
    add_near("11", "", "10.11.0.1/24");
    socat("tun", 12);
    add_near("12", "payload ip", "10.12.0.1/24");
    far_->ok("modprobe -a fou ipip sit;"
             "ip fou add port 13 ipproto 4; ip fou add port 14 ipproto 41;"
             "ip link add f13 type ipip remote 192.0.2.1 local 192.0.2.2 "
             "encap fou encap-sport 13 encap-dport 13;"
             "ip link add f14 type sit remote 192.0.2.1 local 192.0.2.2 "
             "encap fou encap-sport 14 encap-dport 14;"
             "ip link set f13 up; ip addr add 10.13.0.2/24 dev f13;"
             "ip link set f14 up; ip addr add 2001:db8:14::2/64 dev f14");
    add_near("13", "payload ip", "10.13.0.1/24");
    add_near("14", "payload ip", "2001:db8:14::1/64");
    for (const char *mode : {"tx udp rx udp", "tx netpoll rx filter"}) {
        near_->ok("for t in 11 12 13 14; do ip link set t$t type virt " +
                  std::string(mode) + "; done");
        EXPECT_TRUE(pings(*near_, "10.11.0.2")) << "socat tap, " << mode;
        EXPECT_TRUE(pings(*near_, "-s 3000 10.11.0.2")) << mode;
        EXPECT_TRUE(pings(*near_, "10.12.0.2")) << "socat tun, " << mode;
        EXPECT_TRUE(pings(*near_, "10.13.0.2")) << "fou ipip, " << mode;
        EXPECT_TRUE(pings(*near_, "2001:db8:14::2")) << "fou sit, " << mode;
    }
    far_->ok("ip link del f13; ip link del f14; ip fou del port 13;"
             "ip fou del port 14");
    host().ok("ip netns pids far | xargs kill");
}

} // namespace e2e
