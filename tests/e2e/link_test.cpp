// SPDX-License-Identifier: GPL-2.0-only
// Life by `ip link`: made, shown, changed, refused, deleted.
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <cstring>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace e2e
{

class Link : public Bed
{
protected:
    // The command is refused, the text holds @reason, and no child is there.
    void expect_refusal(const std::string &command, const std::string &reason)
    {
        std::string text = near_->refused(command);

        EXPECT_NE(text.find(reason), std::string::npos) << command << "\n"
                                                        << text;
        EXPECT_EQ(near_->ok("ip -o link show type virt"), "") << command;
        EXPECT_TRUE(pings(*far_, "192.0.2.1")) << command;
    }

    // Whether the kernel can put names into the text (6.2 and newer).
    static bool names_in_texts()
    {
        return host()
                   .run("test $(uname -r | cut -d. -f1) -ge 6 && "
                        "! uname -r | grep -q '^6\\.[01]\\.'")
                   .status == 0;
    }
};

TEST_F(Link, ShowsItsSettings)
{
    add_child("v0", "mode steal");
    auto link =
        nlohmann::json::parse(near_->ok("ip -d -j link show dev v0"))[0];

    EXPECT_EQ(link["link"], "p0");
    EXPECT_EQ(link["address"], "02:00:00:00:00:0a");
    EXPECT_EQ(link["linkinfo"]["info_kind"], "virt");
    EXPECT_EQ(link["linkinfo"]["info_data"]["mode"], "steal");
}

TEST_F(Link, TakesTheNextFreeName)
{
    near_->ok("ip link add link p0 type virt; ip link add link p0 type virt");
    near_->ok("ip link show virt0; ip link show virt1");
}

TEST_F(Link, WithoutOptionsItShares)
{
    // where the host's frames must be tapped, they cost something
    const bool tap = host().ok("uname -r").rfind("5.10.", 0) == 0;

    near_->ok("ip link add link p0 name v0 type virt");
    const std::string shown = near_->ok("ip -d link show v0");
    for (const char *words : {"mode share", tap ? "host off" : "host on"})
        EXPECT_NE(shown.find(words), std::string::npos) << shown;
}

TEST_F(Link, CreationIsLoggedOnceAndSoIsRemoval)
{
    near_->ok("ip link add link p0 name logged0 type virt; "
              "ip link del logged0");
    EXPECT_EQ(host().ok("dmesg | grep -c 'logged0: created on p0'"), "1\n");
    EXPECT_EQ(host().ok("dmesg | grep -c 'logged0: removed from p0'"), "1\n");
}

TEST_F(Link, RefusesWhatCannotBeAParent)
{
    near_->ok("ip tuntap add t0 mode tun");
    near_->ok("ip link add wg0 type wireguard 2>/dev/null || true");
    expect_refusal("ip link add name v0 type virt", "a parent is missing");
    expect_refusal("ip link add link nosuch name v0 type virt",
                   "Cannot find device");
    expect_refusal("ip link add link lo name v0 type virt", "loopback device");
    expect_refusal("ip link add link t0 name v0 type virt",
                   "not an Ethernet device");
    if (!near_->run("ip link show wg0").status)
        expect_refusal("ip link add link wg0 name v0 type virt",
                       "not an Ethernet device");
    // one by name only
    const int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    const Inside inside(*near_);
    ifreq request{};

    std::strcpy(request.ifr_name, "t0");
    request.ifr_flags = IFF_TUN;
    EXPECT_EQ(ioctl(fd, TUNSETIFF, &request), 0);
    EXPECT_EQ(ioctl(fd, TUNSETLINK, ARPHRD_ETHER), 0);
    expect_refusal("ip link add link t0 name v0 type virt",
                   "not an Ethernet device");
    close(fd);
}

TEST_F(Link, RefusesATakenParentAndNamesTheHolder)
{
    near_->ok("ip link add d0 type dummy; ip link set d0 up;"
              "ip link add br0 type bridge; ip link set d0 master br0");
    expect_refusal("ip link add link d0 name v0 type virt",
                   names_in_texts()
                       ? "d0 is a port of bridge br0: use br0 as the parent"
                       : "use that device as the parent");
    near_->ok("ip link set d0 nomaster;"
              "ip link add link d0 name mv0 type macvlan mode bridge");
    expect_refusal("ip link add link d0 name v0 type virt",
                   names_in_texts()
                       ? "d0 is the parent of macvlan mv0: delete that first"
                       : "delete them first");
    near_->ok("ip link del mv0; ip link add link d0 name iv0 type ipvlan");
    expect_refusal("ip link add link d0 name v0 type virt", "delete");
    near_->ok("ip link del iv0");
    near_->ok("ip link add link d0 name v0 type virt");
}

TEST_F(Link, ASecondStealChildIsRefused)
{
    near_->ok("ip link add link p0 name v0 type virt mode steal");
    EXPECT_NE(near_->refused("ip link add link p0 name v1 type virt mode steal")
                  .find("delete"),
              std::string::npos);
    EXPECT_NE(near_->refused("ip link add link p0 name v1 type virt")
                  .find("mode steal"),
              std::string::npos);
    near_->ok("ip link del v0; ip link add link p0 name v0 type virt");
    EXPECT_NE(near_->refused("ip link add link p0 name v1 type virt mode steal")
                  .find("mode steal"),
              std::string::npos);
    near_->ok("ip link add link p0 name v1 type virt");
    EXPECT_NE(near_->refused("ip link set v1 type virt mode steal")
                  .find("mode steal"),
              std::string::npos);
    EXPECT_TRUE(pings(*far_, "192.0.2.1"));
}

TEST_F(Link, RefusesBadNamesAndSettings)
{
    expect_refusal("ip link add link p0 name v0 type virt mode stael", "share");
    expect_refusal("ip link add link p0 name p0 type virt", "File exists");
    expect_refusal("ip link add link p0 name 'bad%' type virt", "");
    expect_refusal("ip link add link p0 name v0 address 02:00:00:00:00:99 "
                   "type virt",
                   "MAC of the parent");
    expect_refusal("ip link add link p0 name v0 mtu 9000 type virt",
                   "larger than");
    expect_refusal("ip link add link p0 name v0 mtu 67 type virt",
                   "mtu less than device minimum");
}

// Registration fails late, after ndo_init, while frames arrive.
TEST_F(Link, FailedRegistrationLeavesNothingUnderTraffic)
{
    std::string index =
        near_->ok("ip -o link show p0 | cut -d: -f1 | tr -d '\\n'");

    const std::string tunnel = " type virt mode tunnel remote 192.0.2.2";

    far_->ok("timeout 60 ping -q -f 192.0.2.1 >/dev/null 2>&1 &");
    for (int i = 0; i < 10; i++) {
        near_->refused("ip link add index " + index +
                       " link p0 name v0 type virt");
        near_->refused("ip link add link p0 name 'bad%' type virt");
        near_->refused("ip link add link p0 name p0 type virt");
    }
    far_->run("pkill -x ping");
    far_->ok("timeout 60 bash -c 'while :; do "
             "echo datagram >/dev/udp/192.0.2.1/50000; done' >/dev/null 2>&1 & "
             "echo $! >/tmp/flood");
    near_->refused("ip link add index " + index + " name t0" + tunnel);
    near_->refused("ip link add name 'bad%'" + tunnel);
    far_->ok("kill $(cat /tmp/flood)");
    EXPECT_EQ(near_->ok("ip -o link show type virt"), "");
    near_->ok("ip link add name t0" + tunnel);
}

TEST_F(Link, RefusesWhatIsNotThere)
{
    EXPECT_NE(near_->refused("ip link add link if999 name v0 type virt")
                  .find("there is no parent with this index"),
              std::string::npos);
    EXPECT_NE(near_
                  ->refused("ip link add name t0 address 02:00:00:00:00:77 "
                            "type virt mode tunnel remote 192.0.2.2 "
                            "payload ip")
                  .find("payload ip has no MAC address"),
              std::string::npos);
}

TEST_F(Link, NestingEndsWithAReason)
{
    std::string below = "p0";
    Result last{};

    for (int i = 0; i < 12 && !last.status; i++) {
        std::string name = "n" + std::to_string(i);

        last = near_->run("ip link add link " + below + " name " + name +
                          " type virt mode mac");
        below = name;
    }
    EXPECT_NE(last.status, 0);
    EXPECT_NE(last.err.find("stacked"), std::string::npos) << last.err;
}

} // namespace e2e
