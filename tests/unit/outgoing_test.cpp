// SPDX-License-Identifier: GPL-2.0-only
// What virtpeer sends of what it is given.
//
// Copyright (C) The virt authors
#include "tcp_frame.hpp"

#include "virtpeer/outgoing.hpp"

#include <gtest/gtest.h>

namespace virt::peer::test
{

using virt::test::Octets;
using virt::test::pattern;
using virt::test::TcpFrame;

namespace
{

constexpr std::size_t kProtocol = 9;
constexpr std::size_t kNextHeader = 6;

SocketRules loopback()
{
    SocketRules rules;
    rules.local.address = *parse_address("127.0.0.1");
    return rules;
}

struct Sender {
    Options options;
    Socket socket{loopback()};
    Peer peer;
    Stats stats;
    Context context{options, socket, peer, stats, 1472};
    Outgoing outgoing{context};

    explicit Sender(const std::string &remote = "10.0.0.2")
        : peer({.remote = {.address = *parse_address(remote)}}, Time())
    {
        options.socket.local.port = 50000;
    }

    /* Whether a captured frame would be sent. */
    bool sends(const Octets &frame)
    {
        const std::uint64_t before = stats.tx_packets.get();
        outgoing.take_captured(frame, 1500);
        return stats.tx_packets.get() != before;
    }
};

/* A UDP datagram from or to a port. */
Octets datagram(const TcpFrame &like, std::size_t port_at, std::uint16_t port)
{
    Octets frame = like.build();
    frame[like.network() + (like.ip6 ? kNextHeader : kProtocol)] = kUdp;
    put16(frame, like.transport() + port_at, port);
    return frame;
}

/* A fragment that is not the first one. */
Octets fragment(const TcpFrame &like)
{
    Octets frame = datagram(like, 0, 1);
    if (like.ip6) {
        frame[like.network() + kNextHeader] = 44;
    } else {
        put16(frame, like.network() + 6, 100);
    }
    return frame;
}

} // namespace

TEST(Outgoing, SegmentsThatNoDatagramTakes)
{
    Sender sender;
    Octets frame = TcpFrame{.body = pattern(65481)}.build();
    VnetHeader header{};
    header.gso_type = 1;
    header.gso_size = 65480;
    sender.outgoing.take(header, frame);
    EXPECT_EQ(sender.stats.tx_too_big.get(), 1U);
    EXPECT_EQ(sender.stats.tx_packets.get(), 0U);
}

TEST(Outgoing, CapturesNothingOfItsOwn)
{
    for (const bool vlan : {false, true}) {
        for (const bool ip6 : {false, true}) {
            const TcpFrame like{.vlan = vlan, .ip6 = ip6};
            const std::string far = ip6 ? "2001:db8::2" : "10.0.0.2";
            const std::string near = ip6 ? "2001:db8::1" : "10.0.0.1";
            const std::string other = ip6 ? "2001:db8::3" : "10.0.0.3";
            SCOPED_TRACE(far + (vlan ? " in a VLAN" : ""));
            EXPECT_TRUE(Sender(far).sends(like.build()));
            EXPECT_TRUE(Sender(far).sends(datagram(like, 0, 9)));
            EXPECT_FALSE(Sender(far).sends(datagram(like, 0, 50000)));
            EXPECT_FALSE(Sender(far).sends(datagram(like, 2, 50000)));
            EXPECT_FALSE(Sender(far).sends(fragment(like)));
            EXPECT_FALSE(Sender(near).sends(fragment(like)));
            EXPECT_TRUE(Sender(other).sends(fragment(like)));
        }
    }
}

} // namespace virt::peer::test
