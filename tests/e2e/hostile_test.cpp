// SPDX-License-Identifier: GPL-2.0-only
// Frames that lie or come in unusual shapes, and changes under load.
//
// Copyright (C) The virt authors
#include "torture.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <system_error>

#include "bed.hpp"

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
            ASSERT_EQ(stack.keepers(frame, expected), expected)
                << "type " << type << ", " << linear << " bytes linear";
        }
    }
}

TEST_F(Hostile, PromisesOfEveryKind)
{
    std::mt19937 random(torture_seed());
    const std::vector<uint8_t> kinds{0, 1, 3, 4, 5, 0x81, 0x84, 0xff};
    const std::vector<uint16_t> sizes{0, 1, 40, 1400, 9000, 65535};
    const std::vector<uint16_t> starts{0, 14, 34, 54, 65000};
    const std::vector<Mac> receivers{kNearMac, kFarMac, kBroadcast};

    add_child("v0", "", {"192.0.2.10/24", "2001:db8::10/64"});
    near_->ok("ip link add name t0 type virt mode tunnel remote 192.0.2.2;"
              "ip link set t0 up");
    for (const auto &[ns, device] : {std::pair{near_.get(), "v0"},
                                     {near_.get(), "t0"},
                                     {far_.get(), "q0"}}) {
        const PromisingSocket wire(*ns, device);
        const bool out = ns == near_.get();
        unsigned taken = 0;

        for (int i = 0; i < 400; i++) {
            const bool v6 = random() % 2;
            const std::string near = v6 ? "2001:db8::10" : "192.0.2.10";
            const std::string far = v6 ? "2001:db8::2" : "192.0.2.2";
            VirtualHeader header{};
            Bytes packet = udp(out ? near : far, out ? far : near,
                               random() % (i % 8 ? 1400 : 20000));

            // half of them seem to be TCP
            packet[v6 ? 6 : 9] = random() % 2 ? IPPROTO_TCP : IPPROTO_UDP;
            header.flags = static_cast<uint8_t>(random() % 2);
            header.gso_type = one_of(random, kinds);
            header.gso_size = one_of(random, sizes);
            header.hdr_len = one_of(random, starts);
            header.csum_start = one_of(random, starts);
            header.csum_offset = random() % 2 ? 6 : 16;
            wire.bypass_queue(random() % 2);
            taken += wire.send(header, ethernet(one_of(random, receivers),
                                                out ? kNearMac : kFarMac,
                                                v6 ? kIpv6 : kIpv4, packet));
        }
        EXPECT_GT(taken, 40u) << device;
    }
    expect_alive();
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

// Frames meet children of whom each setting is on its way to another.
TEST_F(Hostile, EverySettingOfAChildChangesUnderLoad)
{
    using Clock = std::chrono::steady_clock;
    Netns box("box"), sibling("sibling");

    near_->ok("ip link add link p0 name v0 netns box type virt;"
              "ip link add link p0 name v1 netns sibling type virt");
    box.ok("ip addr add 192.0.2.10/24 dev v0; ip link set v0 up");
    sibling.ok("ip addr add 192.0.2.11/24 dev v1; ip link set v1 up;"
               "timeout 600 ping -q -f 192.0.2.10 >/dev/null 2>&1 &"
               "timeout 600 ping -q -b -f 192.0.2.255 >/dev/null 2>&1 &");
    {
        const Mutator frames(*far_, "q0", torture_frames(), torture_seed());
        const auto end =
            Clock::now() + std::chrono::seconds(torture_seconds(3));
        IpStream ip(box);

        do {
            for (const char *change :
                 {"mode mac", "host off", "isolate on", "arp all", "flood on",
                  "bclim 0", "guard on", "allow 192.0.2.10/32", "mode share",
                  "host on", "isolate off", "arp own", "flood off",
                  "bclim 1000", "allow any", "guard auto"})
                ip.say(std::string("link set v0 type virt ") + change);
            ip.settle();
        } while (Clock::now() < end || !frames.frames());
    }
    sibling.run("pkill -x ping");
    // what frames that were changed have said of addresses
    for (const Netns *ns : {far_.get(), &box, &sibling})
        ns->ok("ip neigh flush all");
    EXPECT_TRUE(pings(sibling, "192.0.2.10"));
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
}

} // namespace e2e
