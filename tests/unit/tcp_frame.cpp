// SPDX-License-Identifier: GPL-2.0-only
// Builds TCP packets byte by byte.
//
// Copyright (C) The virt authors
#include "tcp_frame.hpp"

namespace virt::test
{

namespace
{

void add16(Octets &to, std::size_t value)
{
    to.push_back(static_cast<std::uint8_t>(value >> 8));
    to.push_back(static_cast<std::uint8_t>(value));
}

void add32(Octets &to, std::uint32_t value)
{
    add16(to, value >> 16);
    add16(to, value & 0xffff);
}

void add(Octets &to, const Octets &what)
{
    to.insert(to.end(), what.begin(), what.end());
}

void set16(Octets &to, std::size_t at, std::uint16_t value)
{
    to[at] = static_cast<std::uint8_t>(value >> 8);
    to[at + 1] = static_cast<std::uint8_t>(value);
}

Octets part(const Octets &of, std::size_t at, std::size_t size)
{
    const auto begin = of.begin() + static_cast<std::ptrdiff_t>(at);
    return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

/* Addresses, protocol, length, TCP. */
Octets summed(const TcpFrame &like, const Octets &frame)
{
    const std::size_t size = frame.size() - like.transport();
    Octets bytes =
        part(frame, like.network() + (like.ip6 ? 8 : 12), like.ip6 ? 32 : 8);
    add16(bytes, 6);
    add16(bytes, size);
    add(bytes, part(frame, like.transport(), size));
    return bytes;
}

} // namespace

std::uint16_t slow_checksum(const Octets &bytes)
{
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i++) {
        sum += i % 2 ? bytes[i] : bytes[i] * 256U;
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(~sum);
}

Octets pattern(std::size_t size)
{
    Octets bytes(size);
    for (std::size_t i = 0; i < size; i++) {
        bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256 + 1);
    }
    return bytes;
}

Octets TcpFrame::build() const
{
    Octets frame;
    const std::size_t tcp = 20 + options.size() + body.size();
    if (ether) {
        frame = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
        if (vlan) {
            add32(frame, 0x81000005);
        }
        add16(frame, ip6 ? 0x86dd : 0x0800);
    }
    if (ip6) {
        add32(frame, 0x60000000);
        add16(frame, tcp);
        add16(frame, 0x0640);
        for (std::uint8_t host = 1; host <= 2; host++) {
            add32(frame, 0x20010db8);
            add32(frame, 0);
            add32(frame, 0);
            add32(frame, host);
        }
    } else {
        add16(frame, 0x4500);
        add16(frame, 20 + tcp);
        add16(frame, id);
        add16(frame, 0x4000);
        add32(frame, 0x40060000);
        add32(frame, 0x0a000001);
        add32(frame, 0x0a000002);
        set16(frame, network() + 10, slow_checksum(part(frame, network(), 20)));
    }
    add32(frame, 0x30390050);
    add32(frame, seq);
    add32(frame, 77);
    frame.push_back(static_cast<std::uint8_t>((20 + options.size()) * 4));
    frame.push_back(flags);
    add16(frame, 500);
    add32(frame, 0);
    add(frame, options);
    add(frame, body);
    set16(frame, transport() + 16, slow_checksum(summed(*this, frame)));
    return frame;
}

bool checksums_right(const TcpFrame &like, const Octets &frame)
{
    const bool ip =
        like.ip6 || slow_checksum(part(frame, like.network(), 20)) == 0;
    return ip && slow_checksum(summed(like, frame)) == 0;
}

} // namespace virt::test
