// SPDX-License-Identifier: GPL-2.0-only
// Writes packets as text.
//
// Copyright (C) The virt authors
#include "decode.hpp"

#include "tcp.hpp"

#include "module/wire.h"

#include <arpa/inet.h>

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace virt::peer
{

namespace
{

std::string mac_text(Frame frame, std::size_t at)
{
    return fmt::format("{:02x}", fmt::join(frame.subspan(at, 6), ":"));
}

std::string address_text(Frame frame, std::size_t at, bool ip4)
{
    char text[INET6_ADDRSTRLEN] = "?";
    inet_ntop(ip4 ? AF_INET : AF_INET6, frame.data() + at, text, sizeof(text));
    return text;
}

std::string tcp_flags(unsigned flags)
{
    static constexpr char kLetters[] = "FSRPAUEC";
    std::string text;
    for (unsigned i = 0; i < 8; i++) {
        if (flags >> i & 1) {
            text += kLetters[i];
        }
    }
    return text;
}

std::string arp_line(Frame frame, std::size_t at)
{
    if (frame.size() < at + 28 || get32(frame, at) != 0x00010800 ||
        get16(frame, at + 4) != 0x0604) {
        return "ARP, malformed or not IPv4";
    }
    const std::string sender = address_text(frame, at + 14, true);
    const std::string target = address_text(frame, at + 24, true);
    if (get16(frame, at + 6) == 1) {
        return fmt::format("ARP who has {} tell {}", target, sender);
    }
    return fmt::format("ARP {} is at {}", sender, mac_text(frame, at + 8));
}

std::string transport_text(Frame frame, const Layers &layers)
{
    const std::size_t at = layers.transport;
    if (at == 0) {
        return fmt::format("protocol {} fragment", layers.protocol);
    }
    if (const std::size_t header = tcp_header(frame, layers)) {
        return fmt::format(
            "TCP {} > {} [{}] seq {} ack {} len {}", get16(frame, at),
            get16(frame, at + 2), tcp_flags(frame[at + kTcpFlags]),
            get32(frame, at + kTcpSeq), get32(frame, at + kTcpAck),
            layers.end - at - header);
    }
    if (layers.protocol == kUdp && layers.end >= at + 8) {
        return fmt::format("UDP {} > {} len {}", get16(frame, at),
                           get16(frame, at + 2), layers.end - at - 8);
    }
    if ((layers.protocol == kIcmp || layers.protocol == kIcmp6) &&
        layers.end >= at + 4) {
        return fmt::format("{} type {} code {}",
                           layers.protocol == kIcmp ? "ICMP" : "ICMPv6",
                           frame[at], frame[at + 1]);
    }
    return fmt::format("protocol {} len {}", layers.protocol, layers.end - at);
}

std::string ip_line(Frame frame, const Layers &layers)
{
    const bool ip4 = layers.type == kTypeIp;
    const char *name = ip4 ? "IPv4" : "IPv6";
    if (layers.end == 0) {
        return fmt::format("{}, malformed", name);
    }
    const std::size_t at = layers.network + (ip4 ? 12 : 8);
    return fmt::format("{} {} > {} {}", name, address_text(frame, at, ip4),
                       address_text(frame, at + (ip4 ? 4 : 16), ip4),
                       transport_text(frame, layers));
}

std::string inner_line(Frame frame, const Layers &layers)
{
    virt_wire_keepalive life;
    switch (layers.type) {
    case kTypeArp:
        return arp_line(frame, layers.network);
    case kTypeIp:
    case kTypeIp6:
        return ip_line(frame, layers);
    default:
        if (virt_wire_keepalive_read(
                frame.data(), static_cast<unsigned>(frame.size()), &life)) {
            return fmt::format("keepalive {} {}",
                               life.kind == VIRT_WIRE_REQUEST ? "request"
                                                              : "answer",
                               life.seq);
        }
        return fmt::format("ethertype {:#06x}", layers.type);
    }
}

} // namespace

std::string decode_line(Frame frame, Payload payload)
{
    const Layers layers = layers_of(frame, payload);
    if (payload == Payload::Ip) {
        return layers.type ? ip_line(frame, layers)
                           : fmt::format("runt of {} bytes", frame.size());
    }
    if (frame.size() < VIRT_WIRE_HEADER) {
        return fmt::format("runt of {} bytes", frame.size());
    }
    std::string line =
        fmt::format("{} > {} ", mac_text(frame, 6), mac_text(frame, 0));
    if (layers.network > VIRT_WIRE_HEADER) {
        line += fmt::format("vlan {} ", get16(frame, 14) & 0xfff);
    }
    return line + inner_line(frame, layers);
}

std::string hex_lines(Frame frame)
{
    constexpr std::size_t kWidth = 16;
    std::string text;
    for (std::size_t at = 0; at < frame.size(); at += kWidth) {
        const Frame line =
            frame.subspan(at, std::min(kWidth, frame.size() - at));
        std::string printable;
        for (const std::uint8_t byte : line) {
            printable +=
                byte >= ' ' && byte <= '~' ? static_cast<char>(byte) : '.';
        }
        text +=
            fmt::format("  {:04x}  {:<47}  {}\n", at,
                        fmt::format("{:02x}", fmt::join(line, " ")), printable);
    }
    return text;
}

} // namespace virt::peer
