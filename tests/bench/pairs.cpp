// SPDX-License-Identifier: GPL-2.0-only
// Two CPUs at once, by the clock. What is compared takes turns, so that both
// meet whatever else the machine does; the results are the ratios of pairs.
//
// Copyright (C) The virt authors
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <functional>
#include <list>
#include <stdexcept>
#include <thread>

#include "bed.hpp"
#include "ends.hpp"
#include "results.hpp"
#include "sender.hpp"

namespace bench
{

namespace
{

constexpr int pairs = 15;
constexpr int cpus = 2;

using Clock = std::chrono::steady_clock;

void pin_to(int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(static_cast<unsigned>(cpu), &set);
    pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
}

// Does it on so many CPUs at once: seconds until the last one is done.
double seconds(int count, const std::function<void(int cpu)> &what)
{
    std::barrier ready(count + 1);
    std::list<std::thread> threads;

    for (int cpu = 0; cpu < count; cpu++)
        threads.emplace_back([&, cpu] {
            pin_to(cpu);
            ready.arrive_and_wait();
            what(cpu);
        });
    ready.arrive_and_wait();
    Clock::time_point begin = Clock::now();
    for (std::thread &thread : threads)
        thread.join();
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

// A wire with a child for each CPU at its near end.
class Team
{
public:
    Team(const Team &) = delete;
    Team &operator=(const Team &) = delete;
    Team(int number, const Kind &kind) : number_(std::to_string(number))
    {
        std::string parent = "p" + number_;

        ip("",
           {"link add " + parent + " address " + mac('1') + " type veth peer " +
                far() + " netns " + far_netns + " address " + mac('2'),
            "link set " + parent + " up"});
        ip(far_netns, {"link set " + far() + " up"});
        for (int cpu = 0; cpu < cpus; cpu++) {
            ip("",
               {"link add link " + parent + " name " + child(cpu) +
                    (kind.own_mac ? " address " + child_mac(kind, cpu) : "") +
                    " type " + kind.type,
                "addr add " + child_ip(cpu) + "/32 dev " + child(cpu),
                "link set " + child(cpu) + " up"});
            drops_.emplace_back(child(cpu), "");
            frames_.push_back(udp_frame(child_mac(kind, cpu), mac('2'),
                                        child_ip(cpu), address::far));
        }
        drops_.emplace_back(far(), far_netns);
    }

    ~Team()
    {
        drops_.clear();
        ip("", {"link del p" + number_});
    }

    // Each CPU sends to a child of its own.
    double receive(int count) const
    {
        return seconds(count, [this](int cpu) {
            Inside inside(far_netns);
            Sender(far()).measure({frames_[static_cast<size_t>(cpu)]});
        });
    }

    double transmit(int count) const
    {
        return seconds(count, [this](int cpu) {
            Sender(child(cpu))
                .measure({udp_frame(mac('2'), mac('3'), address::stranger,
                                    child_ip(cpu))});
        });
    }

private:
    std::string far() const { return "f" + number_; }
    std::string child(int cpu) const
    {
        return "c" + number_ + std::to_string(cpu);
    }
    std::string child_ip(int cpu) const
    {
        return "198.19." + number_ + "." + std::to_string(cpu + 1);
    }
    std::string mac(char last) const
    {
        return "02:00:00:01:0" + number_ + ":0" + last;
    }
    std::string child_mac(const Kind &kind, int cpu) const
    {
        return mac(kind.own_mac ? static_cast<char>('4' + cpu) : '1');
    }

    std::string number_;
    std::list<Drop> drops_;
    std::vector<Frame> frames_;
};

void compare(Results &results, const std::string &name,
             const std::function<double()> &one,
             const std::function<double()> &other)
{
    std::vector<double> ratios;

    one();
    other();
    for (int i = 0; i < pairs; i++) {
        double first = one();
        ratios.push_back(first / other());
    }
    results.add(name, ratios);
}

} // namespace

void measure_pairs(Results &results)
{
    if (std::thread::hardware_concurrency() < cpus)
        throw std::runtime_error("two CPUs are needed: tests/vm/run --cpus 2");
    add_netns(far_netns);
    const Kind &share_kind = kinds[0], &mac_kind = kinds[1],
               &macvlan_kind = kinds[4], &ipvlan_kind = kinds[5];
    const Team share(0, share_kind), mac(1, mac_kind), macvlan(2, macvlan_kind),
        ipvlan(3, ipvlan_kind);
    const std::pair<std::string, double (Team::*)(int) const> ways[] = {
        {"receive", &Team::receive}, {"transmit", &Team::transmit}};

    for (const auto &[way, run_by] : ways) {
        auto against = [&](const std::string &name, const Team &one,
                           const Team &other) {
            compare(
                results, "pairs/" + way + ", " + name,
                [&] { return (one.*run_by)(cpus); },
                [&] { return (other.*run_by)(cpus); });
        };
        auto alone = [&](const std::string &name, const Team &team) {
            compare(
                results, "pairs/" + way + ", " + name + ": two CPUs to one",
                [&] { return (team.*run_by)(cpus); },
                [&] { return (team.*run_by)(1); });
        };
        against("mac to macvlan", mac, macvlan);
        against("share to macvlan", share, macvlan);
        against("share to ipvlan", share, ipvlan);
        alone("share", share);
        alone("mac", mac);
        alone("macvlan", macvlan);
        alone("ipvlan", ipvlan);
    }
}

} // namespace bench
