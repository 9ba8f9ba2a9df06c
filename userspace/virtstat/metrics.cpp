// SPDX-License-Identifier: GPL-2.0-only
// Tables of metrics, and how their lines are written.
//
// Copyright (C) The virt authors
#include "metrics.hpp"

#include "lib/link_words.hpp"
#include "lib/printable.hpp"

#include <linux/if.h>

#include <fmt/format.h>

namespace virt
{

namespace
{

/* One of the interface's own counters. */
struct Counter {
    const char *name;
    const char *help;
    std::uint64_t LinkStats::*value;
};

constexpr Counter kCounters[] = {
    {"virt_receive_packets_total", "Frames received.", &LinkStats::rx_packets},
    {"virt_receive_bytes_total", "Bytes received.", &LinkStats::rx_bytes},
    {"virt_receive_errors_total", "Frames received with an error.",
     &LinkStats::rx_errors},
    {"virt_receive_dropped_total", "Frames lost on the way in.",
     &LinkStats::rx_dropped},
    {"virt_receive_multicast_total", "Multicast frames received.",
     &LinkStats::multicast},
    {"virt_transmit_packets_total", "Frames sent.", &LinkStats::tx_packets},
    {"virt_transmit_bytes_total", "Bytes sent.", &LinkStats::tx_bytes},
    {"virt_transmit_errors_total", "Frames that could not be sent.",
     &LinkStats::tx_errors},
    {"virt_transmit_dropped_total", "Frames lost on the way out.",
     &LinkStats::tx_dropped},
};

/* Backslash, quote and line feed are written with a backslash. */
std::string label_value(std::string_view text)
{
    std::string value;
    for (const char c : printable(text)) {
        if (c == '\\' || c == '"') {
            value += '\\';
        }
        value += c;
    }
    return value;
}

std::string labels_of(const Child &child)
{
    return fmt::format(R"(ifname="{}",parent="{}",mode="{}")",
                       label_value(child.link.ifname),
                       label_value(parent_text(child)), mode_text(child.link));
}

/* One metric: its heading, then its samples. */
class Metric
{
public:
    Metric(std::string &out, std::string name, const char *type,
           const char *help)
        : out_(out), name_(std::move(name))
    {
        out_ +=
            fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name_, help, type);
    }

    void add(const std::string &labels, std::uint64_t value)
    {
        out_ += fmt::format("{}{{{}}} {}\n", name_, labels, value);
    }

private:
    std::string &out_;
    std::string name_;
};

void put_states(std::string &out, std::span<const Child> children)
{
    Metric up(out, "virt_up", "gauge",
              "1 if the interface is up and has a carrier.");
    for (const Child &child : children) {
        up.add(labels_of(child), (child.link.flags & IFF_RUNNING) != 0);
    }
    Metric mtu(out, "virt_mtu_bytes", "gauge",
               "Largest payload of a frame that can be sent.");
    for (const Child &child : children) {
        if (child.link.mtu) {
            mtu.add(labels_of(child), *child.link.mtu);
        }
    }
    Metric suspended(out, "virt_suspended_addresses", "gauge",
                     "Addresses that get no frames: the parent's host has "
                     "them, or allow has them not.");
    for (const Child &child : children) {
        if (const auto count = child.link.options[IFLA_VIRT_SUSPENDED]) {
            suspended.add(labels_of(child), *count);
        }
    }
}

/* The peer is no label of the others: a learnt one changes. */
void put_peers(std::string &out, std::span<const Child> children)
{
    Metric peer(out, "virt_peer_info", "gauge",
                "Whom a tunnel has as its peer; always 1.");
    for (const Child &child : children) {
        if (const auto address = peer_of(child.link)) {
            peer.add(fmt::format(R"({},peer="{}")", labels_of(child),
                                 label_value(*address)),
                     1);
        }
    }
}

void put_counters(std::string &out, std::span<const Child> children)
{
    for (const Counter &counter : kCounters) {
        Metric metric(out, counter.name, "counter", counter.help);
        for (const Child &child : children) {
            if (child.link.stats) {
                metric.add(labels_of(child),
                           (*child.link.stats).*counter.value);
            }
        }
    }
}

/* The drops, or the other things that are counted in the same place. */
void put_causes(Metric metric, const char *label, bool drops,
                std::span<const Child> children)
{
    for (const Child &child : children) {
        for (unsigned stat = VIRT_STAT_PAD + 1;
             child.link.causes && stat <= VIRT_STAT_MAX; stat++) {
            if (is_drop(stat) == drops) {
                metric.add(fmt::format(R"({},{}="{}")", labels_of(child), label,
                                       virt_stat_word(stat)),
                           (*child.link.causes)[stat]);
            }
        }
    }
}

} // namespace

std::string metrics_text(std::span<const Child> children)
{
    std::string out = fmt::format("# HELP virt_interfaces Interfaces that the "
                                  "metrics are of.\n"
                                  "# TYPE virt_interfaces gauge\n"
                                  "virt_interfaces {}\n",
                                  children.size());
    put_states(out, children);
    put_peers(out, children);
    put_counters(out, children);
    put_causes({out, "virt_drops_total", "counter",
                "Frames lost, by cause; bc_overflow is of the parent."},
               "cause", true, children);
    put_causes({out, "virt_events_total", "counter",
                "What happened besides frames being lost."},
               "event", false, children);
    return out;
}

} // namespace virt
