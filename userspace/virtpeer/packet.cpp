// SPDX-License-Identifier: GPL-2.0-only
// Walks over link, VLAN and IP headers.
//
// Copyright (C) The virt authors
#include "packet.hpp"

#include "module/wire.h"

namespace virt::peer
{

namespace
{

constexpr std::size_t kIp4Header = 20;
constexpr std::size_t kIp6Header = 40;
constexpr std::size_t kTcpHeader = 20;

void walk_ip4(Frame frame, Layers &layers)
{
    const std::size_t at = layers.network;
    if (frame.size() < at + kIp4Header || frame[at] >> 4 != 4) {
        return;
    }
    const std::size_t header = (frame[at] & 0xfU) * 4;
    const std::size_t total = get16(frame, at + 2);
    if (header < kIp4Header || total < header || frame.size() < at + total) {
        return;
    }
    layers.end = at + total;
    layers.protocol = frame[at + 9];
    const bool fragment = get16(frame, at + 6) & 0x3fff;
    layers.transport = fragment ? 0 : at + header;
}

void walk_ip6(Frame frame, Layers &layers)
{
    const std::size_t at = layers.network;
    if (frame.size() < at + kIp6Header || frame[at] >> 4 != 6) {
        return;
    }
    const std::size_t total = kIp6Header + get16(frame, at + 4);
    if (frame.size() < at + total) {
        return;
    }
    layers.end = at + total;
    layers.protocol = frame[at + 6];
    layers.transport = at + kIp6Header;
}

} // namespace

std::uint16_t get16(Frame bytes, std::size_t at)
{
    return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

std::uint32_t get32(Frame bytes, std::size_t at)
{
    return std::uint32_t{get16(bytes, at)} << 16 | get16(bytes, at + 2);
}

void put16(MutableFrame bytes, std::size_t at, std::uint16_t value)
{
    bytes[at] = static_cast<std::uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(value);
}

void put32(MutableFrame bytes, std::size_t at, std::uint32_t value)
{
    put16(bytes, at, static_cast<std::uint16_t>(value >> 16));
    put16(bytes, at + 2, static_cast<std::uint16_t>(value));
}

Layers layers_of(Frame frame, Payload payload)
{
    Layers layers;
    if (payload == Payload::Ip) {
        const unsigned version = virt_wire_ip_version(
            frame.data(), static_cast<unsigned>(frame.size()));
        if (version != 0) {
            layers.type = version == 4 ? kTypeIp : kTypeIp6;
        }
    } else {
        if (frame.size() < VIRT_WIRE_HEADER) {
            return layers;
        }
        layers.type = virt_wire_type(frame.data());
        layers.network = VIRT_WIRE_HEADER;
        while ((layers.type == kTypeVlan || layers.type == kTypeQinq) &&
               frame.size() >= layers.network + 4) {
            layers.type = get16(frame, layers.network + 2);
            layers.network += 4;
        }
    }
    if (layers.type == kTypeIp) {
        walk_ip4(frame, layers);
    } else if (layers.type == kTypeIp6) {
        walk_ip6(frame, layers);
    }
    return layers;
}

std::size_t tcp_header(Frame frame, const Layers &layers)
{
    if (layers.transport == 0 || layers.protocol != kTcp ||
        layers.end < layers.transport + kTcpHeader) {
        return 0;
    }
    const std::size_t size = (frame[layers.transport + 12] >> 4) * 4U;
    return size >= kTcpHeader && layers.transport + size <= layers.end ? size
                                                                       : 0;
}

Frame addresses_of(Frame frame, const Layers &layers)
{
    if (layers.end == 0) {
        return {};
    }
    return layers.type == kTypeIp ? frame.subspan(layers.network + 12, 8)
                                  : frame.subspan(layers.network + 8, 32);
}

std::uint32_t flow_hash(Frame frame, const Layers &layers)
{
    const Frame addresses = addresses_of(frame, layers);
    if (addresses.empty()) {
        return 0;
    }
    // A sum does not mind which end is the source.
    std::uint32_t sum = layers.protocol;
    for (std::size_t at = 0; at < addresses.size(); at += 4) {
        sum += get32(addresses, at);
    }
    if (layers.transport != 0 &&
        (layers.protocol == kTcp || layers.protocol == kUdp) &&
        layers.end >= layers.transport + 4) {
        sum += get16(frame, layers.transport);
        sum += get16(frame, layers.transport + 2);
    }
    return sum * 0x9e3779b1U >> 16;
}

} // namespace virt::peer
