// SPDX-License-Identifier: GPL-2.0-only
// Mode share and DHCP: one MAC address, several clients, stock programs.
//
// Copyright (C) The virt authors
#include "bed.hpp"

namespace e2e
{

class Dhcp : public Bed
{
protected:
    void SetUp() override
    {
        Bed::SetUp();
        box_ = std::make_unique<Netns>("box");
        pen_ = std::make_unique<Netns>("pen");
        near_->ok("ip addr flush dev p0 scope global;"
                  "ip link add link p0 name v0 netns box type virt;"
                  "ip link add link p0 name v1 netns pen type virt");
        box_->ok("ip link set v0 up");
        pen_->ok("ip link set v1 up");
        host().ok("rm -rf /tmp/dhcp; mkdir -p /tmp/dhcp");
    }

    void TearDown() override
    {
        host().run("pkill -f '^dnsmasq'; pkill dhclient; pkill udhcpc");
        box_.reset();
        pen_.reset();
        Bed::TearDown();
    }

    // A stock server. It answers by unicast unless @broadcast.
    void serve(bool broadcast)
    {
        far_->ok("dnsmasq --port=0 --interface=q0 --bind-interfaces "
                 "--dhcp-range=192.0.2.100,192.0.2.150,1h --no-ping "
                 "--dhcp-leasefile=/tmp/dhcp/leases --pid-file= --conf-file= "
                 "--user=root " +
                 std::string(broadcast ? "--dhcp-broadcast" : ""));
    }

    // The address that udhcpc gets with a client id of its own.
    static std::string udhcpc(const Netns &ns, const std::string &device,
                              const std::string &id)
    {
        host().ok("printf '#!/bin/sh\\n[ \"$1\" = bound ] && "
                  "ip addr add $ip/$mask dev $interface\\nexit 0\\n' "
                  ">/tmp/dhcp/script; chmod +x /tmp/dhcp/script");
        ns.ok("busybox udhcpc -n -q -t 6 -T 2 -C -x 0x3d:" + id + " -i " +
              device + " -s /tmp/dhcp/script");
        return ns.ok("ip -4 -o addr show dev " + device +
                     " | awk '{print $4}'");
    }

    // The address that dhclient gets with a client id of its own.
    static std::string dhclient(const Netns &ns, const std::string &device,
                                const std::string &id)
    {
        std::string base = "/tmp/dhcp/" + device;

        ns.ok("echo 'send dhcp-client-identifier \"" + id + "\";' >" + base +
              ".conf; timeout 60 dhclient -1 -cf " + base + ".conf -lf " +
              base + ".leases -pf " + base + ".pid " + device);
        return ns.ok("ip -4 -o addr show dev " + device +
                     " | awk '{print $4}'");
    }

    std::unique_ptr<Netns> box_;
    std::unique_ptr<Netns> pen_;
};

TEST_F(Dhcp, UnicastAnswersReachTheClientThatAsked)
{
    serve(false);
    std::string first = udhcpc(*box_, "v0", "01aa");
    std::string second = udhcpc(*pen_, "v1", "01bb");
    std::string parents = udhcpc(*near_, "p0", "01cc");

    EXPECT_NE(first, "");
    EXPECT_NE(second, "");
    EXPECT_NE(parents, "");
    EXPECT_NE(first, second);
    EXPECT_NE(first, parents);
    EXPECT_NE(second, parents);
    EXPECT_TRUE(pings(*box_, "192.0.2.2"));
    EXPECT_TRUE(pings(*pen_, "192.0.2.2"));
}

TEST_F(Dhcp, BroadcastAnswersToo)
{
    serve(true);
    std::string first = udhcpc(*box_, "v0", "01aa");
    std::string second = udhcpc(*pen_, "v1", "01bb");

    EXPECT_NE(first, "");
    EXPECT_NE(second, "");
    EXPECT_NE(first, second);
}

TEST_F(Dhcp, Dhclient)
{
    if (host().run("command -v dhclient").status)
        GTEST_SKIP() << "this release has no dhclient";
    serve(false);
    std::string first = dhclient(*box_, "v0", "first");
    std::string second = dhclient(*pen_, "v1", "second");

    EXPECT_NE(first, "");
    EXPECT_NE(second, "");
    EXPECT_NE(first, second);
}

} // namespace e2e
