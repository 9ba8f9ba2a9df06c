// SPDX-License-Identifier: GPL-2.0-only
// Addresses, filters, the peer and the bundles of virtpeer.
//
// Copyright (C) The virt authors
#include "tests/schema/schema.hpp"
#include "virtpeer/address.hpp"
#include "virtpeer/bundle.hpp"
#include "virtpeer/capture.hpp"
#include "virtpeer/filter.hpp"
#include "virtpeer/peer.hpp"
#include "virtpeer/stats.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace virt::peer::test
{

namespace
{

using std::chrono::seconds;

const Time kStart{seconds(1000)};

Endpoint at(const std::string &address, std::uint16_t port)
{
    return {parse_address(address).value(), port};
}

std::vector<std::uint8_t> typed(unsigned type)
{
    std::vector<std::uint8_t> frame(60);
    frame[12] = static_cast<std::uint8_t>(type >> 8);
    frame[13] = static_cast<std::uint8_t>(type);
    return frame;
}

void fill(Bundle &bundle, std::initializer_list<std::size_t> sizes)
{
    for (const std::size_t size : sizes) {
        ASSERT_FALSE(bundle.room().empty());
        bundle.commit(size);
    }
}

} // namespace

TEST(Address, Parses)
{
    EXPECT_EQ(endpoint_text(at("192.0.2.1", 5)), "192.0.2.1:5");
    EXPECT_EQ(endpoint_text(at("2001:db8:0::1", 5)), "[2001:db8::1]:5");
    EXPECT_EQ(parse_address("fe80::1%lo")->scope, 1U);
    EXPECT_EQ(endpoint_text({}), "none:0");
    for (const char *wrong : {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "::g",
                              "1.2.3.4%lo", "fe80::1%", "fe80::1%nosuchdevice0",
                              "2001:db8::1%lo", " 1.2.3.4", "localhost"}) {
        EXPECT_FALSE(parse_address(wrong)) << wrong;
    }
    EXPECT_TRUE(parse_address("0.0.0.0")->is_zero());
    EXPECT_FALSE(parse_address("::1")->is_zero());
    EXPECT_TRUE(parse_address("224.0.0.1")->is_multicast());
    EXPECT_FALSE(parse_address("223.0.0.1")->is_multicast());
    EXPECT_TRUE(parse_address("ff02::1")->is_multicast());
}

TEST(PeerAddress, Mac)
{
    EXPECT_EQ(parse_mac("02:00:00:00:fF:0a"), (Mac{2, 0, 0, 0, 255, 10}));
    for (const char *wrong :
         {"", "02:00:00:00:00", "02:00:00:00:00:0a ", "2:00:00:00:00:00a",
          "+2:00:00:00:00:0a", "02:00:00:00:00-0a", "02:00:00:00:00:0g",
          "03:00:00:00:00:01", "ff:ff:ff:ff:ff:ff"}) {
        EXPECT_FALSE(parse_mac(wrong)) << wrong;
    }
}

TEST(Address, SurvivesTheSocket)
{
    for (const Endpoint &endpoint :
         {at("192.0.2.1", 50000), at("2001:db8::1", 1), at("fe80::1%lo", 2)}) {
        sockaddr_storage name;
        to_sockaddr(endpoint, name);
        EXPECT_EQ(from_sockaddr(name), endpoint);
    }
}

TEST(Prefix, Contains)
{
    const auto in = [](const char *prefix, const char *address) {
        return parse_prefix(prefix)->contains(parse_address(address).value());
    };
    EXPECT_TRUE(in("10.1.0.0/15", "10.1.255.255"));
    EXPECT_FALSE(in("10.2.0.0/15", "10.1.255.255"));
    EXPECT_TRUE(in("0.0.0.0/0", "1.2.3.4"));
    EXPECT_FALSE(in("0.0.0.0/0", "::1"));
    EXPECT_TRUE(in("1.2.3.4", "1.2.3.4"));
    EXPECT_FALSE(in("1.2.3.4", "1.2.3.5"));
    EXPECT_TRUE(in("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(in("2001:db8::/33", "2001:db8:8000::1"));
    EXPECT_TRUE(in("fe80::/10", "fe80::1%lo"));
    EXPECT_TRUE(in("fe80::%lo/10", "fe80::1%lo"));
    EXPECT_FALSE(in("fe80::%lo/10", "fe80::1"));
    for (const char *wrong : {"1.2.3.4/", "1.2.3.4/33", "::/129", "1.2.3.4/-1",
                              "1.2.3.4/8x", "/8", "1.2.3.4/4294967297"}) {
        EXPECT_FALSE(parse_prefix(wrong)) << wrong;
    }
}

TEST(Filter, KnowsNamesAndNumbers)
{
    const Filter some = Filter::parse("arp,0x86DD,34525,vlan,pppoe").value();
    EXPECT_TRUE(some.wants(typed(0x0806)));
    EXPECT_TRUE(some.wants(typed(0x86dd)));
    EXPECT_TRUE(some.wants(typed(0x8100)));
    EXPECT_TRUE(some.wants(typed(0x8864)));
    EXPECT_FALSE(some.wants(typed(0x0800)));
    EXPECT_TRUE(Filter::parse("all")->wants(typed(0x1234)));
    const Filter ktunnel = Filter::parse("ktunnel").value();
    EXPECT_TRUE(ktunnel.wants(typed(0x0806)));
    EXPECT_FALSE(ktunnel.wants(typed(0x86dd)));
    for (const char *wrong :
         {"", ",", "arp,", "ARP", "0x", "0x5ff", "1535", "65536", "arp ip",
          "all,arp", "ktunnel,arp", "-1"}) {
        EXPECT_FALSE(Filter::parse(wrong)) << wrong;
    }
}

TEST(Peer, StaticTakesAnyPortUnlessStrict)
{
    PeerRules rules{.remote = at("192.0.2.1", 5)};
    Peer peer(rules, kStart);
    EXPECT_EQ(peer.heard(at("192.0.2.1", 5), kStart), Verdict::Peer);
    EXPECT_EQ(peer.heard(at("192.0.2.1", 6), kStart), Verdict::Peer);
    EXPECT_EQ(peer.heard(at("192.0.2.2", 5), kStart), Verdict::Stranger);
    EXPECT_EQ(peer.endpoint(), rules.remote);
    rules.strict = true;
    Peer strict(rules, kStart);
    EXPECT_EQ(strict.heard(at("192.0.2.1", 5), kStart), Verdict::Peer);
    EXPECT_EQ(strict.heard(at("192.0.2.1", 6), kStart), Verdict::Stranger);
}

TEST(Peer, LearnsAndHolds)
{
    Peer peer({.learn = parse_prefix("10.0.0.0/8")}, kStart);
    EXPECT_FALSE(peer.alive(kStart));
    EXPECT_EQ(peer.heard(at("11.0.0.1", 5), kStart), Verdict::Stranger);
    EXPECT_FALSE(peer.endpoint().address);
    EXPECT_EQ(peer.heard(at("10.0.0.1", 5), kStart), Verdict::Learnt);
    EXPECT_TRUE(peer.alive(kStart));
    EXPECT_EQ(peer.heard(at("10.0.0.2", 5), kStart + seconds(9)),
              Verdict::Stranger);
    // The same host from elsewhere is heard, but does not hold the port.
    EXPECT_EQ(peer.heard(at("10.0.0.1", 6), kStart + seconds(9)),
              Verdict::Peer);
    EXPECT_EQ(peer.endpoint(), at("10.0.0.1", 5));
    EXPECT_EQ(peer.heard(at("10.0.0.1", 6), kStart + seconds(10)),
              Verdict::Learnt);
    EXPECT_EQ(peer.endpoint(), at("10.0.0.1", 6));
    EXPECT_EQ(peer.heard(at("10.0.0.2", 5), kStart + seconds(20)),
              Verdict::Learnt);
}

TEST(Peer, IsLostBySilence)
{
    PeerRules rules{.remote = at("192.0.2.1", 5), .keepalive = seconds(2)};
    Peer peer(rules, kStart);
    EXPECT_TRUE(peer.alive(kStart + seconds(1000)));
    peer.answered();
    EXPECT_TRUE(peer.alive(kStart + seconds(6)));
    EXPECT_FALSE(peer.alive(kStart + seconds(7)));
    peer.heard(rules.remote, kStart + seconds(8));
    EXPECT_TRUE(peer.alive(kStart + seconds(9)));

    rules.any = true;
    EXPECT_FALSE(Peer(rules, kStart).alive(kStart + seconds(7)));
    rules.keepalive = seconds(0);
    EXPECT_TRUE(Peer(rules, kStart).alive(kStart + seconds(1000)));
}

TEST(Bundle, PacksNeighboursOfOneSize)
{
    using Messages = std::vector<Bundle::Message>;
    Bundle bundle(1472);
    fill(bundle, {100, 100, 60, 60, 1500, 1500, 60, 100});
    EXPECT_EQ(bundle.messages(), (Messages{{0, 260, 100, 3},
                                           {260, 60, 60, 1},
                                           {320, 1500, 1500, 1},
                                           {1820, 1500, 1500, 1},
                                           {3320, 60, 60, 1},
                                           {3380, 100, 100, 1}}));
    bundle.clear();
    EXPECT_TRUE(bundle.empty());
    for (int i = 0; i < 65; i++) {
        fill(bundle, {60});
    }
    EXPECT_EQ(bundle.messages(),
              (Messages{{0, 64 * 60, 60, 64}, {64 * 60, 60, 60, 1}}));
}

TEST(Bundle, HasAnEnd)
{
    Bundle bundle(1472);
    std::size_t bytes = 0;
    while (!bundle.room().empty()) {
        bundle.commit(1400);
        bytes += 1400;
    }
    EXPECT_GT(bytes, 3 * Bundle::kMaxDatagram - 1400);
    for (const Bundle::Message &message : bundle.messages()) {
        EXPECT_LE(message.size, Bundle::kMaxDatagram);
    }
    bundle.clear();
    EXPECT_EQ(bundle.room().size(), Bundle::kMaxDatagram);
}

TEST(Capture, LeavesOutItsOwnDatagrams)
{
    EXPECT_EQ(capture_expression("", 5), "not (udp and port 5)");
    EXPECT_EQ(capture_expression("a or b", 5),
              "(a or b) and not (udp and port 5)");
}

TEST(Stats, FitTheSchema)
{
    Stats stats;
    Count *counts = &stats.rx_packets;
    for (std::size_t i = 0; i < sizeof(stats) / sizeof(Count); i++) {
        counts[i].add(i + 1);
    }
    for (const char *peer :
         {"192.0.2.1:50000", "[2001:db8::1]:1", "none:65535"}) {
        EXPECT_TRUE(virt::test::fits_schema(stats_json(stats, "t0", peer, true),
                                            "counters", "virtpeer"));
    }
    for (const char *wrong : {"192.0.2.1", "2001:db8::1:1", "none"}) {
        EXPECT_FALSE(virt::test::fits_schema(
            stats_json(stats, "t0", wrong, true), "counters", "virtpeer"))
            << wrong;
    }
    EXPECT_FALSE(virt::test::fits_schema("{}", "counters", "virtpeer"));
    // What is no text of a character set must not end the program.
    EXPECT_TRUE(virt::test::fits_schema(
        stats_json(stats, "t\xff", "none:1", true), "counters", "virtpeer"));
}

TEST(Stats, AreJsonAndText)
{
    Stats stats;
    stats.rx_packets.add(3);
    stats.tx_filter.add(7);
    const std::string line = stats_json(stats, "t0", "1.2.3.4:5", true);
    const auto json = nlohmann::json::parse(line);
    EXPECT_EQ(std::ranges::count(line, '\n'), 1);
    EXPECT_EQ(json["rx"]["packets"], 3);
    EXPECT_EQ(json["causes"]["tx_filter"], 7);
    EXPECT_EQ(json["causes"]["rx_short"], 0);
    EXPECT_EQ(stats_text(stats, "t0", "1.2.3.4:5", false),
              "t0 peer 1.2.3.4:5 carrier off rx 3 packets 0 bytes tx 0 "
              "packets 0 bytes tx_filter 7\n");
}

} // namespace virt::peer::test
