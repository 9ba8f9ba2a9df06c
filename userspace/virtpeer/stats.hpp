/* SPDX-License-Identifier: GPL-2.0-only */
/* What a tunnel counts, under the names that the kernel module uses.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_STATS_HPP
#define _VIRTPEER_STATS_HPP

#include <atomic>
#include <cstdint>
#include <string>

namespace virt::peer
{

/** Counts from several threads; the order of counts means nothing. */
class Count
{
public:
    void add(std::uint64_t n = 1)
    {
        value_.fetch_add(n, std::memory_order_relaxed);
    }
    void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
    std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

struct Stats {
    /** On the wire, without outer headers; keepalives are not among them. */
    Count rx_packets;
    Count rx_bytes;
    Count tx_packets;
    Count tx_bytes;

    Count rx_short;
    Count rx_bad_src;
    /** The device was down, or did not take it. */
    Count rx_down;
    /** The transform gave a packet that is none. */
    Count rx_transform;
    Count tx_no_route;
    Count tx_no_peer;
    Count tx_too_big;
    Count tx_filter;
    Count tx_nomem;
    Count peer_learnt;
    Count peer_lost;

    Count keepalive_sent;
    Count keepalive_answered;
    /** Of the last answer, in microseconds. */
    Count keepalive_rtt_us;
};

/** One line of JSON: packets, bytes, causes, keepalive, the peer. */
std::string stats_json(const Stats &stats, const std::string &device,
                       const std::string &peer, bool carrier);

/** The same in one line for people; causes that are zero are left out. */
std::string stats_text(const Stats &stats, const std::string &device,
                       const std::string &peer, bool carrier);

} // namespace virt::peer

#endif // _VIRTPEER_STATS_HPP
