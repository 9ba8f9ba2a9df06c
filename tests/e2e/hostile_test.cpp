// SPDX-License-Identifier: GPL-2.0-only
// Frames that lie or come in unusual shapes, and changes under load.
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <system_error>

namespace e2e
{

class Hostile : public Bed
{
protected:
    // Everything below still works after what was done.
    void expect_alive()
    {
        EXPECT_TRUE(pings(*far_, "192.0.2.10"));
        EXPECT_TRUE(pings(*far_, "192.0.2.1"));
    }
};

TEST_F(Hostile, EveryLengthOfEveryProtocol)
{
    RawSocket wire(*far_, "q0");
    const Bytes v4 = udp("192.0.2.2", "192.0.2.10");
    const Bytes v6 = nd(135, "2001:db8::2", "2001:db8::10", "2001:db8::10");
    const Bytes request = arp(1, kFarMac, "192.0.2.2", {}, "192.0.2.10");

    add_child("v0", "", {"192.0.2.10/24", "2001:db8::10/64"});
    for (const Mac &dst : {kNearMac, kBroadcast, group_mac("ff02::1")}) {
        for (const auto &[type, whole] :
             {std::pair{kIpv4, v4}, std::pair{kIpv6, v6},
              std::pair{kArp, request}, std::pair{uint16_t{0x8100}, v4}}) {
            for (size_t len = 0; len <= whole.size(); len++)
                wire.send(
                    ethernet(dst, kFarMac, type,
                             Bytes(whole.begin(),
                                   whole.begin() + static_cast<long>(len))));
        }
    }
    for (size_t len = 14; len <= 1514; len += 50)
        wire.send(Bytes(len, 0xff));
    expect_alive();
}

TEST_F(Hostile, StealTakesEveryLength)
{
    RawSocket wire(*far_, "q0");

    add_child("v0", "mode steal", {"198.51.100.1/24"});
    far_->ok("ip addr add 198.51.100.2/24 dev q0");
    for (size_t len = 14; len <= 114; len++)
        wire.send(Bytes(len, 0x55));
    EXPECT_TRUE(pings(*far_, "198.51.100.1"));
}

// A tap that hands each frame to the stack in page fragments, with only the
// first @linear bytes in the skb's head.
class FragTap
{
public:
    explicit FragTap(const Netns &ns)
    {
        Inside inside(ns);
        ifreq request{};

        fd_ = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
        strcpy(request.ifr_name, "t0");
        request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_NAPI | IFF_NAPI_FRAGS;
        if (fd_ < 0 || ioctl(fd_, TUNSETIFF, &request))
            throw std::system_error(errno, std::generic_category(), "tap t0");
    }
    FragTap(const FragTap &) = delete;
    FragTap &operator=(const FragTap &) = delete;
    ~FragTap() { close(fd_); }

    void inject(const Bytes &frame, size_t linear) const
    {
        Bytes bytes = frame;
        std::array<iovec, 2> parts{
            {{bytes.data(), linear},
             {bytes.data() + linear, bytes.size() - linear}}};

        EXPECT_GT(writev(fd_, parts.data(), parts.size()), 0)
            << strerror(errno);
    }

private:
    int fd_ = -1;
};

// The same frame in every split goes the same way.
TEST_F(Hostile, FragmentedHeadersAreReadRight)
{
    FragTap tap(*near_);

    near_->ok("ip link set t0 address 02:00:00:00:00:1a up;"
              "ip link add link t0 name f0 type virt; ip link set f0 up;"
              "ip addr add 198.51.100.10/24 dev f0;"
              "ip addr add 2001:db8:1::10/64 dev f0 nodad");
    const std::set<std::string> expected{"f0"};
    const Mac dst = mac("02:00:00:00:00:1a");
    for (const auto &[type, payload] :
         {std::pair{kIpv4, udp("198.51.100.2", "198.51.100.10")},
          std::pair{kIpv6, udp("2001:db8:1::2", "2001:db8:1::10")},
          std::pair{kArp,
                    arp(1, kFarMac, "198.51.100.2", dst, "198.51.100.10")}}) {
        Bytes frame = ethernet(dst, kFarMac, type, payload);

        for (size_t linear = 14; linear < frame.size(); linear++) {
            StackWatch stack(*near_, type);

            tap.inject(frame, linear);
            EXPECT_EQ(stack.keepers(frame, expected), expected)
                << "type " << type << ", " << linear << " bytes linear";
        }
    }
}

// pktgen hands over the same skb again and again, held by several users.
TEST_F(Hostile, SharedBuffersAreLeftAlone)
{
    add_child("v0", "", {"192.0.2.10/24"});
    if (host().run("modprobe pktgen").status)
        GTEST_SKIP() << "this kernel has no pktgen";
    near_->ok("cd /proc/net/pktgen && echo rem_device_all >kpktgend_0 &&"
              "echo add_device p0 >kpktgend_0 &&"
              "for o in 'count 2000' 'pkt_size 60' 'xmit_mode netif_receive' "
              "'burst 8' 'dst_mac 02:00:00:00:00:0a' "
              "'src_mac 02:00:00:00:00:0b' 'dst 192.0.2.10' "
              "'src_min 192.0.2.2' 'src_max 192.0.2.2'; do "
              "echo $o >p0 || exit; done && echo start >pgctrl");
    EXPECT_TRUE(eventually(
        [this] { return counter(*near_, "v0", "rx_packets") >= 2000; }));
    near_->ok("echo rem_device_all >/proc/net/pktgen/kpktgend_0");
    expect_alive();
}

// A child neither takes skbs that others hold, nor sends them on.
TEST_F(Hostile, RefusesSharedBuffersToSend)
{
    add_child("v0");
    if (host().run("modprobe pktgen").status)
        GTEST_SKIP() << "this kernel has no pktgen";
    near_->refused("cd /proc/net/pktgen && echo rem_device_all >kpktgend_0 &&"
                   "echo add_device v0 >kpktgend_0 && "
                   "echo clone_skb 10 >v0");
    near_->ok("echo rem_device_all >/proc/net/pktgen/kpktgend_0");
}

TEST_F(Hostile, ChildrenComeAndGoUnderLoad)
{
    far_->ok("timeout 60 sh -c 'while :; do "
             "ping -q -f -c 500 192.0.2.10; done' >/dev/null 2>&1 &"
             "timeout 60 sh -c 'while :; do "
             "ping -q -b -f -c 500 192.0.2.255; done' >/dev/null 2>&1 &");
    for (int i = 0; i < 30; i++) {
        bool alone = i % 3 == 0;

        add_child("v0", alone ? "mode steal" : "", {"192.0.2.10/24"});
        if (!alone)
            add_child("v1");
        near_->ok("ip link del v0");
        if (!alone)
            near_->ok("ip link del v1");
    }
    far_->run("pkill -x ping");
}

} // namespace e2e
