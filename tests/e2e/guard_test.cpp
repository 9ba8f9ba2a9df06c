// SPDX-License-Identifier: GPL-2.0-only
// What a container's root tries, and what its host lets it do.
//
//   near: p0 192.0.2.1, v1 192.0.2.11     jail: v0, in a user namespace
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace e2e
{

class Guard : public Bed
{
protected:
    void SetUp() override
    {
        Bed::SetUp();
        jail_ = std::make_unique<Netns>("jail");
        pid_ = host().ok("unshare -U -r -n sleep 900 </dev/null "
                         ">/dev/null 2>&1 & echo $!");
        pid_.pop_back();
        ASSERT_TRUE(eventually([this] {
            return !host().run("nsenter -U -n -t " + pid_ + " ip link").status;
        }));
        host().ok("umount /run/netns/jail && mount --bind /proc/" + pid_ +
                  "/ns/net /run/netns/jail");
        add_child("v1", "", {"192.0.2.11/24", "2001:db8::11/64"});
    }

    void TearDown() override
    {
        host().run("kill " + pid_);
        jail_.reset();
        Bed::TearDown();
    }

    void imprison(const std::string &options)
    {
        near_->ok("ip link add link p0 name v0 netns jail type virt " +
                  options);
        EXPECT_EQ(inside("ip link set v0 up"), "");
    }

    // What the container's root is told; empty if it may.
    std::string inside(const std::string &command) const
    {
        return host()
            .run("nsenter -U -n -t " + pid_ + " sh -c '" + command + "'")
            .err;
    }

    static int promiscuity(const Netns &ns)
    {
        return nlohmann::json::parse(ns.ok("ip -d -j link show dev p0"))
            .at(0)
            .at("promiscuity")
            .get<int>();
    }

    // The parent has the MAC address that the child asked for.
    static bool listed(const Netns &ns)
    {
        return ns.ok("bridge fdb show dev p0").find("02:00:00:00:00:79") !=
               std::string::npos;
    }

    // The errno of an ioctl in the jail, of the container's root or the host's.
    int stamps(bool container, const std::string &device,
               unsigned long request) const
    {
        const pid_t pid = fork();
        int status = -1;

        if (!pid) {
            const std::string path = "/proc/" + pid_ + "/ns/";
            const int user = open((path + "user").c_str(), O_RDONLY);
            const int net = open((path + "net").c_str(), O_RDONLY);
            hwtstamp_config config{};
            ifreq ask{};

            if ((container && setns(user, CLONE_NEWUSER)) ||
                setns(net, CLONE_NEWNET))
                _exit(255);
            std::strcpy(ask.ifr_name, device.c_str());
            ask.ifr_data = reinterpret_cast<char *>(&config);
            _exit(ioctl(socket(AF_INET, SOCK_DGRAM, 0), request, &ask) ? errno
                                                                       : 0);
        }
        waitpid(pid, &status, 0);
        return WEXITSTATUS(status);
    }

    uint64_t caught() const { return counter(*jail_, "v0", "tx_guard"); }

    std::unique_ptr<Netns> jail_;
    std::string pid_;
};

TEST_F(Guard, KeepsTheMacAddress)
{
    imprison("mode mac");
    near_->ok("ip link add link p0 name m1 address 02:00:00:00:00:70 "
              "type virt mode mac");
    for (const std::string taken : {"02:00:00:00:00:0a", "02:00:00:00:00:0b",
                                    "02:00:00:00:00:70", "02:00:00:00:00:77"})
        EXPECT_NE(inside("ip link set v0 address " + taken), "") << taken;
    jail_->ok("ip link set v0 address 02:00:00:00:00:78");

    RawSocket child(*jail_, "v0");
    RawSocket wire(*far_, "q0");
    Bytes own = ethernet(kFarMac, mac("02:00:00:00:00:78"), kIpv4,
                         udp("192.0.2.10", "192.0.2.2"));
    Bytes forged =
        ethernet(kFarMac, kFarMac, kIpv4, udp("192.0.2.10", "192.0.2.2"));
    ASSERT_TRUE(child.send(forged));
    ASSERT_TRUE(child.send(own));
    EXPECT_TRUE(wire.sees(own, 3000));
    EXPECT_EQ(caught(), 1u);
}

// Bonding writes the MAC addresses of its ports, and has threads that do.
TEST_F(Guard, KeepsTheMacAddressInABond)
{
    const std::string foreign = "02:00:00:00:00:79";
    const int before = promiscuity(*near_);

    host().ok("modprobe bonding");
    imprison("mode mac");
    const Mac own = mac_of(*jail_, "v0");
    const std::string text =
        jail_->ok("ip -br link show v0 | awk '{ printf $3 }'");
    const std::string bond = "ip link add d0 address " + foreign +
                             " type dummy; ip link set d0 up; ip link add b0 "
                             "type bond mode ";
    auto speaks_for_itself = [&] {
        RawSocket child(*jail_, "v0");
        RawSocket wire(*far_, "q0");
        RawSocket tap(*far_, "q0");
        const uint64_t count = caught();
        auto frame = [](const Mac &source) {
            return ethernet(kFarMac, source, kIpv4,
                            udp("192.0.2.10", "192.0.2.2"));
        };

        EXPECT_TRUE(child.send(frame(mac(foreign))));
        EXPECT_TRUE(child.send(frame(own)));
        EXPECT_TRUE(wire.sees(frame(own), 3000));
        EXPECT_FALSE(tap.sees(frame(mac(foreign)), 100));
        // the bond has something to say, too
        EXPECT_GT(caught(), count);
    };

    EXPECT_EQ(inside(bond + "balance-tlb; ip link set b0 address " + text +
                     "; ip link set d0 down; ip link set d0 master b0;"
                     "ip link set b0 up; ip link set v0 down;"
                     "ip link set v0 master b0"),
              "");
    speaks_for_itself();
    EXPECT_EQ(inside("ip link del b0; ip link del d0; ip link set v0 up"), "");
    EXPECT_EQ(mac_of(*jail_, "v0"), own);

    EXPECT_EQ(inside(bond + "active-backup fail_over_mac follow miimon 50;"
                            "ip link set d0 down; ip link set d0 master b0;"
                            "ip link set b0 up; ip link set v0 down;"
                            "ip link set v0 master b0; ip link set d0 down"),
              "");
    EXPECT_TRUE(eventually([this] {
        return jail_->ok("ip -d link show b0").find("active_slave v0") !=
               std::string::npos;
    }));
    EXPECT_EQ(mac_of(*jail_, "v0"), own);
    speaks_for_itself();
    jail_->ok("ip link del v0");
    EXPECT_FALSE(listed(*near_));
    EXPECT_EQ(near_->ok("bridge fdb show dev p0").find(text),
              std::string::npos);
    EXPECT_EQ(promiscuity(*near_), before);
}

TEST_F(Guard, HonoursNoExtraMacsAndNoPromiscuity)
{
    imprison("mode mac");
    // a veth listens to everything for the sake of a second MAC address
    const int before = promiscuity(*near_);
    EXPECT_EQ(inside("ip link set v0 promisc on;"
                     "bridge fdb add 02:00:00:00:00:79 dev v0 self"),
              "");
    EXPECT_EQ(promiscuity(*near_), before);
    EXPECT_FALSE(listed(*near_));
    jail_->ok("ip link set v0 type virt guard off");
    EXPECT_EQ(promiscuity(*near_), before + 1);
    EXPECT_TRUE(listed(*near_));
    jail_->ok("ip link set v0 type virt guard on");
    EXPECT_EQ(promiscuity(*near_), before);
    EXPECT_FALSE(listed(*near_));
}

// Guarded are those of another user namespace than the parent's.
TEST_F(Guard, FollowsTheParentIntoAnotherUserNamespace)
{
    const Bytes extra =
        ethernet(mac("02:00:00:00:00:79"), kFarMac, 0x88b5, Bytes(46));
    RawSocket wire(*far_, "q0");

    imprison("mode mac");
    const int before = promiscuity(*near_);
    EXPECT_EQ(inside("ip link set v0 promisc on;"
                     "bridge fdb add 02:00:00:00:00:79 dev v0 self"),
              "");
    for (int i = 0; i < 2; i++) {
        near_->ok("ip link set p0 netns jail");
        jail_->ok("ip link set p0 up");
        EXPECT_TRUE(
            eventually([&] { return promiscuity(*jail_) == before + 1; }));
        EXPECT_TRUE(listed(*jail_));
        {
            StackWatch watch(*jail_, 0x88b5);

            EXPECT_TRUE(wire.send(extra));
            EXPECT_EQ(watch.keepers(extra, {"v0"}),
                      std::set<std::string>{"v0"});
        }
        EXPECT_EQ(inside("ip link set v0 address 02:00:00:00:00:7" +
                         std::to_string(i)),
                  "");

        jail_->ok("ip link set p0 netns near");
        near_->ok("ip link set p0 up");
        EXPECT_TRUE(eventually([&] { return promiscuity(*near_) == before; }));
        EXPECT_FALSE(listed(*near_));
        StackWatch watch(*jail_, 0x88b5);
        EXPECT_TRUE(wire.send(extra));
        EXPECT_EQ(watch.keepers(extra, {}), std::set<std::string>{});
        EXPECT_NE(inside("ip link set v0 address 02:00:00:00:00:78"), "");
    }
}

// What the NIC stamps is everybody's. The parent, a veth, stamps nothing.
TEST_F(Guard, OnlyTheParentsSideSetsTimestamps)
{
    imprison("");
    near_->ok("ip link set v1 netns jail");
    for (const std::string device : {"v0", "v1"}) {
        EXPECT_EQ(stamps(true, device, SIOCSHWTSTAMP), EPERM) << device;
        EXPECT_EQ(stamps(true, device, SIOCGHWTSTAMP), EOPNOTSUPP) << device;
        EXPECT_EQ(stamps(false, device, SIOCSHWTSTAMP), EOPNOTSUPP) << device;
    }
}

TEST_F(Guard, RightsOfTheParentsSideAreRefused)
{
    imprison("mode mac");
    for (const char *option :
         {"guard off", "allow any", "host off", "isolate on", "flood on",
          "mode share", "mode steal", "bclim 1"})
        EXPECT_NE(inside(std::string("ip link set v0 type virt ") + option), "")
            << option;
    EXPECT_EQ(inside("ip link set v0 type virt arp all"), "");
}

TEST_F(Guard, IsOffInTheSameUserNamespace)
{
    Netns box("box");

    near_->ok("ip link add link p0 name v0 netns box type virt mode mac");
    box.ok("ip link set v0 address 02:00:00:00:00:77");
    box.ok("ip link set v0 type virt guard on");
    EXPECT_NE(box.ok("ip -d link show v0").find("guard on"), std::string::npos);
    near_->ok("ip -n box link set v0 netns near");
    near_->ok("ip link set v0 netns jail");
    jail_->ok("ip link set v0 type virt guard auto");
    EXPECT_NE(inside("ip link set v0 address 02:00:00:00:00:76"), "");
}

TEST_F(Guard, AllowKeepsOtherAddressesOut)
{
    imprison("host on allow 192.0.2.10,2001:db8::10");
    for (const char *other : {"192.0.2.1/24", "192.0.2.2/24", "192.0.2.11/24",
                              "192.0.2.99/24", "2001:db8::2/64"})
        EXPECT_NE(inside(std::string("ip addr add ") + other + " dev v0"), "")
            << other;
    EXPECT_EQ(inside("ip addr add 192.0.2.10/24 dev v0;"
                     "ip addr add 2001:db8::10/64 dev v0 nodad"),
              "");
    for (const char *peer : {"192.0.2.1", "192.0.2.2", "2001:db8::2"})
        EXPECT_TRUE(pings(*jail_, peer));
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
    EXPECT_TRUE(pings(*far_, "2001:db8::10"));
    EXPECT_EQ(caught(), 0u);

    const Bytes frame =
        ethernet(kNearMac, kFarMac, kIpv4, udp("192.0.2.2", "192.0.2.10"));
    jail_->ok("ip link set v0 type virt allow 192.0.2.20/30,2001:db8::/32");
    const std::string details = jail_->ok("ip -d link show v0");
    for (const char *words :
         {"allow 192.0.2.20/30,2001:db8::/32 ", "\n      suspended 1 "})
        EXPECT_NE(details.find(words), std::string::npos) << details;
    EXPECT_TRUE(reaches({"p0"}, frame)) << "nobody has the address now";
    jail_->ok("ip link set v0 type virt allow any");
    EXPECT_TRUE(reaches({}, frame));
    EXPECT_EQ(inside("ip addr add 192.0.2.30/24 dev v0"), "");
}

// The link-local address that belongs to a MAC address goes with it.
TEST_F(Guard, AllowFollowsTheMac)
{
    auto suspended = [this] {
        return jail_->ok("ip -d link show v0").find("suspended 1") !=
               std::string::npos;
    };

    imprison("allow 192.0.2.10");
    EXPECT_TRUE(eventually([this] {
        return jail_->ok("ip -6 addr show dev v0 scope link -tentative") != "";
    }));
    EXPECT_FALSE(suspended());
    near_->ok("ip link set p0 address 02:00:00:00:00:99");
    EXPECT_TRUE(suspended());
    near_->ok("ip link set p0 address 02:00:00:00:00:0a");
    EXPECT_FALSE(suspended());
}

// Devices below fill in a checksum where the sender says.
TEST_F(Guard, WhatIsFilledInIsNotWhatWasLookedAt)
{
    imprison("allow 192.0.2.10");
    near_->ok("ethtool -K p0 tx off");
    const Bytes frame =
        ethernet(kFarMac, kNearMac, kIpv4, udp("192.0.2.10", "192.0.2.2"));
    const RawSocket wire(*far_, "q0");
    const PromisingSocket jailed(*jail_, "v0");
    auto promise = [&](uint16_t start, uint16_t offset) {
        // "needs a checksum"
        return jailed.send(
            {.flags = 1, .csum_start = start, .csum_offset = offset}, frame);
    };

    // into the source address, the port, and where it belongs
    EXPECT_TRUE(promise(20, 8));
    EXPECT_TRUE(promise(20, 16));
    EXPECT_TRUE(promise(34, 6));
    EXPECT_TRUE(wire.sees(
        [&](const Bytes &seen) {
            return seen.size() == frame.size() && seen[40] != frame[40] &&
                   std::equal(seen.begin(), seen.begin() + 40, frame.begin());
        },
        3000));
    EXPECT_EQ(caught(), 2U);
}

TEST_F(Guard, WhatIsSentIsWhatWasLookedAt)
{
    imprison("allow 192.0.2.10");
    near_->ok("tc qdisc add dev p0 root netem delay 500ms");
    const Bytes frame =
        ethernet(kFarMac, kNearMac, kIpv4, udp("192.0.2.10", "192.0.2.2", 200));
    const RawSocket wire(*far_, "q0");
    const RawSocket tap(*far_, "q0");
    const RingSocket ring(*jail_, "v0");

    // the last byte of the source address
    ring.send(frame)[29] = 66;
    EXPECT_TRUE(wire.sees(
        [&](const Bytes &seen) {
            return seen.size() == frame.size() &&
                   std::equal(seen.begin(), seen.begin() + 42, frame.begin());
        },
        3000));
    EXPECT_FALSE(tap.sees(
        [&](const Bytes &seen) {
            return seen.size() == frame.size() && seen[29] == 66;
        },
        100));
}

TEST_F(Guard, AllowKeepsForgeriesIn)
{
    imprison("allow 192.0.2.10,2001:db8::10");
    const Bytes ip = udp("192.0.2.10", "192.0.2.2");
    Bytes dhcp = ip;
    Bytes router = nd(135, "2001:db8::10", "ff02::1", "2001:db8::10");
    Bytes tagged{0, 0, 0x08, 0};
    const Bytes stolen = udp("192.0.2.2", "192.0.2.1");
    const Mac nobody{};

    dhcp[23] = 68;
    router[40] = 134;
    tagged.insert(tagged.end(), stolen.begin(), stolen.end());
    auto frame = [](uint16_t type, const Bytes &payload) {
        return ethernet(kFarMac, kNearMac, type, payload);
    };
    const std::vector<Bytes> forged{
        ethernet(kFarMac, kFarMac, kIpv4, ip),
        frame(kIpv4, stolen),
        frame(kIpv4, dhcp),
        frame(0x8100, tagged),
        frame(kArp, arp(2, kNearMac, "192.0.2.2", kFarMac, "192.0.2.1")),
        frame(kArp, arp(2, kNearMac, "192.0.2.11", kFarMac, "192.0.2.2")),
        frame(kArp, arp(1, kFarMac, "192.0.2.10", nobody, "192.0.2.2")),
        frame(kArp, arp(1, kNearMac, "0.0.0.0", nobody, "192.0.2.2")),
        frame(kIpv6, nd(136, "2001:db8::10", "ff02::1", "2001:db8::2")),
        frame(kIpv6, nd(135, "2001:db8::2", "ff02::1", "2001:db8::10")),
        frame(kIpv6, nd(135, "::", "ff02::1", "2001:db8::2")),
        frame(kIpv6, udp("2001:db8::2", "2001:db8::1")),
        frame(kIpv6, router),
        frame(0x88b5, Bytes(46)),
    };
    RawSocket child(*jail_, "v0");
    RawSocket wire(*far_, "q0");
    for (size_t i = 0; i < forged.size(); i++) {
        const uint64_t before = caught();

        ASSERT_TRUE(child.send(forged[i]));
        EXPECT_EQ(caught(), before + 1) << i;
    }
    const uint64_t before = caught();
    for (const Bytes &honest :
         {frame(kIpv4, ip),
          frame(kArp, arp(1, kNearMac, "192.0.2.10", nobody, "192.0.2.2")),
          frame(kArp, arp(1, kNearMac, "0.0.0.0", nobody, "192.0.2.10")),
          frame(kIpv6, nd(135, "2001:db8::10", "ff02::1", "2001:db8::2")),
          frame(kIpv4, udp("0.0.0.0", "255.255.255.255"))}) {
        ASSERT_TRUE(child.send(honest));
        EXPECT_TRUE(wire.sees(honest, 3000));
    }
    EXPECT_EQ(caught(), before);
}

} // namespace e2e
