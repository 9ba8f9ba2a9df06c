// SPDX-License-Identifier: GPL-2.0-only
// The stamp is our steady clock: only we read it.
//
// Copyright (C) The virt authors
#include "keepalive.hpp"

#include <cstring>

namespace virt::peer
{

namespace
{

bool send(Context &context, const virt_wire_keepalive &life)
{
    std::array<std::uint8_t, VIRT_WIRE_MIN> frame;
    const Endpoint peer = context.peer.endpoint();
    if (!peer.address) {
        return false;
    }
    virt_wire_keepalive_write(frame.data(), context.mac.data(), &life);
    return context.socket.send_one(frame, peer);
}

} // namespace

void send_keepalive(Context &context, std::uint32_t seq, Time now)
{
    const std::int64_t stamp = now.time_since_epoch().count();
    virt_wire_keepalive life{VIRT_WIRE_REQUEST, seq, {}};
    std::memcpy(life.stamp, &stamp, sizeof(stamp));
    if (send(context, life)) {
        context.stats.keepalive_sent.add();
    }
}

void take_keepalive(Context &context, const virt_wire_keepalive &life, Time now)
{
    if (life.kind == VIRT_WIRE_REQUEST) {
        virt_wire_keepalive answer = life;
        answer.kind = VIRT_WIRE_ANSWER;
        send(context, answer);
        return;
    }
    std::int64_t stamp;
    std::memcpy(&stamp, life.stamp, sizeof(stamp));
    const auto rtt = now - Time(Time::duration(stamp));
    context.peer.answered();
    context.stats.keepalive_answered.add();
    // A stamp from elsewhere is no time of ours.
    if (rtt >= Time::duration::zero() && rtt < std::chrono::hours(1)) {
        context.stats.keepalive_rtt_us.set(static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(rtt)
                .count()));
    }
}

} // namespace virt::peer
