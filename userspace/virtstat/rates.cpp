// SPDX-License-Identifier: GPL-2.0-only
// Differences of counters over differences of time.
//
// Copyright (C) The virt authors
#include "rates.hpp"

#include <algorithm>

namespace virt
{

namespace
{

struct Direction {
    std::uint64_t LinkStats::*packets;
    std::uint64_t LinkStats::*bytes;
    std::uint64_t LinkStats::*drops;
};

constexpr Direction kRx{&LinkStats::rx_packets, &LinkStats::rx_bytes,
                        &LinkStats::rx_dropped};
constexpr Direction kTx{&LinkStats::tx_packets, &LinkStats::tx_bytes,
                        &LinkStats::tx_dropped};

bool has_fallen(const LinkStats &before, const LinkStats &after,
                const Direction &way)
{
    return after.*way.packets < before.*way.packets ||
           after.*way.bytes < before.*way.bytes ||
           after.*way.drops < before.*way.drops;
}

Rate rate_of(const LinkStats &before, const LinkStats &after,
             const Direction &way, Seconds elapsed)
{
    const auto per_second = [&](std::uint64_t LinkStats::*counter) {
        return static_cast<double>(after.*counter - before.*counter) /
               elapsed.count();
    };
    return {.packets = per_second(way.packets),
            .bits = 8 * per_second(way.bytes),
            .drops = per_second(way.drops)};
}

} // namespace

std::optional<Rates> rates_between(const LinkStats &before,
                                   const LinkStats &after, Seconds elapsed)
{
    if (elapsed <= Seconds(0) || has_fallen(before, after, kRx) ||
        has_fallen(before, after, kTx)) {
        return std::nullopt;
    }
    return Rates{.rx = rate_of(before, after, kRx, elapsed),
                 .tx = rate_of(before, after, kTx, elapsed)};
}

void RateTracker::take(std::vector<Child> children, Seconds now)
{
    elapsed_ = now - last_.value_or(now);
    last_ = now;

    std::vector<ChildRates> taken;
    for (Child &child : children) {
        ChildRates next{.child = std::move(child), .rates = {}, .history = {}};
        const auto known = std::ranges::find(
            children_, next.child.link.ifindex,
            [](const ChildRates &one) { return one.child.link.ifindex; });
        if (known != children_.end() && known->child.link.stats &&
            next.child.link.stats) {
            next.rates = rates_between(*known->child.link.stats,
                                       *next.child.link.stats, elapsed_);
        }
        if (next.rates) {
            next.history = std::move(known->history);
            if (next.history.size() == kHistory) {
                next.history.erase(next.history.begin());
            }
            next.history.push_back(next.rates->rx.bits + next.rates->tx.bits);
        }
        taken.push_back(std::move(next));
    }
    children_ = std::move(taken);
}

} // namespace virt
