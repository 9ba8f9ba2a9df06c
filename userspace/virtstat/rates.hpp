/* SPDX-License-Identifier: GPL-2.0-only */
/* How fast the counters of children move; pure.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTSTAT_RATES_HPP
#define _VIRTSTAT_RATES_HPP

#include "child.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <vector>

namespace virt
{

using Seconds = std::chrono::duration<double>;

/** One direction, per second. */
struct Rate {
    double packets = 0;
    double bits = 0;
    double drops = 0;

    bool operator==(const Rate &) const = default;
};

struct Rates {
    Rate rx;
    Rate tx;

    bool operator==(const Rates &) const = default;
};

/**
 * The rates of counters that were `before` and are `after` now; nullopt if no
 * time has passed, or a counter fell: then it counts something else.
 */
std::optional<Rates> rates_between(const LinkStats &before,
                                   const LinkStats &after, Seconds elapsed);

/** A child and how fast it is. */
struct ChildRates {
    Child child;
    /** Since the reading before; nullopt: there was none. */
    std::optional<Rates> rates;
    /** Bits per second both ways, the oldest first; ends with `rates`. */
    std::vector<double> history;
};

/** Rates and their history from one reading after the other. */
class RateTracker
{
public:
    /** Readings that a history goes back at most. */
    static constexpr std::size_t kHistory = 512;

    /**
     * Takes what was read `now`, a time that only grows. What is not among
     * the children is forgotten.
     */
    void take(std::vector<Child> children, Seconds now);

    /** In the order in which they were read. */
    std::span<const ChildRates> children() const { return children_; }

    /** The time between the last two readings; 0: there were none. */
    Seconds elapsed() const { return elapsed_; }

private:
    std::vector<ChildRates> children_;
    std::optional<Seconds> last_;
    Seconds elapsed_{0};
};

} // namespace virt

#endif // _VIRTSTAT_RATES_HPP
