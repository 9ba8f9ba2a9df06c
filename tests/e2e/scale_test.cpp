// SPDX-License-Identifier: GPL-2.0-only
// Many children, and a flood for a hundred of them: 4096 and a million frames
// where VIRT_SCALE is set.
//
// Copyright (C) The virt authors
#include "bed.hpp"

#include <cstdlib>
#include <fstream>

namespace e2e
{

class Scale : public Bed
{
protected:
    void SetUp() override
    {
        Bed::SetUp();
        // the children's own IPv6 would cost more than all that is tested
        near_->ok("sysctl -qw net.ipv6.conf.default.disable_ipv6=1");
    }

    // The whole of it takes minutes: only on demand.
    static bool whole() { return std::getenv("VIRT_SCALE"); }

    // One run of `ip` for lines that are too many for a command line.
    void run_lines(const std::vector<std::string> &lines)
    {
        {
            std::ofstream file("/tmp/scale.batch");

            for (const std::string &line : lines)
                file << line << '\n';
        }
        near_->ok("ip -b /tmp/scale.batch; rm /tmp/scale.batch");
    }

    void add_children(int count)
    {
        std::vector<std::string> lines;

        for (int i = 0; i < count; i++) {
            const std::string name = "c" + std::to_string(i);

            lines.push_back("link add link p0 name " + name +
                            " type virt mode mac");
            lines.push_back("link set " + name + " up");
        }
        run_lines(lines);
    }

    static uint64_t slab_kib()
    {
        return std::stoull(
            host().ok("awk '/^SUnreclaim/ {print $2}' /proc/meminfo"));
    }
};

TEST_F(Scale, ManyChildren)
{
    const int count = whole() ? 4096 : 256;
    const std::string last = "c" + std::to_string(count - 1);
    const auto lines = std::to_string(count) + "\n";

    add_children(count);
    EXPECT_EQ(near_->ok("ip -o link show type virt | wc -l"), lines);
    EXPECT_EQ(near_->ok("virtstat -j | jq length"), lines);
    near_->ok("ip addr add 192.0.2.10/24 dev " + last);
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));

    RawSocket wire(*far_, "q0");
    const uint64_t before = counter(*near_, "c0", "rx_packets");
    ASSERT_TRUE(wire.send(
        ethernet(kBroadcast, kFarMac, kIpv4, udp("192.0.2.2", "192.0.2.255"))));
    EXPECT_TRUE(eventually(
        [&] { return counter(*near_, "c0", "rx_packets") > before; }));

    near_->ok("ip link del p0");
    EXPECT_EQ(near_->ok("ip -o link show type virt | wc -l"), "0\n");
}

TEST_F(Scale, FloodOfBroadcastsTakesNoMemory)
{
    const std::string count = whole() ? "1000000" : "20000";

    add_children(100);
    if (host().run("modprobe pktgen").status)
        GTEST_SKIP() << "this kernel has no pktgen";
    const uint64_t before = slab_kib();
    far_->ok("touch /tmp/flood; cd /proc/net/pktgen && echo rem_device_all "
             ">kpktgend_0 &&"
             "echo add_device q0 >kpktgend_0 &&"
             "for o in 'count " +
             count +
             "' 'pkt_size 60' 'dst_mac ff:ff:ff:ff:ff:ff' "
             "'src_mac 02:00:00:00:00:0b' 'dst 192.0.2.255' "
             "'src_min 192.0.2.2' 'src_max 192.0.2.2'; do "
             "echo \"$o\" >q0; done; { echo start >pgctrl; rm /tmp/flood; } "
             ">/dev/null 2>&1 &");
    // another sender is heard meanwhile: the queue is not one's alone
    {
        RawSocket wire(*far_, "q0"), last(*near_, "c99", 0x88b5);

        EXPECT_TRUE(eventually(
            [&] { return counter(*near_, "c99", "bc_overflow") > 0; }, 60));
        for (uint8_t i = 0; i < 3; i++) {
            const Bytes frame = ethernet(kBroadcast, mac("02:00:00:00:00:0c"),
                                         0x88b5, Bytes(46, i));

            EXPECT_TRUE(wire.send(frame));
            EXPECT_TRUE(last.sees(frame, 30000)) << int(i);
        }
    }
    EXPECT_TRUE(eventually(
        [] { return host().run("test -e /tmp/flood").status; }, 600));
    const uint64_t after = slab_kib();
    far_->ok("echo rem_device_all >/proc/net/pktgen/kpktgend_0");
    EXPECT_LT(after, before + 32 * 1024);
    EXPECT_GT(counter(*near_, "c99", "rx_packets"), 0u);
    EXPECT_GT(counter(*near_, "c99", "bc_overflow"), 0u);
    near_->ok("ip addr add 192.0.2.10/24 dev c99");
    EXPECT_TRUE(pings(*far_, "192.0.2.10"));
    EXPECT_TRUE(pings(*far_, "192.0.2.1"));
}

// Children have one MAC address, and yet each its share of the queue.
TEST_F(Scale, SiblingsHaveTheirShareOfTheQueue)
{
    std::vector<std::string> lines;

    for (int i = 0; i < 20; i++) {
        const std::string name = "c" + std::to_string(i);

        lines.push_back("link add link p0 name " + name + " type virt");
        lines.push_back("link set " + name + " up");
    }
    run_lines(lines);
    const RawSocket flooder(*near_, "c0"), last(*near_, "c19", 0x88b5);
    // one of them may have its count where the other has
    const RawSocket first(*near_, "c1"), second(*near_, "c2");
    std::vector<Bytes> flood(2000,
                             ethernet(kBroadcast, kNearMac, 0x88b6, Bytes(46)));
    for (uint8_t i = 0; i < 5; i++) {
        const Bytes frame =
            ethernet(kBroadcast, kNearMac, 0x88b5, Bytes(46, i));

        flooder.send(flood);
        EXPECT_TRUE(first.send(frame));
        EXPECT_TRUE(second.send(frame));
        EXPECT_TRUE(last.sees(frame, 30000)) << int(i);
    }
    EXPECT_GT(counter(*near_, "c0", "bc_overflow"), 0u);
}

} // namespace e2e
