// SPDX-License-Identifier: GPL-2.0-only
// Makes packets of datagrams.
//
// Copyright (C) The virt authors
#include "incoming.hpp"

#include "keepalive.hpp"

#include "module/wire.h"

#include <algorithm>

namespace virt::peer
{

Incoming::Incoming(Context &context)
    : context_(context), coalescer_(context.options.payload)
{
    if (context.options.rewrite) {
        const bool own = *context.options.rewrite == Mac{};
        rewrite_ = own ? context.mac : *context.options.rewrite;
    }
}

bool Incoming::is_keepalive(Frame frame, Time now)
{
    virt_wire_keepalive life;
    if (!virt_wire_keepalive_read(frame.data(),
                                  static_cast<unsigned>(frame.size()), &life)) {
        return false;
    }
    if (context_.dump) {
        context_.dump->see(Direction::In, frame);
    }
    take_keepalive(context_, life, now);
    return true;
}

void Incoming::packet(MutableFrame packet, Time now)
{
    const auto size = static_cast<unsigned>(packet.size());
    if (context_.options.payload == Payload::Ether) {
        if (size < VIRT_WIRE_HEADER) {
            context_.stats.rx_short.add();
            return;
        }
        if (is_keepalive(packet, now)) {
            return;
        }
    } else if (virt_wire_ip_version(packet.data(), size) == 0) {
        context_.stats.rx_short.add();
        return;
    }
    context_.stats.rx_packets.add();
    context_.stats.rx_bytes.add(size);
    if (context_.transform) {
        context_.transform->put(Direction::In, packet);
    } else {
        put(packet);
    }
}

void Incoming::put(MutableFrame packet)
{
    if (context_.dump) {
        context_.dump->see(Direction::In, packet);
    }
    if (context_.device) {
        to_device(packet);
    }
}

void Incoming::to_device(MutableFrame packet)
{
    if (context_.options.rewrite) {
        std::ranges::copy(rewrite_, packet.begin());
    }
    if (!context_.options.offload) {
        if (!context_.device->write(0, packet)) {
            context_.stats.rx_down.add();
        }
        return;
    }
    if (!coalescer_.add(packet)) {
        flush();
        coalescer_.add(packet);
    }
}

void Incoming::flush()
{
    if (coalescer_.empty()) {
        return;
    }
    coalescer_.finish();
    const std::size_t queue =
        context_.device->queues() == 1
            ? 0
            : flow_hash(coalescer_.parts().front(), coalescer_.layers()) %
                  context_.device->queues();
    if (!context_.device->write(queue, coalescer_)) {
        context_.stats.rx_down.add(coalescer_.count());
    }
    coalescer_.clear();
}

void Incoming::take(const Inbox::Message &message, Time now)
{
    MutableFrame rest = message.bytes;
    const std::size_t count =
        rest.empty() ? 1 : (rest.size() - 1) / message.segment + 1;
    switch (context_.peer.heard(message.source, now)) {
    case Verdict::Stranger:
        context_.stats.rx_bad_src.add(count);
        return;
    case Verdict::Learnt:
        context_.stats.peer_learnt.add();
        break;
    case Verdict::Peer:
        break;
    }
    if (rest.empty()) {
        context_.stats.rx_short.add();
        return;
    }
    while (!rest.empty()) {
        const MutableFrame one =
            rest.first(std::min(message.segment, rest.size()));
        rest = rest.subspan(one.size());
        packet(one, now);
    }
}

} // namespace virt::peer
