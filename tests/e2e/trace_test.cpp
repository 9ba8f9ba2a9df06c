// SPDX-License-Identifier: GPL-2.0-only
// Tracepoints and drop reasons, as tracefs shows them.
//
// Copyright (C) The virt authors
#include "bed.hpp"

namespace e2e
{

class Trace : public Bed
{
protected:
    void SetUp() override
    {
        Bed::SetUp();
        host().run("mount -t tracefs tracefs /sys/kernel/tracing");
        if (host().run("test -d /sys/kernel/tracing/events/skb").status)
            GTEST_SKIP() << "this kernel has no tracing";
        add_child("v0", "", {"192.0.2.10/24"});
    }

    void TearDown() override
    {
        host().run("cd /sys/kernel/tracing && for e in virt skb/kfree_skb; do "
                   "echo 0 >events/$e/enable; done; echo >trace");
        Bed::TearDown();
    }

    static void watch(const std::string &event)
    {
        host().ok("cd /sys/kernel/tracing && echo >trace && "
                  "echo 1 >events/" +
                  event + "/enable");
    }

    static bool shows(const std::string &pattern)
    {
        return eventually([&pattern] {
            return !host()
                        .run("grep -Eq '" + pattern +
                             "' /sys/kernel/tracing/trace")
                        .status;
        });
    }
};

TEST_F(Trace, FramesAndDrops)
{
    // since the mark: old lines give way to new ones
    auto said = [] {
        return host().ok("dmesg | awk '/frames from here/ { n = 0 } "
                         "/virt/ { n++ } END { print n + 0 }'");
    };

    host().ok("echo 'frames from here' >/dev/kmsg");
    watch("virt");
    EXPECT_TRUE(pings(*far_, "-s 100 192.0.2.10"));
    EXPECT_TRUE(shows("virt_rx: dev=v0 ifindex=[0-9]+ len=142"));
    near_->ok("ip link set p0 down; ip link set p0 up");
    RawSocket(*near_, "v0")
        .send(
            ethernet(kFarMac, kNearMac, kIpv4, udp("192.0.2.10", "192.0.2.2")));
    EXPECT_TRUE(shows("virt_tx: dev=v0 ifindex=[0-9]+ len=60"));
    near_->ok("ip link set v0 type virt allow 192.0.2.10");
    RawSocket(*near_, "v0")
        .send(
            ethernet(kFarMac, kNearMac, kIpv4, udp("192.0.2.9", "192.0.2.2")));
    EXPECT_TRUE(shows("virt_drop: dev=v0 ifindex=[0-9]+ cause=tx_guard"));
    EXPECT_EQ(said(), "0\n") << "frames are no news";
    near_->ok("ip link add t0 type virt mode tunnel remote 192.0.2.2");
    far_->ok("echo x | socat -u - UDP4-SENDTO:192.0.2.1:50000");
    EXPECT_TRUE(shows("virt_drop: dev=t0 ifindex=[0-9]+ cause=rx_short"));
}

TEST_F(Trace, DropReason)
{
    if (host()
            .run("grep -q DEV_READY "
                 "/sys/kernel/tracing/events/skb/kfree_skb/format")
            .status)
        GTEST_SKIP() << "this kernel has no drop reason that fits";
    near_->ok("ip link add link p0 name m0 address 02:00:00:00:00:10 "
              "type virt mode mac");
    watch("skb/kfree_skb");
    RawSocket(*far_, "q0")
        .send(ethernet(mac("02:00:00:00:00:10"), kFarMac, 0x88b5, Bytes(46)));
    EXPECT_TRUE(
        eventually([this] { return counter(*near_, "m0", "rx_down") >= 1; }));
    EXPECT_TRUE(shows("protocol=34997 .*reason: DEV_READY"));
    near_->ok("ip link add t0 type virt mode tunnel remote 192.0.2.2");
    far_->ok("echo x | socat -u - UDP4-SENDTO:192.0.2.1:50000");
    EXPECT_TRUE(shows("protocol=2048 .*reason: PKT_TOO_SMALL"));
}

// For a few at once, by who received the frame; for more by a worker.
TEST_F(Trace, BroadcastsForManyAreQueued)
{
    RawSocket wire(*far_, "q0");
    auto is_queued = [&] {
        watch("virt");
        EXPECT_TRUE(
            wire.send(ethernet(kBroadcast, kFarMac, 0x88b5, Bytes(46 + 300))));
        EXPECT_TRUE(shows("virt_rx: dev=v1 ifindex=[0-9]+ len=360"));
        return !host()
                    .run("grep -q 'kworker.*virt_rx: dev=v1 .*len=360' "
                         "/sys/kernel/tracing/trace")
                    .status;
    };

    add_child("v1");
    near_->ok("ip link set v1 type virt bclim 2");
    EXPECT_TRUE(eventually([&] { return !is_queued(); }));
    near_->ok("ip link set v1 type virt bclim 1");
    EXPECT_TRUE(eventually(is_queued));
}

// Who sends through several devices leaves room for the headers of all: if not,
// each packet is copied on its way.
TEST_F(Trace, PacketsComeWithRoomForAllHeaders)
{
    const std::string tracing = "cd /sys/kernel/tracing && ";

    if (host()
            .run(tracing + "echo 'p:room pskb_expand_head more=%si:s32' "
                           ">kprobe_events && echo 'more > 0' "
                           ">events/kprobes/room/filter")
            .status)
        GTEST_SKIP() << "this kernel has no probes";
    auto copies = [&] {
        return host()
            .run("grep -c 'ping.*room:' /sys/kernel/tracing/trace")
            .out;
    };
    auto hosts = [this](const std::string &tunnel, const std::string &child,
                        const std::string &net) {
        near_->ok("ip link add link " + tunnel + " name " + child +
                  " type virt mode mac; ip link set " + child +
                  " up; ip addr add " + net + "1/24 dev " + child);
        far_->ok("ip addr add " + net + "2/24 dev " + tunnel);
    };

    // a tunnel, one through it, and children of both
    for (const auto &[ns, ip, peer] :
         {std::tuple{near_.get(), "1", "2"}, {far_.get(), "2", "1"}})
        ns->batch({std::string("link add t0 type virt mode tunnel remote "
                               "192.0.2.") +
                       peer,
                   "link set t0 up",
                   std::string("addr add 10.0.0.") + ip + "/24 dev t0",
                   std::string("link add t1 type virt mode tunnel port 50001 "
                               "remote 10.0.0.") +
                       peer,
                   "link set t1 up"});
    hosts("t0", "m0", "10.0.1.");
    hosts("t1", "m1", "10.0.2.");
    for (const char *way : {"-I m0 10.0.1.2", "-I m1 10.0.2.2"}) {
        EXPECT_TRUE(pings(*near_, way));
        // those on top follow when the tunnel has found its route
        EXPECT_TRUE(eventually([&] {
            watch("kprobes/room");
            return static_cast<bool>(pings(*near_, way)) && copies() == "0\n";
        })) << way;
    }
    host().ok(tracing + "echo 0 >events/kprobes/room/enable; echo >trace; "
                        "echo >kprobe_events");
}

} // namespace e2e
