// SPDX-License-Identifier: GPL-2.0-only
// What a container's root tries, and what its host lets it do.
//
//   near: p0 192.0.2.1, v1 192.0.2.11     jail: v0, in a user namespace
//
// Copyright (C) The virt authors
#include "bed.hpp"

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

TEST_F(Guard, HonoursNoExtraMacsAndNoPromiscuity)
{
    auto promiscuity = [this] {
        return nlohmann::json::parse(near_->ok("ip -d -j link show dev p0"))
            .at(0)
            .at("promiscuity")
            .get<int>();
    };
    auto listed = [this] {
        return near_->ok("bridge fdb show dev p0").find("02:00:00:00:00:79") !=
               std::string::npos;
    };

    imprison("mode mac");
    // a veth listens to everything for the sake of a second MAC address
    const int before = promiscuity();
    EXPECT_EQ(inside("ip link set v0 promisc on;"
                     "bridge fdb add 02:00:00:00:00:79 dev v0 self"),
              "");
    EXPECT_EQ(promiscuity(), before);
    EXPECT_FALSE(listed());
    jail_->ok("ip link set v0 type virt guard off");
    EXPECT_EQ(promiscuity(), before + 1);
    EXPECT_TRUE(listed());
    jail_->ok("ip link set v0 type virt guard on");
    EXPECT_EQ(promiscuity(), before);
    EXPECT_FALSE(listed());
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
