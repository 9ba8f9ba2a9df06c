// SPDX-License-Identifier: GPL-2.0-only
// What programs get through a child, or past it, and through a tunnel between
// two bridges.
//
// Copyright (C) The virt authors
#include <array>
#include <utility>

#include "bed.hpp"
#include "bulk.hpp"
#include "results.hpp"
#include "tunnel.hpp"

namespace bench
{

namespace
{

constexpr std::array mtus{1500, 9000};
constexpr std::array flows{1, 8};

// IP and UDP.
constexpr int headers = 28;

// The hosts behind tunnels have so much less: all tunnels' headers fit.
constexpr int tunnel_headers = 58;

const std::string behind_netns = "behind";

// From here to there.
struct Line {
    std::string name;
    int mtu; // between the two programs
    std::string from, to, address;
};

void talk(Results &results, const Line &line, int mtu)
{
    auto measure = [&](const std::string &what, auto once) {
        results.measure(what + " " + std::to_string(mtu) + "/" + line.name,
                        once);
    };

    for (int count : flows) {
        measure("tcp " + std::to_string(count), [&] {
            return tcp_throughput(line.from, line.to, line.address, count);
        });
        measure("udp " + std::to_string(count), [&] {
            auto size = static_cast<size_t>(line.mtu - headers);
            double cost =
                udp_cost(line.from, line.to, line.address, size, count);
            return static_cast<double>(size) * 8e9 / cost;
        });
    }
    measure("trip",
            [&] { return round_trip(line.from, line.to, line.address); });
}

// A child in a namespace that knows the way back to the far end.
void add_far_child(Parent &parent, const Kind &kind)
{
    parent.add_child(kind, true);
    ip(kids_netns, {"route add " + address::far + " dev " + child_name});
}

void talk_to_child(Results &results, int mtu)
{
    {
        Parent parent(Parent::Wire::veth, mtu);
        talk(results, {"parent", mtu, far_netns, "", address::parent}, mtu);
    }
    for (const Kind &kind : kinds) {
        Parent parent(Parent::Wire::veth, mtu);
        add_far_child(parent, kind);
        talk(results, {kind.name, mtu, far_netns, kids_netns, address::child},
             mtu);
    }
}

// A host in the namespace "behind", on a wire of its own: its end in `netns`
// is called `name`.
class Neighbour
{
public:
    Neighbour(const std::string &name, const std::string &netns, int mtu,
              const std::string &behind = behind_netns)
        : name_(name), netns_(netns)
    {
        std::string size = " mtu " + std::to_string(mtu);

        add_netns(behind);
        ip(netns, {"link add " + name + size + " type veth peer host0" + size +
                       " netns " + behind,
                   "link set " + name + " up"});
        ip(behind, {"link set host0 up"});
    }
    Neighbour(const Neighbour &) = delete;
    Neighbour &operator=(const Neighbour &) = delete;
    ~Neighbour() { ip(netns_, {"link del " + name_}); }

private:
    std::string name_, netns_;
};

// The far end talks to a host behind the one that forwards.
void forward(Results &results, const std::string &name,
             const std::string &netns, const std::string &gateway, int mtu)
{
    const std::string near = "198.51.101.1", host = "198.51.101.2";
    Neighbour neighbour("wire0", netns, mtu);

    ip(netns, {"addr add " + near + "/24 dev wire0"});
    ip(behind_netns,
       {"addr add " + host + "/24 dev host0", "route add default via " + near});
    ip(far_netns, {"route add " + host + " via " + gateway});
    run((netns.empty() ? "" : "ip netns exec " + netns + " ") +
        "sysctl -qw net.ipv4.ip_forward=1");
    talk(results, {"forward " + name, mtu, far_netns, behind_netns, host}, mtu);
    run((netns.empty() ? "" : "ip netns exec " + netns + " ") +
        "sysctl -qw net.ipv4.ip_forward=0");
}

void talk_past_child(Results &results, int mtu)
{
    {
        Parent parent(Parent::Wire::veth, mtu);
        forward(results, "parent", "", address::parent, mtu);
    }
    for (const Kind &kind : kinds) {
        // hosts only, no networks behind them
        if (kind.name == "virt share" || kind.name == "ipvlan")
            continue;
        Parent parent(Parent::Wire::veth, mtu);
        add_far_child(parent, kind);
        forward(results, kind.name, kids_netns, address::child, mtu);
    }
}

// Two hosts, each on a bridge, with `device` of either end between the bridges.
void bridge(Results &results, const std::string &name,
            const std::string &near_device, const std::string &far_device,
            int mtu)
{
    const std::string from = "198.51.102.1", to = "198.51.102.2";
    int inside = mtu - tunnel_headers;
    Neighbour near("wire0", "", inside, kids_netns);
    Neighbour far("wire0", far_netns, inside);

    for (const auto &[netns, device] :
         {std::pair{std::string(), near_device}, {far_netns, far_device}})
        ip(netns,
           {"link add bridge0 type bridge", "link set wire0 master bridge0",
            "link set " + device + " master bridge0", "link set bridge0 up"});
    ip(behind_netns, {"addr add " + from + "/24 dev host0"});
    ip(kids_netns, {"addr add " + to + "/24 dev host0"});
    talk(results, {"bridge " + name, inside, behind_netns, kids_netns, to},
         mtu);
    for (const std::string &netns : {std::string(), far_netns})
        ip(netns, {"link del bridge0"});
}

void talk_by_tunnel(Results &results, int mtu)
{
    {
        Parent parent(Parent::Wire::veth, mtu);
        bridge(results, "wire", parent_name, far_name, mtu);
    }
    for (const Tunnel &tunnel : tunnels) {
        if (!tunnel.ether || !tunnel.program.empty())
            continue;
        TunnelBed bed(tunnel, mtu, mtu - tunnel_headers);
        bridge(results, tunnel.name, inner::device, inner::device, mtu);
    }
}

void of_size(Results &results, const Line &line)
{
    for (int size : {18, 64, 256, 512, 1024, 2048, 4096, 8192})
        results.measure("size " + std::to_string(size) + "/" + line.name, [&] {
            auto bytes = static_cast<size_t>(size);
            double cost = udp_cost(line.from, line.to, line.address, bytes);
            return static_cast<double>(bytes) * 8e9 / cost;
        });
}

} // namespace

void measure_talk(Results &results)
{
    for (int mtu : mtus)
        talk_to_child(results, mtu);
}

void measure_forward(Results &results)
{
    for (int mtu : mtus)
        talk_past_child(results, mtu);
}

void measure_bridge(Results &results)
{
    for (int mtu : mtus)
        talk_by_tunnel(results, mtu);
}

void measure_size(Results &results)
{
    constexpr int mtu = mtus.back();

    {
        Parent parent(Parent::Wire::veth, mtu);
        of_size(results, {"parent", mtu, far_netns, "", address::parent});
    }
    for (const Kind &kind : kinds) {
        Parent parent(Parent::Wire::veth, mtu);
        add_far_child(parent, kind);
        of_size(results,
                {kind.name, mtu, far_netns, kids_netns, address::child});
    }
    for (const Tunnel &tunnel : tunnels) {
        if (!tunnel.program.empty())
            continue;
        TunnelBed bed(tunnel, mtu, mtu - tunnel_headers);
        of_size(results, {tunnel.name, mtu - tunnel_headers, far_netns, "",
                          inner::near});
    }
}

} // namespace bench
