// SPDX-License-Identifier: GPL-2.0-only
// What many children cost: each of them, and together.
//
// Copyright (C) The virt authors
#include "bed.hpp"
#include "children.hpp"
#include "meter.hpp"
#include "results.hpp"
#include "sender.hpp"

#include <map>

namespace bench
{

namespace
{

constexpr int many = 1000;

// So many of them are removed one by one.
constexpr int samples = 50;

// Of a sample of those who are there, each on its own.
double cost_of_removal(Idler &idler, Children &children)
{
    std::vector<double> costs;

    for (int number = 0; number < children.count(); number += many / samples)
        costs.push_back(idler.work_of([&] { children.remove(number); }));
    return median(costs);
}

void life_of(Results &results, const Kind &kind)
{
    Parent parent(Parent::Wire::none);
    std::map<std::string, std::vector<double>> found;
    Idler idler;

    results.repeat("life/" + kind.name, [&] {
        Children children(kind, many / 10);
        children.each(&Children::create);
        children.each(&Children::set_up);
        children.each(&Children::remove);
    });
    if (results.only_repeats())
        return;
    for (int i = 0; i <= Results::repeats; i++) {
        Children children(kind, many);
        std::map<std::string, double> cost;

        // what the last round left is freed by now
        settle();
        double before = kernel_memory();
        // what the kernel puts off for a second counts nowhere
        cost["create"] =
            idler.work_of([&] { children.each(&Children::create); }) / many;
        settle();
        cost["up"] =
            idler.work_of([&] { children.each(&Children::set_up); }) / many;
        settle();
        cost["memory"] = (kernel_memory() - before) / many;
        cost["dump"] = idler.work_of([&] { children.dump(); }) / many;
        settle();
        cost["delete"] = cost_of_removal(idler, children);
        children.remove_all();
        // the first round fills the kernel's caches
        if (i > 0)
            for (auto &[step, value] : cost)
                found[step].push_back(value);
    }
    for (auto &[step, values] : found)
        results.add(step + "/" + kind.name, values);
}

double cost_of_request(Idler &idler, const std::string &target)
{
    Inside inside(far_netns);
    Sender sender(far_name);
    Frame request = arp_request(address::far_mac, address::far, target);
    std::vector<double> costs;

    for (int i = 0; i < 15; i++)
        costs.push_back(idler.work_of([&] { sender.send(request); }));
    return median(costs);
}

void ask_one_of(Results &results, const Kind &kind)
{
    Parent parent(Parent::Wire::veth);
    Children children(kind, many, kids_netns);

    // or all of one namespace would answer for one
    run("ip netns exec " + kids_netns +
        " sysctl -qw net.ipv4.conf.all.arp_ignore=1");
    children.each(&Children::create);
    children.each(&Children::set_up);
    children.each(&Children::give_address);
    Idler idler;
    results.measure("arp/" + kind.name, [&] {
        return cost_of_request(idler, Children::ip(many / 2));
    });
    children.remove_all();
}

} // namespace

void measure_children(Results &results)
{
    for (const Kind &kind : kinds)
        if (kind.name != "virt steal")
            life_of(results, kind);
}

void measure_arp(Results &results)
{
    {
        Parent parent(Parent::Wire::veth);
        Idler idler;
        results.measure("arp/parent", [&] {
            return cost_of_request(idler, address::parent);
        });
    }
    for (const Kind &kind : kinds)
        if (kind.name != "virt steal")
            ask_one_of(results, kind);
}

} // namespace bench
