// SPDX-License-Identifier: GPL-2.0-only
// What is in a datagram: the module's own reader and writer.
//
// Copyright (C) The virt authors
#include "module/wire.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

using Frame = std::vector<std::uint8_t>;

/* Calls read(copy, size) for each length, with the copy at an odd address and
 * ending where its memory ends, for the address sanitizer to see.
 */
template <class Read>
void each_cut(const Frame &frame, Read &&read)
{
    for (unsigned size = 0; size <= frame.size(); size++) {
        const auto copy = std::make_unique<std::uint8_t[]>(size + 1);
        std::copy_n(frame.begin(), size, copy.get() + 1);
        read(copy.get() + 1, size);
    }
}

Frame keepalive(std::uint8_t kind = VIRT_WIRE_REQUEST)
{
    const std::uint8_t source[6] = {2, 0, 0, 0, 0, 1};
    const virt_wire_keepalive life{kind, 0x01020304, {9, 8, 7, 6, 5, 4, 3, 2}};
    Frame frame(VIRT_WIRE_MIN, 0xee);
    virt_wire_keepalive_write(frame.data(), source, &life);
    return frame;
}

bool is_keepalive(const Frame &frame)
{
    virt_wire_keepalive life;
    return virt_wire_keepalive_read(frame.data(),
                                    static_cast<unsigned>(frame.size()), &life);
}

Frame empty_ip4(std::uint8_t protocol)
{
    Frame frame(VIRT_WIRE_HEADER + 20);
    frame[12] = 0x08;
    frame[14] = 0x45;
    frame[14 + 9] = protocol;
    return frame;
}

} // namespace

TEST(Wire, KeepaliveHasItsLayout)
{
    const Frame expected{0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e, 2,   0,   0,
                         0,    0,    1,    0x90, 0x00, 'v',  'i', 'r', 't',
                         'l',  'i',  'v',  'e',  2,    0,    1,   2,   3,
                         4,    9,    8,    7,    6,    5,    4,   3,   2};
    Frame frame = keepalive(VIRT_WIRE_ANSWER);
    EXPECT_EQ(Frame(frame.begin(), frame.begin() + VIRT_WIRE_LIFE_BYTES),
              expected);
    EXPECT_EQ(std::count(frame.begin() + VIRT_WIRE_LIFE_BYTES, frame.end(), 0),
              VIRT_WIRE_MIN - VIRT_WIRE_LIFE_BYTES);
}

TEST(Wire, KeepaliveComesBackFromWhatWasWritten)
{
    each_cut(keepalive(), [](const std::uint8_t *bytes, unsigned size) {
        virt_wire_keepalive life{};
        const bool whole = size >= VIRT_WIRE_LIFE_BYTES;
        EXPECT_EQ(virt_wire_keepalive_read(bytes, size, &life) != 0, whole);
        EXPECT_EQ(life.kind, whole ? VIRT_WIRE_REQUEST : 0);
        EXPECT_EQ(life.seq, whole ? 0x01020304U : 0U);
        EXPECT_EQ(life.stamp[7], whole ? 2 : 0);
    });
}

TEST(Wire, FramesOfOthersAreNoKeepalives)
{
    ASSERT_TRUE(is_keepalive(keepalive()));
    for (const std::size_t at : {0, 5, 12, 13, 14, 21}) {
        Frame frame = keepalive();
        frame[at] ^= 1;
        EXPECT_FALSE(is_keepalive(frame)) << at;
    }
    for (const std::uint8_t kind :
         std::initializer_list<std::uint8_t>{0, 3, 255}) {
        EXPECT_FALSE(is_keepalive(keepalive(kind)));
    }
    // Source, padding and the spare byte say nothing.
    for (const std::size_t at : {6, 11, 23, 36, 59}) {
        Frame frame = keepalive();
        frame[at] ^= 0xff;
        EXPECT_TRUE(is_keepalive(frame)) << at;
    }
}

TEST(Wire, VersionNeedsAWholeHeader)
{
    for (unsigned version = 0; version < 16; version++) {
        Frame packet(48);
        packet[0] = static_cast<std::uint8_t>(version << 4 | 5);
        each_cut(packet, [&](const std::uint8_t *bytes, unsigned size) {
            const bool known =
                (version == 4 && size >= 20) || (version == 6 && size >= 40);
            EXPECT_EQ(virt_wire_ip_version(bytes, size), known ? version : 0);
        });
    }
}

TEST(Wire, KtunnelKnowsFourProtocols)
{
    for (unsigned protocol = 0; protocol < 256; protocol++) {
        const bool wanted = protocol == 1 || protocol == 6 || protocol == 17;
        each_cut(empty_ip4(static_cast<std::uint8_t>(protocol)),
                 [&](const std::uint8_t *bytes, unsigned size) {
                     EXPECT_EQ(virt_wire_ktunnel(bytes, size) != 0,
                               wanted && size >= 24);
                 });
    }
    Frame arp = empty_ip4(0);
    arp[13] = 0x06;
    each_cut(arp, [](const std::uint8_t *bytes, unsigned size) {
        EXPECT_EQ(virt_wire_ktunnel(bytes, size) != 0, size > 14);
    });
    Frame ip6 = empty_ip4(6);
    ip6[12] = 0x86;
    ip6[13] = 0xdd;
    EXPECT_FALSE(
        virt_wire_ktunnel(ip6.data(), static_cast<unsigned>(ip6.size())));
}

} // namespace virt::test
