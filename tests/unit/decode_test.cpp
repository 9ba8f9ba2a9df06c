// SPDX-License-Identifier: GPL-2.0-only
// What virtpeer shows of a packet, and what it tells a transform.
//
// Copyright (C) The virt authors
#include "tcp_frame.hpp"

#include "virtpeer/decode.hpp"
#include "virtpeer/record.hpp"

#include "module/wire.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include <gtest/gtest.h>

namespace virt::peer::test
{

using virt::test::Octets;
using virt::test::pattern;
using virt::test::TcpFrame;

TEST(Layers, AreFoundOrNot)
{
    for (const bool vlan : {false, true}) {
        TcpFrame spec{.vlan = vlan, .body = pattern(10)};
        Octets frame = spec.build();
        const Layers layers = layers_of(frame, Payload::Ether);
        EXPECT_EQ(layers, (Layers{.type = 0x0800,
                                  .network = spec.network(),
                                  .transport = spec.transport(),
                                  .end = frame.size(),
                                  .protocol = 6}));
        frame[spec.network() + 6] = 0x20;
        EXPECT_EQ(layers_of(frame, Payload::Ether).transport, 0U);
        frame[spec.network()] = 0x44;
        EXPECT_EQ(layers_of(frame, Payload::Ether).end, 0U);
    }
    TcpFrame there{.body = pattern(10)};
    Octets back = there.build();
    const Layers layers = layers_of(back, Payload::Ether);
    const std::uint32_t hash = flow_hash(back, layers);
    std::swap_ranges(back.begin() + 26, back.begin() + 30, back.begin() + 30);
    std::swap_ranges(back.begin() + 34, back.begin() + 36, back.begin() + 36);
    EXPECT_EQ(flow_hash(back, layers), hash);
    back[34]++;
    EXPECT_NE(flow_hash(back, layers), hash);
}

TEST(Decode, Lines)
{
    const TcpFrame tcp{.flags = 0x12, .body = pattern(3)};
    EXPECT_EQ(decode_line(tcp.build(), Payload::Ether),
              "02:00:00:00:00:02 > 02:00:00:00:00:01 IPv4 10.0.0.1 > 10.0.0.2 "
              "TCP 12345 > 80 [SA] seq 1000 ack 77 len 3");
    const TcpFrame ip6{.ether = false, .ip6 = true};
    EXPECT_EQ(decode_line(ip6.build(), Payload::Ip),
              "IPv6 2001:db8::1 > 2001:db8::2 TCP 12345 > 80 [A] seq 1000 ack "
              "77 len 0");
    const Octets arp{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0,
                     1,    8,    6,    0,    1,    8,    0, 6, 4, 0, 1,
                     2,    0,    0,    0,    0,    1,    1, 2, 3, 4, 0,
                     0,    0,    0,    0,    0,    5,    6, 7, 8};
    EXPECT_EQ(decode_line(arp, Payload::Ether),
              "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff ARP who has 5.6.7.8 tell "
              "1.2.3.4");
    Octets life(VIRT_WIRE_MIN);
    const virt_wire_keepalive ask{VIRT_WIRE_REQUEST, 7, {}};
    virt_wire_keepalive_write(life.data(), arp.data() + 6, &ask);
    EXPECT_EQ(decode_line(life, Payload::Ether),
              "02:00:00:00:00:01 > 01:80:c2:00:00:0e keepalive request 7");
    EXPECT_EQ(decode_line(pattern(13), Payload::Ether), "runt of 13 bytes");
    EXPECT_EQ(decode_line(pattern(13), Payload::Ip), "runt of 13 bytes");
}

TEST(Decode, SurvivesEveryCutAndEveryByte)
{
    for (const bool ip6 : {false, true}) {
        for (const int protocol : {6, 17, 1, 58, 99}) {
            Octets frame = TcpFrame{.vlan = true, .ip6 = ip6}.build();
            frame[18 + (ip6 ? 6 : 9)] = static_cast<std::uint8_t>(protocol);
            for (std::size_t size = 0; size <= frame.size(); size++) {
                const auto copy = std::make_unique<std::uint8_t[]>(size);
                std::copy_n(frame.begin(), size, copy.get());
                EXPECT_NE(decode_line({copy.get(), size}, Payload::Ether), "");
            }
            for (std::size_t at = 12; at < frame.size(); at++) {
                for (const int byte : {0x00, 0x0f, 0x4f, 0xff}) {
                    Octets changed = frame;
                    changed[at] = static_cast<std::uint8_t>(byte);
                    EXPECT_NE(decode_line(changed, Payload::Ether), "");
                }
            }
        }
    }
}

TEST(Decode, Hex)
{
    EXPECT_EQ(hex_lines({}), "");
    const std::string text = "0123456789abcdef\n~";
    EXPECT_EQ(hex_lines({reinterpret_cast<const std::uint8_t *>(text.data()),
                         text.size()}),
              "  0000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  "
              "0123456789abcdef\n"
              "  0010  0a 7e                                            .~\n");
}

TEST(RecordReader, PutsBytesTogether)
{
    const Octets packet = pattern(300);
    Octets stream = write_record(Direction::Out, packet);
    const Octets second = write_record(Direction::In, {});
    stream.insert(stream.end(), second.begin(), second.end());
    EXPECT_EQ(stream.size(), 306U);

    RecordReader reader;
    std::vector<Record> records;
    for (int round = 0; round < 300; round++) {
        for (const std::uint8_t byte : stream) {
            reader.feed({&byte, 1});
            while (auto record = reader.next()) {
                records.push_back(*record);
            }
        }
    }
    ASSERT_EQ(records.size(), 600U);
    EXPECT_EQ(records[598], (Record{Direction::Out, packet}));
    EXPECT_EQ(records[599], (Record{Direction::In, {}}));
}

TEST(RecordReader, RefusesANewDirection)
{
    RecordReader reader;
    reader.feed(Octets{0, 0, '-'});
    EXPECT_THROW(reader.next(), std::runtime_error);
}

} // namespace virt::peer::test
