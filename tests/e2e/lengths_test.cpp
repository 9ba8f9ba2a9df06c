// SPDX-License-Identifier: GPL-2.0-only
// Frames of every length from nothing to more than an Ethernet holds: to a
// parent with a child of each mode, from a child, and to a tunnel. Each goes
// where its length says, and what was sent is what was received plus what the
// named counters say that was lost.
//
// Copyright (C) The virt authors
#include <algorithm>
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "meter.hpp"
#include "shapes.hpp"
#include "tunnel.hpp"

namespace e2e
{

namespace
{

using Sizes = std::vector<size_t>;

constexpr size_t kHeader = 14;
constexpr size_t kLast = kHeader + 1600;
// Of frames that differ from others only in who gets them.
constexpr size_t kFew = 200;
constexpr size_t kNever = SIZE_MAX;
constexpr uint16_t kAll = 3;
constexpr uint16_t kOther = 0x88b5;
constexpr uint16_t kVlan = 0x8100;

// Counts from @first to @last, both included; nothing if there are none.
Sizes range(size_t first, size_t last)
{
    Sizes sizes;

    for (size_t size = first; size <= last; size++)
        sizes.push_back(size);
    return sizes;
}

uint64_t sum_of(const Sizes &sizes)
{
    uint64_t sum = 0;

    for (const size_t size : sizes)
        sum += size;
    return sum;
}

Bytes cut(const Bytes &whole, size_t size)
{
    return {whole.begin(), whole.begin() + static_cast<long>(size)};
}

// The lengths of what a host keeps of some types on one device.
class Tap
{
public:
    Tap(const Netns &ns, const std::string &device,
        const std::vector<uint16_t> &types)
    {
        const Inside inside(ns);

        index_ = static_cast<int>(if_nametoindex(device.c_str()));
        for (const uint16_t type : types) {
            const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
            const int room = 32 << 20;
            sockaddr_ll from{};

            from.sll_family = AF_PACKET;
            from.sll_protocol = htons(type);
            // bound to a parent it would see what goes to a child, too
            from.sll_ifindex = type == kAll ? index_ : 0;
            setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
            EXPECT_FALSE(
                bind(fd, reinterpret_cast<sockaddr *>(&from), sizeof(from)));
            fds_.push_back(fd);
        }
    }
    Tap(const Tap &) = delete;
    Tap &operator=(const Tap &) = delete;
    ~Tap()
    {
        for (const int fd : fds_)
            close(fd);
    }

    // What is there, in order of length.
    Sizes take() const
    {
        Sizes sizes;

        for (const int fd : fds_) {
            sockaddr_ll from{};
            socklen_t size = sizeof(from);
            ssize_t got;

            while ((got = recvfrom(fd, nullptr, 0, MSG_DONTWAIT | MSG_TRUNC,
                                   reinterpret_cast<sockaddr *>(&from),
                                   &size)) >= 0) {
                if (from.sll_pkttype != PACKET_OUTGOING &&
                    from.sll_ifindex == index_)
                    sizes.push_back(static_cast<size_t>(got));
                size = sizeof(from);
            }
        }
        std::sort(sizes.begin(), sizes.end());
        return sizes;
    }

private:
    int index_ = 0;
    std::vector<int> fds_;
};

// A whole frame, of which every length is sent, and who gets what of it.
struct Case {
    std::string name;
    Bytes frame;

    // The child from this length on.
    size_t child;

    // The host those from one to before the other.
    size_t host, host_end;

    // Its stack has no use for them.
    bool unknown = false;

    // Bytes of a tag, which is not counted where it was taken off.
    size_t tag = 0;
};

} // namespace

class Lengths : public TunnelBed
{
protected:
    void SetUp() override
    {
        TunnelBed::SetUp();
        // all that is sent by one call finds room
        backlog_ = host().ok("sysctl -n net.core.netdev_max_backlog");
        host().ok("sysctl -qw net.core.netdev_max_backlog=10000");
        near_->ok("ip link set p0 mtu 1700");
        far_->ok("ip link set q0 mtu 1700");
    }

    void TearDown() override
    {
        host().ok("sysctl -qw net.core.netdev_max_backlog=" + backlog_);
        TunnelBed::TearDown();
    }

    // What is counted more than @before is @wanted, by name, and nothing else.
    static void expect_counts(const Meter &meter, const Meter::Counts &before,
                              const std::map<std::string, uint64_t> &wanted)
    {
        Meter::Counts more;
        Meter::Counts right(before.size());

        for (size_t i = 0; i < right.size(); i++) {
            const std::string &name = meter.names()[i];
            const auto found = wanted.find(name.substr(0, name.find(" in ")));

            right[i] = found == wanted.end() ? 0 : found->second;
        }
        EXPECT_TRUE(eventually([&] {
            more = meter.read() - before;
            return more == right;
        }));
        for (size_t i = 0; i < right.size(); i++)
            EXPECT_EQ(more[i], right[i]) << meter.names()[i];
    }

    // Sends it in every length from the far end, to the near p0 and v0.
    void expect_goes(const Case &what)
    {
        SCOPED_TRACE(what.name);
        const RawSocket wire(*far_, "q0");
        const Tap child(*near_, "v0", {kAll});
        const Tap parent(*near_, "p0", {kIpv4, kIpv6, kArp});
        const Meter near(*near_, {"p0", "v0"}), far(*far_, {"q0"});
        const size_t last = what.frame.size();
        const Sizes all = range(kHeader, last);
        Sizes to_child = range(what.child, last);
        Sizes to_host = range(what.host, std::min(what.host_end - 1, last));
        std::vector<Bytes> runts, frames;

        for (size_t size = 0; size < kHeader; size++)
            runts.push_back(cut(what.frame, size));
        for (const size_t size : all)
            frames.push_back(cut(what.frame, size));
        const Meter::Counts before = near.read(), far_before = far.read();
        EXPECT_EQ(wire.send(runts), 0U) << "no device is given these";
        EXPECT_EQ(wire.send(frames), all.size());
        for (Sizes *sizes : {&to_child, &to_host})
            for (size_t &size : *sizes)
                size -= what.tag;
        expect_counts(far, far_before,
                      {{"tx_packets of q0", all.size()},
                       {"tx_bytes of q0", sum_of(all)}});
        expect_counts(
            near, before,
            {{"rx_packets of p0", all.size()},
             {"rx_bytes of p0", sum_of(all)},
             {"rx_dropped of p0", what.unknown ? to_host.size() : 0},
             {"rx_packets of v0", to_child.size()},
             {"rx_bytes of v0", sum_of(to_child)},
             {"multicast of v0", what.frame[0] & 1 ? to_child.size() : 0}});
        EXPECT_EQ(child.take(), to_child);
        EXPECT_EQ(parent.take(), what.unknown ? Sizes{} : to_host);
    }

    // To @mac, the unicast address by which the child is reached.
    static std::vector<Case> cases(const Mac &mac, bool mine, bool alone)
    {
        const Mac group = group_mac("ff02::1:ff00:10");
        const Bytes tail(1700);
        const auto v4 = udp("192.0.2.2", "192.0.2.10", 1700);
        const auto v6 = udp("2001:db8::2", "2001:db8::10", 1700);
        const auto request =
            arp(1, kFarMac, "192.0.2.2", {}, "192.0.2.10") + tail;
        const auto solicit =
            nd(135, "2001:db8::2", "ff02::1:ff00:10", "2001:db8::10") + tail;
        const auto tagged = Bytes{0, 7, 8, 0} + v4;
        auto frame = [](const Mac &to, uint16_t type, const Bytes &payload,
                        size_t last) {
            return cut(ethernet(to, kFarMac, type, payload), last);
        };
        // where an address is looked for and is whole
        const size_t in4 = mine ? kHeader : kHeader + 20;
        const size_t in6 = mine ? kHeader : kHeader + 40;
        const size_t in_arp = mine ? kHeader : kHeader + 28;
        // the core lets none go that ends in or just behind its tag
        const size_t in_tag = kHeader + 6;
        const size_t other = mine ? kHeader : kNever;
        const size_t host = alone ? kNever : kHeader;
        std::vector<Case> all{
            {"IPv4", frame(mac, kIpv4, v4, kLast), in4, kHeader, in4},
            {"IPv6", frame(mac, kIpv6, v6, kLast), in6, kHeader, in6},
            {"ARP", frame(mac, kArp, request, kLast), in_arp, kHeader, in_arp},
            {"unknown", frame(mac, kOther, v4, kLast), other, kHeader, other,
             true},
            {"tagged", frame(mac, kVlan, tagged, kLast), mine ? in_tag : kNever,
             mine ? kNever : in_tag, kNever, false, 4},
            {"broadcast", frame(kBroadcast, kIpv4, v4, kLast), kHeader, host,
             kNever},
            {"unknown broadcast", frame(kBroadcast, kOther, v4, kFew), kHeader,
             host, kNever, true},
            {"broadcast ARP", frame(kBroadcast, kArp, request, kFew), kHeader,
             host, kHeader + 28},
            {"solicitation", frame(group, kIpv6, solicit, kFew), kHeader, host,
             kHeader + 64},
            {"tagged broadcast", frame(kBroadcast, kVlan, tagged, kFew),
             mine ? in_tag : kNever, alone ? kNever : in_tag, kNever, false, 4},
        };
        return all;
    }

    // What no device hands over, for it is no frame.
    void expect_runts(const Mac &to, size_t to_child)
    {
        const ShapeMaker maker(*near_);
        const Meter meter(*near_, {"p0", "v0"});
        const Meter::Counts before = meter.read();
        const Bytes frame = ethernet(to, kFarMac, kIpv4, {});

        for (size_t size = 0; size < kHeader; size++)
            EXPECT_TRUE(maker.go("p0", false, cut(frame, size), {kLinear}));
        uint64_t got = 0;
        EXPECT_TRUE(eventually([&] {
            got = meter.value(meter.read() - before, "rx_packets of v0");
            return got == to_child;
        })) << got;
    }

    // A child sends nothing that is no frame, and all else.
    void expect_sends(const Mac &from)
    {
        const ShapeMaker maker(*near_);
        const RawSocket wire(*near_, "v0");
        const Bytes whole = ethernet(kFarMac, from, kIpv4,
                                     udp("192.0.2.10", "192.0.2.2", 1700));
        const Sizes all = range(kHeader, kLast);
        const Tap tap(*far_, "q0", {kIpv4});
        const Meter near(*near_, {"p0", "v0"}), far(*far_, {"q0"});
        const Meter::Counts before = near.read(), far_before = far.read();
        std::vector<Bytes> frames;

        for (size_t size = 0; size < kHeader; size++)
            maker.go("v0", true, cut(whole, size), {kDirect});
        for (const size_t size : all)
            frames.push_back(cut(whole, size));
        EXPECT_EQ(wire.send(frames), all.size());
        expect_counts(near, before,
                      {{"tx_packets of p0", all.size()},
                       {"tx_bytes of p0", sum_of(all)},
                       {"tx_packets of v0", all.size()},
                       {"tx_bytes of v0", sum_of(all)},
                       {"tx_dropped of v0", kHeader},
                       {"tx_short of v0", kHeader}});
        expect_counts(far, far_before,
                      {{"rx_packets of q0", all.size()},
                       {"rx_bytes of q0", sum_of(all)}});
        EXPECT_EQ(tap.take(), all);
    }

    // Every length of @inside, in datagrams to @port of a tunnel: it has what
    // is not shorter than @first, unless it is @refused.
    void expect_arrives(const std::string &tunnel, uint16_t port,
                        const Bytes &inside, size_t first, bool refused = false)
    {
        const RawSocket wire(*far_, "q0");
        const Tap tap(*near_, tunnel, {kAll});
        const Meter meter(*near_, {tunnel});
        const Sizes arrived = refused ? Sizes{} : range(first, inside.size());
        const size_t lost = inside.size() + 1 - first;
        const bool group = port == 50000;
        const std::string of = " of " + tunnel;
        const Bytes header = datagram("192.0.2.2", "192.0.2.1", port, port, {});
        std::vector<Bytes> frames;

        for (size_t size = 0; size <= inside.size(); size++) {
            Bytes packet = header + cut(inside, size);

            packet[2] = static_cast<uint8_t>(packet.size() >> 8);
            packet[3] = static_cast<uint8_t>(packet.size());
            packet[24] = static_cast<uint8_t>((8 + size) >> 8);
            packet[25] = static_cast<uint8_t>(8 + size);
            packet[26] = packet[27] = 0;
            seal(packet);
            frames.push_back(ethernet(kNearMac, kFarMac, kIpv4, packet));
        }
        const Meter::Counts before = meter.read();
        EXPECT_EQ(wire.send(frames), frames.size());
        expect_counts(meter, before,
                      {{"rx_packets" + of, arrived.size()},
                       {"rx_bytes" + of, sum_of(arrived)},
                       {"multicast" + of, group ? arrived.size() : 0},
                       {"rx_dropped" + of, frames.size() - arrived.size()},
                       {"rx_short" + of, first},
                       {"rx_filter" + of, refused ? lost : 0}});
        EXPECT_EQ(tap.take(), arrived);
    }

    std::string backlog_;

    static constexpr Mac kChild{2, 0, 0, 0, 0, 0xc1};
};

TEST_F(Lengths, OfAChildInModeShare)
{
    add_child("v0", "", {"192.0.2.10/24", "2001:db8::10/64"});
    silence();
    for (const Case &what : cases(kNearMac, false, false))
        expect_goes(what);
    expect_runts(kNearMac, 0);
    expect_sends(kNearMac);
}

TEST_F(Lengths, OfAChildInModeMac)
{
    near_->ok("ip link add link p0 name v0 address 02:00:00:00:00:c1 "
              "type virt mode mac; ip link set v0 up;"
              "ip addr add 192.0.2.10/24 dev v0;"
              "ip addr add 2001:db8::10/64 dev v0 nodad");
    silence();
    for (const Case &what : cases(kChild, true, false))
        expect_goes(what);
    // those that have the whole address
    expect_runts(kChild, kHeader - 6);
    expect_sends(kChild);
}

TEST_F(Lengths, OfAChildInModeSteal)
{
    add_child("v0", "mode steal", {"198.51.100.1/24"});
    silence();
    for (const Case &what : cases(kNearMac, true, true))
        expect_goes(what);
    expect_runts(kNearMac, kHeader);
    expect_sends(kNearMac);
}

TEST_F(Lengths, OfDatagramsToATunnel)
{
    auto whole = [](const Bytes &start) {
        Bytes all = start;

        all.resize(1600, 0x55);
        return all;
    };
    const Bytes frame =
        ethernet(kBroadcast, mac("02:00:00:00:00:77"), kOther, {});

    near_->ok("ip link add t0 type virt mode tunnel remote 192.0.2.2;"
              "ip link add t1 type virt mode tunnel remote 192.0.2.2 port 8 "
              "payload ip; ip link set t0 up; ip link set t1 up");
    silence();
    for (const std::string rx : {"udp", "filter"}) {
        SCOPED_TRACE(rx);
        near_->ok("ip link set t0 type virt rx " + rx +
                  "; ip link set t1 type virt rx " + rx);
        expect_arrives("t0", 50000, whole(frame), kHeader);
        expect_arrives("t1", 8, whole(udp("10.9.9.9", "10.9.9.8")), 20);
        expect_arrives("t1", 8, whole(udp("2001:db8:9::9", "2001:db8:9::8")),
                       40);
        expect_arrives("t1", 8, whole({0x11}), 20, true);
        // what is left to the socket has nobody from here on
        near_->ok("nft add table inet f; nft add chain inet f c '{ type filter "
                  "hook input priority 0; }'; nft add rule inet f c "
                  "udp dport 8 drop; nft add rule inet f c "
                  "udp dport 50000 drop");
    }
}

} // namespace e2e
