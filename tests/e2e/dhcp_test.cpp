// SPDX-License-Identifier: GPL-2.0-only
// Mode share and DHCP: one MAC address, several clients, stock programs.
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <map>
#include <thread>

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
        host().run("pkill -f '^dnsmasq'; pkill dhclient; pkill udhcpc; "
                   "pkill systemd-network");
        box_.reset();
        pen_.reset();
        Bed::TearDown();
    }

    // A request with a transaction id, or the server's answer.
    static Bytes message(uint8_t id, bool answer)
    {
        const Bytes text{uint8_t(1 + answer), 1, 6, 0, 0, 0, 0, id};

        return answer ? ethernet(
                            kNearMac, kFarMac, kIpv4,
                            datagram("192.0.2.2", "192.0.2.150", 67, 68, text))
                      : ethernet(kBroadcast, kNearMac, kIpv4,
                                 datagram("0.0.0.0", "255.255.255.255", 68, 67,
                                          text));
    }

    // A stock server. It answers by unicast unless @broadcast.
    void serve(bool broadcast, const std::string &device = "q0")
    {
        far_->ok("dnsmasq --port=0 --interface=" + device +
                 " --bind-interfaces "
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

    // Starts systemd-networkd as in a container: with /etc/machine-id and the
    // rest of its files for itself. @networks are the files' names and texts.
    static void networkd(const Netns &ns, const std::string &machine,
                         const std::map<std::string, std::string> &networks)
    {
        const std::string base = "/tmp/dhcp/" + ns.name();
        std::string files;

        for (const auto &[device, text] : networks)
            files += "printf '[Match]\\nName=" + device +
                     "\\n[Network]\\nDHCP=ipv4\\nIPv6AcceptRA=no\\n"
                     "LinkLocalAddressing=no\\n[DHCPv4]\\n" +
                     text + "' >/etc/systemd/network/" + device + ".network;";
        // a sysfs that is read-only says that no udev will come
        ns.ok("mkdir -p /run/systemd /etc/systemd/network; touch "
              "/etc/machine-id; unshare -m sh -c \"mount -t tmpfs run "
              "/run/systemd; mount -t tmpfs etc /etc/systemd/network; "
              "echo " +
              machine + " >" + base + ".id; mount --bind " + base +
              ".id /etc/machine-id; mount -t sysfs -o ro sys /sys; " + files +
              "exec /usr/lib/systemd/systemd-networkd\" >" + base +
              ".log 2>&1 </dev/null &");
    }

    // The address that a device gets.
    static std::string lease(const Netns &ns, const std::string &device)
    {
        std::string address;

        EXPECT_TRUE(eventually(
            [&] {
                address = ns.ok("ip -4 -o addr show dev " + device +
                                " | awk '{print $4}'");
                return !address.empty();
            },
            60))
            << device << ": "
            << host().run("tail -n 30 /tmp/dhcp/" + ns.name() + ".log").out;
        return address;
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

// The parent may have asked with the same id.
TEST_F(Dhcp, AnswersReachWhoAskedLately)
{
    constexpr uint8_t kSlots = 64;

    add_child("v2");
    RawSocket client(*near_, "v2");
    EXPECT_TRUE(client.send(message(0, false)));
    EXPECT_TRUE(reaches({"p0", "v2"}, message(0, true)));
    EXPECT_TRUE(reaches({"p0"}, message(1, true)));
    // so that it is the oldest
    pause_ms(20);
    for (uint8_t id = 1; id <= kSlots; id++)
        EXPECT_TRUE(client.send(message(id, false)));
    EXPECT_TRUE(reaches({"p0"}, message(0, true)));
    EXPECT_TRUE(reaches({"p0", "v2"}, message(kSlots, true)));
}

// Whoever asks much, or as another one does, takes nothing from it.
TEST_F(Dhcp, SiblingsTakeNoAnswersFromEachOther)
{
    near_->batch({"link add link p0 name v2 up type virt",
                  "link add link p0 name v3 up type virt"});
    RawSocket client(*near_, "v2");
    RawSocket flooder(*near_, "v3");

    EXPECT_TRUE(client.send(message(1, false)));
    for (int id = 1; id < 200; id++)
        EXPECT_TRUE(flooder.send(message(static_cast<uint8_t>(id), false)));
    EXPECT_TRUE(reaches({"p0", "v2"}, message(1, true)));
    EXPECT_TRUE(reaches({"p0", "v3"}, message(199, true)));
}

// Of many that are deleted, the first one may still ask while the others are
// taken off the parent; memory that is freed is what it may not leave behind.
TEST_F(Dhcp, WhoGoesWhileItAsksIsForgotten)
{
    std::vector<std::string> add;

    for (int i = 2; i < 50; i++)
        add.push_back("link add link p0 name v" + std::to_string(i) +
                      " up group 7 type virt");
    for (int round = 0; round < 3; round++) {
        near_->batch(add);
        {
            RawSocket client(*near_, "v2");
            std::jthread asks([&client](const std::stop_token &stop) {
                while (!stop.stop_requested())
                    static_cast<void>(client.send(message(0, false)));
            });
            near_->ok("ip link del group 7");
        }
        EXPECT_TRUE(reaches({"p0"}, message(0, true)));
    }
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

// One in a container, which its machine id tells apart, and one for the parent
// and the other child, which their IAIDs do.
TEST_F(Dhcp, Networkd)
{
    if (host().run("test -x /usr/lib/systemd/systemd-networkd").status)
        GTEST_SKIP() << "this guest has no systemd-networkd";
    serve(false);
    near_->ok("ip -n pen link set v1 netns near");
    networkd(*near_, "11111111111111111111111111111111",
             {{"p0", "ClientIdentifier=duid\\nIAID=1\\n"},
              {"v1", "ClientIdentifier=duid\\nIAID=2\\n"}});
    networkd(*box_, "22222222222222222222222222222222",
             {{"v0", "ClientIdentifier=duid\\n"}});
    const std::set<std::string> leases{lease(*near_, "p0"), lease(*near_, "v1"),
                                       lease(*box_, "v0")};
    EXPECT_EQ(leases.size(), 3u) << ::testing::PrintToString(leases);
    EXPECT_TRUE(pings(*box_, "192.0.2.2"));
}

// A station of an access point, which takes frames of one MAC address from it.
//
//   near: wlan1, the station      far: wlan0, the access point
class Wifi : public Dhcp
{
protected:
    void SetUp() override
    {
        if (host()
                .run("command -v hostapd && command -v wpa_supplicant && "
                     "command -v iw")
                .status)
            GTEST_SKIP() << "give the guest --packages "
                            "'hostapd wpasupplicant iw'";
        Dhcp::SetUp();
        near_->ok("ip -n box link del v0; ip -n pen link del v1");
        far_->ok("ip addr flush dev q0 scope global");
        host().ok("modprobe mac80211_hwsim radios=2");
        take("wlan0", "far");
        take("wlan1", "near");
        host().ok("cd /tmp/dhcp; printf 'interface=wlan0\\ndriver=nl80211\\n"
                  "ssid=virt\\nhw_mode=g\\nchannel=1\\nwpa=2\\n"
                  "wpa_key_mgmt=WPA-PSK\\nrsn_pairwise=CCMP\\n"
                  "wpa_passphrase=virt-virt\\n' >hostapd.conf; "
                  "wpa_passphrase virt virt-virt >station.conf");
        far_->ok("hostapd -B -P /tmp/dhcp/hostapd.pid /tmp/dhcp/hostapd.conf "
                 ">/tmp/dhcp/hostapd.log 2>&1");
        far_->ok("ip addr add 192.0.2.2/24 dev wlan0");
        near_->ok("wpa_supplicant -B -P /tmp/dhcp/station.pid -i wlan1 "
                  "-c /tmp/dhcp/station.conf >/tmp/dhcp/station.log 2>&1");
        EXPECT_TRUE(eventually(
            [this] {
                return near_->ok("ip link show wlan1").find("state UP") !=
                       std::string::npos;
            },
            60));
    }

    void TearDown() override
    {
        host().run("cd /tmp/dhcp && kill $(cat hostapd.pid station.pid)");
        if (near_)
            Dhcp::TearDown();
        host().run("modprobe -r mac80211_hwsim");
    }

    static void take(const std::string &device, const std::string &ns)
    {
        host().ok("iw phy $(cat /sys/class/net/" + device +
                  "/phy80211/name) set netns name " + ns);
    }
};

TEST_F(Wifi, StationSharesItsMacAddress)
{
    near_->batch({"link add link wlan1 name v0 netns box type virt",
                  "link add link wlan1 name v1 netns pen type virt"});
    box_->ok("ip link set v0 up");
    pen_->ok("ip link set v1 up");
    serve(false, "wlan0");
    const std::string first = udhcpc(*box_, "v0", "01aa");
    const std::string second = udhcpc(*pen_, "v1", "01bb");
    const std::string parents = udhcpc(*near_, "wlan1", "01cc");
    const std::set<std::string> leases{first, second, parents};
    auto bare = [](const std::string &lease) {
        return lease.substr(0, lease.find('/'));
    };

    EXPECT_EQ(leases.size(), 3u);
    EXPECT_EQ(leases.count(""), 0u);
    for (const Netns *ns : {box_.get(), pen_.get(), near_.get()})
        EXPECT_TRUE(pings(*ns, "192.0.2.2"));
    EXPECT_TRUE(pings(*far_, bare(first)));
    EXPECT_TRUE(pings(*near_, bare(first))) << "host to child";
    EXPECT_TRUE(pings(*pen_, bare(first))) << "child to child";

    host().ok("kill $(cat /tmp/dhcp/station.pid)");
    EXPECT_TRUE(eventually([this] {
        return box_->ok("ip link show v0").find("NO-CARRIER") !=
               std::string::npos;
    }));
}

} // namespace e2e
