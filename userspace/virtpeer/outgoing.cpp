// SPDX-License-Identifier: GPL-2.0-only
// Makes datagrams of packets.
//
// Copyright (C) The virt authors
#include "outgoing.hpp"

#include "segment.hpp"

#include "module/wire.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace virt::peer
{

Outgoing::Outgoing(Context &context)
    : context_(context), bundle_(context.largest)
{
}

MutableFrame Outgoing::room()
{
    if (bundle_.room().empty()) {
        flush();
    }
    return bundle_.room();
}

void Outgoing::commit_past_hooks(std::size_t size)
{
    context_.stats.tx_packets.add();
    context_.stats.tx_bytes.add(size);
    bundle_.commit(size);
}

/* Pads it, shows it to the hooks, packs it. */
void Outgoing::commit(MutableFrame room, std::size_t size)
{
    if (context_.options.payload == Payload::Ether && size < VIRT_WIRE_MIN) {
        std::memset(room.data() + size, 0, VIRT_WIRE_MIN - size);
        size = VIRT_WIRE_MIN;
    }
    if (context_.transform) {
        context_.transform->put(Direction::Out, room.first(size));
        return;
    }
    if (context_.dump) {
        context_.dump->see(Direction::Out, room.first(size));
    }
    commit_past_hooks(size);
}

void Outgoing::whole(Frame packet)
{
    if (packet.size() > Bundle::kMaxDatagram) {
        context_.stats.tx_too_big.add();
        return;
    }
    const MutableFrame to = room();
    std::memcpy(to.data(), packet.data(), packet.size());
    commit(to, packet.size());
}

void Outgoing::cut(Frame packet, std::size_t size)
{
    Segments segments(packet, context_.options.payload, size);
    // the first is the longest
    if (!segments.valid() || segments.next_size() > Bundle::kMaxDatagram) {
        context_.stats.tx_too_big.add();
        return;
    }
    while (const std::size_t next = segments.next_size()) {
        const MutableFrame to = room();
        segments.write(to);
        commit(to, next);
    }
}

void Outgoing::take(const VnetHeader &header, MutableFrame packet)
{
    if (context_.options.payload == Payload::Ether) {
        if (packet.size() < VIRT_WIRE_HEADER) {
            return;
        }
        if (!context_.options.filter.wants(packet)) {
            context_.stats.tx_filter.add();
            return;
        }
    }
    if (header.gso_type != kVnetNone) {
        cut(packet, header.gso_size);
        return;
    }
    if (header.flags & kVnetNeedsChecksum) {
        complete_checksum(packet, header.csum_start, header.csum_offset);
    }
    whole(packet);
}

/* Does it carry what goes to the peer or comes from there? Fragments tell no
 * ports: all between the two may.
 */
bool Outgoing::is_own(Frame frame, const Layers &layers) const
{
    if (layers.protocol == kUdp && layers.transport != 0) {
        const std::uint16_t port = context_.options.socket.local.port;
        return layers.end >= layers.transport + 4 &&
               (get16(frame, layers.transport) == port ||
                get16(frame, layers.transport + 2) == port);
    }
    if (layers.protocol != kUdp && layers.protocol != kIp6Fragment) {
        return false;
    }
    const Address peer = context_.peer.endpoint().address;
    const Frame addresses = addresses_of(frame, layers);
    const auto is_peer = [&](Frame address) {
        return std::ranges::equal(address,
                                  std::span(peer.bytes).first(peer.size()));
    };
    return peer && addresses.size() == peer.size() * 2 &&
           (is_peer(addresses.first(peer.size())) ||
            is_peer(addresses.last(peer.size())));
}

void Outgoing::take_captured(Frame frame, std::size_t mtu)
{
    if (frame.size() < VIRT_WIRE_HEADER ||
        !context_.options.filter.wants(frame)) {
        context_.stats.tx_filter.add();
        return;
    }
    const Layers layers = layers_of(frame, Payload::Ether);
    if (is_own(frame, layers)) {
        return;
    }
    copy_.assign(frame.begin(), frame.end());
    const std::size_t tcp = tcp_header(copy_, layers);
    const std::size_t headers = layers.transport + tcp - layers.network;
    if (tcp != 0 && layers.end > layers.network + mtu && mtu > headers) {
        cut(copy_, mtu - headers);
        return;
    }
    complete_captured(copy_, layers);
    whole(copy_);
}

void Outgoing::put(Frame packet)
{
    if (packet.size() > Bundle::kMaxDatagram) {
        context_.stats.tx_too_big.add();
        return;
    }
    if (context_.dump) {
        context_.dump->see(Direction::Out, packet);
    }
    const MutableFrame to = room();
    std::memcpy(to.data(), packet.data(), packet.size());
    commit_past_hooks(packet.size());
}

void Outgoing::flush()
{
    if (bundle_.empty()) {
        return;
    }
    const Endpoint peer = context_.peer.endpoint();
    if (peer.address) {
        context_.socket.send(bundle_, peer, context_.stats);
    } else {
        for (const Bundle::Message &message : bundle_.messages()) {
            context_.stats.tx_no_peer.add(message.count);
        }
    }
    bundle_.clear();
}

} // namespace virt::peer
