// SPDX-License-Identifier: GPL-2.0-only
// What a frame says about its sender: the module's own reader. Each packet is
// cut at every length, and the copy ends where its memory ends.
//
// Copyright (C) The virt authors
#include "packets.hpp"

#include "module/claim.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

constexpr std::array<std::uint8_t, 6> kMac{2, 0, 0, 0, 0, 1};

/* How many addresses it claims, or -1 for a bad one. */
int claims(unsigned proto, const Packet &packet)
{
    const auto copy = std::make_unique<std::uint8_t[]>(packet.size() + 1);
    std::ranges::copy(packet, copy.get() + 1);
    virt_claims out{};
    if (!virt_claim_read(proto, copy.get() + 1,
                         static_cast<unsigned>(packet.size()), kMac.data(),
                         &out)) {
        return -1;
    }
    return static_cast<int>(out.count);
}

void expect_bad_when_cut(unsigned proto, const Packet &packet)
{
    for (std::size_t size = 0; size < packet.size(); size++) {
        EXPECT_EQ(
            claims(proto, Packet(packet.begin(),
                                 packet.begin() + static_cast<long>(size))),
            -1)
            << size;
    }
}

Packet operator+(Packet left, const Packet &right)
{
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

/* IPv4 from 10.0.0.1 with UDP to a port. */
Packet ip4(std::uint8_t port, std::uint8_t fragment = 0)
{
    return {0x45, 0, 0,  28, 0, 0, 0, fragment, 64, 17,   0, 0, 10, 0,
            0,    1, 10, 0,  0, 2, 0, 9,        0,  port, 0, 8, 0,  0};
}

/* IPv6 from 2001:db8::1 with a payload that starts with header @next. */
Packet ip6(std::uint8_t next, const Packet &payload, bool source = true)
{
    Packet packet{0x60, 0,  0, 0, 0, static_cast<std::uint8_t>(payload.size()),
                  next, 255};
    Packet address(16);
    if (source) {
        address[0] = 0x20;
        address[15] = 1;
    }
    return packet + address + Packet(16, 0xff) + payload;
}

/* Neighbour discovery about 2001:db8::9, with an option. */
Packet nd(std::uint8_t type, const Packet &option = {})
{
    Packet packet(24);
    packet[0] = type;
    packet[8] = 0x20;
    packet[23] = 9;
    return packet + option;
}

const Packet kOwnMac{1, 1, 2, 0, 0, 0, 0, 1};
const Packet kOtherMac{2, 1, 2, 0, 0, 0, 0, 2};

} // namespace

TEST(Claim, Arp)
{
    EXPECT_EQ(claims(kArp, arp({10, 0, 0, 1}, {10, 0, 0, 2})), 1);
    EXPECT_EQ(claims(kArp, arp({0, 0, 0, 0}, {10, 0, 0, 2})), 1) << "a probe";
    EXPECT_EQ(claims(kArp, arp({0, 0, 0, 0}, {0, 0, 0, 0})), 0);
    expect_bad_when_cut(kArp, arp({10, 0, 0, 1}, {10, 0, 0, 2}));
    Packet other = arp({10, 0, 0, 1}, {10, 0, 0, 2});
    other[13] = 2;
    EXPECT_EQ(claims(kArp, other), -1) << "another MAC address";
}

TEST(Claim, Ip4)
{
    EXPECT_EQ(claims(kIp, ip4(67)), 1);
    EXPECT_EQ(claims(kIp, ip4(68)), -1) << "a DHCP server";
    EXPECT_EQ(claims(kIp, ip4(68, 1)), 1) << "a later fragment";
    expect_bad_when_cut(kIp, ip4(67));
    Packet options = ip4(68);
    options[0] = 0x46;
    options.insert(options.begin() + 20, {1, 1, 1, 1});
    EXPECT_EQ(claims(kIp, options), -1) << "behind options";
    EXPECT_EQ(claims(0x88b5, ip4(67)), -1) << "another protocol";
}

TEST(Claim, NeighbourDiscovery)
{
    EXPECT_EQ(claims(kIp6, ip6(58, nd(135))), 1);
    EXPECT_EQ(claims(kIp6, ip6(58, nd(135, kOwnMac))), 1);
    EXPECT_EQ(claims(kIp6, ip6(58, nd(135), false)), 1) << "a probe";
    EXPECT_EQ(claims(kIp6, ip6(58, nd(136))), 2);
    EXPECT_EQ(claims(kIp6, ip6(58, nd(136, kOtherMac))), -1);
    EXPECT_EQ(claims(kIp6, ip6(58, nd(136, {2, 0, 0, 0, 0, 0, 0, 0}))), -1);
    EXPECT_EQ(claims(kIp6, ip6(58, nd(136, {2, 1, 2}))), -1);
    EXPECT_EQ(claims(kIp6, ip6(58, nd(134))), -1) << "a router";
    EXPECT_EQ(claims(kIp6, ip6(58, nd(137))), -1) << "a redirect";
    EXPECT_EQ(claims(kIp6, ip6(58, nd(128))), 1) << "an echo request";
    expect_bad_when_cut(kIp6, ip6(58, nd(136, kOwnMac)));
    EXPECT_EQ(claims(kIp6, ip6(58, nd(136)) + Packet(20)), 2) << "padding";
}

TEST(Claim, ExtensionHeadersHideNothing)
{
    const Packet options{58, 0, 1, 4, 0, 0, 0, 0};
    const Packet first{58, 0, 0, 1, 0, 0, 0, 0};
    const Packet later{58, 0, 0, 8, 0, 0, 0, 0};
    const Packet more{60, 0, 1, 4, 0, 0, 0, 0};

    for (const std::uint8_t next : Packet{0, 43, 60}) {
        EXPECT_EQ(claims(kIp6, ip6(next, options + nd(135))), 1);
        EXPECT_EQ(claims(kIp6, ip6(next, options + nd(134))), -1);
        EXPECT_EQ(claims(kIp6, ip6(next, more + options + nd(134))), -1);
        expect_bad_when_cut(kIp6, ip6(next, options + nd(135)));
    }
    EXPECT_EQ(claims(kIp6, ip6(44, first + nd(135))), -1);
    EXPECT_EQ(claims(kIp6, ip6(44, later + nd(134))), 1);
    EXPECT_EQ(claims(kIp6, ip6(51, Packet{58, 4} + Packet(22) + nd(134))), -1);
    EXPECT_EQ(claims(kIp6, ip6(17, {0, 9, 2, 34, 0, 8, 0, 0})), -1)
        << "a DHCPv6 server";
    EXPECT_EQ(claims(kIp6, ip6(17, {0, 9, 2, 35, 0, 8, 0, 0})), 1);
}

/* Receivers cut padding off, and later fragments bring what stands there: what
 * a first one shows in its padding is not what arrives.
 */
TEST(Claim, PaddingOfAFragmentHidesNothing)
{
    const Packet udp{0, 9, 2, 35, 0, 8, 0, 0};
    const Packet first{60, 0, 0, 1, 0, 0, 0, 0};
    const Packet options{60, 0, 1, 4, 0, 0, 0, 0};
    for (const std::uint8_t next : Packet{6, 17, 44}) {
        Packet shown = options;
        shown[0] = next;
        Packet packet = ip6(44, first + options + shown + udp);
        EXPECT_EQ(claims(kIp6, packet), 1);
        packet[5] = 16; // behind the first options
        EXPECT_EQ(claims(kIp6, packet), -1);
    }
    const Packet small{17, 0, 0, 1, 0, 0, 0, 0};
    EXPECT_EQ(claims(kIp6, ip6(44, small + udp) + Packet(20)), 1);
}

TEST(Claim, NoiseIsReadWithinBounds)
{
    std::uint32_t state = 1;
    for (int round = 0; round < 20000; round++) {
        Packet noise(static_cast<std::size_t>(round % 130));
        for (std::uint8_t &byte : noise) {
            state = state * 1664525 + 1013904223;
            byte = static_cast<std::uint8_t>(state >> 28 ? state >> 24 : 58);
        }
        if (noise.size() > 6) {
            noise[0] = 0x60;
            noise[6] = std::array<std::uint8_t, 4>{0, 44, 51, 60}[round % 4];
        }
        claims(kIp6, noise);
        claims(kIp, noise);
        claims(kArp, noise);
    }
}

} // namespace virt::test
