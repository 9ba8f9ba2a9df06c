// SPDX-License-Identifier: GPL-2.0-only
// What a frame costs on its way in, from the other end of a veth pair.
//
// Copyright (C) The virt authors
#include "bed.hpp"
#include "children.hpp"
#include "results.hpp"
#include "sender.hpp"

#include <regex>
#include <stdexcept>

namespace bench
{

namespace
{

// The children of the crowd that get the frames.
constexpr int crowd = 4096, sample = Sender::batch;

double send_from_far(const std::vector<Frame> &frames)
{
    Inside inside(far_netns);

    return Sender(far_name).measure(frames);
}

Frame frame_to(const std::string &mac, const std::string &ip)
{
    return udp_frame(mac, address::far_mac, ip, address::far);
}

// Every frame must have come to where the path ends.
void check_count(const std::string &report, const std::string &pattern,
                 unsigned count = Sender::count)
{
    std::smatch match;

    if (!std::regex_search(report, match, std::regex(pattern)) ||
        std::stoul(match[1]) < count)
        throw std::runtime_error("frames were lost: " + report);
}

const std::string tc_pattern = "Sent [0-9]+ bytes ([0-9]+) pkt";

std::vector<std::string> drop_at_ingress(const std::string &device)
{
    return {"qdisc add dev " + device + " clsact",
            "filter add dev " + device + " ingress matchall action drop"};
}

std::string show_drops(const std::string &device)
{
    return "filter show dev " + device + " ingress";
}

// The path of a child's frame ends where it enters its device's receive path.
double receive(const std::string &device, const std::string &netns,
               const std::string &mac, const std::string &address)
{
    tc(netns, drop_at_ingress(device));
    double cost = send_from_far({frame_to(mac, address)});
    check_count(tc(netns, {show_drops(device)}), tc_pattern);
    tc(netns, {"qdisc del dev " + device + " clsact"});
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
    check_count(run("nft list table ip bench"), "packets ([0-9]+)");
    run("nft delete table ip bench");
    return cost;
}

// One of many children after the other.
void to_crowd(Results &results, const Kind &kind)
{
    Parent parent(Parent::Wire::veth);
    Children children(kind, crowd);
    std::vector<Frame> frames;
    std::vector<std::string> drops;

    children.each(&Children::create);
    children.each(&Children::give_address);
    children.each(&Children::set_up);
    for (int i = 0; i < sample; i++) {
        int number = i * (crowd / sample) + i;
        for (const std::string &command :
             drop_at_ingress(Children::name(number)))
            drops.push_back(command);
        frames.push_back(frame_to(children.mac(number), Children::ip(number)));
    }
    tc("", drops);
    results.measure("receive crowd/" + kind.name,
                    [&] { return send_from_far(frames); });
    check_count(tc("", {show_drops(Children::name(0))}), tc_pattern,
                Sender::count / sample);
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
