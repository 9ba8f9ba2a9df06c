// SPDX-License-Identifier: GPL-2.0-only
// What is larger than a datagram: told to the sender, fragmented, or cut.
//
// Copyright (C) The virt authors
#include <filesystem>
#include <iostream>

#include "bulk.hpp"
#include "tunnel.hpp"

namespace e2e
{

namespace
{

// A ping of @size that must not be fragmented tells its host the MTU.
::testing::AssertionResult told(const Netns &from, const std::string &to,
                                int size, int mtu)
{
    std::string ping = "ping -n -c 1 -W 0.3 -M do -s " + std::to_string(size),
                wanted = "mtu " + std::to_string(mtu) + " ", route;

    if (eventually(
            [&] {
                from.run(ping + " " + to);
                route = from.ok("ip route get " + to) + " ";
                return route.find(wanted) != std::string::npos;
            },
            10))
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << from.name() << " to " << to << ": no " << wanted << "\n"
           << route;
}

void forget(const Netns &ns)
{
    ns.ok("ip route flush cache; ip -6 route flush cache");
}

void forward(const Netns &ns)
{
    ns.ok("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
}

bool is_5_10()
{
    return host().ok("uname -r").rfind("5.10.", 0) == 0;
}

} // namespace

using Tunnel = TunnelBed;

// A third host sends through the near one, which routes or bridges.
//
//   client c0 -- k0 near t0 == t0 far
TEST_F(Tunnel, TooBigIsToldToTheSender)
{
    struct Case {
        const char *payload;
        bool bridged;
        const char *net;
        int mtu;
    };
    Netns client("client");

    near_->ok("ip link add k0 type veth peer name c0 netns client;"
              "ip link set k0 up; ip addr add 10.1.0.1/24 dev k0;"
              "ip addr add 2001:db8:1::1/64 dev k0 nodad");
    client.ok("ip link set c0 up");
    forward(*near_);
    for (const Case &c :
         std::initializer_list<Case>{{"ether", false, "192.0.2.", 1458},
                                     {"ether", false, "2001:db8::", 1438},
                                     {"ip", false, "192.0.2.", 1472},
                                     {"ether", true, "192.0.2.", 1458}}) {
        SCOPED_TRACE(std::string(c.payload) + " over " + c.net +
                     (c.bridged ? ", bridged" : ""));
        std::string options = std::string(" payload ") + c.payload;

        add(*near_, "t0",
            "remote " + std::string(c.net) + "2 df set" + options);
        add(*far_, "t0", "remote " + std::string(c.net) + "1" + options);
        // more than the way takes, as where the path MTU has shrunk
        near_->ok("ip link set t0 mtu 1500");
        if (c.bridged) {
            near_->ok("ip link add br0 type bridge; ip link set br0 up;"
                      "ip link set k0 master br0; ip link set t0 master br0;"
                      "ip addr flush dev t0; ip addr add 10.0.0.1/24 dev br0;"
                      "ip addr add 2001:db8:a::1/64 dev br0 nodad");
            client.ok("ip addr flush dev c0; ip addr add 10.0.0.3/24 dev c0;"
                      "ip addr add 2001:db8:a::3/64 dev c0 nodad");
        } else {
            client.ok("ip addr replace 10.1.0.2/24 dev c0;"
                      "ip addr replace 2001:db8:1::2/64 dev c0 nodad;"
                      "ip route replace default via 10.1.0.1;"
                      "ip route replace default via 2001:db8:1::1");
            far_->ok("ip route replace 10.1.0.0/24 dev t0 via 10.0.0.1 onlink;"
                     "ip route replace 2001:db8:1::/64 dev t0 "
                     "via 2001:db8:a::1 onlink");
        }
        for (const char *to : {"10.0.0.2", "2001:db8:a::2"}) {
            EXPECT_TRUE(pings(client, to));
            EXPECT_TRUE(told(client, to, 1450, c.mtu));
            // segments are too big, too, until the sender knows
            forget(client);
            EXPECT_TRUE(streams(client, *far_, to, 100'000));
            if (c.bridged) {
                EXPECT_TRUE(told(*near_, to, 1450, c.mtu)) << "the bridge";
            }
        }
        EXPECT_GT(counter(*near_, "t0", "tx_too_big"), 0U);
        near_->ok("ip link del t0");
        far_->ok("ip link del t0");
    }
}

// Tags are part of what does not fit.
TEST_F(Tunnel, TaggedTooBigIsToldToTheSender)
{
    add_pair("df set");
    for (const Netns *ns : {near_.get(), far_.get()})
        ns->ok("ip link add link t0 name t0.7 type vlan id 7;"
               "ip link set t0.7 up; ip addr add 10.7.0." +
               std::string(ns == near_.get() ? "1" : "2") +
               "/24 dev t0.7; ip addr add 2001:db8:7::" +
               std::string(ns == near_.get() ? "1" : "2") +
               "/64 dev t0.7 nodad");
    near_->ok("ip link set t0 mtu 1500; ip link set t0.7 mtu 1500");
    for (const char *to : {"10.7.0.2", "2001:db8:7::2"}) {
        EXPECT_TRUE(streams(*near_, *far_, to, 100'000));
        EXPECT_TRUE(told(*near_, to, 1450, 1454));
    }
}

//   near t0 - p0 -- q0 - far - e1 -- e0 - t0 end
TEST_F(Tunnel, PathMtuShrinks)
{
    Netns end("end");

    far_->ok("ip link add e1 mtu 1400 type veth peer name e0 mtu 1400 netns "
             "end; ip link set e1 up; ip addr add 203.0.113.1/24 dev e1;"
             "ip addr add 2001:db8:e::1/64 dev e1 nodad");
    forward(*far_);
    end.ok("ip link set e0 up; ip addr add 203.0.113.2/24 dev e0;"
           "ip addr add 2001:db8:e::2/64 dev e0 nodad;"
           "ip route add default via 203.0.113.1;"
           "ip route add default via 2001:db8:e::1");
    near_->ok("ip route add 203.0.113.0/24 via 192.0.2.2;"
              "ip route add 2001:db8:e::/64 via 2001:db8::2");
    add(*near_, "t0", "remote 203.0.113.2");
    add(end, "t0", "remote 192.0.2.1 rx filter");
    for (bool v6 : {false, true}) {
        SCOPED_TRACE(v6 ? "over IPv6" : "over IPv4");
        if (v6) {
            near_->ok("ip link set t0 type virt remote 2001:db8:e::2");
            end.ok("ip link set t0 type virt remote 2001:db8::1");
        }
        int mtu = v6 ? 1338 : 1358;
        near_->ok("ip link set t0 type virt df set " +
                  std::string(v6 ? "tx udp" : "tx netpoll"));
        for (const char *to : {"10.0.0.2", "2001:db8:a::2"})
            EXPECT_TRUE(told(*near_, to, 1390, mtu));
        forget(*near_);
        near_->ok("ip link set t0 type virt df inherit");
        EXPECT_TRUE(pings(*near_, "-M dont -s 1390 10.0.0.2"));
        EXPECT_TRUE(told(*near_, "10.0.0.2", 1390, mtu));
        forget(*near_);
        near_->ok("ip link set t0 type virt df unset");
        EXPECT_TRUE(pings(*near_, "-M do -s 1390 10.0.0.2"));
        EXPECT_TRUE(streams(*near_, end, "10.0.0.2", 100'000));
        EXPECT_TRUE(streams(end, *near_, "2001:db8:a::1", 100'000));
        forget(*near_);
        EXPECT_TRUE(pings(*near_, "10.0.0.2"));
        EXPECT_EQ(mtu_of(*near_, "t0"), v6 ? 1438 : 1458)
            << "a path MTU that was learnt is no reason";
    }
}

//   near t0 - p0 -- q0 - far - e1
TEST_F(Tunnel, APathMtuLearntByIpsecIsNoReason)
{
    const std::string way = "src 2001:db8::1 dst 2001:db8:e::2 ";
    const auto way_is = [this](const char *mtu) {
        near_->run("ping -c 1 -W 1 -s 1300 10.0.0.2");
        return near_->ok("ip route get 2001:db8:e::2").find(mtu) !=
               std::string::npos;
    };

    far_->ok("ip link add e1 mtu 1300 type dummy; ip link set e1 up;"
             "ip addr add 2001:db8:e::1/64 dev e1 nodad");
    forward(*far_);
    near_->ok("ip route add 2001:db8:e::/64 via 2001:db8::2; ip xfrm state "
              "add " +
              way +
              "proto esp spi 256 mode transport aead 'rfc4106(gcm(aes))' "
              "0x0123456789abcdef0123456789abcdef01234567 128;"
              "ip xfrm policy add " +
              way + "proto 17 dir out tmpl " + way +
              "proto esp mode transport");
    add(*near_, "t0", "remote 2001:db8:e::2");
    near_->ok("ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:77 dev t0");
    const int mtu = mtu_of(*near_, "t0");
    EXPECT_GT(mtu, 1390);
    EXPECT_LT(mtu, 1438) << "IPsec takes some of it";
    EXPECT_TRUE(eventually([&] { return way_is("mtu 1300"); }));
    EXPECT_FALSE(eventually(
        [&] {
            near_->run("ping -c 1 -W 1 10.0.0.2");
            return mtu_of(*near_, "t0") != mtu;
        },
        7))
        << mtu_of(*near_, "t0") << " instead of " << mtu;
}

// Below, nobody cuts or sums but the core: the receiver finds what is wrong.
TEST_F(Tunnel, LargePacketsAreCutAndSummed)
{
    constexpr size_t kBytes = 200'000;
    // bytes that a packet has at least, on the average: one that nothing merges
    // has 1400, and a kernel with detectors is slow and merges few
    size_t merged =
        std::filesystem::exists("/sys/kernel/debug/kmemleak") ? 2000 : 2800;
    const char *const errors = "nstat -asz | awk '/CsumErr/ { n += $2 } "
                               "END { print n }'";

    for (const auto &[ns, dev] :
         {std::pair{near_.get(), "p0"}, {far_.get(), "q0"}})
        ns->ok("ethtool -K " + std::string(dev) + " tx off gro on");
    if (is_5_10()) {
        std::cout << "veth of 5.10 has no GRO\n";
        merged = 700;
    }
    for (const char *payload : {"ether", "ip"}) {
        add_pair("payload " + std::string(payload));
        for (const auto &[net, mode] :
             std::initializer_list<std::pair<std::string, std::string>>{
                 {"192.0.2.", "tx udp rx udp"},
                 {"192.0.2.", "tx netpoll rx udp"},
                 {"192.0.2.", "tx udp rx filter"},
                 {"192.0.2.", "tx netpoll rx filter"},
                 {"2001:db8::", "tx udp rx udp"},
                 {"2001:db8::", "tx netpoll rx filter"}}) {
            SCOPED_TRACE(payload + (" over " + net) + ", " + mode);
            near_->ok("ip link set t0 type virt remote " + net + "2 " + mode);
            far_->ok("ip link set t0 type virt remote " + net + "1 " + mode);
            EXPECT_TRUE(pings(*far_, "10.0.0.1"));
            uint64_t before = counter(*far_, "t0", "rx_packets");
            EXPECT_TRUE(streams(*near_, *far_, "10.0.0.2", kBytes));
            EXPECT_LT(counter(*far_, "t0", "rx_packets") - before,
                      kBytes / merged)
                << "GRO";
            EXPECT_TRUE(streams(*far_, *near_, "2001:db8:a::1", kBytes));
            EXPECT_TRUE(bursts(*near_, *far_, "10.0.0.2", 30'000, 1200));
            EXPECT_TRUE(bursts(*far_, *near_, "2001:db8:a::1", 30'000, 1200));
        }
        near_->ok("ip link del t0");
        far_->ok("ip link del t0");
    }
    for (const Netns *ns : {near_.get(), far_.get()})
        EXPECT_EQ(ns->ok(errors), "0\n");
}

// One outside that is good, or not there, says nothing about the one inside.
TEST_F(Tunnel, ChecksumsInsideAreLookedAt)
{
    auto errors = [this] {
        return near_->ok("nstat -asz UdpInCsumErrors |"
                         "awk '/Udp/ { print $2 }'");
    };
    Bytes bad = datagram("10.0.0.2", "10.0.0.1", 50001, 50001, Bytes(40));
    RawSocket wire(*far_, "q0");
    int count = 0;

    near_->ok("ethtool -K p0 gro on");
    add(*near_, "t0", "remote 192.0.2.2");
    near_->ok("ip link add t1 type virt mode tunnel remote 10.0.0.2 "
              "port 50001 rx filter; ip link set t1 up;"
              "ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0c dev t0");
    bad.back() ^= 1;
    for (const char *mode : {"rx udp", "rx filter"}) {
        near_->ok("ip link set t0 type virt " + std::string(mode));
        Bytes outer =
            datagram("192.0.2.2", "192.0.2.1", 50000, 50000,
                     ethernet(mac_of(*near_, "t0"), kFarMac, kIpv4, bad));
        for (bool none : {false, true}) {
            if (none)
                outer[26] = outer[27] = 0;
            EXPECT_TRUE(wire.send(ethernet(kNearMac, kFarMac, kIpv4, outer)));
            count++;
            EXPECT_TRUE(eventually([&] {
                return errors() == std::to_string(count) + "\n";
            })) << mode
                << (none ? ", none outside" : ", a good one outside");
        }
    }
    EXPECT_EQ(counter(*near_, "t1", "rx_packets"), 0U);
}

// A bridge passes on what no IP stack has looked at.
TEST_F(Tunnel, LargePacketsGoOnThroughABridge)
{
    constexpr size_t kBytes = 200'000;
    Netns third("third");

    add_pair();
    near_->ok("ip addr flush dev t0; ip link add br0 type bridge;"
              "ip link add k0 mtu 1458 type veth peer c0 mtu 1458 netns third;"
              "for dev in k0 t0; do ip link set $dev master br0; done;"
              "for dev in k0 br0; do ip link set $dev up; done");
    third.ok("ip link set c0 up; ip addr add 10.0.0.3/24 dev c0");
    for (const char *mode : {"tx udp rx udp", "tx netpoll rx udp",
                             "tx udp rx filter", "tx netpoll rx filter"}) {
        SCOPED_TRACE(mode);
        set_pair(mode);
        EXPECT_TRUE(pings(third, "10.0.0.2"));
        EXPECT_TRUE(streams(*far_, third, "10.0.0.3", kBytes));
        EXPECT_TRUE(streams(third, *far_, "10.0.0.2", kBytes));
        EXPECT_TRUE(bursts(*far_, third, "10.0.0.3", 30'000, 1200));
    }
}

// Large packets cross veth whole, headers and all.
TEST_F(Tunnel, TheLargestPacketsGoThrough)
{
    add_pair();
    for (const char *mode : {"tx udp rx udp", "tx netpoll rx filter"}) {
        set_pair(mode);
        EXPECT_TRUE(pings(*near_, "10.0.0.2"));
        EXPECT_TRUE(bursts(*near_, *far_, "10.0.0.2", 65'507, 1400)) << mode;
    }
}

} // namespace e2e
