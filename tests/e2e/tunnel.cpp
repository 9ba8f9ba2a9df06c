// SPDX-License-Identifier: GPL-2.0-only
// The test bed of the tunnels.
//
// Copyright (C) The virt authors
#include "tunnel.hpp"

#include <nlohmann/json.hpp>

namespace e2e
{

void TunnelBed::add(const Netns &ns, const std::string &name,
                    const std::string &options)
{
    std::string host = ns.name() == "near" ? "1" : "2";

    ns.ok("ip link add name " + name + " type virt mode tunnel " + options);
    ns.ok("ip link set " + name + " up; ip addr add 10.0.0." + host +
          "/24 dev " + name + "; ip addr add 2001:db8:a::" + host + "/64 dev " +
          name + " nodad");
}

void TunnelBed::add_pair(const std::string &options)
{
    add(*near_, "t0", "remote 192.0.2.2 " + options);
    add(*far_, "t0", "remote 192.0.2.1 " + options);
}

void TunnelBed::set_pair(const std::string &options)
{
    near_->ok("ip link set t0 type virt " + options);
    far_->ok("ip link set t0 type virt " + options);
}

void TunnelBed::hush()
{
    for (const Netns *ns : {near_.get(), far_.get()})
        ns->ok("sysctl -qw net.ipv6.conf.t0.disable_ipv6=1");
}

void TunnelBed::expect_learns(const std::string &outside,
                              const std::string &here, const std::string &peer)
{
    const uint16_t type = here.find(':') == here.npos ? kIpv4 : kIpv6;

    RawSocket(*far_, "q0")
        .send(ethernet(kNearMac, kFarMac, type,
                       datagram(outside, here, 1, 50000, Bytes(60, 0))));
    EXPECT_TRUE(eventually(
        [this] { return counter(*near_, "t0", "rx_bad_src") == 1; }));
    add(*far_, "t0", "remote " + here + " port 50001 rport 50000");
    EXPECT_TRUE(pings(*far_, "10.0.0.1"));
    EXPECT_EQ(option(*near_, "t0", "peer"), peer);
}

void TunnelBed::speak(const std::string &from, uint16_t port)
{
    const Bytes frame = ethernet(kBroadcast, kFarMac, 0x88b5, Bytes(46, 0));

    RawSocket(*far_, "q0")
        .send(ethernet(kNearMac, kFarMac, kIpv4,
                       datagram(from, "192.0.2.1", port, 50000, frame)));
}

void TunnelBed::expect_pings(const std::string &what)
{
    EXPECT_TRUE(pings(*near_, "10.0.0.2")) << what;
    EXPECT_TRUE(pings(*far_, "2001:db8:a::1")) << what;
}

std::string option(const Netns &ns, const std::string &device,
                   const std::string &name)
{
    auto link = nlohmann::json::parse(ns.ok("ip -d -j link show " + device));
    auto data = link.at(0).at("linkinfo").at("info_data");

    if (!data.contains(name))
        return "";
    auto value = data[name];
    return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string operstate(const Netns &ns, const std::string &device)
{
    return nlohmann::json::parse(ns.ok("ip -j link show " + device))
        .at(0)
        .at("operstate")
        .get<std::string>();
}

int mtu_of(const Netns &ns, const std::string &device)
{
    return nlohmann::json::parse(ns.ok("ip -j link show " + device))
        .at(0)
        .at("mtu")
        .get<int>();
}

} // namespace e2e
