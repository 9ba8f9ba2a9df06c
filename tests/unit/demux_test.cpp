// SPDX-License-Identifier: GPL-2.0-only
// Who a frame is for, from its bytes: the module's own demux.
//
// Every packet starts at the network header. Each is cut at every length, and
// the cut copy ends where its memory ends, for the address sanitizer to see.
//
// Copyright (C) The virt authors
#include "demux.h"
#include "packets.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

/* The verdict, and the address where one decides: "owner 10.0.0.1". */
std::string demux(unsigned proto, const std::uint8_t *net, std::size_t size)
{
    const demux_result result = demux_run(proto, net, size);
    const std::string verdict = result.verdict;
    if (verdict == "none" || verdict == "everybody") {
        EXPECT_EQ(result.family, DEMUX_UNTOUCHED);
        EXPECT_EQ(std::ranges::count(result.addr, DEMUX_UNTOUCHED), 16);
        return verdict;
    }
    char text[INET6_ADDRSTRLEN];
    inet_ntop(result.family == 4 ? AF_INET : AF_INET6, result.addr, text,
              sizeof(text));
    return verdict + ' ' + text;
}

std::string demux(unsigned proto, const Packet &packet)
{
    return demux(proto, packet.data(), packet.size());
}

/* The verdict on the first `size` bytes, at an odd address. */
std::string demux_cut(unsigned proto, const Packet &packet, std::size_t size)
{
    const auto copy = std::make_unique<std::uint8_t[]>(size + 1);
    std::copy_n(packet.begin(), size, copy.get() + 1);
    return demux(proto, copy.get() + 1, size);
}

/* Shorter than `needed` bytes nothing decides; from there on the same. */
void expect_cut(unsigned proto, const Packet &packet, std::size_t needed)
{
    ASSERT_LE(needed, packet.size());
    const std::string whole = demux(proto, packet);
    for (std::size_t size = 0; size <= packet.size(); size++) {
        EXPECT_EQ(demux_cut(proto, packet, size),
                  size < needed ? "none" : whole)
            << size << " bytes";
    }
}

/* Hexadecimal digits with spaces anywhere. */
Packet bytes(std::string_view digits)
{
    Packet packet;
    std::string pair;
    for (const char c : digits) {
        if (c == ' ') {
            continue;
        }
        pair += c;
        if (pair.size() == 2) {
            packet.push_back(
                static_cast<std::uint8_t>(std::stoi(pair, nullptr, 16)));
            pair.clear();
        }
    }
    return packet;
}

/* UDP from 192.168.5.1 to 192.168.5.2. */
const Packet kIp4Packet = bytes("45 00 00 1c 12 34 40 00 40 11 00 00"
                                "c0 a8 05 01"
                                "c0 a8 05 02"
                                "00 35 00 35 00 08 00 00");

Packet ip4_to(Ip4 to)
{
    Packet packet = kIp4Packet;
    std::ranges::copy(to, packet.begin() + 16);
    return packet;
}

/* 192.168.5.1 asks who has 192.168.5.2. */
const Packet kArpRequest = arp({192, 168, 5, 1}, {192, 168, 5, 2});

Packet changed(Packet packet, std::size_t offset, int byte)
{
    packet[offset] = static_cast<std::uint8_t>(byte);
    return packet;
}

/* UDP from fe80::1 to 2001:db8::2. */
const Packet kIp6Packet = bytes("60 00 00 00 0008 11 40"
                                "fe80 0000 0000 0000 0000 0000 0000 0001"
                                "2001 0db8 0000 0000 0000 0000 0000 0002"
                                "00 35 00 35 00 08 00 00");

/* Solicitation for 2001:db8::2 from fe80::1, to its solicited-node group. */
const Packet kSolicit = bytes("60 00 00 00 0020 3a ff"
                              "fe80 0000 0000 0000 0000 0000 0000 0001"
                              "ff02 0000 0000 0000 0000 0001 ff00 0002"
                              "87 00 0000 00000000"
                              "2001 0db8 0000 0000 0000 0000 0000 0002"
                              "01 01 02 00 00 00 00 01");

/* Unsolicited advertisement of fe80::1, to all nodes. */
const Packet kAdvert = bytes("60 00 00 00 0020 3a ff"
                             "fe80 0000 0000 0000 0000 0000 0000 0001"
                             "ff02 0000 0000 0000 0000 0000 0000 0001"
                             "88 00 0000 20000000"
                             "fe80 0000 0000 0000 0000 0000 0000 0001"
                             "02 01 02 00 00 00 00 01");

constexpr std::size_t kIcmpType = 40;

/* Report of a listener (MLDv2), behind a router alert as always. */
const Packet kListenerReport = bytes("60 00 00 00 0024 00 01"
                                     "fe80 0000 0000 0000 0000 0000 0000 0001"
                                     "ff02 0000 0000 0000 0000 0000 0000 0016"
                                     "3a 00 05 02 00 00 01 00"
                                     "8f 00 0000 0000 0001"
                                     "04 00 0000"
                                     "ff02 0000 0000 0000 0000 0001 ff00 0002");

} // namespace

TEST(DemuxIp, Destination)
{
    EXPECT_EQ(demux(kIp, kIp4Packet), "owner 192.168.5.2");
    expect_cut(kIp, kIp4Packet, 20);
}

/* Nobody owns a group or a broadcast, which is for the table to find out. */
TEST(DemuxIp, GroupsAreAddressesToo)
{
    EXPECT_EQ(demux(kIp, ip4_to({255, 255, 255, 255})),
              "owner 255.255.255.255");
    EXPECT_EQ(demux(kIp, ip4_to({192, 168, 5, 255})), "owner 192.168.5.255");
    EXPECT_EQ(demux(kIp, ip4_to({224, 0, 0, 251})), "owner 224.0.0.251");
    EXPECT_EQ(demux(kIp, ip4_to({0, 0, 0, 0})), "owner 0.0.0.0");
}

TEST(DemuxIp, OptionsComeAfterTheDestination)
{
    Packet packet = kIp4Packet;
    packet[0] = 0x46;
    packet.insert(packet.begin() + 20, {0x94, 0x04, 0, 0});
    EXPECT_EQ(demux(kIp, packet), "owner 192.168.5.2");
}

TEST(DemuxIp, FragmentsHaveTheSameDestination)
{
    EXPECT_EQ(demux(kIp, changed(kIp4Packet, 7, 0x10)), "owner 192.168.5.2");
}

TEST(DemuxArp, Request)
{
    EXPECT_EQ(demux(kArp, kArpRequest), "owner 192.168.5.2");
    expect_cut(kArp, kArpRequest, 28);
}

/* Frames are padded to 60 bytes. */
TEST(DemuxArp, Padded)
{
    Packet packet = kArpRequest;
    packet.resize(46, 0xa5);
    EXPECT_EQ(demux(kArp, packet), "owner 192.168.5.2");
    expect_cut(kArp, packet, 28);
}

TEST(DemuxArp, Reply)
{
    EXPECT_EQ(demux(kArp, arp({192, 168, 5, 2}, {192, 168, 5, 1}, 2)),
              "answer 192.168.5.1");
}

/* RFC 5227: who probes has no address yet. */
TEST(DemuxArp, Probe)
{
    const Packet packet = arp({0, 0, 0, 0}, {192, 168, 5, 2});
    EXPECT_EQ(demux(kArp, packet), "everybody");
    expect_cut(kArp, packet, 28);
}

TEST(DemuxArp, AnswerToAProbe)
{
    EXPECT_EQ(demux(kArp, arp({192, 168, 5, 2}, {0, 0, 0, 0}, 2)), "everybody");
}

TEST(DemuxArp, Gratuitous)
{
    for (const int operation : {1, 2}) {
        EXPECT_EQ(
            demux(kArp, arp({192, 168, 5, 2}, {192, 168, 5, 2}, operation)),
            "everybody");
    }
}

/* One bit apart from the special cases. */
TEST(DemuxArp, NearlySpecial)
{
    EXPECT_EQ(demux(kArp, arp({0, 0, 0, 1}, {10, 0, 0, 2})), "owner 10.0.0.2");
    EXPECT_EQ(demux(kArp, arp({10, 0, 0, 1}, {0, 0, 0, 1})), "owner 0.0.0.1");
    EXPECT_EQ(demux(kArp, arp({10, 0, 0, 2}, {10, 0, 0, 3})), "owner 10.0.0.3");
    EXPECT_EQ(demux(kArp, arp({11, 0, 0, 2}, {10, 0, 0, 2})), "owner 10.0.0.2");
}

/* Hardware type, protocol and both lengths place the addresses. */
TEST(DemuxArp, OtherThanEthernetAndIpv4)
{
    for (std::size_t offset = 0; offset < 6; offset++) {
        const int byte = kArpRequest[offset];
        for (const int other : {byte ^ 1, byte ^ 0x80, 0xff}) {
            EXPECT_EQ(demux(kArp, changed(kArpRequest, offset, other)), "none")
                << offset << ' ' << other;
        }
    }
}

TEST(DemuxIp6, Destination)
{
    EXPECT_EQ(demux(kIp6, kIp6Packet), "owner 2001:db8::2");
    expect_cut(kIp6, kIp6Packet, 40);
}

TEST(DemuxIp6, GroupNamesNobody)
{
    Packet packet = kIp6Packet;
    packet[24] = 0xff;
    EXPECT_EQ(demux(kIp6, packet), "none");
    expect_cut(kIp6, packet, 40);
}

TEST(DemuxIp6, Solicitation)
{
    EXPECT_EQ(demux(kIp6, kSolicit), "owner 2001:db8::2");
    expect_cut(kIp6, kSolicit, 64);
}

/* A cache's check asks the address itself. */
TEST(DemuxIp6, SolicitationToOneHost)
{
    Packet packet = kSolicit;
    const Packet to = bytes("2001 0db8 0000 0000 0000 0000 0000 0009");
    std::ranges::copy(to, packet.begin() + 24);
    EXPECT_EQ(demux(kIp6, packet), "owner 2001:db8::9");
    expect_cut(kIp6, packet, 40);
}

TEST(DemuxIp6, UnsolicitedAdvertisement)
{
    EXPECT_EQ(demux(kIp6, kAdvert), "everybody");
    expect_cut(kIp6, kAdvert, 64);
}

TEST(DemuxIp6, SolicitedAdvertisement)
{
    Packet packet = kAdvert;
    std::ranges::copy_n(kIp6Packet.begin() + 24, 16, packet.begin() + 24);
    EXPECT_EQ(demux(kIp6, packet), "owner 2001:db8::2");
}

/* Router advertisements, solicitations, redirects, echo requests. */
TEST(DemuxIp6, OtherIcmpToGroups)
{
    for (const int type : {133, 134, 137, 128, 130, 0, 255}) {
        const Packet packet = changed(kSolicit, kIcmpType, type);
        EXPECT_EQ(demux(kIp6, packet), "none") << type;
        expect_cut(kIp6, packet, 64);
    }
}

TEST(DemuxIp6, ListenerReport)
{
    EXPECT_EQ(demux(kIp6, kListenerReport), "none");
    expect_cut(kIp6, kListenerReport, 40);
}

/* Neighbour discovery has no extension headers (RFC 6980 for fragments). */
TEST(DemuxIp6, SolicitationBehindAnExtension)
{
    EXPECT_EQ(demux(kIp6, changed(kSolicit, 6, 0)), "none");
    EXPECT_EQ(demux(kIp6, changed(kSolicit, 6, 44)), "none");
}

TEST(Demux, OtherProtocols)
{
    for (const unsigned proto : {0U, 0x8100U, 0x88ccU, 0x8847U, 0x10800U}) {
        EXPECT_EQ(demux(proto, kIp4Packet), "none") << proto;
        EXPECT_EQ(demux(proto, kIp6Packet), "none") << proto;
        EXPECT_EQ(demux(proto, kArpRequest), "none") << proto;
    }
}

/* The module reads no more than this of a frame. */
TEST(Demux, EnoughBytes)
{
    EXPECT_EQ(demux_cut(kIp6, kSolicit, demux_bytes()), "owner 2001:db8::2");
    EXPECT_EQ(demux_cut(kIp6, kAdvert, demux_bytes()), "everybody");
}

TEST(Demux, NoBytes)
{
    for (const unsigned proto : {kIp, kArp, kIp6}) {
        EXPECT_EQ(demux(proto, nullptr, 0), "none");
    }
}

} // namespace virt::test
