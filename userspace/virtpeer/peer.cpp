// SPDX-License-Identifier: GPL-2.0-only
// Learns, keeps and loses the peer.
//
// Copyright (C) The virt authors
#include "peer.hpp"

namespace virt::peer
{

namespace
{

/* So many intervals of silence, and the peer is lost. */
constexpr int kLostAfter = 3;

} // namespace

Peer::Peer(const PeerRules &rules, Time now)
    : rules_(rules), endpoint_(rules.remote), heard_exactly_(now), heard_(now)
{
}

Verdict Peer::heard(const Endpoint &source, Time now)
{
    const std::lock_guard lock(mutex_);
    if (source == endpoint_) {
        heard_ = heard_exactly_ = now;
        return Verdict::Peer;
    }
    const bool free = !endpoint_.address || now - heard_exactly_ >= rules_.hold;
    if (rules_.learn && free && rules_.learn->contains(source.address)) {
        endpoint_ = source;
        answered_ = false;
        heard_ = heard_exactly_ = now;
        return Verdict::Learnt;
    }
    if (source.address == endpoint_.address && !rules_.strict) {
        heard_ = now;
        return Verdict::Peer;
    }
    return Verdict::Stranger;
}

void Peer::answered()
{
    const std::lock_guard lock(mutex_);
    answered_ = true;
}

Endpoint Peer::endpoint() const
{
    const std::lock_guard lock(mutex_);
    return endpoint_;
}

bool Peer::alive(Time now) const
{
    const std::lock_guard lock(mutex_);
    if (!endpoint_.address) {
        return false;
    }
    if (rules_.keepalive.count() == 0 || !(answered_ || rules_.any)) {
        return true;
    }
    return now - heard_ <= kLostAfter * rules_.keepalive;
}

} // namespace virt::peer
