// SPDX-License-Identifier: GPL-2.0-only
// Checksums, cutting and joining in virtpeer.
//
// Copyright (C) The virt authors
#include "tcp_frame.hpp"

#include "virtpeer/checksum.hpp"
#include "virtpeer/coalesce.hpp"
#include "virtpeer/segment.hpp"

#include <algorithm>
#include <memory>

#include <gtest/gtest.h>

namespace virt::peer::test
{

using virt::test::checksums_right;
using virt::test::Octets;
using virt::test::pattern;
using virt::test::slow_checksum;
using virt::test::TcpFrame;

namespace
{

constexpr std::uint8_t kAck = 0x10;
constexpr std::uint8_t kPushAck = 0x18;

/* All kinds of packets that may be cut. */
std::vector<TcpFrame> kinds()
{
    std::vector<TcpFrame> all;
    for (const bool ip6 : {false, true}) {
        all.push_back({.ip6 = ip6});
        all.push_back({.vlan = true, .ip6 = ip6});
        all.push_back({.ether = false, .ip6 = ip6});
        all.push_back({.ip6 = ip6, .options = {}});
    }
    return all;
}

Payload payload_of(const TcpFrame &frame)
{
    return frame.ether ? Payload::Ether : Payload::Ip;
}

std::vector<Octets> cut(const Octets &frame, Payload payload, std::size_t size)
{
    std::vector<Octets> out;
    Segments segments(frame, payload, size);
    while (const std::size_t next = segments.next_size()) {
        out.emplace_back(next);
        segments.write(out.back());
    }
    return out;
}

Octets joined(const Coalescer &coalescer)
{
    Octets all;
    for (const MutableFrame part : coalescer.parts()) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

/* Offers the second to one that has the first. */
bool joins(Octets first, Octets second, Payload payload = Payload::Ether)
{
    Coalescer coalescer(payload);
    EXPECT_TRUE(coalescer.add(first));
    return coalescer.add(second);
}

} // namespace

TEST(Checksum, IsThatOfRfc1071)
{
    for (std::size_t size = 0; size < 130; size++) {
        const Octets bytes = pattern(size);
        const auto fast =
            static_cast<std::uint16_t>(~checksum_fold(checksum_add(0, bytes)));
        EXPECT_EQ(fast, slow_checksum(bytes)) << size;
    }
    const Octets ones(65536, 0xff);
    EXPECT_EQ(checksum_fold(checksum_add(0, ones)), 0xffff);
}

TEST(Checksum, TellsRightFromWrong)
{
    for (TcpFrame spec : kinds()) {
        spec.body = pattern(31);
        Octets frame = spec.build();
        const Layers layers = layers_of(frame, payload_of(spec));
        EXPECT_TRUE(tcp_checksums_right(frame, layers));
        frame.back() ^= 1;
        EXPECT_FALSE(tcp_checksums_right(frame, layers));
        frame.back() ^= 1;
        frame[spec.network() + 8] ^= 1;
        EXPECT_FALSE(!spec.ip6 && tcp_checksums_right(frame, layers));
    }
}

TEST(Checksum, IsCompletedWhereItWasLeftPartial)
{
    for (TcpFrame spec : kinds()) {
        spec.body = pattern(33);
        Octets frame = spec.build();
        const Octets whole = frame;
        const Layers layers = layers_of(frame, payload_of(spec));
        const std::size_t field = layers.transport + 16;
        complete_captured(frame, layers);
        EXPECT_EQ(frame, whole);

        put16(frame, field,
              checksum_fold(
                  pseudo_sum(frame, layers, layers.end - layers.transport)));
        Octets captured = frame;
        captured.resize(captured.size() + 3, 0xee);
        complete_captured(captured, layers);
        captured.resize(whole.size());
        EXPECT_EQ(captured, whole);

        EXPECT_TRUE(complete_checksum(frame, layers.transport, 16));
        EXPECT_EQ(frame, whole);
        EXPECT_FALSE(complete_checksum(frame, frame.size() - 17, 16));
        EXPECT_FALSE(complete_checksum(frame, 65535, 65535));
    }
}

TEST(Segments, AreWholePackets)
{
    for (TcpFrame spec : kinds()) {
        spec.body = pattern(3500);
        spec.flags = 0x99; // CWR, ACK, PSH, FIN
        spec.id = 0xfffe;
        const auto segments = cut(spec.build(), payload_of(spec), 1000);
        ASSERT_EQ(segments.size(), 4U);
        for (std::size_t i = 0; i < 4; i++) {
            TcpFrame expected = spec;
            const auto begin =
                spec.body.begin() + static_cast<std::ptrdiff_t>(i * 1000);
            expected.body = {begin, i == 3 ? spec.body.end() : begin + 1000};
            expected.seq = spec.seq + static_cast<std::uint32_t>(i) * 1000;
            expected.id = static_cast<std::uint16_t>(0xfffe + i);
            expected.flags = i == 0 ? 0x90 : i == 3 ? 0x19 : 0x10;
            EXPECT_EQ(segments[i], expected.build()) << i;
        }
    }
}

TEST(Segments, RefuseWhatIsNoTcp)
{
    TcpFrame spec{.body = pattern(100)};
    const Octets good = spec.build();
    EXPECT_TRUE(Segments(good, Payload::Ether, 10).valid());
    EXPECT_FALSE(Segments(good, Payload::Ether, 0).valid());
    EXPECT_FALSE(Segments(good, Payload::Ip, 10).valid());
    for (const std::size_t at : {12UL, 14UL, 14UL + 9, 34UL + 12}) {
        Octets bad = good;
        bad[at] ^= 0xc0;
        EXPECT_FALSE(Segments(bad, Payload::Ether, 10).valid()) << at;
    }
    // Each copy ends where its memory ends.
    for (std::size_t size = 0; size < good.size(); size++) {
        const auto copy = std::make_unique<std::uint8_t[]>(size);
        std::copy_n(good.begin(), size, copy.get());
        EXPECT_FALSE(Segments({copy.get(), size}, Payload::Ether, 10).valid());
    }
}

TEST(Coalescer, JoinsWhatWasCut)
{
    for (TcpFrame spec : kinds()) {
        spec.body = pattern(4100);
        spec.flags = kPushAck;
        const Octets whole = spec.build();
        auto segments = cut(whole, payload_of(spec), 1000);
        Coalescer coalescer(payload_of(spec));
        for (Octets &segment : segments) {
            // Short frames come padded.
            segment.resize(segment.size() + 5, 0xee);
            EXPECT_TRUE(coalescer.add(segment));
        }
        EXPECT_EQ(coalescer.count(), 5U);
        EXPECT_EQ(coalescer.segment(), 1000U);
        EXPECT_EQ(coalescer.header(), spec.header());
        coalescer.finish();
        Octets all = joined(coalescer);
        EXPECT_TRUE(complete_checksum(all, spec.transport(), 16));
        EXPECT_EQ(all, whole);
        EXPECT_TRUE(checksums_right(spec, all));
    }
}

TEST(Coalescer, KeepsApartWhatDoesNotFollow)
{
    TcpFrame spec{.body = pattern(200)};
    TcpFrame next = spec;
    next.seq += 200;
    next.id++;
    EXPECT_TRUE(joins(spec.build(), next.build()));

    Octets wrong = next.build();
    wrong.back() ^= 1;
    EXPECT_FALSE(joins(spec.build(), wrong));
    wrong = spec.build();
    wrong.back() ^= 1;
    EXPECT_FALSE(joins(wrong, next.build()));

    const auto differs = [&](auto change) {
        TcpFrame other = next;
        change(other);
        EXPECT_FALSE(joins(spec.build(), other.build()));
    };
    differs([](TcpFrame &other) { other.seq++; });
    differs([](TcpFrame &other) { other.id++; });
    differs([](TcpFrame &other) { other.vlan = true; });
    differs([](TcpFrame &other) { other.ip6 = true; });
    differs([](TcpFrame &other) { other.options[7]++; });
    differs([](TcpFrame &other) { other.options.clear(); });
    differs([](TcpFrame &other) { other.body = pattern(201); });
    differs([](TcpFrame &other) { other.body.clear(); });
    for (const int flags : {0x12, 0x14, 0x30, 0x90, 0x50, 0x00}) {
        differs([flags](TcpFrame &other) {
            other.flags = static_cast<std::uint8_t>(flags);
        });
    }
    for (const std::uint8_t last : {kPushAck, std::uint8_t{0x11}}) {
        TcpFrame first = spec;
        first.flags = last;
        EXPECT_FALSE(joins(first.build(), next.build()));
    }
}

TEST(Coalescer, EndsWithAShortSegmentAndAtTheLargestPacket)
{
    TcpFrame spec{.body = pattern(1400)};
    std::vector<Octets> frames;
    for (int i = 0; i < 50; i++) {
        frames.push_back(spec.build());
        spec.seq += 1400;
        spec.id++;
    }
    Coalescer coalescer(Payload::Ether);
    std::size_t taken = 0;
    while (taken < frames.size() && coalescer.add(frames[taken])) {
        taken++;
    }
    EXPECT_EQ(taken, (65535 - 52) / 1400U);

    coalescer.clear();
    EXPECT_TRUE(coalescer.empty());
    EXPECT_TRUE(coalescer.add(frames[0]));
    TcpFrame small{.id = 101, .seq = 2400, .body = pattern(10)};
    TcpFrame after{.id = 102, .seq = 2410, .body = pattern(10)};
    Octets second = small.build();
    Octets third = after.build();
    EXPECT_TRUE(coalescer.add(second));
    EXPECT_FALSE(coalescer.add(third));
}

TEST(Coalescer, PassesOthersAlone)
{
    Octets arp(60);
    arp[12] = 8;
    arp[13] = 6;
    Octets same = arp;
    EXPECT_FALSE(joins(arp, same));
    Coalescer coalescer(Payload::Ether);
    EXPECT_TRUE(coalescer.add(arp));
    coalescer.finish();
    EXPECT_EQ(coalescer.segment(), 0U);
    EXPECT_EQ(joined(coalescer), arp);
}

} // namespace virt::peer::test
