// SPDX-License-Identifier: GPL-2.0-only
// What everything costs with more and more children, or tunnels on one port.
//
// Copyright (C) The virt authors
#include <algorithm>
#include <array>

#include "bed.hpp"
#include "children.hpp"
#include "ends.hpp"
#include "meter.hpp"
#include "pktgen.hpp"
#include "results.hpp"
#include "sender.hpp"
#include "tunnel.hpp"

namespace bench
{

namespace
{

constexpr std::array crowds{1, 16, 256, 1024, 4096};
constexpr std::array tunnel_crowds{1, 16, 256, 1024};

// So many of them get the frames.
constexpr int sample = Sender::batch;

// So many of them come and go.
constexpr int guests = 8;

// Of a crowd, `size` at most, all over it.
std::vector<int> some_of(int count, int size)
{
    std::vector<int> numbers;

    size = std::min(count, size);
    for (int i = 0; i < size; i++)
        numbers.push_back(i * (count / size) + i % (count / size));
    return numbers;
}

// A frame for each of these devices in turn.
double send_from_far(const std::vector<Frame> &frames,
                     const std::vector<std::string> &devices)
{
    Drop drop(devices, "");
    double cost;

    {
        Inside inside(far_netns);
        cost = Sender(far_name).measure(frames);
    }
    drop.check(Sender::count / static_cast<unsigned>(devices.size()) - 1);
    return cost;
}

double receive(const Children &children, int count)
{
    std::vector<Frame> frames;
    std::vector<std::string> names;

    for (int number : some_of(count, sample)) {
        names.push_back(Children::name(number));
        frames.push_back(udp_frame(children.mac(number), address::far_mac,
                                   Children::ip(number), address::far));
    }
    return send_from_far(frames, names);
}

double ask(Idler &idler, int number)
{
    Inside inside(far_netns);
    Sender sender(far_name);
    Frame request =
        arp_request(address::far_mac, address::far, Children::ip(number));

    return idler.work_of([&] { sender.send(request); });
}

// The figures of one crowd.
void measure_one(Results &results, Idler &idler, Children &children, int count,
                 const std::string &name)
{
    std::string of = " " + std::to_string(count) + "/" + name;
    std::vector<double> asked, removed, created;

    results.measure("receive" + of, [&] { return receive(children, count); });
    results.measure("transmit" + of,
                    [&] { return pktgen_transmit(Children::name(count / 2)); });
    for (int i = 0; i <= Results::repeats; i++)
        asked.push_back(ask(idler, count / 2));
    // the first one looked for the neighbour
    asked.erase(asked.begin());
    results.add("ask" + of, asked);
    results.add("dump" + of, {idler.work_of([&] { children.dump(); }) / count});
    for (int number : some_of(count, guests)) {
        removed.push_back(idler.work_of([&] { children.remove(number); }));
        created.push_back(idler.work_of([&] { children.add(number); }));
    }
    results.add("remove" + of, {median(removed)});
    results.add("add" + of, {median(created)});
}

void crowd_of_children(Results &results, const Kind &kind)
{
    Parent parent(Parent::Wire::veth);
    Children children(kind, crowds.back());
    Idler idler;
    double before = kernel_memory();
    int number = 0;

    for (int count : crowds) {
        for (; number < count; number++)
            children.add(number);
        if (count > 1)
            results.add("bytes " + std::to_string(count) + "/" + kind.name,
                        {(kernel_memory() - before) / count});
        measure_one(results, idler, children, count, kind.name);
    }
    children.remove_all();
}

// Tunnels that differ by the peer's address: with the same port, or the same
// port and different ids.
struct Many {
    std::string name, modules;
    std::string make; // but for the name and the remote address
    std::uint16_t port;
    bool has_id;
};

const std::vector<Many> manies{
    {"virt udp", "virt", "type virt mode tunnel port 50000 tx udp rx udp",
     50000, false},
    {"virt filter", "virt",
     "type virt mode tunnel port 50000 tx netpoll rx filter", 50000, false},
    {"vxlan", "vxlan", "type vxlan dstport 4789", 4789, true},
};

std::string tunnel_name(int number)
{
    return "t" + std::to_string(number);
}

void add_tunnel(std::vector<std::string> &commands, const Many &many,
                int number)
{
    std::string id = std::to_string(number + 1);

    commands.push_back("link add " + tunnel_name(number) + " " + many.make +
                       " remote " + Children::ip(number) +
                       (many.has_id ? " id " + id : ""));
    commands.push_back("link set " + tunnel_name(number) + " up");
}

// What comes from the peer of a tunnel: a frame in a datagram.
Frame tunnelled_frame(const Many &many, int number)
{
    auto id = static_cast<std::uint8_t>((number + 1) & 0xff);
    auto high = static_cast<std::uint8_t>((number + 1) >> 8);
    Frame payload = many.has_id ? Frame{8, 0, 0, 0, 0, high, id, 0} : Frame{};

    for (std::uint8_t byte :
         udp_frame(inner::near_mac, inner::far_mac, inner::near, inner::far))
        payload.push_back(byte);
    return udp_frame(address::parent_mac, address::far_mac, address::parent,
                     Children::ip(number), many.port, payload);
}

double receive_by_tunnels(const Many &many, int count)
{
    std::vector<Frame> frames;
    std::vector<std::string> names;

    for (int number : some_of(count, sample)) {
        names.push_back(tunnel_name(number));
        frames.push_back(tunnelled_frame(many, number));
    }
    return send_from_far(frames, names);
}

double transmit_by_tunnel(int number)
{
    Drop drop(far_name, far_netns);
    double cost = Sender(tunnel_name(number))
                      .measure({udp_frame(inner::far_mac, inner::near_mac,
                                          inner::far, inner::near)});

    drop.check(Sender::count);
    return cost;
}

void crowd_of_tunnels(Results &results, const Many &many)
{
    Parent parent(Parent::Wire::veth);
    int number = 0;

    run("modprobe " + many.modules);
    ip("", {"neigh replace " + address::far + " lladdr " + address::far_mac +
                " dev " + parent_name + " nud permanent",
            "route add " + address::far + " dev " + parent_name,
            "route add 198.19.0.0/16 via " + address::far});
    for (int count : tunnel_crowds) {
        std::vector<std::string> commands;
        std::string of = " " + std::to_string(count) + "/" + many.name;

        for (; number < count; number++)
            add_tunnel(commands, many, number);
        ip("", commands);
        results.measure("tunnel receive" + of,
                        [&] { return receive_by_tunnels(many, count); });
        results.measure("tunnel transmit" + of,
                        [&] { return transmit_by_tunnel(count / 2); });
    }
    std::vector<std::string> commands;
    while (number--)
        commands.push_back("link del " + tunnel_name(number));
    ip("", commands);
}

} // namespace

void measure_crowd(Results &results)
{
    run("modprobe pktgen && sysctl -qw net.ipv4.conf.all.arp_ignore=1");
    {
        Parent parent(Parent::Wire::veth);
        results.measure("transmit veth/parent",
                        [] { return pktgen_transmit(parent_name); });
    }
    for (const Kind &kind : kinds)
        if (kind.name != "virt steal")
            crowd_of_children(results, kind);
    run("sysctl -qw net.ipv4.conf.all.arp_ignore=0");
}

void measure_tunnel_crowd(Results &results)
{
    for (const Many &many : manies)
        crowd_of_tunnels(results, many);
}

} // namespace bench
