// SPDX-License-Identifier: GPL-2.0-only
// What happens to the parent happens to its children.
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include <nlohmann/json.hpp>

namespace e2e
{

class Events : public Bed
{
protected:
    void SetUp() override
    {
        Bed::SetUp();
        add_child("v0", "", {"192.0.2.10/24"});
    }

    nlohmann::json show(const Netns &ns, const std::string &device)
    {
        return nlohmann::json::parse(
            ns.ok("ip -d -j link show dev " + device))[0];
    }

    bool becomes(const std::string &key, const nlohmann::json &value)
    {
        return eventually(
            [&, this] { return show(*near_, "v0")[key] == value; });
    }
};

TEST_F(Events, CarrierFollows)
{
    EXPECT_TRUE(becomes("operstate", "UP"));
    far_->ok("ip link set q0 down");
    EXPECT_TRUE(becomes("operstate", "LOWERLAYERDOWN"));
    far_->ok("ip link set q0 up");
    EXPECT_TRUE(becomes("operstate", "UP"));
    near_->ok("ip link set p0 down");
    EXPECT_TRUE(becomes("operstate", "LOWERLAYERDOWN"));
    near_->ok("ip link set p0 up");
    EXPECT_TRUE(becomes("operstate", "UP"));
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
}

TEST_F(Events, ChildMayComeUpBeforeItsParent)
{
    near_->ok("ip link set v0 down; ip link set p0 down; ip link set v0 up");
    EXPECT_TRUE(becomes("operstate", "LOWERLAYERDOWN"));
    near_->ok("ip link set p0 up");
    EXPECT_TRUE(becomes("operstate", "UP"));
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
}

TEST_F(Events, MacFollows)
{
    near_->ok("ip link set p0 address 02:00:00:00:00:0c");
    EXPECT_EQ(show(*near_, "v0")["address"], "02:00:00:00:00:0c");
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
    near_->refused("ip link set v0 address 02:00:00:00:00:0d");
}

TEST_F(Events, MtuFollowsUntilItIsSet)
{
    near_->ok("ip link set p0 mtu 1400");
    EXPECT_EQ(show(*near_, "v0")["mtu"], 1400);
    near_->ok("ip link set p0 mtu 1500");
    EXPECT_EQ(show(*near_, "v0")["mtu"], 1500);
    near_->ok("ip link set v0 mtu 1300; ip link set p0 mtu 1400");
    EXPECT_EQ(show(*near_, "v0")["mtu"], 1300);
    near_->ok("ip link set p0 mtu 1280");
    EXPECT_EQ(show(*near_, "v0")["mtu"], 1280);
    EXPECT_NE(near_->refused("ip link set v0 mtu 1281")
                  .find("mtu greater than device maximum"),
              std::string::npos);
    for (const char *bad : {"0", "1", "67", "65536"})
        near_->refused(std::string("ip link set v0 mtu ") + bad);
    near_->ok("ip link set v0 mtu 68");
}

TEST_F(Events, MtuGivenAtBirthStays)
{
    near_->ok("ip link add link p0 name v1 mtu 1300 type virt;"
              "ip link set p0 mtu 1450");
    EXPECT_EQ(show(*near_, "v1")["mtu"], 1300);
}

TEST_F(Events, FeaturesFollow)
{
    auto feature = [this](const std::string &name) {
        return near_->ok("ethtool -k v0 | sed -n 's/^ *" + name +
                         ": \\([a-z]*\\).*/\\1/p'");
    };

    EXPECT_EQ(feature("rx-checksumming"), "on\n");
    near_->ok("ethtool -K p0 rx off");
    EXPECT_EQ(feature("rx-checksumming"), "off\n");
    near_->ok("ethtool -K p0 rx on");
    EXPECT_EQ(feature("rx-checksumming"), "on\n");

    EXPECT_EQ(feature("tcp-segmentation-offload"), "on\n");
    near_->ok("ethtool -K v0 tso off");
    EXPECT_EQ(feature("tcp-segmentation-offload"), "off\n");
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
}

TEST_F(Events, TsoLimitFollows)
{
    near_->batch(
        {"link add a0 type veth peer name a1", "tuntap add dev tap0 mode tap",
         "link add bond0 type bond mode active-backup",
         "link set a0 master bond0", "link add link bond0 name c0 type virt"});
    // before 5.19 there was one limit, that of the user
    const bool old = !show(*near_, "c0").contains("tso_max_size");
    auto limit = [&](const std::string &device) -> int {
        return show(*near_, device)[old ? "gso_max_size" : "tso_max_size"];
    };
    const int before = limit("bond0");
    EXPECT_EQ(limit("c0"), before);
    if (old)
        near_->ok("ip link set tap0 gso_max_size 30000");
    near_->ok("ip link set tap0 master bond0");
    EXPECT_NE(limit("bond0"), before);
    EXPECT_EQ(limit("c0"), limit("bond0"));
}

TEST_F(Events, EthtoolShowsTheParentsLink)
{
    auto speed = [this](const std::string &device) {
        return near_->ok("ethtool " + device + " | grep Speed");
    };

    EXPECT_EQ(speed("v0"), speed("p0"));
    EXPECT_NE(near_->ok("ethtool -i v0").find("driver: virt"),
              std::string::npos);
}

TEST_F(Events, ParentsEndIsTheChildrensEnd)
{
    Netns box("box");

    add_child("v1");
    near_->ok("ip link set v1 netns box");
    near_->ok("ip link del p0");
    EXPECT_EQ(near_->ok("ip -o link show type virt"), "");
    EXPECT_EQ(box.ok("ip -o link show type virt"), "");
}

TEST_F(Events, ParentsNamespaceEndsFirst)
{
    Netns box("box");

    near_->ok("ip link set v0 netns box");
    near_.reset();
    EXPECT_TRUE(
        eventually([&] { return box.ok("ip -o link show type virt").empty(); },
                   kTeardown));
}

// The kernel takes several namespaces down at once, and with the far end the
// parent, before it comes to the child.
TEST_F(Events, AllNamespacesEndTogether)
{
    auto box = std::make_unique<Netns>("box");
    auto last = std::make_unique<Netns>("last");

    near_->ok("ip link set v0 netns box");
    {
        // while the kernel is busy with this one, the three gather
        Netns busy("busy");

        busy.ok("ip link add d0 type dummy");
    }
    box.reset();
    near_.reset();
    far_.reset();
    host().ok("ip link add h0 type veth peer name h1 netns last");
    last.reset();
    EXPECT_TRUE(eventually([] { return host().run("ip link show h0").status; },
                           kTeardown));
}

TEST_F(Events, ChildsNamespaceEndsFirst)
{
    {
        Netns box("box");

        near_->ok("ip link set v0 netns box");
    }
    EXPECT_TRUE(eventually(
        [this] {
            return near_->ok("ip -o -d link show p0").find("virt") ==
                   std::string::npos;
        },
        kTeardown));
    EXPECT_TRUE(pings(*far_, "192.0.2.1"));
}

TEST_F(Events, ParentMovesToAnotherNamespaceAndItsChildrenStay)
{
    Netns box("box");

    near_->ok("ip link set p0 netns box");
    box.ok("ip link set p0 up");
    EXPECT_EQ(show(*near_, "v0")["link_index"], show(box, "p0")["ifindex"]);
    EXPECT_TRUE(becomes("operstate", "UP"));
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
}

TEST_F(Events, LinkIsRightAcrossNamespaces)
{
    Netns box("box");

    near_->ok("ip link set v0 netns box");
    auto link = show(box, "v0");
    EXPECT_EQ(link["link_index"], show(*near_, "p0")["ifindex"]);
    EXPECT_TRUE(link.contains("link_netnsid"));
}

// A group joined on a child passes the parent's filter, and leaves it again.
TEST_F(Events, GroupsAreKeptOnTheParent)
{
    auto on_parent = [this] {
        return near_->ok("ip maddr show dev p0").find("01:00:5e:01:02:03") !=
               std::string::npos;
    };

    near_->ok("ip addr add 239.1.2.3 dev v0 autojoin");
    EXPECT_TRUE(eventually(on_parent));
    near_->ok("ip link set v0 down");
    EXPECT_TRUE(eventually([&] { return !on_parent(); }));
    near_->ok("ip link set v0 up");
    EXPECT_TRUE(eventually(on_parent));
    near_->ok("ip link del v0");
    EXPECT_FALSE(on_parent());
}

// The kernel empties the lists of a device that moves: what its children had
// there must be there afterwards, whatever they do meanwhile.
TEST_F(Events, ListsChangeUnderAMovingParent)
{
    Netns box("box");
    std::atomic<bool> stop = false;
    auto groups = [this](const std::string &address) {
        return near_->ok("ip maddr show dev p0").find(address) !=
               std::string::npos;
    };
    auto macs = [this](const std::string &address) {
        return near_->ok("bridge fdb show dev p0").find(address) !=
               std::string::npos;
    };

    near_->batch({"link add link p0 name m0 address 02:00:00:00:00:10 "
                  "type virt mode mac",
                  "link set m0 up", "addr add 239.1.2.3 dev v0 autojoin"});
    near_->ok("bridge fdb add 02:00:00:00:00:79 dev m0 self");
    std::thread member([&] {
        Inside inside(*near_);
        const int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        ipv6_mreq left{}, kept{};

        inet_pton(AF_INET6, "ff02::77:3", &left.ipv6mr_multiaddr);
        inet_pton(AF_INET6, "ff02::77:2", &kept.ipv6mr_multiaddr);
        left.ipv6mr_interface = kept.ipv6mr_interface = if_nametoindex("v0");
        auto change = [&](int option, const ipv6_mreq &group) {
            EXPECT_EQ(
                setsockopt(fd, IPPROTO_IPV6, option, &group, sizeof(group)), 0);
        };
        while (!stop) {
            change(IPV6_JOIN_GROUP, left);
            change(IPV6_JOIN_GROUP, kept);
            change(IPV6_LEAVE_GROUP, left);
            change(IPV6_LEAVE_GROUP, kept);
        }
        change(IPV6_JOIN_GROUP, kept);
        // it is left when the test has seen it
        while (stop)
            pause_ms(20);
        close(fd);
    });
    for (int i = 0; i < 5; i++) {
        near_->ok("ip link set p0 netns box");
        box.ok("ip link set p0 up");
        box.ok("ip link set p0 netns near");
        near_->ok("ip link set p0 up");
    }
    stop = true;
    EXPECT_TRUE(eventually([&] {
        return groups("33:33:00:77:00:02") && !groups("33:33:00:77:00:03");
    }));
    EXPECT_TRUE(groups("01:00:5e:01:02:03"));
    EXPECT_TRUE(macs("02:00:00:00:00:10"));
    EXPECT_TRUE(macs("02:00:00:00:00:79"));
    stop = false;
    member.join();
    near_->batch({"link del v0", "link del m0"});
    for (const std::string group : {"33:33:00:77:00:02", "01:00:5e:01:02:03"})
        EXPECT_FALSE(groups(group));
    for (const std::string address : {"02:00:00:00:00:10", "02:00:00:00:00:79"})
        EXPECT_FALSE(macs(address));
}

} // namespace e2e
