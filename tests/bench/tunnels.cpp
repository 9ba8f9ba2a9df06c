// SPDX-License-Identifier: GPL-2.0-only
// What a frame costs through a tunnel over a veth pair, both ends together,
// and how much TCP goes through it.
//
// Copyright (C) The virt authors
#include <cstdio>
#include <exception>

#include "bed.hpp"
#include "bulk.hpp"
#include "ends.hpp"
#include "meter.hpp"
#include "results.hpp"
#include "sender.hpp"

namespace bench
{

namespace
{

const std::string device = "t0";

// Megabytes of TCP; programs take their time.
constexpr int bulk_mb = 36, program_mb = 8;

const std::string near_inner = "198.51.100.1", far_inner = "198.51.100.2";
const std::string near_inner_mac = "02:00:00:00:02:01",
                  far_inner_mac = "02:00:00:00:02:02";

// A kind of tunnel. In the commands, LOCAL and REMOTE stand for the ends of
// the outer path.
struct Tunnel {
    std::string name;
    std::string modules;
    std::vector<std::string> make; // commands of ip, in one end's namespace
    std::string program = "";      // carries the frames, at either end
    bool ether = true;
    std::vector<std::string> undo = {"link del " + device};
};

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
};

const std::vector<std::pair<std::string, std::string>> virt_modes{
    {"virt udp + udp", "tx udp rx udp"},
    {"virt netpoll + udp", "tx netpoll rx udp"},
    {"virt udp + filter", "tx udp rx filter"},
    {"virt netpoll + filter", "tx netpoll rx filter"},
};

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

// One end of a tunnel, for as long as it lives.
class End
{
public:
    End(const Tunnel &tunnel, const std::string &netns,
        const std::string &local, const std::string &remote)
        : tunnel_(tunnel), netns_(netns)
    {
        std::vector<std::string> commands;

        for (const std::string &command : tunnel.make)
            commands.push_back(fill_in(command, local, remote));
        ip(netns, commands);
        if (!tunnel.program.empty())
            start(fill_in(tunnel.program, local, remote));
        bool is_near = netns.empty();
        commands.clear();
        if (tunnel.ether)
            commands.push_back("link set t0 address " +
                               (is_near ? near_inner_mac : far_inner_mac));
        commands.push_back("addr add " + (is_near ? near_inner : far_inner) +
                           "/24 dev t0");
        commands.push_back("link set t0 up");
        if (tunnel.ether)
            commands.push_back(
                "neigh replace " +
                (is_near ? far_inner + " lladdr " + far_inner_mac
                         : near_inner + " lladdr " + near_inner_mac) +
                " dev t0 nud permanent");
        ip(netns, commands);
    }
    End(const End &) = delete;
    End &operator=(const End &) = delete;
    ~End()
    {
        if (!pid_.empty())
            run("kill " + pid_);
        ip(netns_, tunnel_.undo);
    }

private:
    void start(const std::string &program)
    {
        std::string inside =
            netns_.empty() ? "" : "ip netns exec " + netns_ + " ";

        pid_ = run(inside + program + " >/dev/null 2>&1 & echo $!");
        // it has opened its device when that has a carrier
        run("for i in $(seq 500); do " + inside +
            "ip -br link show t0 | grep -q -w LOWER_UP && exit 0; " + inside +
            "ip link set t0 up; sleep 0.01; done; exit 1");
    }

    const Tunnel &tunnel_;
    std::string netns_, pid_;
};

Frame inner_frame(const Tunnel &tunnel)
{
    Frame frame =
        udp_frame(near_inner_mac, far_inner_mac, near_inner, far_inner);

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
    Drop drop(device, "");
    double value;

    {
        Inside inside(far_netns);
        Idler idler;
        Sender sender(device);
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

    return tunnel.program.empty() ? cost_of_call(device, device, frame)
                                  : cost_until_idle(frame);
}

void measure_tunnel(Results &results, const Tunnel &tunnel)
{
    run("modprobe -a " + tunnel.modules);
    Parent parent(Parent::Wire::veth);
    ip("", {"neigh replace " + address::far + " lladdr " + address::far_mac +
            " dev " + parent_name + " nud permanent"});
    ip(far_netns,
       {"neigh replace " + address::parent + " lladdr " + address::parent_mac +
        " dev " + far_name + " nud permanent"});
    End near(tunnel, "", address::parent, address::far);
    End far(tunnel, far_netns, address::far, address::parent);

    results.measure("tunnel/" + tunnel.name, [&] { return cost(tunnel); });
    results.measure("tunnel tcp/" + tunnel.name, [&] {
        return tcp_throughput(far_netns, "", near_inner, 1,
                              tunnel.program.empty() ? bulk_mb : program_mb);
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
        results.measure("tunnel tcp/veth", [] {
            return tcp_throughput(far_netns, "", address::parent, 1, bulk_mb);
        });
    }
    for (const Tunnel &tunnel : tunnels)
        measure_tunnel(results, tunnel);
    // a tunnel that cannot be had misses its target, the others are measured
    for (const auto &[name, options] : virt_modes)
        try {
            measure_tunnel(results, virt_tunnel(name, options));
        } catch (const std::exception &error) {
            std::fprintf(stderr, "%s: %s\n", name.c_str(), error.what());
        }
}

} // namespace bench
