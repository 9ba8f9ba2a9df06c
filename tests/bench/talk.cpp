// SPDX-License-Identifier: GPL-2.0-only
// What programs get through a child in another namespace.
//
// Copyright (C) The virt authors
#include "bed.hpp"
#include "bulk.hpp"
#include "results.hpp"

namespace bench
{

namespace
{

const std::vector<std::pair<std::string, int>> flows{{"tcp", 1},
                                                     {"tcp 8 flows", 8}};

// What fits a packet of 1500 bytes.
constexpr size_t datagram = 1472;

void talk(Results &results, const std::string &name, const std::string &netns,
          const std::string &address)
{
    for (const auto &[path, count] : flows)
        results.measure(path + "/" + name, [&] {
            return tcp_throughput(far_netns, netns, address, count);
        });
    results.measure("udp/" + name, [&] {
        return udp_cost(far_netns, netns, address, datagram);
    });
    results.measure("round trip/" + name,
                    [&] { return round_trip(far_netns, netns, address); });
}

} // namespace

void measure_talk(Results &results)
{
    {
        Parent parent(Parent::Wire::veth);
        talk(results, "parent", "", address::parent);
    }
    for (const Kind &kind : kinds) {
        Parent parent(Parent::Wire::veth);
        parent.add_child(kind, true);
        // the far end is in a larger network
        ip(kids_netns, {"route add " + address::far + " dev " + child_name});
        talk(results, kind.name, kids_netns, address::child);
    }
}

} // namespace bench
