// SPDX-License-Identifier: GPL-2.0-only
// Shows the counters.
//
// Copyright (C) The virt authors
#include "stats.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace virt::peer
{

namespace
{

struct Cause {
    const char *name;
    Count Stats::*count;
};

constexpr Cause kCauses[] = {
    {"rx_short", &Stats::rx_short},
    {"rx_bad_src", &Stats::rx_bad_src},
    {"rx_down", &Stats::rx_down},
    {"rx_transform", &Stats::rx_transform},
    {"tx_no_route", &Stats::tx_no_route},
    {"tx_no_peer", &Stats::tx_no_peer},
    {"tx_too_big", &Stats::tx_too_big},
    {"tx_filter", &Stats::tx_filter},
    {"tx_nomem", &Stats::tx_nomem},
    {"peer_learnt", &Stats::peer_learnt},
    {"peer_lost", &Stats::peer_lost},
};

} // namespace

std::string stats_json(const Stats &stats, const std::string &device,
                       const std::string &peer, bool carrier)
{
    nlohmann::ordered_json json{
        {"ifname", device},
        {"peer", peer},
        {"carrier", carrier},
        {"rx",
         {{"packets", stats.rx_packets.get()},
          {"bytes", stats.rx_bytes.get()}}},
        {"tx",
         {{"packets", stats.tx_packets.get()},
          {"bytes", stats.tx_bytes.get()}}},
        {"keepalive",
         {{"sent", stats.keepalive_sent.get()},
          {"answered", stats.keepalive_answered.get()},
          {"rtt_us", stats.keepalive_rtt_us.get()}}},
    };
    for (const Cause &cause : kCauses) {
        json["causes"][cause.name] = (stats.*cause.count).get();
    }
    // An interface may be called anything.
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
           '\n';
}

std::string stats_text(const Stats &stats, const std::string &device,
                       const std::string &peer, bool carrier)
{
    std::string text = fmt::format(
        "{} peer {} carrier {} rx {} packets {} bytes tx {} packets {} bytes",
        device, peer, carrier ? "on" : "off", stats.rx_packets.get(),
        stats.rx_bytes.get(), stats.tx_packets.get(), stats.tx_bytes.get());
    if (stats.keepalive_sent.get() > 0) {
        text += fmt::format(
            " keepalives {} answered {} rtt {} us", stats.keepalive_sent.get(),
            stats.keepalive_answered.get(), stats.keepalive_rtt_us.get());
    }
    for (const Cause &cause : kCauses) {
        if (const auto n = (stats.*cause.count).get(); n > 0) {
            text += fmt::format(" {} {}", cause.name, n);
        }
    }
    return text + '\n';
}

} // namespace virt::peer
