// SPDX-License-Identifier: GPL-2.0-only
// What stands on tunnels: VLANs, macsec, bonds, bridges, queues.
//
// Copyright (C) The virt authors
#include "tunnel.hpp"

namespace e2e
{

using Tunnel = TunnelBed;

TEST_F(Tunnel, VlanMacsecQueueAndMirrorOnTop)
{
    const std::string keys[] = {" key 01 0123456789abcdef0123456789abcdef",
                                " key 02 fedcba9876543210fedcba9876543210"};
    const Netns *hosts[] = {near_.get(), far_.get()};

    add_pair();
    for (int i = 0; i < 2; i++) {
        std::string peer = hosts[1 - i]->ok("cat /dev/null; ip -o link show t0 "
                                            "| sed 's/.*ether //;s/ .*//'");
        std::string number = std::to_string(i + 1);
        peer.pop_back();
        hosts[i]->ok("ip link add link t0 name t0.7 type vlan id 7;"
                     "ip link set t0.7 up;"
                     "ip addr add 10.7.0." +
                     number +
                     "/24 dev t0.7;"
                     "ip link add link t0 ms0 type macsec encrypt on;"
                     "ip macsec add ms0 tx sa 0 pn 1 on" +
                     keys[i] +
                     ";"
                     "ip macsec add ms0 rx port 1 address " +
                     peer +
                     ";"
                     "ip macsec add ms0 rx port 1 address " +
                     peer + " sa 0 pn 1 on" + keys[1 - i] +
                     ";"
                     "ip link set ms0 up; ip addr add 10.8.0." +
                     number + "/24 dev ms0");
    }
    near_->ok("tc qdisc add dev t0 root netem delay 20ms;"
              "ip link add d0 type dummy; ip link set d0 up;"
              "tc qdisc add dev t0 clsact; tc filter add dev t0 egress "
              "matchall action mirred egress mirror dev d0");
    EXPECT_TRUE(pings(*near_, "10.7.0.2"));
    EXPECT_TRUE(pings(*near_, "10.8.0.2"));
    EXPECT_EQ(mtu_of(*near_, "ms0"), 1458 - 32);
    // full frames, authentication included
    EXPECT_TRUE(pings(*near_, "-M do -s " + std::to_string(1458 - 32 - 28) +
                                  " 10.8.0.2"));
    std::string said = near_->ok("ping -n -c 1 -w 10 10.0.0.2");
    size_t time = said.find("time=");
    EXPECT_NE(time, std::string::npos) << said;
    EXPECT_GE(std::stod(said.substr(time + 5)), 20.0) << "netem";
    EXPECT_GT(counter(*near_, "d0", "tx_packets"), 3U) << "mirror";
}

TEST_F(Tunnel, BondFailsOverByKeepalive)
{
    for (const Netns *ns : {near_.get(), far_.get()}) {
        std::string remote = ns == near_.get() ? "192.0.2.2" : "192.0.2.1";
        std::string host = ns == near_.get() ? "1" : "2";
        ns->ok("ip link add bond0 type bond mode active-backup miimon 50;"
               "for i in 0 1; do "
               "ip link add t$i type virt mode tunnel keepalive 1 port 5000$i "
               "remote " +
               remote +
               " && ip link set t$i master bond0; done;"
               "ip link set bond0 up; ip addr add 10.0.0." +
               host + "/24 dev bond0");
    }
    EXPECT_TRUE(pings(*near_, "10.0.0.2"));
    EXPECT_EQ(option(*near_, "bond0", "active_slave"), "t0");
    // the peer has answered: it can be lost
    EXPECT_TRUE(
        eventually([this] { return !option(*near_, "t0", "rtt_us").empty(); }));
    far_->ok("ip link set t0 down");
    EXPECT_TRUE(eventually(
        [this] { return option(*near_, "bond0", "active_slave") == "t1"; },
        15));
    EXPECT_TRUE(pings(*near_, "10.0.0.2"));
}

// The sockets of three hosts are in one namespace, their devices are not.
TEST_F(Tunnel, HubOfThree)
{
    Netns one("one"), two("two"), three("three");
    const Netns *hosts[] = {&one, &two, &three};

    near_->ok("ip link add br0 type bridge mcast_snooping 0;"
              "ip link set br0 up; ip addr add 10.0.0.1/24 dev br0");
    for (int i = 0; i < 3; i++) {
        std::string number = std::to_string(i + 2), addr = "192.0.2." + number;
        if (i)
            far_->ok("ip addr add " + addr + "/24 dev q0");
        near_->ok("ip link add t" + number + " type virt mode tunnel remote " +
                  addr + "; ip link set t" + number +
                  " master br0 up;"
                  "bridge link set dev t" +
                  number + " isolated on");
        far_->ok("ip link add h" + number +
                 " type virt mode tunnel "
                 "remote 192.0.2.1 local " +
                 addr +
                 ";"
                 "ip link set h" +
                 number + " netns " + hosts[i]->name());
        hosts[i]->ok("ip link set h" + number +
                     " name h0; ip link set h0 up;"
                     "ip addr add 10.0.0." +
                     number + "/24 dev h0");
    }
    for (const Netns *host : hosts)
        EXPECT_TRUE(pings(*host, "10.0.0.1"));
    EXPECT_TRUE(silent(one, "10.0.0.3"));
    near_->ok("for t in t2 t3; do bridge link set dev $t isolated off; done");
    EXPECT_TRUE(pings(one, "10.0.0.3"));
    // a broadcast goes to the others and not back
    Bytes frame = ethernet(kBroadcast, mac_of(one, "h0"), 0x88b5, Bytes(46, 0));
    StackWatch here(one, 0x88b5), there(two, 0x88b5);
    RawSocket(one, "h0").send(frame);
    EXPECT_EQ(there.keepers(frame, {"h0"}), std::set<std::string>{"h0"});
    EXPECT_TRUE(here.keepers(frame, {}).empty());
    EXPECT_EQ(counter(one, "h0", "rx_loop"), 0U);
}

TEST_F(Tunnel, StpEndsALoopOfBridges)
{
    for (const Netns *ns : {near_.get(), far_.get()}) {
        std::string remote = ns == near_.get() ? "192.0.2.2" : "192.0.2.1";
        std::string host = ns == near_.get() ? "1" : "2";
        ns->ok("ip link add br0 type bridge stp_state 1 forward_delay 200 "
               "hello_time 100; ip link set br0 up;"
               "ip addr add 10.0.0." +
               host +
               "/24 dev br0;"
               "for i in 0 1; do ip link add t$i type virt mode tunnel "
               "port 5000$i remote " +
               remote + " && ip link set t$i master br0 up; done");
    }
    EXPECT_TRUE(pings(*near_, "10.0.0.2"));
    auto blocked = [](const Netns &ns) {
        return ns.ok("bridge link show | grep -c blocking; true");
    };
    EXPECT_TRUE(eventually([&] {
        return blocked(*near_) + blocked(*far_) == "0\n1\n" ||
               blocked(*near_) + blocked(*far_) == "1\n0\n";
    })) << near_->ok("bridge link")
        << far_->ok("bridge link");
    // nothing goes round and round
    EXPECT_LT(counter(*near_, "t0", "tx_packets"), 500U);
    EXPECT_LT(counter(*near_, "t1", "tx_packets"), 500U);
}

} // namespace e2e
