// SPDX-License-Identifier: GPL-2.0-only
// Mode share and the IPv6 addresses that the kernel makes itself.
//
//   near: p0      box: v0      pen: v1      far: q0, the router
//
// Copyright (C) The virt authors
#include "bed.hpp"

namespace e2e
{

class Autoconf : public Bed
{
protected:
    void SetUp() override
    {
        Bed::SetUp();
        box_ = std::make_unique<Netns>("box");
        pen_ = std::make_unique<Netns>("pen");
        near_->batch({"link add link p0 name v0 netns box type virt host on",
                      "link add link p0 name v1 netns pen type virt host on"});
        far_->ok("ip addr add 2001:db8:5::1/64 dev q0 nodad");
        hurry(*near_, "p0");
        hurry(*far_, "q0");
        hurry(*box_, "v0");
        hurry(*pen_, "v1");
    }

    void TearDown() override
    {
        box_.reset();
        pen_.reset();
        Bed::TearDown();
    }

    // Whether an address is somebody else's is known after this.
    static void hurry(const Netns &ns, const std::string &device)
    {
        ns.ok("sysctl -qw net.ipv6.neigh." + device +
              ".retrans_time_ms=200 net.ipv6.conf." + device +
              ".router_solicitation_delay=0");
    }

    void advertise() const
    {
        RawSocket(*far_, "q0")
            .send(ethernet(group_mac("ff02::1"), kFarMac, kIpv6,
                           router("2001:db8:5::")));
    }

    // The addresses of a device that `ip` selects by @which, one per line.
    static std::string addresses(const Netns &ns, const std::string &device,
                                 const std::string &which)
    {
        return ns.ok("ip -6 -o addr show dev " + device + " " + which +
                     " | sed 's/.*inet6 //; s/\\/.*//'");
    }

    // The device has the address, after duplicate detection, for good.
    static bool has(const Netns &ns, const std::string &device,
                    const std::string &address)
    {
        return !addresses(ns, device, "-tentative -dadfailed to " + address)
                    .empty();
    }

    // An address that the kernel made was somebody else's, and is gone.
    bool advertised_in_vain(const std::string &device,
                            const std::string &address) const
    {
        return eventually(
            [&] {
                advertise();
                return !host()
                            .run("dmesg | grep -q '" + device +
                                 ": IPv6 duplicate address " + address + " '")
                            .status;
            },
            10);
    }

    std::unique_ptr<Netns> box_;
    std::unique_ptr<Netns> pen_;
};

TEST_F(Autoconf, PrivacyAddressesLeadToTheChild)
{
    auto temporary = [this] {
        return addresses(*box_, "v0", "temporary -tentative");
    };
    std::string first, both;

    // the next one is made as many seconds before the end as it may need
    box_->ok("cd /proc/sys/net/ipv6 && echo 1000 >neigh/v0/retrans_time_ms && "
             "cd conf/v0 && echo 2 >use_tempaddr && "
             "echo 0 >max_desync_factor && echo 8 >temp_prefered_lft && "
             "ip link set v0 up");
    ASSERT_TRUE(eventually(
        [&] {
            advertise();
            first = temporary();
            return !first.empty();
        },
        10));
    first.resize(first.find('\n'));
    EXPECT_TRUE(pings(*far_, first));

    // the next one comes before the first is out of date
    ASSERT_TRUE(eventually(
        [&] {
            both = temporary();
            return both.find('\n') + 1 < both.size();
        },
        20));
    const size_t second = both.starts_with(first + "\n") ? first.size() + 1 : 0;
    EXPECT_TRUE(
        pings(*far_, both.substr(second, both.find('\n', second) - second)));
    EXPECT_TRUE(pings(*far_, first)) << "connections of before go on";
}

TEST_F(Autoconf, DuplicatesAreFound)
{
    box_->ok("ip link set v0 up; ip token set ::5 dev v0");
    ASSERT_TRUE(eventually(
        [this] {
            advertise();
            return has(*box_, "v0", "2001:db8:5::5");
        },
        10));

    // a sibling has it
    pen_->ok("ip link set v1 up; ip token set ::5 dev v1");
    EXPECT_TRUE(advertised_in_vain("v1", "2001:db8:5::5"));
    EXPECT_TRUE(pings(*far_, "2001:db8:5::5"));
    // the host has it
    near_->ok("ip addr add 2001:db8:5::7/64 dev p0 nodad");
    pen_->ok("ip token set ::7 dev v1");
    EXPECT_TRUE(advertised_in_vain("v1", "2001:db8:5::7"));
    // somebody on the wire has it, or wants it
    far_->ok("ip addr add 2001:db8:5::8/64 dev q0 nodad");
    pen_->ok("ip addr add 2001:db8:5::8/64 dev v1");
    far_->ok("ip addr add 2001:db8:5::5/64 dev q0");
    EXPECT_TRUE(eventually([this] {
        return !addresses(*pen_, "v1", "dadfailed to 2001:db8:5::8").empty() &&
               !addresses(*far_, "q0", "dadfailed to 2001:db8:5::5").empty();
    }));
    far_->ok("ip addr del 2001:db8:5::5/64 dev q0");

    // the parent wins
    near_->ok("ip addr add 2001:db8:5::5/64 dev p0");
    EXPECT_TRUE(
        eventually([this] { return has(*near_, "p0", "2001:db8:5::5"); }));
    EXPECT_NE(box_->ok("ip -d link show v0").find("suspended 1"),
              std::string::npos);
}

} // namespace e2e
