/* SPDX-License-Identifier: GPL-2.0-only */
/* Who the peer is, and whether it lives. No clock and no socket of its own:
 * the time is told. Any thread may call it.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_PEER_HPP
#define _VIRTPEER_PEER_HPP

#include "address.hpp"

#include <chrono>
#include <mutex>
#include <optional>

namespace virt::peer
{

using Time = std::chrono::steady_clock::time_point;

struct PeerRules {
    /** Without an address: none until one is learnt. */
    Endpoint remote = {};
    /** The source port must be the peer's. */
    bool strict = false;
    /** Who may become the peer by sending something. */
    std::optional<Prefix> learn = std::nullopt;
    /** A learnt peer is replaced only after so much silence. */
    std::chrono::seconds hold{10};
    /** Zero: keepalives say nothing. */
    std::chrono::seconds keepalive{0};
    /** Silence counts against a peer that never answered, too. */
    bool any = false;

    bool operator==(const PeerRules &) const = default;
};

enum class Verdict { Stranger, Peer, Learnt };

class Peer
{
public:
    Peer(const PeerRules &rules, Time now);

    /** A datagram came from there. Learnt: it is the peer from now on. */
    Verdict heard(const Endpoint &source, Time now);

    /** The peer answered a keepalive. */
    void answered();

    /** Where to send to; without an address: nowhere. */
    Endpoint endpoint() const;

    /** There is a peer, and it was not lost by silence. */
    bool alive(Time now) const;

private:
    const PeerRules rules_;
    mutable std::mutex mutex_;
    Endpoint endpoint_;
    bool answered_ = false;
    /* The peer, at the very endpoint that is written to. */
    Time heard_exactly_;
    /* The peer, from any port. */
    Time heard_;
};

} // namespace virt::peer

#endif // _VIRTPEER_PEER_HPP
