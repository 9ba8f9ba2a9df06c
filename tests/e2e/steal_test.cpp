// SPDX-License-Identifier: GPL-2.0-only
// Mode steal: the child has the NIC, the parent is deaf until it is gone.
//
// Copyright (C) The virt authors
#include "bed.hpp"

namespace e2e
{

class Steal : public Bed
{
};

TEST_F(Steal, ChildGetsEverythingAndTheParentNothing)
{
    add_child("v0", "mode steal", {"198.51.100.10/24"});
    for (const auto &[type, payload] :
         {std::pair{kIpv4, udp("192.0.2.2", "192.0.2.10")},
          std::pair{kIpv4, udp("192.0.2.2", "192.0.2.1")},
          std::pair{kIpv6, udp("2001:db8::2", "2001:db8::1")},
          std::pair{uint16_t{0x88cc}, Bytes(46)}})
        EXPECT_TRUE(
            reaches({"v0"}, ethernet(kNearMac, kFarMac, type, payload)));
}

TEST_F(Steal, ParentHearsAgainWhenTheChildIsGone)
{
    EXPECT_TRUE(pings(*far_, "192.0.2.1"));
    add_child("v0", "mode steal", {"198.51.100.1/24"});
    far_->ok("ip addr add 198.51.100.2/24 dev q0");
    EXPECT_TRUE(pings(*far_, "198.51.100.1"));
    EXPECT_TRUE(silent(*far_, "2001:db8::1"));
    near_->ok("ip link del v0");
    EXPECT_TRUE(pings(*far_, "2001:db8::1"));
    EXPECT_TRUE(pings(*far_, "192.0.2.1"));
}

TEST_F(Steal, TakesVlansWithIt)
{
    add_child("v0", "mode steal");
    near_->ok("ip link add link v0 name v0.5 type vlan id 5;"
              "ip link set v0.5 up; ip addr add 192.0.3.1/24 dev v0.5");
    far_->ok("ip link add link q0 name q0.5 type vlan id 5;"
             "ip link set q0.5 up; ip addr add 192.0.3.2/24 dev q0.5");
    EXPECT_TRUE(pings(*far_, "192.0.3.1"));
    EXPECT_NE(near_->refused("ip link set v0 type virt mode share")
                  .find("on top of it"),
              std::string::npos);
}

TEST_F(Steal, IsABridgePort)
{
    Netns box("box");

    add_child("v0", "mode steal");
    near_->ok("ip link add br0 type bridge; ip link set br0 up;"
              "ip link set v0 master br0;"
              "ip link add b0 type veth peer name b1 netns box;"
              "ip link set b0 master br0 up");
    box.ok("ip link set b1 up; ip addr add 192.0.2.30/24 dev b1");
    EXPECT_TRUE(pings(*far_, "192.0.2.30"));
    EXPECT_NE(near_->ok("ip -d link show p0").find("promiscuity 1"),
              std::string::npos);
    near_->ok("ip link del v0");
    EXPECT_NE(near_->ok("ip -d link show p0").find("promiscuity 0"),
              std::string::npos);
}

TEST_F(Steal, ModeChangesOnALivingChild)
{
    add_child("v0", "", {"192.0.2.10/24"});
    EXPECT_TRUE(pings(*far_, "192.0.2.1"));
    near_->ok("ip link set v0 type virt mode steal");
    EXPECT_TRUE(reaches({"v0"}, ethernet(kNearMac, kFarMac, kIpv6,
                                         udp("2001:db8::2", "2001:db8::1"))));
    near_->ok("ip link set v0 type virt mode share");
    EXPECT_TRUE(pings(*far_, "192.0.2.1"));
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
}

} // namespace e2e
