// SPDX-License-Identifier: GPL-2.0-only
// What a frame costs on its way in, from the other end of a veth pair.
//
// Copyright (C) The virt authors
#include "bed.hpp"
#include "children.hpp"
#include "ends.hpp"
#include "results.hpp"
#include "sender.hpp"

#include <algorithm>
#include <array>
#include <list>

namespace bench
{

namespace
{

constexpr std::array crowds{16, 256, 1024, 4096};

// So many of the children get the frames.
constexpr int sample = Sender::batch;

double send_from_far(const std::vector<Frame> &frames)
{
    Inside inside(far_netns);

    return Sender(far_name).measure(frames);
}

Frame frame_to(const std::string &mac, const std::string &ip)
{
    return udp_frame(mac, address::far_mac, ip, address::far);
}

// The path of a child's frame ends where it enters its device's receive path.
double receive(const std::string &device, const std::string &netns,
               const std::string &mac, const std::string &address)
{
    Drop drop(device, netns);
    double cost = send_from_far({frame_to(mac, address)});

    drop.check(Sender::count);
    return cost;
}

void to_child(Results &results, const std::string &path, const Kind &kind,
              bool far, const std::string &options = "")
{
    Parent parent(Parent::Wire::veth);

    parent.add_child(kind, far, options);
    results.measure(path + "/" + kind.name, [&] {
        return receive(child_name, far ? kids_netns : "", kind.mac(),
                       address::child);
    });
}

bool is_virt(const Kind &kind)
{
    return kind.type.starts_with("virt");
}

// The path of the parent's own frame ends in its IP layer, for tc's place is
// before the receive handler's.
double receive_by_parent()
{
    run("nft add table ip bench");
    run("nft 'add chain ip bench in { type filter hook prerouting priority "
        "raw; }'");
    run("nft add rule ip bench in iifname " + parent_name + " counter drop");
    double cost =
        send_from_far({frame_to(address::parent_mac, address::parent)});
    check_count(run("nft list table ip bench"), "packets ([0-9]+)",
                Sender::count);
    run("nft delete table ip bench");
    return cost;
}

// One of many children after the other.
double receive_by_some(const Children &children, int count)
{
    int size = std::min(count, sample), step = count / size;
    std::vector<Frame> frames;
    std::list<Drop> drops;

    for (int i = 0; i < size; i++) {
        int number = i * step + i % step;
        drops.emplace_back(Children::name(number), "");
        frames.push_back(frame_to(children.mac(number), Children::ip(number)));
    }
    double cost = send_from_far(frames);
    drops.front().check(Sender::count / static_cast<unsigned>(size) - 1);
    return cost;
}

// More and more children.
void to_crowd(Results &results, const Kind &kind)
{
    Parent parent(Parent::Wire::veth);
    Children children(kind, crowds.back());
    int number = 0;

    for (int count : crowds) {
        for (; number < count; number++) {
            children.create(number);
            children.give_address(number);
            children.set_up(number);
        }
        results.measure("receive " + std::to_string(count) + "/" + kind.name,
                        [&] { return receive_by_some(children, count); });
    }
    children.remove_all();
}

} // namespace

void measure_receive(Results &results)
{
    {
        Parent parent(Parent::Wire::veth);
        results.measure("receive/parent", [] {
            return receive(parent_name, "", address::parent_mac,
                           address::parent);
        });
    }
    for (const Kind &kind : kinds) {
        to_child(results, "receive", kind, false);
        to_child(results, "receive far", kind, true,
                 is_virt(kind) ? "host off" : "");
    }
}

void measure_receive_others(Results &results)
{
    {
        Parent parent(Parent::Wire::veth);
        results.measure("receive other/parent", receive_by_parent);
    }
    for (const Kind &kind : kinds) {
        // in mode steal, there is no such frame
        if (kind.name == "virt steal")
            continue;
        Parent parent(Parent::Wire::veth);
        parent.add_child(kind);
        results.measure("receive other/" + kind.name, receive_by_parent);
    }
}

void measure_receive_crowd(Results &results)
{
    for (const Kind &kind : kinds)
        if (kind.name != "virt steal" && kind.name != "macvlan private")
            to_crowd(results, kind);
}

} // namespace bench
