// SPDX-License-Identifier: GPL-2.0-only
// Addresses that two want: refused, or the parent's, or the first one's.
//
// Copyright (C) The virt authors
#include "bed.hpp"

namespace e2e
{

class Conflict : public Bed
{
protected:
    void SetUp() override
    {
        Bed::SetUp();
        add_child("v0", "", {"192.0.2.10/24", "2001:db8::10/64"});
        add_child("v1");
    }

    void expect_taken(const Netns &ns, const std::string &address,
                      const std::string &device)
    {
        ns.refused("ip addr add " + address + " dev " + device);
        EXPECT_EQ(ns.ok("ip -o addr show to " + address + " dev " + device),
                  "");
    }
};

TEST_F(Conflict, SiblingsAddressIsRefused)
{
    expect_taken(*near_, "192.0.2.10/24", "v1");
    expect_taken(*near_, "2001:db8::10/64", "v1");
    near_->ok("ip addr del 192.0.2.10/24 dev v0");
    near_->ok("ip addr add 192.0.2.10/24 dev v1");
}

TEST_F(Conflict, ParentsAddressIsRefused)
{
    expect_taken(*near_, "192.0.2.1/32", "v0");
    expect_taken(*near_, "2001:db8::1/128", "v0");
}

TEST_F(Conflict, AddressOfTheParentsNamespaceIsRefusedFromAnother)
{
    Netns box("box");

    near_->ok("ip link set v1 netns box; ip addr add 203.0.113.1/32 dev lo");
    box.ok("ip link set v1 up");
    expect_taken(box, "192.0.2.1/24", "v1");
    expect_taken(box, "203.0.113.1/32", "v1");
    expect_taken(box, "192.0.2.10/24", "v1");
    expect_taken(box, "2001:db8::1/64", "v1");
    box.ok("ip addr add 192.0.2.11/24 dev v1");
}

TEST_F(Conflict, AddressOfTheParentsVrfIsRefused)
{
    Netns box("box");

    near_->ok("ip link set v1 netns box;"
              "ip link add red type vrf table 10; ip link set red up;"
              "ip link add d0 type dummy; ip link set d0 master red up;"
              "ip link set p0 master red;"
              "ip addr add 203.0.113.1/32 dev d0;"
              "ip addr add 2001:db8:3::1/128 dev d0");
    box.ok("ip link set v1 up");
    expect_taken(box, "203.0.113.1/32", "v1");
    expect_taken(box, "2001:db8:3::1/128", "v1");
}

TEST_F(Conflict, AnotherPrefixLengthOnTheSameChildIsNoConflict)
{
    near_->ok("ip addr add 192.0.2.10/32 dev v0");
    near_->ok("ip addr del 192.0.2.10/32 dev v0");
    EXPECT_TRUE(reaches({"v0"}, ethernet(kNearMac, kFarMac, kIpv4,
                                         udp("192.0.2.2", "192.0.2.10"))))
        << "the address is still there";
}

TEST_F(Conflict, ParentTakesAnAddressOverAndGivesItBack)
{
    Netns box("box");
    Bytes frame =
        ethernet(kNearMac, kFarMac, kIpv4, udp("192.0.2.2", "192.0.2.11"));
    auto details = [&box] { return box.ok("ip -d link show v1"); };

    near_->ok("ip link set v1 netns box");
    box.ok("ip link set v1 up; ip addr add 192.0.2.11/24 dev v1");
    EXPECT_TRUE(reaches({}, frame));
    EXPECT_EQ(details().find("suspended"), std::string::npos);

    near_->ok("ip addr add 192.0.2.11/24 dev p0");
    EXPECT_TRUE(reaches({"p0"}, frame));
    EXPECT_NE(details().find("suspended 1"), std::string::npos) << details();
    EXPECT_EQ(counter(box, "v1", "addr_suspended"), 1u);

    near_->ok("ip addr del 192.0.2.11/24 dev p0");
    EXPECT_TRUE(reaches({}, frame));
    EXPECT_TRUE(pings(*far_, "192.0.2.11"));
}

// The address of the other end of a point-to-point link is not the child's.
TEST_F(Conflict, PointToPointChildHasItsOwnAddress)
{
    near_->ok("ip addr add 198.51.100.10 peer 198.51.100.20 dev v1");
    EXPECT_TRUE(reaches({"v1"}, ethernet(kNearMac, kFarMac, kIpv4,
                                         udp("192.0.2.2", "198.51.100.10"))));
    EXPECT_TRUE(reaches({"p0"}, ethernet(kNearMac, kFarMac, kIpv4,
                                         udp("192.0.2.2", "198.51.100.20"))));
    near_->ok("ip addr add 192.0.2.10 peer 198.51.100.30 dev v1");
    EXPECT_TRUE(reaches({"v0"}, ethernet(kNearMac, kFarMac, kIpv4,
                                         udp("192.0.2.2", "192.0.2.10"))))
        << "the first owner keeps it";
}

TEST_F(Conflict, ModeShareChecksTheAddressesOfBefore)
{
    near_->ok("ip link add link p0 name m0 type virt mode mac;"
              "ip link set m0 up; ip addr add 192.0.2.10/24 dev m0");
    EXPECT_NE(near_->refused("ip link set m0 type virt mode share")
                  .find("has this address"),
              std::string::npos);
    near_->ok("ip addr del 192.0.2.10/24 dev m0; ip link set m0 type virt "
              "mode share");
}

TEST_F(Conflict, AddressesAndMacsHaveTheirLimits)
{
    near_->ok("ip link set v1 down; for i in $(seq 0 8); do "
              "for j in $(seq 1 250); do echo addr add 10.9.$i.$j/32 dev v1; "
              "done; done | head -n 2048 | ip -batch -");
    EXPECT_NE(
        near_->refused("ip addr add 10.10.0.1/32 dev v1").find("at most 2048"),
        std::string::npos);
    near_->ok("ip addr del 10.9.0.1/32 dev v1; ip addr add 10.10.0.1/32 "
              "dev v1");

    near_->ok("ip link add link p0 name m0 type virt mode mac;"
              "ip link set m0 up; for i in $(seq 0 255) 256; do printf "
              "'fdb add 02:00:00:01:%02x:%02x dev m0 self\\n' $((i / 256)) "
              "$((i % 256)); done | bridge -batch -");
    EXPECT_GE(counter(*near_, "m0", "addr_refused"), 1u);
}

// The table grows while frames pass, and nobody is lost.
TEST_F(Conflict, ThousandAddressesAreAllFound)
{
    far_->ok("timeout 120 ping -q -f 192.0.2.10 >/dev/null 2>&1 &");
    near_->ok("for i in $(seq 0 3); do for j in $(seq 1 250); do "
              "echo addr add 10.9.$i.$j/16 dev v1; done; done | ip -batch -");
    for (const char *address : {"10.9.0.1", "10.9.1.250", "10.9.3.77"})
        EXPECT_TRUE(reaches({"v1"}, ethernet(kNearMac, kFarMac, kIpv4,
                                             udp("10.9.9.9", address))))
            << address;
    near_->ok("ip link set v1 down; ip link del v1");
    EXPECT_TRUE(reaches({"p0"}, ethernet(kNearMac, kFarMac, kIpv4,
                                         udp("10.9.9.9", "10.9.1.250"))));
    far_->run("pkill -x ping");
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
}

} // namespace e2e
