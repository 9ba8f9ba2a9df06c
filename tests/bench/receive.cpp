// SPDX-License-Identifier: GPL-2.0-only
// What a frame costs on its way in, from the other end of a veth pair.
//
// Copyright (C) The virt authors
#include "bed.hpp"
#include "ends.hpp"
#include "results.hpp"
#include "sender.hpp"

namespace bench
{

namespace
{

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

} // namespace bench
