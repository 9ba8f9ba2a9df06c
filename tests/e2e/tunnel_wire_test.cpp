// SPDX-License-Identifier: GPL-2.0-only
// Tunnels on the wire: what datagrams look like, and datagrams that lie.
//
// Copyright (C) The virt authors
#include <algorithm>
#include <map>

#include "tunnel.hpp"

namespace e2e
{

using Tunnel = TunnelBed;

namespace
{

constexpr uint16_t kType = 0x88b5;

Bytes frame_inside()
{
    return ethernet(kBroadcast, mac("02:00:00:00:00:77"), kType, {});
}

// Counts what a namespace receives or sends and @match is true for.
void count(const Netns &ns, const std::string &hook, const std::string &match)
{
    ns.ok("nft add table inet c; nft add chain inet c " + hook +
          " '{ type filter hook " + hook + " priority -300; }';" +
          "nft flush chain inet c " + hook + "; nft 'add rule inet c " + hook +
          " " + match + " counter'");
}

bool counted(const Netns &ns, const std::string &hook)
{
    return ns.ok("nft list chain inet c " + hook).find("packets 0 ") ==
           std::string::npos;
}

// The host's firewall drops what comes in and is @such.
void refuse(const Netns &ns, const std::string &such)
{
    ns.ok("nft add table inet f; nft add chain inet f c '{ type filter hook "
          "input priority 0; }'; nft add rule inet f c " +
          such + " drop");
}

} // namespace

TEST_F(Tunnel, FramesTravelBareAndPadded)
{
    RawSocket wire(*far_, "q0");
    Bytes frame =
        ethernet(kBroadcast, mac("02:00:00:00:00:77"), kType, {1, 2, 3});
    Bytes padded = frame;

    padded.resize(60);
    add_pair();
    hush();
    near_->ok("ip neigh replace 192.0.2.2 lladdr 02:00:00:00:00:0b dev p0;"
              "ip neigh replace 2001:db8::2 lladdr 02:00:00:00:00:0b dev p0");
    for (const char *tx : {"tx udp", "tx netpoll"}) {
        for (bool v6 : {false, true}) {
            // Ethernet, IP, UDP
            size_t outer = 14 + (v6 ? 40 : 20) + 8;

            near_->ok("ip link set t0 type virt remote " +
                      std::string(v6 ? "2001:db8::2 " : "192.0.2.2 ") + tx);
            RawSocket(*near_, "t0").send(frame);
            EXPECT_TRUE(wire.sees(
                [&](const Bytes &seen) {
                    return seen.size() == outer + 60 &&
                           std::equal(padded.begin(), padded.end(),
                                      seen.begin() +
                                          static_cast<long>(outer)) &&
                           seen[outer - 8] == 50000 >> 8 &&
                           seen[outer - 7] == (50000 & 0xff) &&
                           seen[outer - 3] == 68;
                },
                3000))
                << tx << v6;
        }
    }
}

TEST_F(Tunnel, HostileDatagramsAreCountedAndHarmNothing)
{
    RawSocket wire(*far_, "q0");
    auto send = [&wire](const Bytes &packet) {
        wire.send(ethernet(kNearMac, kFarMac, kIpv4, packet));
    };
    auto from_peer = [](const Bytes &payload, uint16_t sport = 50000) {
        return datagram("192.0.2.2", "192.0.2.1", sport, 50000, payload);
    };
    auto becomes = [this](const std::string &name, uint64_t value) {
        return eventually([&] { return counter(*near_, "t0", name) == value; });
    };
    auto passes = [&](const Bytes &packet) {
        StackWatch watch(*near_, kType);
        send(packet);
        return watch.keepers(frame_inside(), {"t0"}).count("t0") == 1;
    };
    uint64_t runts = 0, strangers = 0;

    add_pair();
    hush();
    for (const char *rx : {"rx udp", "rx filter"}) {
        SCOPED_TRACE(rx);
        near_->ok("ip link set t0 type virt strict off " + std::string(rx));
        for (size_t len = 0; len < 14; len++)
            send(from_peer(Bytes(len, 0xff)));
        EXPECT_TRUE(becomes("rx_short", runts += 14));
        EXPECT_TRUE(passes(from_peer(frame_inside())));
        EXPECT_TRUE(passes(from_peer(frame_inside(), 7)));

        send(datagram("192.0.2.77", "192.0.2.1", 50000, 50000, frame_inside()));
        EXPECT_TRUE(becomes("rx_bad_src", ++strangers));
        near_->ok("ip link set t0 type virt strict on");
        send(from_peer(frame_inside(), 7));
        EXPECT_TRUE(becomes("rx_bad_src", ++strangers));
        EXPECT_TRUE(passes(from_peer(frame_inside())));

        // our own frame, from somewhere behind the peer
        uint64_t loops = counter(*near_, "t0", "rx_loop");
        send(from_peer(
            ethernet(kBroadcast, mac_of(*near_, "t0"), kType, Bytes(46, 0))));
        EXPECT_TRUE(becomes("rx_loop", loops + 1));

        // with a checksum, without, with a wrong one
        Bytes bare = from_peer(frame_inside());
        bare[26] = bare[27] = 0;
        EXPECT_TRUE(passes(bare));
        uint64_t received = counter(*near_, "t0", "rx_packets");
        Bytes wrong = bare;
        wrong[27] = 1;
        send(wrong);
        // lengths that lie, in both headers
        for (unsigned len : {0U, 7U, 23U, 500U, 65535U}) {
            Bytes lie = bare;
            lie[24] = static_cast<uint8_t>(len >> 8);
            lie[25] = static_cast<uint8_t>(len);
            send(lie);
            lie = bare;
            lie[2] = static_cast<uint8_t>(len >> 8);
            lie[3] = static_cast<uint8_t>(len);
            seal(lie);
            send(lie);
        }
        // the first half of something
        Bytes part = bare;
        part[6] = 0x20;
        seal(part);
        send(part);
        EXPECT_EQ(counter(*near_, "t0", "rx_packets"), received);

        Bytes options = bare;
        options.insert(options.begin() + 20, 4, 1);
        options[0] = 0x46;
        options[3] = static_cast<uint8_t>(options[3] + 4);
        seal(options);
        EXPECT_TRUE(passes(options));
        runts = counter(*near_, "t0", "rx_short");
    }
    // what no socket wants is told to the sender, and counted there
    near_->ok("ip link add t1 type virt mode tunnel remote 192.0.2.2 port 7;"
              "ip link set t1 up");
    for (const char *remote : {"192.0.2.2", "2001:db8::2"}) {
        uint64_t before = counter(*near_, "t1", "peer_error");

        near_->ok("ip link set t1 type virt remote " + std::string(remote));
        EXPECT_TRUE(eventually([&] {
            RawSocket(*near_, "t1").send(frame_inside());
            return counter(*near_, "t1", "peer_error") > before;
        })) << remote;
    }
    // neither IPv4 nor IPv6
    near_->ok("ip link add t2 type virt mode tunnel remote 192.0.2.2 port 8 "
              "payload ip; ip link set t2 up");
    for (uint64_t sent : {1, 2}) {
        for (const Bytes &packet : {Bytes(40, 0x11), Bytes(39, 0x66)}) {
            Bytes outer = datagram("192.0.2.2", "192.0.2.1", 8, 8, packet);

            if (sent == 2)
                outer[26] = outer[27] = 0;
            send(outer);
        }
        EXPECT_TRUE(eventually([&] {
            return counter(*near_, "t2", "rx_filter") == sent &&
                   counter(*near_, "t2", "rx_short") == sent;
        }));
        // again where somebody looks for what they could be merged with,
        // which takes a sum that is right or none
        near_->ok("ethtool -K p0 gro on");
    }
    EXPECT_TRUE(pings(*near_, "10.0.0.2"));
}

TEST_F(Tunnel, AddressesHaveAPortEach)
{
    RawSocket wire(*far_, "q0");
    const std::map<std::string, std::string> tunnels{{"t1", "192.0.2.1"},
                                                     {"t3", "192.0.2.3"}};

    near_->ok("ip addr add 192.0.2.3/24 dev p0");
    for (const auto &[name, local] : tunnels)
        near_->ok("ip link add " + name +
                  " type virt mode tunnel remote 192.0.2.2 local " + local +
                  "; ip link set " + name + " up");
    for (const char *rx : {"rx udp", "rx filter"})
        for (const auto &[name, local] : tunnels) {
            SCOPED_TRACE(name + " " + rx);
            near_->ok("ip link set " + name + " type virt " + rx);
            StackWatch watch(*near_, kType);
            wire.send(ethernet(
                kNearMac, kFarMac, kIpv4,
                datagram("192.0.2.2", local, 50000, 50000, frame_inside())));
            EXPECT_EQ(watch.keepers(frame_inside(), {name}),
                      std::set<std::string>{name});
        }
}

// Frames come by tc, too, which asks for no MTU.
TEST_F(Tunnel, FramesThatNoDatagramHoldsAreDropped)
{
    add_pair();
    hush();
    near_->ok("ip link add d0 mtu 65535 type dummy;"
              "sysctl -qw net.ipv6.conf.d0.disable_ipv6=1; ip link set d0 up;"
              "tc qdisc add dev d0 clsact; tc filter add dev d0 egress "
              "matchall action mirred egress redirect dev t0");
    RawSocket dummy(*near_, "d0");
    uint64_t sent = counter(*near_, "t0", "tx_packets");
    EXPECT_TRUE(
        dummy.send(ethernet(kBroadcast, kNearMac, kType, Bytes(65'535, 0))));
    EXPECT_EQ(counter(*near_, "t0", "tx_too_big"), 1U);
    EXPECT_EQ(counter(*near_, "t0", "tx_packets"), sent);
    StackWatch watch(*far_, kType);
    Bytes fits = ethernet(kBroadcast, kNearMac, kType, Bytes(65'000, 0));
    EXPECT_TRUE(dummy.send(fits));
    EXPECT_EQ(watch.keepers(fits, {"t0"}), std::set<std::string>{"t0"});
}

// pktgen keeps a hand on what it sends; here there is too little room for the
// headers, so that a copy is needed. It divides by the time that it took, which
// must not be nothing on a kernel whose clock is its ticks.
TEST_F(Tunnel, SharedFramesAreCopied)
{
    constexpr uint64_t kFrames = 20;

    host().ok("modprobe pktgen");
    add_pair();
    near_->ok("ip link add link t0 name t0.7 type vlan id 7;"
              "ip link add link t0.7 name t0.8 type vlan id 8;"
              "ip link set t0.7 up; ip link set t0.8 up;"
              "ip addr add 10.8.0.1/24 dev t0.8;"
              "ip neigh replace 10.8.0.2 lladdr 02:00:00:00:00:0b dev t0.8;"
              "ip link add t1 type virt mode tunnel remote 10.8.0.2 "
              "tx netpoll; ip link set t1 up");
    EXPECT_TRUE(pings(*near_, "10.0.0.2"));
    uint64_t received = counter(*far_, "t0", "rx_packets");
    near_->ok("cd /proc/net/pktgen && echo add_device t1 >kpktgend_0 &&"
              "for word in 'count " +
              std::to_string(kFrames) +
              "' 'delay 1000000' 'pkt_size 60' 'dst 10.9.0.2' "
              "'dst_mac 02:00:00:00:00:77'; do echo $word >t1; done;"
              "echo start >pgctrl; echo rem_device_all >kpktgend_0");
    EXPECT_GE(counter(*near_, "t1", "tx_packets"), kFrames);
    EXPECT_GE(counter(*far_, "t0", "rx_packets"), received + kFrames);
    host().ok("modprobe -r pktgen");
}

// A datagram inside a datagram inside ..., for a tunnel that stands on itself.
TEST_F(Tunnel, NestedDatagramsNeedNoStack)
{
    // within a page: what is in pieces is not the filter's
    constexpr size_t kDepth = 80;
    Bytes frame = frame_inside();

    near_->ok("ip link set p0 mtu 65000");
    far_->ok("ip link set q0 mtu 65000");
    add(*near_, "t0", "remote 192.0.2.2 rx filter");
    near_->ok("ip route add 192.0.2.2/32 dev t0 src 192.0.2.1");
    near_->run("ping -c 1 -W 0.1 192.0.2.2"); // t0 takes notice of the route
    // and only its filter takes what is in it
    refuse(*near_, "iifname t0 udp dport 50000");
    Mac to = mac_of(*near_, "t0");
    for (size_t i = 0; i < kDepth; i++) {
        Bytes packet = datagram("192.0.2.2", "192.0.2.1", 50000, 50000, frame);
        packet[26] = packet[27] = 0;
        frame =
            ethernet(i + 1 < kDepth ? to : kNearMac, kFarMac, kIpv4, packet);
    }
    RawSocket wire(*far_, "q0");
    auto received = [this] { return counter(*near_, "t0", "rx_packets"); };
    EXPECT_TRUE(eventually([&] {
        const uint64_t before = received();

        return wire.send(frame) && received() >= before + kDepth;
    }));
}

TEST_F(Tunnel, FilterSumsUpIpv6)
{
    const Bytes good =
        datagram("2001:db8::2", "2001:db8::1", 50000, 50000, frame_inside());
    Bytes bad = good;

    bad.back() ^= 1;
    add(*near_, "t0", "remote 2001:db8::2 rx filter");
    // nothing but the filter takes datagrams
    refuse(*near_, "udp dport 50000");
    RawSocket wire(*far_, "q0");
    auto send = [&](const Bytes &packet) {
        return wire.send(ethernet(kNearMac, kFarMac, kIpv6, packet));
    };
    auto received = [this] { return counter(*near_, "t0", "rx_packets"); };
    EXPECT_TRUE(eventually([&] { return send(good) && received(); }));
    const uint64_t before = received();
    for (int i = 0; i < 10; i++)
        EXPECT_TRUE(send(bad));
    EXPECT_TRUE(send(good));
    EXPECT_TRUE(eventually([&] { return received() > before; }));
    EXPECT_LE(received(), before + 2) << "one may have been under way";
}

// A tag means another network, though the device is the same.
TEST_F(Tunnel, TaggedDatagramsAreLeftToTheStack)
{
    RawSocket wire(*far_, "q0");
    Bytes packet =
        datagram("192.0.2.2", "192.0.2.1", 50000, 50000, frame_inside());
    Bytes tagged = ethernet(kNearMac, kFarMac, 0x8100, {0, 9, 8, 0});

    tagged.insert(tagged.end(), packet.begin(), packet.end());
    add_pair("rx filter");
    hush();
    uint64_t before = counter(*near_, "t0", "rx_packets");
    wire.send(tagged);
    wire.send(ethernet(kNearMac, kFarMac, kIpv4, packet));
    EXPECT_TRUE(eventually([&] {
        return counter(*near_, "t0", "rx_packets") > before;
    })) << "without a tag";
    EXPECT_EQ(counter(*near_, "t0", "rx_packets"), before + 1);

    // on the device of the VLAN it is like any datagram: the firewall sees it
    near_->ok("ip link add link p0 name p0.9 type vlan id 9;"
              "ip link set p0.9 up");
    count(*near_, "input", "iifname p0.9 udp dport 50000");
    StackWatch watch(*near_, kType);
    wire.send(tagged);
    EXPECT_EQ(watch.keepers(frame_inside(), {"t0"}),
              std::set<std::string>{"t0"});
    EXPECT_TRUE(counted(*near_, "input"));
}

TEST_F(Tunnel, OuterHeadersAsSet)
{
    struct Case {
        const char *option, *ping, *match;
    };
    auto sends = [this](const Case &c, const std::string &to) {
        count(*far_, "prerouting", std::string("udp dport 50000 ") + c.match);
        near_->ok("ip link set t0 type virt " + std::string(c.option));
        EXPECT_TRUE(pings(*near_, std::string(c.ping) + " " + to));
        return counted(*far_, "prerouting");
    };

    add_pair("df unset");
    for (const char *tx : {"tx udp", "tx netpoll"}) {
        near_->ok("ip link set t0 type virt tos inherit ttl 64 " +
                  std::string(tx));
        for (const Case &c : std::initializer_list<Case>{
                 {"", "-M do", "ip frag-off & 0x4000 == 0 ip ttl 64"},
                 {"df inherit", "-M do", "ip frag-off & 0x4000 == 0x4000"},
                 {"df set", "", "ip frag-off & 0x4000 == 0x4000"},
                 {"ttl inherit", "-t 33", "ip ttl 33"},
                 {"", "-Q 0xb9", "ip dscp ef ip ecn ect1"},
                 {"", "-Q 0x03", "ip ecn ce"},
                 {"tos 0x20", "-Q 0xba", "ip dscp cs1 ip ecn ect0"},
             })
            EXPECT_TRUE(sends(c, "10.0.0.2")) << tx << c.option << c.match;
        near_->ok("ip link set t0 type virt remote 2001:db8::2 df unset "
                  "tos inherit ttl 7");
        far_->ok("ip link set t0 type virt remote 2001:db8::1");
        EXPECT_TRUE(sends({"", "-Q 0x23",
                           "ip6 dscp cs1 ip6 ecn ce "
                           "ip6 hoplimit 7"},
                          "2001:db8:a::2"))
            << tx;
        near_->ok("ip link set t0 type virt remote 192.0.2.2");
        far_->ok("ip link set t0 type virt remote 192.0.2.1");
    }
    EXPECT_TRUE(
        sends({"tx udp udpcsum off", "", "udp checksum 0"}, "10.0.0.2"));
    count(*near_, "output", "meta mark 7 udp sport != 50000");
    near_->ok("ip link set t0 type virt mark 7 sport hash");
    EXPECT_TRUE(pings(*near_, "10.0.0.2"));
    EXPECT_TRUE(counted(*near_, "output"));
}

// RFC 6040: marks that routers made on the way reach who can tell the sender.
TEST_F(Tunnel, CongestionIsTold)
{
    add_pair();
    far_->ok("nft add table inet m; nft add chain inet m o "
             "'{ type route hook output priority 0; }'");
    for (const char *rx : {"rx udp", "rx filter"}) {
        near_->ok("ip link set t0 type virt " + std::string(rx));
        for (const char *mark : {"ce", "ect1"}) {
            far_->ok("nft flush chain inet m o; nft add rule inet m o "
                     "udp dport 50000 ip ecn set " +
                     std::string(mark));
            count(*near_, "prerouting",
                  "iifname t0 ip ecn " + std::string(mark));
            EXPECT_TRUE(pings(*far_, "-Q 0x02 10.0.0.1")) << rx << mark;
            EXPECT_TRUE(counted(*near_, "prerouting")) << rx << mark;
        }
        far_->ok("nft flush chain inet m o; nft add rule inet m o "
                 "udp dport 50000 ip ecn set ce");
        uint64_t lost = counter(*near_, "t0", "rx_ecn");
        far_->run("ping -c 1 -W 1 10.0.0.1");
        EXPECT_GT(counter(*near_, "t0", "rx_ecn"), lost) << rx;
    }
    // behind a tag nobody is told, so routers are to drop instead
    far_->ok("nft flush chain inet m o; ip link add link t0 name t0.5 type "
             "vlan id 5; ip link set t0.5 up; ip addr add 10.5.0.2/24 dev t0.5;"
             "ip neigh add 10.5.0.1 lladdr 02:00:00:00:05:01 dev t0.5");
    near_->ok("ip link set t0 type virt rx udp");
    count(*near_, "prerouting", "udp dport 50000 ip dscp ef ip ecn not-ect");
    far_->ok("ip link set t0 type virt tos inherit");
    far_->run("ping -c 1 -W 1 -Q 0xba 10.5.0.1");
    EXPECT_TRUE(counted(*near_, "prerouting"));
}

TEST_F(Tunnel, FilterLetsOutWhatItNames)
{
    auto leaves = [this](uint16_t type) {
        uint64_t kept = counter(*near_, "t0", "tx_filter");
        Bytes frame =
            ethernet(kBroadcast, mac_of(*near_, "t0"), type, Bytes(46, 0));

        RawSocket(*near_, "t0").send(frame);
        return counter(*near_, "t0", "tx_filter") == kept;
    };

    add_pair();
    hush();
    EXPECT_TRUE(leaves(kType));
    near_->ok("ip link set t0 type virt filter ktunnel");
    EXPECT_FALSE(leaves(kType));
    EXPECT_FALSE(leaves(0x86dd));
    EXPECT_TRUE(leaves(0x0806));
    EXPECT_TRUE(pings(*near_, "10.0.0.2"));
    near_->ok("ip link set t0 type virt filter arp,0x88b5");
    EXPECT_TRUE(leaves(kType));
    EXPECT_TRUE(leaves(0x0806));
    EXPECT_FALSE(leaves(0x0800));
    {
        // what comes in is taken
        Bytes frame = ethernet(kBroadcast, kFarMac, 0x88b6, Bytes(46, 0));
        StackWatch watch(*near_, 0x88b6);

        RawSocket(*far_, "t0").send(frame);
        EXPECT_EQ(watch.keepers(frame, {"t0"}), std::set<std::string>{"t0"});
    }
    near_->ok("ip link set t0 type virt filter all");
    EXPECT_TRUE(leaves(0x0800));
}

} // namespace e2e
