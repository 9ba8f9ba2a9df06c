// SPDX-License-Identifier: GPL-2.0-only
// Tunnels of all kinds.
//
// Copyright (C) The virt authors
#include "tunnel.hpp"

#include <utility>

namespace bench
{

namespace
{

Tunnel virt_tunnel(const std::string &name, const std::string &options)
{
    return {.name = name,
            .modules = "virt",
            .make = {"link add t0 type virt mode tunnel remote REMOTE "
                     "port 50000 " +
                     options}};
}

std::string fill_in(std::string words, const std::string &local,
                    const std::string &remote)
{
    for (const auto &[word, value] :
         {std::pair{"LOCAL", local}, {"REMOTE", remote}})
        for (size_t at; (at = words.find(word)) != words.npos;)
            words.replace(at, std::string(word).size(), value);
    return words;
}

// Both ends know who is at the other one.
const Tunnel &introduce(const Tunnel &tunnel)
{
    run("modprobe -a " + tunnel.modules);
    ip("", {"neigh replace " + address::far + " lladdr " + address::far_mac +
            " dev " + parent_name + " nud permanent"});
    ip(far_netns,
       {"neigh replace " + address::parent + " lladdr " + address::parent_mac +
        " dev " + far_name + " nud permanent"});
    return tunnel;
}

} // namespace

const std::vector<Tunnel> tunnels{
    {"vxlan",
     "vxlan",
     {"link add t0 type vxlan id 7 local LOCAL remote REMOTE dstport 4789"}},
    {"geneve",
     "geneve",
     {"link add t0 type geneve id 7 remote REMOTE udpcsum"}},
    {.name = "gretap over fou",
     .modules = "fou ip_gre",
     .make = {"fou add port 5555 ipproto 47",
              "link add t0 type gretap local LOCAL remote REMOTE encap fou "
              "encap-sport 5555 encap-dport 5555 encap-csum"},
     .undo = {"link del t0", "fou del port 5555"}},
    {.name = "ipip over fou",
     .modules = "fou ipip",
     .make = {"fou add port 5556 ipproto 4",
              "link add t0 type ipip local LOCAL remote REMOTE encap fou "
              "encap-sport 5556 encap-dport 5556 encap-csum"},
     .ether = false,
     .undo = {"link del t0", "fou del port 5556"}},
    {.name = "l2tp",
     .modules = "l2tp_eth",
     .make =
         {"l2tp add tunnel tunnel_id 1 peer_tunnel_id 1 encap udp "
          "local LOCAL remote REMOTE udp_sport 5557 udp_dport 5557 udp_csum on",
          "l2tp add session name t0 tunnel_id 1 session_id 1 "
          "peer_session_id 1"},
     .undo = {"l2tp del tunnel tunnel_id 1"}},
    {.name = "socat",
     .modules = "tun",
     .make = {"tuntap add t0 mode tap"},
     .program = "socat -b 65536 TUN,tun-type=tap,tun-name=t0,iff-no-pi "
                "UDP4-DATAGRAM:REMOTE:5558,bind=LOCAL:5558"},
    {.name = "virtpeer",
     .modules = "tun",
     .make = {"tuntap add t0 mode tap"},
     .program = "virtpeer --name t0 --local LOCAL --remote REMOTE"},
    virt_tunnel("virt udp + udp", "tx udp rx udp"),
    virt_tunnel("virt netpoll + udp", "tx netpoll rx udp"),
    virt_tunnel("virt udp + filter", "tx udp rx filter"),
    virt_tunnel("virt netpoll + filter", "tx netpoll rx filter"),
};

TunnelEnd::TunnelEnd(const Tunnel &tunnel, const std::string &netns,
                     const std::string &local, const std::string &remote)
    : tunnel_(tunnel), netns_(netns)
{
    std::vector<std::string> commands;

    for (const std::string &command : tunnel.make)
        commands.push_back(fill_in(command, local, remote));
    ip(netns, commands);
    if (!tunnel.program.empty())
        start(fill_in(tunnel.program, local, remote));
    configure();
}

TunnelEnd::~TunnelEnd()
{
    if (!pid_.empty())
        run("kill " + pid_);
    ip(netns_, tunnel_.undo);
}

void TunnelEnd::configure()
{
    bool is_near = netns_.empty();
    std::vector<std::string> commands;

    if (tunnel_.ether)
        commands.push_back("link set t0 address " +
                           (is_near ? inner::near_mac : inner::far_mac));
    commands.push_back("addr add " + (is_near ? inner::near : inner::far) +
                       "/24 dev t0");
    commands.push_back("link set t0 up");
    if (tunnel_.ether)
        commands.push_back("neigh replace " +
                           (is_near
                                ? inner::far + " lladdr " + inner::far_mac
                                : inner::near + " lladdr " + inner::near_mac) +
                           " dev t0 nud permanent");
    ip(netns_, commands);
}

void TunnelEnd::start(const std::string &program)
{
    std::string inside = netns_.empty() ? "" : "ip netns exec " + netns_ + " ";

    pid_ = run(inside + program + " >/dev/null 2>&1 & echo $!");
    // it has opened its device when that has a carrier
    run("for i in $(seq 500); do " + inside +
        "ip -br link show t0 | grep -q -w LOWER_UP && exit 0; " + inside +
        "ip link set t0 up; sleep 0.01; done; exit 1");
}

TunnelBed::TunnelBed(const Tunnel &tunnel, int mtu, int inner_mtu)
    : parent_(Parent::Wire::veth, mtu),
      near_(introduce(tunnel), "", address::parent, address::far),
      far_(tunnel, far_netns, address::far, address::parent)
{
    if (!inner_mtu)
        return;
    for (const std::string &netns : {std::string(), far_netns})
        ip(netns, {"link set t0 mtu " + std::to_string(inner_mtu)});
}

} // namespace bench
