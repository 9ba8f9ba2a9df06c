// SPDX-License-Identifier: GPL-2.0-only
// What can be a parent besides a plain NIC, and what such a parent tells its
// children.
//
//   near: p0, p1 -- bridge of far: q0, q1
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace e2e
{

class Parents : public Bed
{
protected:
    // Two children of @parent reach the far host, whose device is @far_device.
    void expect_children_work(const std::string &parent,
                              const std::string &far_device)
    {
        near_->batch({"link add link " + parent + " name s0 type virt",
                      "link add link " + parent + " name m0 type virt mode mac",
                      "link set s0 up", "link set m0 up",
                      "addr add 198.51.100.10/24 dev s0"});
        far_->ok("ip addr add 198.51.100.2/24 dev " + far_device);
        EXPECT_TRUE(pings(*far_, "198.51.100.10")) << parent;
        near_->batch({"addr del 198.51.100.10/24 dev s0",
                      "addr add 198.51.100.11/24 dev m0"});
        EXPECT_TRUE(pings(*near_, "198.51.100.2")) << parent;
        near_->batch({"link del s0", "link del m0"});
        far_->ok("ip addr del 198.51.100.2/24 dev " + far_device);
    }

    // One of the guest's own NICs, up and in the near namespace.
    std::string take_nic(const std::string &driver)
    {
        host().ok("modprobe " + driver);
        std::string nic = host().ok("for d in /sys/class/net/*; do "
                                    "case $(readlink $d/device/driver) in "
                                    "*/" +
                                    driver + ") printf ${d##*/};; esac; done");

        EXPECT_NE(nic, "") << "the guest has no such NIC: give it --nic";
        host().ok("ip link set " + nic + " netns near");
        near_->ok("ip link set " + nic + " up");
        return nic;
    }

    // A second wire, p1 to q1; both end in a bridge of the far host.
    void make_wires()
    {
        near_->batch({"link add p1 type veth peer name q1 netns far",
                      "addr flush dev p0", "link set p0 down"});
        far_->batch({"link add br0 type bridge", "link set q0 master br0",
                     "link set q1 master br0", "link set q1 up",
                     "link set br0 up"});
    }

    // A bond of p0 and p1.
    void make_bond()
    {
        make_wires();
        near_->batch({"link add bond0 type bond mode active-backup miimon 20 "
                      "num_grat_arp 2 resend_igmp 2",
                      "link set p0 master bond0", "link set p1 master bond0",
                      "link set bond0 up"});
    }
};

TEST_F(Parents, VlanAndBridge)
{
    near_->batch(
        {"link add link p0 name p0.5 type vlan id 5", "link set p0.5 up"});
    far_->batch(
        {"link add link q0 name q0.5 type vlan id 5", "link set q0.5 up"});
    expect_children_work("p0.5", "q0.5");

    near_->batch({"link add br0 type bridge", "link set p0 master br0",
                  "link set br0 up"});
    expect_children_work("br0", "q0");
}

// A team without its daemon carries nothing, but it is a parent.
TEST_F(Parents, TeamAndDummy)
{
    for (const std::string kind : {"team", "dummy"}) {
        near_->batch({"link add t0 type " + kind, "link set t0 up",
                      "link add link t0 name s0 type virt", "link set s0 up"});
        EXPECT_NE(near_->ok("ip link show s0").find("s0@t0"),
                  std::string::npos);
        near_->ok("ip link del t0");
        near_->refused("ip link show s0");
    }
}

class Team : public Parents
{
};

TEST_F(Team, CarriesItsChildren)
{
    if (host().run("command -v teamd").status)
        GTEST_SKIP() << "give the guest --packages libteam-utils";
    make_wires();
    near_->ok("teamd -d -c '{\"device\": \"team0\","
              "\"runner\": {\"name\": \"activebackup\"},"
              "\"link_watch\": {\"name\": \"ethtool\"},"
              "\"ports\": {\"p0\": {}, \"p1\": {}}}' "
              ">/dev/null 2>&1; ip link set team0 up");
    expect_children_work("team0", "br0");
    near_->ok("ip link set p0 down");
    expect_children_work("team0", "br0");
    near_->ok("ip link set p0 up; ip link set p1 down");
    expect_children_work("team0", "br0");
    near_->ok("teamd -k -t team0");
}

TEST_F(Parents, ChildOnAChild)
{
    near_->batch(
        {"link add link p0 name v0 type virt mode mac", "link set v0 up"});
    expect_children_work("v0", "q0");
}

// The switch and the neighbours must learn where the children are now.
TEST_F(Parents, BondThatFailsOverIsAnnouncedByItsChildren)
{
    make_bond();
    expect_children_work("bond0", "br0");
    near_->batch({"link add link bond0 name v0 type virt mode mac",
                  "link set v0 up", "addr add 192.0.2.10/24 dev v0"});
    near_->ok("socat -u UDP4-RECV:7001,ip-add-membership=239.1.2.3:v0 "
              "/dev/null >/dev/null 2>&1 & echo $! >/run/member");
    EXPECT_TRUE(eventually([&] {
        return near_->ok("ip maddr show dev v0").find("239.1.2.3") !=
               std::string::npos;
    }));

    RawSocket wire(*far_, "q1");
    const Mac own = mac_of(*near_, "v0");
    const Bytes announcement = ethernet(
        kBroadcast, own, kArp, arp(1, own, "192.0.2.10", {}, "192.0.2.10"));
    near_->ok("ip link set p0 down");
    bool announced = false, rejoined = false;
    EXPECT_TRUE(wire.sees(
        [&](const Bytes &frame) {
            announced |= frame == announcement;
            // IGMP, from the child
            rejoined |= frame.size() > 34 && frame[12] == 8 && frame[13] == 0 &&
                        frame[23] == 2 &&
                        std::equal(own.begin(), own.end(), &frame[6]);
            return announced && rejoined;
        },
        5000))
        << "announced: " << announced << ", rejoined: " << rejoined;
    near_->ok("kill $(cat /run/member)");
}

TEST_F(Parents, ABondWithChildrenKeepsItsType)
{
    near_->batch({"link add bond0 type bond mode active-backup",
                  "link add link bond0 name v0 type virt",
                  "tuntap add dev tun0 mode tun"});
    near_->refused("ip link set tun0 master bond0");
    near_->ok("ip link del v0");
}

TEST_F(Parents, VirtioNet)
{
    const std::string nic = take_nic("virtio_net");

    near_->batch({"link add link " + nic + " name s0 type virt",
                  "link set s0 up", "addr add 10.0.2.77/24 dev s0"});
    EXPECT_TRUE(pings(*near_, "10.0.2.2"));
    near_->batch({"link del s0", "link set " + nic + " netns 1"});
}

// Few devices can send in any context: a veth cannot, and a tap's lock is not
// made for it.
TEST_F(Parents, NetconsoleSpeaksOverAChild)
{
    const std::string target = "/sys/kernel/config/netconsole/virt";
    const std::string nic = take_nic("virtio_net");

    near_->batch({"link add link " + nic + " name v0 type virt mode mac",
                  "link set v0 up", "addr add 10.0.2.77/32 dev v0"});
    near_->ok("modprobe netconsole; mountpoint -q /sys/kernel/config || "
              "mount -t configfs none /sys/kernel/config; mkdir " +
              target + "; cd " + target +
              "; echo v0 >dev_name; echo 10.0.2.77 >local_ip;"
              "echo 10.0.2.2 >remote_ip; echo 52:55:0a:00:02:02 >remote_mac;"
              "echo 1 >enabled");
    const uint64_t child = counter(*near_, "v0", "tx_bytes");
    const uint64_t parent = counter(*near_, nic, "tx_bytes");
    const std::string said(500, '.');
    host().ok("echo '<1>" + said + "' >/dev/kmsg");
    EXPECT_TRUE(eventually([&] {
        return counter(*near_, "v0", "tx_bytes") >= child + said.size() &&
               counter(*near_, nic, "tx_bytes") >= parent + said.size();
    }));
    // the child may leave while it is in use
    near_->ok("ip link del v0");
    EXPECT_EQ(host().ok("cat " + target + "/enabled"), "0\n");
    // a tunnel cannot send in any context
    near_->ok("ip link add t0 type virt mode tunnel remote 192.0.2.2;"
              "ip link set t0 up; cd " +
              target + "; echo t0 >dev_name");
    near_->refused("echo 1 >" + target + "/enabled");
    // 5.10 counts one reference less if the device goes first
    host().ok("rmdir " + target + "; modprobe -r netconsole");
    near_->ok("ip link del t0");
    near_->ok("ip link set " + nic + " netns 1");
}

TEST_F(Parents, TimestampsAreTheParents)
{
    auto shown = [this](const std::string &device) {
        std::string text = near_->ok("ethtool -T " + device);

        return text.substr(text.find('\n'));
    };

    add_child("v0");
    EXPECT_EQ(shown("v0"), shown("p0"));
    // it has none
    near_->ok("ip link add t0 type virt mode tunnel remote 192.0.2.2");
    EXPECT_NE(shown("t0").find("software-receive"), std::string::npos);
    EXPECT_EQ(shown("t0").find("hardware-receive"), std::string::npos);
}

// What the host's bridge knows of a packet is nothing to a child elsewhere,
// which may have a bridge, and a firewall, of its own.
TEST_F(Parents, BridgeThatFiltersIpLeavesNoTrace)
{
    {
        Netns box("box");

        host().ok("modprobe br_netfilter");
        near_->ok("ip addr flush dev p0; ip link add br0 type bridge;"
                  "ip link set p0 master br0; ip link set br0 up;"
                  "ip link add link br0 name v0 netns box type virt");
        box.ok("ip link add b0 type bridge; ip link set v0 up;"
               "ip addr add 192.0.2.10/24 dev v0;"
               "nft add table ip f; nft add chain ip f c '{ type filter hook "
               "prerouting priority 0; }'; nft add rule ip f c counter");
        EXPECT_TRUE(pings(*far_, "192.0.2.10"));
        EXPECT_EQ(box.ok("nft list table ip f").find("packets 0 "),
                  std::string::npos);
    }
    near_->ok("ip link del br0");
    host().ok("modprobe -r br_netfilter");
}

TEST_F(Parents, TimestampsReachWhoSends)
{
    Netns box("box");

    near_->batch({"link add link p0 name v0 type virt", "link set v0 up",
                  "addr add 192.0.2.10/24 dev v0",
                  "link add link p0 name v1 netns box type virt host on"});
    box.batch({"link set v1 up", "addr add 192.0.2.11/24 dev v1"});
    struct Way {
        const Netns &from;
        std::string device;
        const char *to;
    };
    // the wire, the host and a sibling
    for (const auto &[ns, device, receiver] : {Way{*near_, "v0", "192.0.2.2"},
                                               {box, "v1", "192.0.2.2"},
                                               {box, "v1", "192.0.2.1"},
                                               {box, "v1", "192.0.2.10"}}) {
        EXPECT_TRUE(pings(ns, "-I " + device + " " + receiver));
        Inside inside(ns);
        sockaddr_in to{};
        const int kinds =
            SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
        const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        to.sin_family = AF_INET;
        to.sin_port = htons(9);
        to.sin_addr.s_addr = inet_addr(receiver);
        EXPECT_EQ(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device.data(),
                             socklen_t(device.size())),
                  0);
        EXPECT_EQ(
            setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &kinds, sizeof(kinds)),
            0);
        EXPECT_EQ(
            sendto(fd, "", 1, 0, reinterpret_cast<sockaddr *>(&to), sizeof(to)),
            1);
        EXPECT_TRUE(eventually([fd] {
            msghdr told{};

            return recvmsg(fd, &told, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0;
        })) << device
            << " to " << receiver;
        close(fd);
    }
}

TEST_F(Parents, TimestampsAreSetOnTheParent)
{
    auto stamps = [this](const std::string &device, unsigned long request,
                         hwtstamp_config &config) {
        Inside inside(*near_);
        ifreq ask{};

        std::strcpy(ask.ifr_name, device.c_str());
        ask.ifr_data = reinterpret_cast<char *>(&config);
        const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        const int error = ioctl(fd, request, &ask) ? errno : 0;
        close(fd);
        return error;
    };

    if (host().run("modprobe e1000e").status)
        GTEST_SKIP() << "this kernel has no driver of a NIC with timestamps";
    const std::string nic = take_nic("e1000e");
    near_->ok("ip link add link " + nic + " name v0 type virt");
    for (const int type : {HWTSTAMP_TX_ON, HWTSTAMP_TX_OFF}) {
        const int filter = type ? HWTSTAMP_FILTER_ALL : HWTSTAMP_FILTER_NONE;
        hwtstamp_config config{0, type, filter}, child{}, parent{};

        EXPECT_EQ(stamps("v0", SIOCSHWTSTAMP, config), 0) << strerror(errno);
        EXPECT_EQ(stamps("v0", SIOCGHWTSTAMP, child), 0);
        EXPECT_EQ(stamps(nic, SIOCGHWTSTAMP, parent), 0);
        EXPECT_EQ(parent.tx_type, type);
        EXPECT_EQ(parent.rx_filter, filter);
        EXPECT_EQ(child.tx_type, type);
        EXPECT_EQ(child.rx_filter, filter);
    }
    near_->batch({"link del v0", "link set " + nic + " netns 1"});
}

} // namespace e2e
