// SPDX-License-Identifier: GPL-2.0-only
// What a frame costs on its way out, over a parent that only counts it.
//
// Copyright (C) The virt authors
#include "bed.hpp"
#include "pktgen.hpp"
#include "results.hpp"
#include "sender.hpp"

namespace bench
{

namespace
{

const Kind &share = kinds[0], &mac = kinds[1];

void from_child(Results &results, const std::string &path, const Kind &kind,
                bool far, const std::string &options = "")
{
    Parent parent(Parent::Wire::none);

    parent.add_child(kind, far, options);
    Inside inside(far ? kids_netns : "");
    results.measure(path + "/" + kind.name,
                    [] { return pktgen_transmit(child_name); });
}

// A child in a VRF hears its host through the egress hook, and nothing else is
// in the way of what it sends.
void from_vrf(Results &results, const Kind &kind)
{
    Parent parent(Parent::Wire::none);

    parent.add_child(kind, false, "host on");
    ip("", {"link add vrf0 type vrf table 100", "link set vrf0 up",
            "link set " + child_name + " master vrf0"});
    results.measure("transmit hook/" + kind.name,
                    [] { return pktgen_transmit(child_name); });
    ip("", {"link del vrf0"});
}

// Through dev_queue_xmit(), where the egress hook is.
double send_from_parent()
{
    Frame frame = udp_frame(address::stranger_mac, address::parent_mac,
                            address::stranger, address::parent);

    return Sender(parent_name).measure({frame});
}

void from_parent(Results &results, const std::string &path, const Kind &kind,
                 bool far)
{
    Parent parent(Parent::Wire::none);

    parent.add_child(kind, far);
    results.measure(path + "/" + kind.name, send_from_parent);
}

} // namespace

void measure_transmit(Results &results)
{
    run("modprobe pktgen");
    {
        Parent parent(Parent::Wire::none);
        results.measure("transmit/parent",
                        [] { return pktgen_transmit(parent_name); });
    }
    for (const Kind &kind : kinds)
        from_child(results, "transmit", kind, false);

    for (const Kind *kind : {&share, &mac}) {
        from_vrf(results, *kind);
        from_child(results, "transmit far", *kind, true, "host off");
        from_child(results, "transmit far hook", *kind, true, "host on");
    }
    for (const Kind &kind : kinds)
        if (kind.name.find("virt") == std::string::npos)
            from_child(results, "transmit far", kind, true);
}

void measure_transmit_parent(Results &results)
{
    {
        Parent parent(Parent::Wire::none);
        results.measure("transmit parent/parent", send_from_parent);
    }
    for (const Kind &kind : kinds)
        from_parent(results, "transmit parent", kind, false);
    for (const Kind *kind : {&share, &mac})
        from_parent(results, "transmit parent hook", *kind, true);
}

} // namespace bench
