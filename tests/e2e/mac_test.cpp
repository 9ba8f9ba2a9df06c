// SPDX-License-Identifier: GPL-2.0-only
// Mode mac: a child with a MAC address of its own.
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <net/if.h>

namespace e2e
{

class MacMode : public Bed
{
protected:
    static constexpr Mac kChildMac{2, 0, 0, 0, 0, 0x10};
    // behind the child, in what might be a bridge
    static constexpr Mac kMachine{2, 0, 0, 1, 0, 1};

    void SetUp() override
    {
        Bed::SetUp();
        near_->ok("ip link add link p0 name m0 address 02:00:00:00:00:10 "
                  "type virt mode mac; ip link set m0 up;"
                  "ip addr add 198.51.100.1/24 dev m0;"
                  "ip addr add 2001:db8:1::1/64 dev m0 nodad");
        far_->ok("ip addr add 198.51.100.2/24 dev q0;"
                 "ip addr add 2001:db8:1::2/64 dev q0 nodad");
    }

    Bytes to_child(const std::string &dst) const
    {
        return ethernet(kChildMac, kFarMac, kIpv4, udp("198.51.100.2", dst));
    }
};

TEST_F(MacMode, FramesFollowTheMac)
{
    EXPECT_TRUE(reaches({"m0"}, to_child("198.51.100.1")));
    EXPECT_TRUE(reaches({"m0"}, to_child("203.0.113.9")));
    EXPECT_TRUE(
        reaches({"m0"}, ethernet(kChildMac, kFarMac, 0x88b5, Bytes(46))));
    EXPECT_TRUE(reaches({"p0"}, ethernet(kNearMac, kFarMac, kIpv4,
                                         udp("198.51.100.2", "192.0.2.1"))));
}

TEST_F(MacMode, TalksToTheFarHost)
{
    EXPECT_TRUE(pings(*near_, "-I m0 198.51.100.2"));
    EXPECT_TRUE(pings(*far_, "198.51.100.1"));
    EXPECT_TRUE(pings(*far_, "2001:db8:1::1"));
    EXPECT_TRUE(pings(*far_, "192.0.2.1"));
}

TEST_F(MacMode, ShareChildBesideIt)
{
    add_child("v0", "", {"192.0.2.10/24"});
    EXPECT_TRUE(reaches({"m0"}, to_child("192.0.2.10")));
    EXPECT_TRUE(reaches({"v0"}, ethernet(kNearMac, kFarMac, kIpv4,
                                         udp("192.0.2.2", "192.0.2.10"))));
    // the child's address under the parent's MAC is the parent's business
    EXPECT_TRUE(reaches({"p0"}, ethernet(kNearMac, kFarMac, kIpv4,
                                         udp("192.0.2.2", "198.51.100.1"))));
}

TEST_F(MacMode, RequestsFollowTheirTarget)
{
    const Mac nobody{};
    auto asks = [&](const std::string &target) {
        return ethernet(kBroadcast, kFarMac, kArp,
                        arp(1, kFarMac, "198.51.100.2", nobody, target));
    };

    EXPECT_TRUE(reaches({"m0"}, asks("198.51.100.1")));
    EXPECT_TRUE(reaches({"p0"}, asks("198.51.100.9")));
    near_->ok("ip link set m0 type virt arp all");
    EXPECT_TRUE(reaches({"m0", "p0"}, asks("198.51.100.9")));
    EXPECT_TRUE(reaches(
        {"m0", "p0"},
        ethernet(group_mac("ff02::1:ff00:99"), kFarMac, kIpv6,
                 nd(135, "2001:db8::2", "ff02::1:ff00:99", "2001:db8::99"))));
    near_->ok("ip link set m0 type virt arp own");
    near_->ok("ip link set m0 promisc on");
    EXPECT_TRUE(reaches({"m0", "p0"}, asks("198.51.100.9")));
    near_->ok("ip link set m0 promisc off");
    EXPECT_TRUE(reaches({"p0"}, asks("198.51.100.9")));
    near_->ok("ip link add link m0 name m0.5 type vlan id 5");
    EXPECT_TRUE(reaches({"m0", "p0"}, asks("198.51.100.9")));
}

TEST_F(MacMode, MacChangesWhileUp)
{
    near_->ok("ip link set m0 address 02:00:00:00:00:11");
    EXPECT_TRUE(
        reaches({"m0"}, ethernet(mac("02:00:00:00:00:11"), kFarMac, kIpv4,
                                 udp("198.51.100.2", "198.51.100.1"))));
    near_->ok("ip link set p0 promisc on");
    EXPECT_TRUE(reaches({"p0"}, to_child("198.51.100.1")));
    EXPECT_TRUE(pings(*far_, "198.51.100.1"));
}

TEST_F(MacMode, TakenAndBadMacsAreRefused)
{
    auto refused = [this](const std::string &address) {
        return near_->refused("ip link add link p0 name m1 address " + address +
                              " type virt mode mac");
    };

    EXPECT_NE(refused("02:00:00:00:00:10").find("another child"),
              std::string::npos);
    EXPECT_NE(refused("02:00:00:00:00:0a").find("parent's MAC"),
              std::string::npos);
    EXPECT_NE(refused("01:00:00:00:00:01").find("unicast"), std::string::npos);
    EXPECT_NE(refused("00:00:00:00:00:00").find("unicast"), std::string::npos);
    near_->refused("ip link set m0 address 02:00:00:00:00:0a");
    near_->refused("ip link set m0 address 01:00:00:00:00:01");
    near_->ok("ip link add link p0 name m1 type virt mode mac");
    near_->refused("ip link set m1 address 02:00:00:00:00:10");
}

TEST_F(MacMode, DerivedMacIsTheSameAgain)
{
    near_->ok("ip link add link p0 name m1 type virt mode mac");
    Mac first = mac_of(*near_, "m1");
    near_->ok("ip link del m1; ip link add link p0 name m2 type virt mode mac;"
              "ip link add link p0 name m1 type virt mode mac");
    EXPECT_EQ(mac_of(*near_, "m1"), first);
    EXPECT_NE(mac_of(*near_, "m2"), first);
    EXPECT_EQ(first[0] & 3, 2);
    // udev gives another one to a device whose address is random (1)
    EXPECT_EQ(near_->ok("unshare -m sh -c 'mount -t sysfs sys /sys; cd "
                        "/sys/class/net; cat m0/addr_assign_type "
                        "m1/addr_assign_type'"),
              "3\n2\n");

    Netns box("box");
    near_->ok("ip link set m1 netns box;"
              "ip link add link p0 name m1 type virt mode mac");
    EXPECT_NE(mac_of(*near_, "m1"), first) << "the same name, the same parent";
}

TEST_F(MacMode, ParentListsTheMacWhileTheChildIsUp)
{
    auto listed = [this] {
        return near_->ok("bridge fdb show dev p0").find("02:00:00:00:00:10") !=
               std::string::npos;
    };

    EXPECT_TRUE(listed());
    near_->ok("ip link set m0 down");
    EXPECT_FALSE(listed());
    near_->ok("ip link set m0 up");
    EXPECT_TRUE(listed());
}

// The kernel tells nobody what goes from the list of a device that is down.
TEST_F(MacMode, DownItHasNoAddressesButItsOwn)
{
    near_->ok("bridge fdb add 02:00:00:00:00:79 dev m0 self;"
              "bridge fdb add 02:00:00:00:00:7a dev m0 self;"
              "ip link set m0 down;"
              "bridge fdb del 02:00:00:00:00:79 dev m0 self;"
              "ip link add link p0 name m1 address 02:00:00:00:00:79 "
              "type virt mode mac; ip link set m0 up; ip link set m1 up");
    near_->ok("ip link add link p0 name m2 type virt;"
              "bridge fdb add 02:00:00:00:00:7b dev m2 self;"
              "ip link set m2 type virt mode mac;"
              "bridge fdb del 02:00:00:00:00:7b dev m2 self;"
              "ip link add link p0 name m3 address 02:00:00:00:00:7b "
              "type virt mode mac");
    EXPECT_TRUE(reaches({"m0"}, ethernet(mac("02:00:00:00:00:7a"), kFarMac,
                                         0x88b5, Bytes(46))));
    EXPECT_TRUE(reaches({"m1"}, ethernet(mac("02:00:00:00:00:79"), kFarMac,
                                         0x88b5, Bytes(46))));
}

TEST_F(MacMode, CarriesVlans)
{
    near_->ok("ip link add link m0 name m0.5 type vlan id 5;"
              "ip link set m0.5 up; ip addr add 192.0.3.1/24 dev m0.5");
    far_->ok("ip link add link q0 name q0.5 type vlan id 5;"
             "ip link set q0.5 up; ip addr add 192.0.3.2/24 dev q0.5");
    EXPECT_TRUE(pings(*far_, "192.0.3.1"));
}

TEST_F(MacMode, BridgeBehindItIsReached)
{
    Netns box("box");

    near_->ok("ip link add link p0 name m1 type virt mode mac;"
              "ip link set m1 up; ip link add br0 type bridge;"
              "ip link set br0 up; ip link set m1 master br0;"
              "ip link add b0 type veth peer name b1 netns box;"
              "ip link set b0 master br0 up");
    box.ok("ip link set b1 up; ip addr add 198.51.100.30/24 dev b1");
    EXPECT_TRUE(pings(box, "198.51.100.2")) << "answers to a learnt MAC";
    EXPECT_TRUE(pings(*far_, "198.51.100.30"));
}

// An address that no device of its own has, and those of a network behind it,
// for which it answers: neither is in our tables, so it must hear all.
TEST_F(MacMode, LoopbackAddressAndProxyArpBehindIt)
{
    Netns box("box"), inner("inner");

    near_->ok("ip link add link p0 name m1 netns box type virt mode mac "
              "arp all");
    box.batch({"link set m1 up", "addr add 192.0.2.20/24 dev m1",
               "addr add 203.0.113.5/32 dev lo",
               "link add b0 type veth peer name b1 netns inner",
               "link set b0 up", "route add 192.0.2.50 dev b0"});
    box.ok("cd /proc/sys/net/ipv4 && echo 1 >ip_forward && "
           "for d in m1 b0; do echo 1 >conf/$d/proxy_arp; "
           "echo 0 >neigh/$d/proxy_delay; done");
    inner.batch({"link set b1 up", "addr add 192.0.2.50/24 dev b1"});
    far_->ok("ip route add 203.0.113.5 dev q0");
    EXPECT_TRUE(pings(*far_, "203.0.113.5"));
    EXPECT_TRUE(pings(*far_, "192.0.2.50"));
    EXPECT_TRUE(pings(inner, "192.0.2.2"));
}

TEST_F(MacMode, TwoSiblingsInOneBridgeAreRefused)
{
    near_->ok("ip link add link p0 name m1 type virt mode mac;"
              "ip link add br0 type bridge; ip link set m0 master br0");
    EXPECT_NE(near_->refused("ip link set m1 master br0")
                  .find("another child of the same parent"),
              std::string::npos);
    near_->ok("ip link set m0 nomaster; ip link set m1 master br0");
}

TEST_F(MacMode, ShareChildIsNoParent)
{
    add_child("v0");
    EXPECT_NE(near_->refused("ip link add link v0 name v1 type virt")
                  .find("cannot be a parent"),
              std::string::npos);
}

TEST_F(MacMode, UnknownMacsReachAFloodChildOnly)
{
    Bytes unknown = ethernet(mac("02:00:00:00:00:77"), kFarMac, kIpv4,
                             udp("198.51.100.2", "198.51.100.1"));

    near_->ok("ip link set m0 promisc on");
    EXPECT_TRUE(reaches({"p0"}, unknown));
    near_->ok("ip link set m0 type virt flood on");
    EXPECT_TRUE(reaches({"m0", "p0"}, unknown));
    {
        // but never what the host itself sends
        const Bytes own =
            ethernet(mac("02:00:00:00:00:77"), kNearMac, 0x88b5, Bytes(46));
        StackWatch watch(*near_, 0x88b5);

        EXPECT_TRUE(RawSocket(*near_, "p0").send(own));
        EXPECT_EQ(watch.keepers(own, {}), std::set<std::string>{});
    }
    near_->ok("ip link set m0 promisc off; ip link set p0 promisc on");
    EXPECT_TRUE(reaches({"p0"}, unknown));
}

TEST_F(MacMode, AllGroupsReachAnAllMulticastChild)
{
    auto wanted = [this] {
        const std::string flags =
            near_->ok("unshare -m sh -c 'mount -t sysfs sys /sys; "
                      "cat /sys/class/net/p0/flags'");

        return (std::stoul(flags, nullptr, 16) & IFF_ALLMULTI) != 0;
    };
    const Bytes frame = ethernet(group_mac("239.9.9.9"), kFarMac, kIpv4,
                                 udp("198.51.100.2", "239.9.9.9"));

    EXPECT_TRUE(reaches({"p0"}, frame));
    near_->ok("ip link set m0 allmulticast on");
    EXPECT_TRUE(wanted());
    EXPECT_TRUE(reaches({"m0", "p0"}, frame));
    near_->ok("ip link set m0 down");
    EXPECT_FALSE(wanted());
}

// A bridge behind it may have any number of machines.
TEST_F(MacMode, LearnsSoManyAndNoMore)
{
    auto machine = [](int number) {
        Mac address{2, 0, 0, 1, 0, 0};

        address[4] = static_cast<uint8_t>(number >> 8);
        address[5] = static_cast<uint8_t>(number);
        return address;
    };
    RawSocket bridge(*near_, "m0");

    near_->ok("ip link set m0 promisc on");
    for (int number = 0; number < 300; number++) {
        EXPECT_TRUE(
            bridge.send(ethernet(kFarMac, machine(number), 0x88b5, Bytes(46))));
        // so that it is the oldest
        if (!number)
            pause_ms(20);
    }
    EXPECT_TRUE(
        reaches({"m0"}, ethernet(machine(299), kFarMac, 0x88b5, Bytes(46))));
    EXPECT_TRUE(
        reaches({"p0"}, ethernet(machine(0), kFarMac, 0x88b5, Bytes(46))));
}

TEST_F(MacMode, ModeChangesOnALivingChild)
{
    near_->ok("ip link set m0 type virt mode share");
    EXPECT_EQ(mac_of(*near_, "m0"), kNearMac);
    EXPECT_TRUE(pings(*far_, "198.51.100.1"));
    near_->ok("ip link set m0 type virt mode mac");
    EXPECT_NE(mac_of(*near_, "m0"), kNearMac);
    far_->ok("ip neigh flush dev q0");
    EXPECT_TRUE(pings(*far_, "198.51.100.1"));

    near_->ok("ip link add link m0 name m0.5 type vlan id 5");
    EXPECT_NE(near_->refused("ip link set m0 type virt mode share")
                  .find("on top of it"),
              std::string::npos);
}

TEST_F(MacMode, FloodNeedsIt)
{
    EXPECT_NE(near_->refused("ip link add link p0 name v0 type virt flood on")
                  .find("flood needs mode mac"),
              std::string::npos);
}

// What takes its time: for a clock that leaps over idle time (--icount).
class Aging : public MacMode
{
};

// One that moves is heard from elsewhere.
TEST_F(Aging, MachineThatMovesToTheWireIsForgotten)
{
    RawSocket bridge(*near_, "m0");
    RawSocket wire(*far_, "q0");
    const Bytes asks = ethernet(kFarMac, kMachine, 0x88b5, Bytes(46));
    const Bytes to_machine = ethernet(kMachine, kFarMac, 0x88b5, Bytes(46));

    near_->ok("ip link set m0 promisc on");
    EXPECT_TRUE(bridge.send(asks));
    EXPECT_TRUE(reaches({"m0"}, to_machine));
    EXPECT_TRUE(eventually([&] {
        wire.send(ethernet(kBroadcast, kMachine, 0x88b5, Bytes(46)));
        return static_cast<bool>(reaches({"p0"}, to_machine));
    }));
    EXPECT_TRUE(bridge.send(asks));
    EXPECT_TRUE(reaches({"m0"}, to_machine));
}

TEST_F(Aging, SilentMachinesAreForgotten)
{
    constexpr Mac talker{2, 0, 0, 1, 0, 2};
    constexpr int minutes = 5;
    RawSocket bridge(*near_, "m0");
    auto speak = [&](const Mac &machine) {
        EXPECT_TRUE(bridge.send(ethernet(kFarMac, machine, 0x88b5, Bytes(46))));
    };
    auto frame = [](const Mac &machine) {
        return ethernet(machine, kFarMac, 0x88b5, Bytes(46));
    };

    near_->ok("ip link set m0 promisc on");
    speak(kMachine);
    for (int minute = 0; minute < minutes; minute++) {
        speak(talker);
        EXPECT_TRUE(reaches({"m0"}, frame(kMachine))) << minute;
        pause_ms(60000);
    }
    EXPECT_TRUE(reaches({"p0"}, frame(kMachine)));
    EXPECT_TRUE(reaches({"m0"}, frame(talker)));
    near_->ok("ip link set m0 type virt flood on");
    EXPECT_TRUE(reaches({"m0", "p0"}, frame(kMachine)));
    speak(kMachine);
    EXPECT_TRUE(reaches({"m0"}, frame(kMachine)));
}

} // namespace e2e
