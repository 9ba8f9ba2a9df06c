// SPDX-License-Identifier: GPL-2.0-only
// Between children and their host, without the wire.
//
//   near: p0 192.0.2.1       box: v0 (share) 192.0.2.10
//                            pen: m0 (mac)   192.0.2.11
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <thread>

namespace e2e
{

class Local : public Bed
{
protected:
    void SetUp() override
    {
        Bed::SetUp();
        box_ = std::make_unique<Netns>("box");
        pen_ = std::make_unique<Netns>("pen");
        near_->ok("ip link add link p0 name v0 netns box type virt host on;"
                  "ip link add link p0 name m0 netns pen "
                  "type virt mode mac host on");
        box_->ok("ip link set v0 up; ip addr add 192.0.2.10/24 dev v0;"
                 "ip addr add 2001:db8::10/64 dev v0 nodad");
        pen_->ok("ip link set m0 up; ip addr add 192.0.2.11/24 dev m0;"
                 "ip addr add 2001:db8::11/64 dev m0 nodad");
    }

    void TearDown() override
    {
        box_.reset();
        pen_.reset();
        Bed::TearDown();
    }

    // A TCP stream of a megabyte arrives whole.
    static ::testing::AssertionResult
    streams(const Netns &from, const Netns &to, const std::string &address)
    {
        host().ok("head -c 1000000 /dev/urandom >/tmp/in; rm -f /tmp/out");
        to.ok("socat -u TCP-LISTEN:7000,reuseaddr OPEN:/tmp/out,creat,trunc "
              "</dev/null >/dev/null 2>&1 &");
        Result sent = from.run("socat -u OPEN:/tmp/in TCP:" + address +
                               ":7000,retry=50,interval=0.1");
        if (!sent.status && eventually([] {
                return !host().run("cmp /tmp/in /tmp/out").status;
            }))
            return ::testing::AssertionSuccess();
        return ::testing::AssertionFailure()
               << from.name() << " to " << to.name() << ": " << sent.err;
    }

    // A command that takes so many of the hooks at the egress of p0.
    static std::string fill(int count)
    {
        return "{ echo 'table netdev full {'; for i in $(seq " +
               std::to_string(count) +
               "); do echo \"chain c$i { type filter hook egress device p0 "
               "priority $i; }\"; done; echo '}'; } | nft -f -";
    }

    // After fill(kHooks - 1): the last one is free or ours. Where there are no
    // such hooks the kernel shows our tap.
    bool hooked() const
    {
        if (!hooks_)
            return !near_
                        ->run("grep -q 'p0 *virt_compat_egress_tap' "
                              "/proc/net/ptype")
                        .status;
        if (near_
                ->run("nft 'add chain netdev full last { type filter hook "
                      "egress device p0 priority 0; }'")
                .status)
            return true;
        near_->ok("nft delete chain netdev full last");
        return false;
    }

    // What a device has room for.
    static constexpr int kHooks = 1024;

    bool hooks_ = false;
    std::unique_ptr<Netns> box_;
    std::unique_ptr<Netns> pen_;
};

TEST_F(Local, SiblingsReachEachOther)
{
    for (const char *address : {"192.0.2.11", "2001:db8::11"})
        EXPECT_TRUE(pings(*box_, address));
    for (const char *address : {"192.0.2.10", "2001:db8::10"})
        EXPECT_TRUE(pings(*pen_, address));
    EXPECT_TRUE(streams(*box_, *pen_, "192.0.2.11"));
    EXPECT_TRUE(streams(*pen_, *box_, "192.0.2.10"));
}

TEST_F(Local, TwoShareChildrenReachEachOther)
{
    near_->ok("ip link add link p0 name v1 netns pen type virt");
    pen_->ok("ip link set m0 down; ip link set v1 up;"
             "ip addr add 192.0.2.12/24 dev v1");
    EXPECT_TRUE(pings(*box_, "192.0.2.12"));
    EXPECT_TRUE(streams(*box_, *pen_, "192.0.2.12"));
}

TEST_F(Local, IsolatedSiblingsDoNot)
{
    box_->ok("ip link set v0 type virt isolate on");
    EXPECT_TRUE(silent(*box_, "192.0.2.11"));
    EXPECT_TRUE(silent(*pen_, "192.0.2.10"));
    EXPECT_TRUE(pings(*box_, "192.0.2.2"));
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
    box_->ok("ip link set v0 type virt isolate off");
    EXPECT_TRUE(pings(*box_, "192.0.2.11"));
}

// A tag that names no VLAN does not lead past the isolation.
TEST_F(Local, IsolationSeesThroughAPriorityTag)
{
    Bytes tagged{0, 0, 0x08, 0};
    Bytes inner = udp("192.0.2.11", "192.0.2.10");
    RawSocket sender(*pen_, "m0");

    tagged.insert(tagged.end(), inner.begin(), inner.end());
    box_->ok("ip link set v0 type virt isolate on");
    ASSERT_TRUE(
        sender.send(ethernet(kNearMac, mac_of(*pen_, "m0"), 0x8100, tagged)));
    EXPECT_TRUE(eventually(
        [this] { return counter(*pen_, "m0", "tx_isolated") == 1; }));
}

TEST_F(Local, HostAndChildrenReachEachOther)
{
    for (const Netns *child : {box_.get(), pen_.get()}) {
        EXPECT_TRUE(pings(*child, "192.0.2.1"));
        EXPECT_TRUE(pings(*child, "2001:db8::1"));
        EXPECT_TRUE(streams(*child, *near_, "192.0.2.1"));
    }
    for (const char *address :
         {"192.0.2.10", "192.0.2.11", "2001:db8::10", "2001:db8::11"})
        EXPECT_TRUE(pings(*near_, address));
    EXPECT_TRUE(streams(*near_, *box_, "192.0.2.10"));
    EXPECT_TRUE(streams(*near_, *pen_, "192.0.2.11"));
}

TEST_F(Local, HostThatAsksFirst)
{
    for (const char *address :
         {"192.0.2.10", "192.0.2.11", "2001:db8::10", "2001:db8::11"})
        EXPECT_TRUE(pings(*near_, address));
}

// It answers through the parent, and asks there with the child's address.
TEST_F(Local, ChildOfTheHostsNamespaceAnswersItsSiblings)
{
    add_child("v1", "", {"192.0.2.12/24", "2001:db8::12/64"});
    for (const Netns *sibling : {box_.get(), pen_.get()})
        for (const char *address : {"192.0.2.12", "2001:db8::12"})
            EXPECT_TRUE(pings(*sibling, address));
    EXPECT_GT(counter(*near_, "v1", "rx_packets"), 0u);
    // the answer is no way past the isolation
    near_->ok("ip link set v1 type virt isolate on; ip neigh flush all");
    box_->ok("ip neigh flush all");
    EXPECT_TRUE(silent(*box_, "192.0.2.12"));
}

TEST_F(Local, HostOffKeepsThemApart)
{
    box_->ok("ip link set v0 type virt host off");
    EXPECT_TRUE(silent(*box_, "192.0.2.1"));
    EXPECT_TRUE(silent(*near_, "192.0.2.10"));
    EXPECT_TRUE(pings(*near_, "192.0.2.11"));
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
}

TEST_F(Local, BroadcastAndGroupsCrossBothWays)
{
    box_->ok("sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0");
    near_->ok("sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0");
    EXPECT_NE(near_->run("ping -n -b -c 2 -W 2 192.0.2.255")
                  .out.find("from 192.0.2.10"),
              std::string::npos);
    EXPECT_NE(box_->run("ping -n -b -c 2 -W 2 192.0.2.255")
                  .out.find("from 192.0.2.1:"),
              std::string::npos);
    for (const char *peer : {"%v0", "%m0"}) {
        const Netns &ns = peer[1] == 'v' ? *box_ : *pen_;
        std::string out =
            ns.run(std::string("ping -n -c 2 -W 2 ff02::1") + peer).out;
        EXPECT_NE(out.find("from fe80::"), std::string::npos) << out;
    }
}

TEST_F(Local, ChildInAVrfReachesItsHost)
{
    // the addresses of the host are not those of the VRF
    near_->ok("ip rule add pref 32765 table local; ip rule del pref 0");
    near_->ok("ip link add link p0 name v2 type virt host on;"
              "ip link add red type vrf table 10; ip link set red up;"
              "ip link set v2 master red; ip link set v2 up;"
              "ip addr add 192.0.2.13/24 dev v2");
    EXPECT_TRUE(pings(*near_, "-I red 192.0.2.2"));
    EXPECT_TRUE(pings(*near_, "-I red 192.0.2.1"));
}

TEST_F(Local, HostReachesWhatIsBridgedBehindAChild)
{
    Netns vm("vm");

    near_->batch({"link add link p0 name m1 type virt mode mac host on",
                  "link add br0 type bridge", "link set br0 up",
                  "link set m1 up", "link set m1 master br0",
                  "link add b0 type veth peer name b1 netns vm",
                  "link set b0 master br0 up"});
    vm.batch({"link set b1 up", "addr add 192.0.2.30/24 dev b1"});
    EXPECT_TRUE(pings(vm, "192.0.2.1"));
    EXPECT_TRUE(pings(*near_, "192.0.2.30"));
    EXPECT_TRUE(pings(*box_, "192.0.2.30")) << "a sibling";
    EXPECT_TRUE(streams(*near_, vm, "192.0.2.30"));
    EXPECT_TRUE(streams(vm, *near_, "192.0.2.1"));
}

// Nothing that the child's namespace knows of a frame goes along.
TEST_F(Local, MarksStayInTheirNamespace)
{
    const std::string chain =
        "table netdev t; add chain netdev t c { type filter hook egress "
        "device p0 priority 0; }; add rule netdev t c meta mark 7 drop";

    if (near_->run("nft 'add " + chain + "'").status)
        GTEST_SKIP() << "no egress hooks here";
    box_->ok("nft 'add table ip t; add chain ip t c { type filter hook output "
             "priority 0; }; add rule ip t c meta mark set 7'");
    for (const char *peer : {"192.0.2.2", "192.0.2.1", "192.0.2.11"})
        EXPECT_TRUE(pings(*box_, peer));
    near_->ok("nft 'add table ip u; add chain ip u c { type filter hook output "
              "priority 0; }; add rule ip u c meta mark set 7'");
    EXPECT_TRUE(silent(*near_, "192.0.2.2")) << "the rule sees a mark";
}

// Nor what it knows of a connection: each namespace has an entry of its own.
TEST_F(Local, ConnectionsStayInTheirNamespace)
{
    auto know_as = [](const Netns &ns, const std::string &mark) {
        ns.ok("nft 'table ip t { chain o { type filter hook output priority 0; "
              "ct mark set " +
              mark +
              "; }; chain i { type filter hook input priority 0; "
              "meta mark 9 counter; ct mark 9 counter; ct mark { 1, 2, 3 } "
              "ct mark != " +
              mark + " drop; }; }'");
    };
    auto met = [](const Netns &ns, const std::string &what) {
        return !ns.run("nft list chain ip t i | grep '" + what +
                       " mark .* packets [1-9]'")
                    .status;
    };

    if (near_
            ->run("nft 'table ip p { chain o { type filter hook output "
                  "priority 0; ct mark set 1; }; }'")
            .status)
        GTEST_SKIP() << "connections have no marks here";
    know_as(*near_, "1");
    know_as(*box_, "2");
    know_as(*pen_, "3");
    for (const char *peer : {"192.0.2.1", "192.0.2.2", "192.0.2.11"})
        EXPECT_TRUE(pings(*box_, peer)) << peer;
    for (const char *peer : {"192.0.2.10", "192.0.2.11"})
        EXPECT_TRUE(pings(*near_, peer)) << peer;
    near_->ok("sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0");
    EXPECT_TRUE(pings(*box_, "-b 192.0.2.255"));

    // what the host has found out before a frame comes to the parent
    near_->ok("tc qdisc add dev p0 clsact");
    for (const char *action : {"skbedit mark 9", "ct commit mark 9"}) {
        if (action[0] == 'c' && host().run("modprobe -nq act_ct").status)
            continue;
        // a replacement is refused
        near_->run("tc filter del dev p0 ingress");
        near_->ok("tc filter add dev p0 ingress pref 1 handle 1 protocol ip "
                  "matchall action " +
                  std::string(action));
        for (const char *peer : {"192.0.2.1", "192.0.2.10", "192.0.2.11"})
            EXPECT_TRUE(pings(*far_, peer)) << action;
        EXPECT_TRUE(met(*near_, action[0] == 's' ? "meta" : "ct"));
    }
    for (const Netns *ns : {box_.get(), pen_.get()})
        EXPECT_FALSE(met(*ns, "meta") || met(*ns, "ct"));
}

TEST_F(Local, ParentMovesAndComesBack)
{
    Netns other("other");

    for (int i = 0; i < 2; i++) {
        near_->ok("ip link set p0 netns other");
        other.ok("ip link set p0 up; ip addr add 192.0.2.1/24 dev p0");
        EXPECT_TRUE(pings(*box_, "192.0.2.1"));
        EXPECT_TRUE(pings(other, "192.0.2.11"));
        EXPECT_TRUE(pings(*far_, "192.0.2.11"));
        other.ok("ip link set p0 netns near");
        near_->ok("ip link set p0 up; ip addr add 192.0.2.1/24 dev p0");
        EXPECT_TRUE(pings(*box_, "192.0.2.1"));
        EXPECT_TRUE(pings(*near_, "192.0.2.11"));
    }
}

// The hook costs every frame that the host sends: it must go when it can.
TEST_F(Local, HookIsThereOnlyWhenNeeded)
{
    hooks_ = !near_->run(fill(kHooks - 1)).status;
    if (!hooks_ && !hooked())
        GTEST_SKIP() << "this kernel shows neither hooks nor taps";
    EXPECT_TRUE(hooked());
    box_->ok("ip link set v0 type virt host off");
    EXPECT_TRUE(hooked());
    pen_->ok("ip link set m0 type virt host off");
    EXPECT_FALSE(hooked());
    pen_->ok("ip link set m0 type virt host on");
    EXPECT_TRUE(hooked());
    pen_->ok("ip link del m0");
    EXPECT_FALSE(hooked());

    // what is on top of a child in the host's own namespace
    near_->batch({"link add link p0 name v1 type virt host on",
                  "link add red type vrf table 10"});
    EXPECT_FALSE(hooked());
    near_->ok("ip link set v1 master red");
    EXPECT_TRUE(hooked());
    near_->ok("ip link set v1 nomaster");
    EXPECT_FALSE(hooked());
    // a tunnel that goes by it has nothing to do with what it hears
    near_->ok("ip link add t0 type virt mode tunnel remote 192.0.2.2 dev v1");
    EXPECT_FALSE(hooked());
    near_->ok("ip link set v1 type virt mode mac");
}

// While our hook comes and goes, children go past no rule of the host's.
TEST_F(Local, HookThatComesAndGoesSkipsNoRule)
{
    std::vector<std::string> toggle;

    if (near_
            ->run("nft add table netdev f; nft add chain netdev f c '{ type "
                  "filter hook egress device p0 priority 0; }'")
            .status)
        GTEST_SKIP() << "no egress hooks here";
    near_->ok("nft add rule netdev f c udp dport 9 drop");
    box_->ok("ip link set v0 type virt host off");
    for (int i = 0; i < 600; i++)
        for (const char *word : {"off", "on"})
            toggle.push_back("link set m0 type virt host " + std::string(word));
    {
        RawSocket sender(*box_, "v0");
        std::jthread floods([&sender](const std::stop_token &stop) {
            while (!stop.stop_requested())
                static_cast<void>(sender.send(ethernet(
                    kFarMac, kNearMac, kIpv4, udp("192.0.2.10", "192.0.2.2"))));
        });
        pen_->batch(toggle);
    }
    EXPECT_GT(counter(*box_, "v0", "tx_parent"), 100U);
    EXPECT_EQ(far_->ok("nstat -asz UdpNoPorts | awk '/Udp/ { print $2 }'"),
              "0\n");
}

// A router on a stick.
TEST_F(Local, WhatTheHostRoutesBackReachesAChild)
{
    near_->ok("sysctl -qw net.ipv4.ip_forward=1 "
              "net.ipv4.conf.all.send_redirects=0 "
              "net.ipv4.conf.p0.send_redirects=0;"
              "ip route add 192.0.3.0/24 dev p0");
    pen_->ok("ip addr add 192.0.3.11/24 dev m0");
    far_->ok("ip route add 192.0.3.0/24 via 192.0.2.1");
    EXPECT_TRUE(pings(*far_, "192.0.3.11"));
}

// Who sends past the queue comes with bottom halves on.
TEST_F(Local, FramesPastTheQueueAreSeen)
{
    if (near_->run(fill(1)).status)
        GTEST_SKIP() << "no egress hooks here";
    const Bytes frame =
        ethernet(kNearMac, kNearMac, kIpv4, udp("192.0.2.1", "192.0.2.10"));
    RawSocket wire(*near_, "p0");
    StackWatch box(*box_, kIpv4);
    wire.bypass_queue();
    // the core calls what a hook has taken an error
    EXPECT_FALSE(wire.send(frame));
    EXPECT_EQ(box.keepers(frame, {"v0"}), std::set<std::string>{"v0"});
}

// RFC 5227: a probe has no sender and its answer no target, so that every
// holder of the MAC address must hear both.
TEST_F(Local, ProbesAndTheirAnswersReachEverybody)
{
    const Bytes probe = ethernet(kBroadcast, kNearMac, kArp,
                                 arp(1, kNearMac, "0.0.0.0", {}, "192.0.2.77"));
    const Bytes answer =
        ethernet(kNearMac, kNearMac, kArp,
                 arp(2, kNearMac, "192.0.2.77", kNearMac, "0.0.0.0"));
    using Names = std::set<std::string>;

    near_->ok("ip link add link p0 name v1 netns pen type virt host on");
    pen_->ok("ip link set v1 up");
    RawSocket first(*box_, "v0");
    RawSocket second(*pen_, "v1");
    RawSocket hosts(*near_, "p0");
    auto keep = [&](const RawSocket &sender, const Bytes &frame,
                    const Names &in_box, const Names &in_pen,
                    const Names &in_near) {
        StackWatch box(*box_, kArp);
        StackWatch pen(*pen_, kArp);
        StackWatch near(*near_, kArp);

        ASSERT_TRUE(sender.send(frame));
        EXPECT_EQ(box.keepers(frame, in_box), in_box);
        EXPECT_EQ(pen.keepers(frame, in_pen), in_pen);
        EXPECT_EQ(near.keepers(frame, in_near), in_near);
    };

    keep(first, probe, {}, {"m0", "v1"}, {"p0"});
    keep(second, answer, {"v0"}, {}, {"p0"});
    keep(hosts, probe, {"v0"}, {"m0", "v1"}, {});
    keep(hosts, answer, {"v0"}, {"v1"}, {});
}

TEST_F(Local, HookThatCannotBeHadIsRefused)
{
    for (const char *device : {"v0", "m0"})
        (device[0] == 'v' ? *box_ : *pen_)
            .ok(std::string("ip link set ") + device + " type virt host off");
    if (near_->run(fill(kHooks)).status)
        GTEST_SKIP() << "no egress hooks here";
    EXPECT_NE(
        box_->refused("ip link set v0 type virt host on").find("use host off"),
        std::string::npos);
    EXPECT_NE(box_->ok("ip -d link show v0").find("host off"),
              std::string::npos);
    near_->ok("ip link add link p0 name v1 type virt; ip link add red type vrf "
              "table 10");
    near_->refused("ip link set v1 master red");
    near_->refused("ip link add link p0 name v2 netns box type virt");
    near_->ok("nft delete table netdev full");

    // nothing remembers what was refused: a sibling's end brings no hook
    EXPECT_TRUE(eventually([this] {
        near_->batch({"link add link p0 name v3 type virt", "link del v3"});
        return !near_->run(fill(kHooks)).status;
    }));
    near_->ok("nft delete table netdev full");
    box_->ok("ip link set v0 type virt host on");
    near_->ok("ip link set v1 master red");
    EXPECT_TRUE(pings(*near_, "192.0.2.10"));
}

TEST_F(Local, ReservedGroupsStayOnTheWire)
{
    RawSocket child(*box_, "v0");
    StackWatch host_stack(*near_, 0x88cc);
    Bytes lldp =
        ethernet(mac("01:80:c2:00:00:0e"), kNearMac, 0x88cc, Bytes(46, 0x42));
    RawSocket far(*far_, "q0");

    ASSERT_TRUE(child.send(lldp));
    EXPECT_TRUE(far.sees(lldp, 3000));
    EXPECT_EQ(host_stack.keepers(lldp, {}), std::set<std::string>{});
}

} // namespace e2e
