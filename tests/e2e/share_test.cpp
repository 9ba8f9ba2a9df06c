// SPDX-License-Identifier: GPL-2.0-only
// Mode share: which frame reaches which child.
//
// Copyright (C) The virt authors
#include "bed.hpp"

namespace e2e
{

class Share : public Bed
{
protected:
    void SetUp() override
    {
        Bed::SetUp();
        add_child("v0", "", {"192.0.2.10/24", "2001:db8::10/64"});
        add_child("v1", "", {"192.0.2.11/24", "2001:db8::11/64"});
    }

    ::testing::AssertionResult reaches(const std::set<std::string> &expected,
                                       const Mac &dst, uint16_t type,
                                       const Bytes &payload)
    {
        return Bed::reaches(expected, ethernet(dst, kFarMac, type, payload));
    }
};

TEST_F(Share, Ipv4UnicastFollowsItsDestination)
{
    EXPECT_TRUE(
        reaches({"v0"}, kNearMac, kIpv4, udp("192.0.2.2", "192.0.2.10")));
    EXPECT_TRUE(
        reaches({"v1"}, kNearMac, kIpv4, udp("192.0.2.2", "192.0.2.11")));
    EXPECT_TRUE(
        reaches({"p0"}, kNearMac, kIpv4, udp("192.0.2.2", "192.0.2.1")));
    EXPECT_TRUE(
        reaches({"p0"}, kNearMac, kIpv4, udp("192.0.2.2", "198.51.100.1")));
}

TEST_F(Share, Ipv6UnicastFollowsItsDestination)
{
    EXPECT_TRUE(
        reaches({"v0"}, kNearMac, kIpv6, udp("2001:db8::2", "2001:db8::10")));
    EXPECT_TRUE(
        reaches({"v1"}, kNearMac, kIpv6, udp("2001:db8::2", "2001:db8::11")));
    EXPECT_TRUE(
        reaches({"p0"}, kNearMac, kIpv6, udp("2001:db8::2", "2001:db8::1")));
    EXPECT_TRUE(
        reaches({"p0"}, kNearMac, kIpv6, udp("2001:db8::2", "2001:db8::99")));
}

TEST_F(Share, ArpFollowsItsTarget)
{
    const Mac nobody{};

    EXPECT_TRUE(reaches({"v0"}, kBroadcast, kArp,
                        arp(1, kFarMac, "192.0.2.2", nobody, "192.0.2.10")));
    EXPECT_TRUE(reaches({"p0"}, kBroadcast, kArp,
                        arp(1, kFarMac, "192.0.2.2", nobody, "192.0.2.1")));
    EXPECT_TRUE(reaches({"p0"}, kBroadcast, kArp,
                        arp(1, kFarMac, "192.0.2.2", nobody, "192.0.2.99")));
}

// In the parent's namespace the request may have left through either.
TEST_F(Share, ArpReplyReachesAllThatMayHaveAsked)
{
    Bytes reply = arp(2, kFarMac, "192.0.2.2", kNearMac, "192.0.2.11");
    Bytes frame = ethernet(kNearMac, kFarMac, kArp, reply);
    Netns box("box");

    EXPECT_TRUE(reaches({"p0", "v1"}, kNearMac, kArp, reply));

    near_->ok("ip link set v1 netns box");
    box.ok("ip link set v1 up; ip addr add 192.0.2.11/24 dev v1");
    StackWatch watch(box, kArp);
    EXPECT_TRUE(reaches({}, kNearMac, kArp, reply));
    EXPECT_EQ(watch.keepers(frame, {"v1"}), std::set<std::string>{"v1"});
}

TEST_F(Share, ArpProbesAndAnnouncementsReachEverybody)
{
    const Mac nobody{};

    EXPECT_TRUE(reaches({"p0", "v0", "v1"}, kBroadcast, kArp,
                        arp(1, kFarMac, "0.0.0.0", nobody, "192.0.2.10")));
    EXPECT_TRUE(reaches({"p0", "v0", "v1"}, kBroadcast, kArp,
                        arp(1, kFarMac, "192.0.2.2", nobody, "192.0.2.2")));
    // the answer to a probe has no target yet
    EXPECT_TRUE(reaches({"p0", "v0", "v1"}, kNearMac, kArp,
                        arp(2, kFarMac, "192.0.2.9", kNearMac, "0.0.0.0")));
}

TEST_F(Share, SolicitationFollowsItsTarget)
{
    EXPECT_TRUE(
        reaches({"v0"}, group_mac("ff02::1:ff00:10"), kIpv6,
                nd(135, "2001:db8::2", "ff02::1:ff00:10", "2001:db8::10")));
    EXPECT_TRUE(
        reaches({"p0"}, group_mac("ff02::1:ff00:1"), kIpv6,
                nd(135, "2001:db8::2", "ff02::1:ff00:1", "2001:db8::1")));
}

TEST_F(Share, UnsolicitedAdvertisementReachesEverybody)
{
    EXPECT_TRUE(reaches({"p0", "v0", "v1"}, group_mac("ff02::1"), kIpv6,
                        nd(136, "2001:db8::2", "ff02::1", "2001:db8::2")));
}

TEST_F(Share, BroadcastReachesEverybody)
{
    EXPECT_TRUE(reaches({"p0", "v0", "v1"}, kBroadcast, kIpv4,
                        udp("192.0.2.2", "192.0.2.255")));
    EXPECT_TRUE(reaches({"p0", "v0", "v1"}, kBroadcast, kIpv4,
                        udp("0.0.0.0", "255.255.255.255")));
}

// A child may have such an address, and yet not be the only one to hear.
TEST_F(Share, BroadcastAddressesHaveNoOwner)
{
    near_->ok("ip addr add 192.0.2.255/32 dev v0;"
              "ip addr add 255.255.255.255/32 dev v0");
    for (const char *to : {"192.0.2.255", "255.255.255.255"})
        EXPECT_TRUE(reaches({"p0", "v0", "v1"}, kBroadcast, kIpv4,
                            udp("192.0.2.2", to)));
    EXPECT_TRUE(
        reaches({"p0"}, kNearMac, kIpv4, udp("192.0.2.2", "255.255.255.255")));
}

TEST_F(Share, GroupAddressesHaveNoOwner)
{
    for (const char *device : {"v0", "v1", "p0"})
        near_->ok(std::string("ip -6 addr add ff05::1234/128 autojoin dev ") +
                  device);
    EXPECT_TRUE(reaches({"p0", "v0", "v1"}, group_mac("ff05::1234"), kIpv6,
                        udp("2001:db8::2", "ff05::1234")));
    EXPECT_EQ(counter(*near_, "v0", "addr_suspended"), 0u);
}

TEST_F(Share, GroupReachesItsMembersAndTheParent)
{
    near_->ok("ip addr add 239.1.2.3 dev v1 autojoin");
    EXPECT_TRUE(reaches({"p0", "v1"}, group_mac("239.1.2.3"), kIpv4,
                        udp("192.0.2.2", "239.1.2.3")));
}

TEST_F(Share, ForeignAndTaggedFramesStayWithTheParent)
{
    Bytes tagged{0, 7, 0x08, 0};
    Bytes inner = udp("192.0.2.2", "192.0.2.10");

    tagged.insert(tagged.end(), inner.begin(), inner.end());
    EXPECT_TRUE(reaches({"p0"}, kNearMac, 0x88cc, Bytes(46)));
    reaches({}, kNearMac, 0x8100, tagged);
    EXPECT_EQ(counter(*near_, "v0", "rx_dropped"), 0u);
    near_->ok("ip link set p0 promisc on");
    EXPECT_TRUE(reaches({"p0"}, mac("02:00:00:00:00:77"), kIpv4,
                        udp("192.0.2.2", "192.0.2.10")));
}

TEST_F(Share, EveryAddressChangeCounts)
{
    near_->ok("ip addr add 192.0.2.20/24 dev v0");
    EXPECT_TRUE(
        reaches({"v0"}, kNearMac, kIpv4, udp("192.0.2.2", "192.0.2.20")));
    EXPECT_TRUE(
        reaches({"v0"}, kNearMac, kIpv4, udp("192.0.2.2", "192.0.2.10")));
    near_->ok("ip addr del 192.0.2.20/24 dev v0");
    EXPECT_TRUE(
        reaches({"p0"}, kNearMac, kIpv4, udp("192.0.2.2", "192.0.2.20")));
    near_->ok("ip addr add 192.0.2.20/24 dev v1");
    EXPECT_TRUE(
        reaches({"v1"}, kNearMac, kIpv4, udp("192.0.2.2", "192.0.2.20")));

    near_->ok("ip addr add 2001:db8::20/64 dev v0 nodad");
    EXPECT_TRUE(
        reaches({"v0"}, kNearMac, kIpv6, udp("2001:db8::2", "2001:db8::20")));
    near_->ok("ip addr del 2001:db8::20/64 dev v0");
    EXPECT_TRUE(
        reaches({"p0"}, kNearMac, kIpv6, udp("2001:db8::2", "2001:db8::20")));
}

TEST_F(Share, KeptIpv6AddressWorksAfterDownAndUp)
{
    near_->ok("sysctl -qw net.ipv6.conf.v0.keep_addr_on_down=1");
    near_->ok("ip link set v0 down; ip link set v0 up");
    EXPECT_TRUE(
        reaches({"v0"}, kNearMac, kIpv6, udp("2001:db8::2", "2001:db8::10")));
}

TEST_F(Share, FramesForAChildThatIsDownAreCounted)
{
    near_->ok("ip link set v0 down");
    EXPECT_TRUE(reaches({}, kNearMac, kIpv4, udp("192.0.2.2", "192.0.2.10")));
    EXPECT_TRUE(
        eventually([this] { return counter(*near_, "v0", "rx_down") == 1; }));
    EXPECT_EQ(counter(*near_, "v0", "rx_dropped"), 1u);
}

TEST_F(Share, ParentAndChildrenTalkToTheFarHost)
{
    EXPECT_TRUE(pings(*near_, "192.0.2.2"));
    EXPECT_TRUE(pings(*near_, "-I v0 192.0.2.2"));
    EXPECT_TRUE(pings(*near_, "-I v1 2001:db8::2"));
    for (const char *address : {"192.0.2.1", "192.0.2.10", "192.0.2.11",
                                "2001:db8::1", "2001:db8::10", "2001:db8::11"})
        EXPECT_TRUE(pings(*far_, address));
}

TEST_F(Share, ChildInAnotherNamespaceIsAHostOfItsOwn)
{
    Netns box("box");

    near_->ok("ip link set v0 netns box");
    box.ok("ip link set v0 up; ip addr add 192.0.2.10/24 dev v0;"
           "ip addr add 2001:db8::10/64 dev v0 nodad");
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
    EXPECT_TRUE(pings(*far_, "2001:db8::10"));
    EXPECT_TRUE(pings(box, "192.0.2.2"));

    box.ok("nft add table ip t; nft 'add chain ip t c { type filter hook "
           "prerouting priority -300; }';"
           "nft add rule ip t c iif v0 meta mark 7 counter drop");
    near_->ok("nft add table netdev t; nft 'add chain netdev t c { type "
              "filter hook ingress device p0 priority 0; }';"
              "nft add rule netdev t c meta mark set 7");
    EXPECT_TRUE(pings(*far_, "192.0.2.10")) << "a mark crossed the namespaces";
}

TEST_F(Share, TcpStreamArrivesWhole)
{
    Netns box("box");

    near_->ok("ip link set v0 netns box");
    box.ok("ip link set v0 up; ip addr add 192.0.2.10/24 dev v0");
    far_->ok("socat -u TCP-LISTEN:7000,reuseaddr "
             "OPEN:/tmp/stream.out,creat,trunc </dev/null >/dev/null 2>&1 &");
    box.ok("head -c 4000000 /dev/urandom >/tmp/stream.in;"
           "socat -u OPEN:/tmp/stream.in TCP:192.0.2.2:7000,retry=50,"
           "interval=0.1");
    EXPECT_TRUE(eventually([] {
        return !host().run("cmp /tmp/stream.in /tmp/stream.out").status;
    }));
    host().ok("rm -f /tmp/stream.in /tmp/stream.out");
}

TEST_F(Share, LinkLocalAddressesDiffer)
{
    std::set<std::string> all;

    near_->ok("sysctl -qw net.ipv6.conf.default.addr_gen_mode=0");
    add_child("v2");
    // an address comes when the device is known to be running
    for (const std::string device : {"p0", "v0", "v1", "v2"}) {
        std::string address;

        EXPECT_TRUE(eventually([&] {
            address = near_->ok("ip -6 -o addr show scope link dev " + device +
                                " | awk '{print $4}'");
            return !address.empty();
        })) << device;
        all.insert(address);
    }
    EXPECT_EQ(all.size(), 4u);
}

TEST_F(Share, RefusesVlansForTheyStayWithTheParent)
{
    near_->refused("ip link add link v0 name v0.5 type vlan id 5");
    near_->ok("ip link add link p0 name p0.5 type vlan id 5");
    near_->ok("ip link set p0.5 up; ip addr add 192.0.3.1/24 dev p0.5");
    far_->ok("ip link add link q0 name q0.5 type vlan id 5;"
             "ip link set q0.5 up; ip addr add 192.0.3.2/24 dev q0.5");
    EXPECT_TRUE(pings(*far_, "192.0.3.1"));
}

} // namespace e2e
