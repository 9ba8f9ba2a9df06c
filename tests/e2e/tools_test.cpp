// SPDX-License-Identifier: GPL-2.0-only
// The tools show what the kernel counts.
//
// Copyright (C) The virt authors
#include <nlohmann/json.hpp>

#include "bed.hpp"

namespace e2e
{

class Tools : public Bed
{
protected:
    nlohmann::json virtstat()
    {
        return nlohmann::json::parse(near_->ok("virtstat -j"));
    }
};

// In a namespace where nothing else moves, every frame counts.
TEST_F(Tools, CountersAreExactEverywhere)
{
    constexpr uint64_t kFrames = 1000;
    RawSocket wire(*far_, "q0");
    Bytes frame =
        ethernet(kNearMac, kFarMac, kIpv4, udp("192.0.2.2", "192.0.2.10", 100));
    Netns box("box");

    box.ok("sysctl -qw net.ipv6.conf.default.disable_ipv6=1");
    near_->ok("ip link add link p0 name v0 netns box type virt");
    box.ok("ip link set v0 up; ip addr add 192.0.2.10/24 dev v0;"
           "ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:0b dev v0");
    for (uint64_t i = 0; i < kFrames; i++)
        ASSERT_TRUE(wire.send(frame));
    EXPECT_TRUE(eventually(
        [&] { return counter(box, "v0", "rx_packets") == kFrames; }));
    EXPECT_EQ(counter(box, "v0", "rx_bytes"), kFrames * frame.size());

    auto link = nlohmann::json::parse(box.ok("virtstat -j")).at(0);
    EXPECT_EQ(link["ifname"], "v0");
    EXPECT_EQ(link["linkinfo"]["info_data"]["mode"], "share");
    EXPECT_EQ(link["stats64"]["rx"]["packets"], kFrames);
    EXPECT_EQ(link["stats64"]["rx"]["bytes"], kFrames * frame.size());
}

TEST_F(Tools, RefusedTransmissionIsCounted)
{
    add_child("v0", "", {"192.0.2.10/24"});
    near_->ok("tc qdisc add dev p0 root bfifo limit 1");
    RawSocket child(*near_, "v0");
    uint64_t before = counter(*near_, "v0", "tx_parent");

    child.send(
        ethernet(kFarMac, kNearMac, kIpv4, udp("192.0.2.10", "192.0.2.2")));
    EXPECT_GE(counter(*near_, "v0", "tx_parent"), before + 1);
    EXPECT_GE(counter(*near_, "v0", "tx_dropped"), before + 1);
}

TEST_F(Tools, VirtstatListsWhatIpLists)
{
    near_->ok("ip link add link p0 name v0 type virt mode mac");
    auto ours = virtstat().at(0);
    auto ips =
        nlohmann::json::parse(near_->ok("ip -j -s -d link show type virt"))[0];

    for (const char *key : {"ifindex", "ifname", "link", "flags", "mtu",
                            "operstate", "address", "stats64"})
        EXPECT_EQ(ours[key], ips[key]) << key;
    EXPECT_EQ(ours["linkinfo"]["info_data"], ips["linkinfo"]["info_data"]);
}

TEST_F(Tools, VirtstatTableHasTheChild)
{
    add_child("v0");
    std::string table = near_->ok("virtstat");

    for (const char *word : {"v0", "p0", "share"})
        EXPECT_NE(table.find(word), std::string::npos) << table;
}

TEST_F(Tools, VirtstatSaysWhatIsNotThere)
{
    EXPECT_EQ(near_->run("virtstat nosuch").status, 3);
    EXPECT_EQ(near_->run("virtstat p0").status, 3);
    EXPECT_EQ(near_->run("virtstat --bogus").status, 1);
    EXPECT_EQ(nlohmann::json::parse(near_->ok("virtstat -j")),
              nlohmann::json::array());
}

TEST_F(Tools, IpPrintsWhatItReads)
{
    add_child("v0", "mode steal");
    EXPECT_NE(near_->ok("ip -d link show v0").find("virt mode steal"),
              std::string::npos);
    EXPECT_NE(near_->ok("ip link help virt 2>&1").find("mode"),
              std::string::npos);
    EXPECT_NE(near_->ok("ip -s -d -j link show v0").find("rx_down"),
              std::string::npos);
}

} // namespace e2e
