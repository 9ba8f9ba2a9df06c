// SPDX-License-Identifier: GPL-2.0-only
// What tunnels know about their peers: keepalives, peers that are learnt.
//
// Copyright (C) The virt authors
#include <atomic>
#include <thread>

#include "tunnel.hpp"

namespace e2e
{

using Tunnel = TunnelBed;

TEST_F(Tunnel, KeepaliveTakesAndGivesTheCarrier)
{
    auto becomes = [this](const std::string &device, const std::string &state) {
        return eventually([&] { return operstate(*near_, device) == state; },
                          15);
    };

    // keepalives of a tunnel whose port is not open there
    far_->ok("nft add table inet k; nft add chain inet k c '{ type filter "
             "hook prerouting priority 0; }'");
    auto hear = [this](const std::string &port) {
        far_->ok("nft add rule inet k c udp dport " + port + " counter");
    };
    auto heard = [this](const std::string &port) {
        return std::stoi(far_->ok("nft list chain inet k c | sed -n "
                                  "'s/.*dport " +
                                  port +
                                  " counter packets \\([0-9]*\\).*/\\1/p'"));
    };

    near_->ok("ip monitor link >/tmp/monitor 2>&1 & echo $! >/tmp/monitor.pid");
    add_pair("keepalive 1");
    // nobody answers these
    near_->ok("ip link add t1 type virt mode tunnel remote 192.0.2.2 port 7 "
              "keepalive 2; ip link set t1 up;"
              "ip link add t2 type virt mode tunnel remote 192.0.2.2 port 8 "
              "keepalive 1 any; ip link set t2 up;"
              "ip link add t3 type virt mode tunnel remote 192.0.2.2 port 9 "
              "keepalive 4; ip link set t3 up");
    for (const char *port : {"7", "8", "9"})
        hear(port);
    EXPECT_TRUE(
        eventually([this] { return !option(*near_, "t0", "rtt_us").empty(); }));
    // its state alone may be that of before it was up
    EXPECT_TRUE(eventually(
        [this] { return counter(*near_, "t2", "peer_lost") == 1; }, 15));
    EXPECT_TRUE(becomes("t2", "DOWN"));
    far_->ok("ip link set t0 down");
    EXPECT_TRUE(becomes("t0", "DOWN"));
    EXPECT_EQ(counter(*near_, "t0", "peer_lost"), 1U);
    EXPECT_GT(std::stoi(option(*near_, "t0", "loss_permille")), 0);
    EXPECT_EQ(host().run("grep -q 't0.*NO-CARRIER' /tmp/monitor").status, 0)
        << "nobody was told";
    EXPECT_EQ(operstate(*near_, "t1"), "UP") << "it has never answered";
    far_->ok("ip link set t0 up");
    EXPECT_TRUE(becomes("t0", "UP"));
    EXPECT_TRUE(eventually([] {
        return !host()
                    .run("grep 't0:.*state' /tmp/monitor | tail -n 1 | "
                         "grep -q LOWER_UP")
                    .status;
    })) << "nobody was told that it is back";
    EXPECT_LT(std::stoi(option(*near_, "t0", "seen_ms")), 3000);
    // each in its own interval: 2, 1 and 4 seconds
    EXPECT_TRUE(eventually([&] {
        return heard("7") > heard("9") && heard("8") > heard("7");
    })) << heard("7")
        << ", " << heard("8") << ", " << heard("9");

    // others use the ethertype, too
    Bytes loopback =
        ethernet(kBroadcast, mac_of(*far_, "t0"), 0x9000, Bytes(46, 0));
    StackWatch watch(*near_, 0x9000);
    RawSocket(*far_, "t0").send(loopback);
    EXPECT_EQ(watch.keepers(loopback, {"t0"}), std::set<std::string>{"t0"});
    host().ok("kill $(cat /tmp/monitor.pid)");
}

TEST_F(Tunnel, ALostPeersFrameGivesTheCarrier)
{
    auto becomes = [this](const std::string &state) {
        return eventually([&] { return operstate(*near_, "t0") == state; }, 15);
    };

    // it says nothing by itself
    far_->ok("sysctl -qw net.ipv6.conf.default.disable_ipv6=1");
    add(*near_, "t0", "remote 192.0.2.2 keepalive 1");
    far_->ok("ip link add t0 type virt mode tunnel remote 192.0.2.1;"
             "ip link set t0 up");
    EXPECT_TRUE(
        eventually([this] { return !option(*near_, "t0", "rtt_us").empty(); }));
    far_->ok("nft add table inet f; nft add chain inet f c '{ type filter hook "
             "input priority 0; }'; nft add rule inet f c udp dport 50000 "
             "drop");
    EXPECT_TRUE(becomes("DOWN"));
    EXPECT_TRUE(eventually([this] {
        RawSocket(*far_, "t0")
            .send(ethernet(kBroadcast, kFarMac, 0x88b5, Bytes(46, 0)));
        return operstate(*near_, "t0") == "UP";
    }));
    EXPECT_TRUE(becomes("DOWN")) << "it is as silent as before";
}

TEST_F(Tunnel, NobodyIsLostWhoWasNotAsked)
{
    // NICs that load their firmware hold RTNL, and with it all keepalives
    add_pair("keepalive 1");
    EXPECT_TRUE(
        eventually([this] { return !option(*near_, "t0", "rtt_us").empty(); }));
    near_->ok("ip link add d0 type dummy; ip link set d0 up;"
              "ip link set d0 down; sleep 0.1");
    host().ok("modprobe virt_shapes;"
              "echo 4500 > /sys/module/virt_shapes/parameters/rtnl_ms;"
              "rmmod virt_shapes");
    EXPECT_TRUE(pings(*near_, "10.0.0.2"));
    for (const Netns *ns : {near_.get(), far_.get()})
        EXPECT_EQ(counter(*ns, "t0", "peer_lost"), 0U);
}

TEST_F(Tunnel, ANewPeerHasNotAnsweredYet)
{
    near_->ok("ip link add t0 type virt mode tunnel learn 192.0.2.0/24 hold 1 "
              "keepalive 1; ip link set t0 up");
    add(*far_, "t0", "remote 192.0.2.1");
    EXPECT_TRUE(
        eventually([this] { return !option(*near_, "t0", "rtt_us").empty(); }));
    far_->ok("ip link del t0; sleep 1.5");
    EXPECT_TRUE(eventually([this] {
        speak("192.0.2.3", 50000);
        return option(*near_, "t0", "peer") == "192.0.2.3";
    }));
    EXPECT_EQ(option(*near_, "t0", "rtt_us"), "");
    const uint64_t lost = counter(*near_, "t0", "peer_lost");
    near_->ok("sleep 5");
    EXPECT_EQ(operstate(*near_, "t0"), "UP");
    EXPECT_EQ(counter(*near_, "t0", "peer_lost"), lost);
}

TEST_F(Tunnel, NobodyIsLostWhoWasNotLearnt)
{
    near_->ok("ip link add t0 type virt mode tunnel learn 192.0.2.0/24 "
              "keepalive 1 any; ip link set t0 up");
    pause_ms(5000);
    EXPECT_EQ(counter(*near_, "t0", "peer_lost"), 0U);
    // learnt by a datagram that is dropped then
    RawSocket(*far_, "q0")
        .send(ethernet(
            kNearMac, kFarMac, kIpv4,
            datagram("192.0.2.2", "192.0.2.1", 50000, 50000, Bytes(5, 0))));
    EXPECT_TRUE(eventually([this] { return operstate(*near_, "t0") == "UP"; }));
    EXPECT_EQ(counter(*near_, "t0", "peer_lost"), 0U);
    EXPECT_TRUE(eventually(
        [this] { return counter(*near_, "t0", "peer_lost") == 1; }, 10));
}

// It may be another one behind each device.
TEST_F(Tunnel, ALinkLocalPeerIsLearntOfADevice)
{
    const Bytes inner = ethernet(kBroadcast, kFarMac, 0x88b5, Bytes(46, 0));
    const auto speaks = [&](uint16_t port) {
        RawSocket(*far_, "q0")
            .send(ethernet(kNearMac, kFarMac, kIpv6,
                           datagram("fe80::2", "fe80::1", 50000, port, inner)));
    };

    near_->ok("ip addr add fe80::1/64 dev p0 nodad;"
              "ip link add t0 type virt mode tunnel learn ::/0;"
              "ip link add t1 type virt mode tunnel learn fe80::/10 port 50001 "
              "dev p0; ip link set t0 up; ip link set t1 up");
    speaks(50000);
    speaks(50001);
    EXPECT_TRUE(eventually([this] { return operstate(*near_, "t1") == "UP"; }));
    EXPECT_EQ(option(*near_, "t1", "peer"), "fe80::2");
    EXPECT_EQ(operstate(*near_, "t0"), "DOWN");
    EXPECT_EQ(counter(*near_, "t0", "rx_bad_src"), 1U);
    near_->ok("ip link set t1 type virt learn ::/0");
    speaks(50001);
    EXPECT_TRUE(eventually([this] { return operstate(*near_, "t1") == "UP"; }));
    near_->ok("ip link set t1 type virt dev none");
    EXPECT_TRUE(
        eventually([this] { return operstate(*near_, "t1") == "DOWN"; }));
}

TEST_F(Tunnel, AnotherPortOfAPeerIsNoOthersPeer)
{
    auto learnt = [this] {
        return counter(*near_, "t0", "peer_learnt") +
               counter(*near_, "t1", "peer_learnt") +
               counter(*near_, "t2", "peer_learnt");
    };

    near_->ok("for t in t0 t1 t2; do ip link add $t type virt mode tunnel "
              "learn 192.0.2.0/24 hold 100; ip link set $t up; done");
    add(*near_, "t3", "remote 192.0.2.3");
    speak("192.0.2.2", 50001);
    EXPECT_TRUE(eventually([&] { return learnt() == 1; }));
    speak("192.0.2.2", 50002);
    speak("192.0.2.3", 50003);
    EXPECT_TRUE(eventually(
        [this] { return counter(*near_, "t3", "rx_packets") == 1; }));
    EXPECT_EQ(learnt(), 1U);
}

TEST_F(Tunnel, LearnsAPeerOnceUnderTwoSenders)
{
    constexpr int kPeers = 150;
    const Bytes inner = ethernet(kBroadcast, kFarMac, 0x88b5, Bytes(46, 0));
    const RawSocket wire(*far_, "q0");
    std::vector<std::string> tunnels;
    std::atomic<int> ready = 0;
    auto speaks = [&](unsigned cpu) {
        stay_on(cpu);
        for (int i = 0; i < kPeers; i++) {
            const Bytes frame = ethernet(
                kNearMac, kFarMac, kIpv4,
                datagram("192.0.2." + std::to_string(100 + i), "192.0.2.1",
                         static_cast<uint16_t>(50000 + cpu), 50000, inner));

            for (ready++; ready < 2 * (i + 1);)
                ;
            wire.send(frame);
        }
    };

    for (int i = 0; i < kPeers; i++) {
        const std::string name = "t" + std::to_string(i);

        tunnels.push_back("link add " + name +
                          " type virt mode tunnel learn 192.0.2.0/24 hold 100");
        tunnels.push_back("link set " + name + " up");
    }
    near_->batch(tunnels);
    {
        const std::jthread first(speaks, 0U), second(speaks, 1U);
    }
    EXPECT_TRUE(eventually([&] {
        return near_->ok("ip -d link show type virt | grep -c 'peer 192' || "
                         "true") == std::to_string(kPeers) + "\n";
    }));
    EXPECT_EQ(near_->ok("ip -d link show type virt | "
                        "grep -o 'peer 192[^ ]*' | sort | uniq -d"),
              "")
        << "two tunnels have this peer";
}

TEST_F(Tunnel, LearnsPeersOverIpv6)
{
    near_->ok("ip link add t0 type virt mode tunnel learn 2001:db8::/64;"
              "ip link set t0 up; ip addr add 10.0.0.1/24 dev t0");
    EXPECT_EQ(option(*near_, "t0", "learn"), "2001:db8::/64");
    expect_learns("2001:db8:5::1", "2001:db8::1", "2001:db8::2");
}

TEST_F(Tunnel, AnotherRemoteIsUsedAtOnceThoughItLearns)
{
    near_->ok("ip link add t0 type virt mode tunnel remote 192.0.2.2 "
              "learn 192.0.2.0/24; ip link set t0 type virt remote 192.0.2.3");
    EXPECT_EQ(option(*near_, "t0", "peer"), "192.0.2.3");
}

TEST_F(Tunnel, LearntPeersRoam)
{
    near_->ok("ip link add t0 type virt mode tunnel learn 192.0.2.0/24 hold 1;"
              "ip link set t0 up; ip addr add 10.0.0.1/24 dev t0");
    EXPECT_EQ(operstate(*near_, "t0"), "DOWN");
    RawSocket(*near_, "t0")
        .send(ethernet(kBroadcast, mac_of(*near_, "t0"), 0x88b5, Bytes(46, 0)));
    EXPECT_EQ(counter(*near_, "t0", "peer_learnt"), 0U);
    expect_learns("198.51.100.1", "192.0.2.1", "192.0.2.2");
    EXPECT_EQ(operstate(*near_, "t0"), "UP");
    near_->ok("ip link set t0 type virt hold 100");
    far_->ok("ip addr add 192.0.2.3/24 dev q0; ip link set t0 down;"
             "ip link set t0 type virt local 192.0.2.3 port 50003;"
             "ip link set t0 up");
    uint64_t strangers = counter(*near_, "t0", "rx_bad_src");
    EXPECT_TRUE(silent(*far_, "10.0.0.1")) << "too early for another";
    EXPECT_GT(counter(*near_, "t0", "rx_bad_src"), strangers);
    near_->ok("ip link set t0 type virt hold 1");
    EXPECT_TRUE(pings(*far_, "10.0.0.1"));
    EXPECT_EQ(option(*near_, "t0", "peer"), "192.0.2.3");
    EXPECT_EQ(counter(*near_, "t0", "peer_learnt"), 2U);
    near_->ok("ip link set t0 type virt rport 50009");
    EXPECT_EQ(option(*near_, "t0", "peer"), "192.0.2.3");
    // what the user has set wins
    near_->ok("ip link add t1 type virt mode tunnel remote 192.0.2.3 "
              "rport 50003; ip link set t1 up");
    Bytes frame =
        ethernet(kBroadcast, mac_of(*far_, "t0"), 0x88b5, Bytes(46, 0));
    StackWatch watch(*near_, 0x88b5);
    RawSocket(*far_, "t0").send(frame);
    EXPECT_EQ(watch.keepers(frame, {"t1"}), std::set<std::string>{"t1"});
}

} // namespace e2e
