// SPDX-License-Identifier: GPL-2.0-only
// The same frame in every shape that an skb can have: in pieces, held by
// others, without room, with what another life left in it. All shapes go the
// same way and arrive with the same bytes; tests/shapes makes them.
//
// Copyright (C) The virt authors
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <memory>

#include "shapes.hpp"
#include "tunnel.hpp"

namespace e2e
{

namespace
{

// A number in each frame tells those of one batch apart.
constexpr size_t kIp = 14;
constexpr size_t kInner = kIp + 28;

uint16_t type_of(const Bytes &frame)
{
    return static_cast<uint16_t>(frame[12] << 8 | frame[13]);
}

// Where the number is: IPv4's id, the sender's MAC in ARP, IPv6's flow label.
size_t number_at(const Bytes &frame)
{
    switch (type_of(frame)) {
    case kIpv4:
        return kIp + 4;
    case kArp:
        return kIp + 12;
    default:
        return kIp + 2;
    }
}

// Where the frame inside a tunnel's datagram is, or nowhere.
bool has_inner(const Bytes &frame)
{
    return type_of(frame) == kIpv4 && frame.size() > kInner + 34 &&
           frame[kIp + 9] == IPPROTO_UDP && frame[kIp + 22] == 50000 >> 8 &&
           frame[kIp + 23] == (50000 & 0xff);
}

void put_number(Bytes &frame, uint16_t number)
{
    const size_t at = number_at(frame);

    if (has_inner(frame)) {
        Bytes inner(frame.begin() + kInner, frame.end());

        put_number(inner, number);
        std::copy(inner.begin(), inner.end(), frame.begin() + kInner);
    }

    frame[at] = static_cast<uint8_t>(number >> 8);
    frame[at + 1] = static_cast<uint8_t>(number);
    if (type_of(frame) != kIpv4)
        return;
    Bytes packet(frame.begin() + kIp, frame.end());
    seal(packet);
    std::copy(packet.begin(), packet.end(), frame.begin() + kIp);
}

uint16_t take_number(Bytes &frame)
{
    const size_t at = number_at(frame);

    if (has_inner(frame)) {
        Bytes inner(frame.begin() + kInner, frame.end());

        take_number(inner);
        std::copy(inner.begin(), inner.end(), frame.begin() + kInner);
    }
    const auto number = static_cast<uint16_t>(frame[at] << 8 | frame[at + 1]);

    frame[at] = frame[at + 1] = 0;
    if (type_of(frame) == kIpv4)
        frame[kIp + 10] = frame[kIp + 11] = 0;
    return number;
}

// What a stack answers of itself, an error or a reset, has any number.
bool is_answer(const Bytes &frame)
{
    const bool ipv4 = type_of(frame) == kIpv4;
    const size_t payload = kIp + (ipv4 ? 20 : 40);

    if (type_of(frame) == kArp || frame.size() < payload + 20)
        return false;
    switch (frame[kIp + (ipv4 ? 9 : 6)]) {
    case IPPROTO_ICMP:
        return true;
    case IPPROTO_ICMPV6:
        return frame[payload] < 128;
    case IPPROTO_TCP:
        return frame[payload + 13] & 4;
    default:
        return false;
    }
}

// What the stack of a namespace keeps, on which device, by the number.
class Collector
{
public:
    using Kept = std::map<std::string, Bytes>;

    explicit Collector(const Netns &ns) : ns_(ns)
    {
        const Inside inside(ns);

        for (const uint16_t type : {kIpv4, kIpv6, kArp}) {
            const int fd =
                socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(type));
            const int room = 8 << 20;

            EXPECT_GE(fd, 0);
            setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
            fds_.push_back({fd, POLLIN, 0});
        }
    }
    Collector(const Collector &) = delete;
    Collector &operator=(const Collector &) = delete;
    ~Collector()
    {
        for (const pollfd &fd : fds_)
            close(fd.fd);
    }

    // All that came until there was nothing for a moment.
    std::map<uint16_t, Kept> collect()
    {
        const Inside inside(ns_);
        std::map<uint16_t, Kept> all;

        while (poll(fds_.data(), fds_.size(), 300) > 0)
            for (const pollfd &fd : fds_)
                if (fd.revents)
                    take(fd.fd, all);
        return all;
    }

private:
    static void take(int fd, std::map<uint16_t, Kept> &all)
    {
        std::array<char, IF_NAMESIZE> name{};
        Bytes frame(4096);
        sockaddr_ll from{};
        socklen_t size = sizeof(from);
        const ssize_t got =
            recvfrom(fd, frame.data(), frame.size(), MSG_DONTWAIT,
                     reinterpret_cast<sockaddr *>(&from), &size);

        if (got < 34 || from.sll_pkttype == PACKET_OUTGOING)
            return;
        frame.resize(static_cast<size_t>(got));
        if (is_answer(frame))
            return;
        if_indextoname(static_cast<unsigned>(from.sll_ifindex), name.data());
        const uint16_t number = take_number(frame);
        all[number][name.data()] = frame;
    }

    const Netns &ns_;
    std::vector<pollfd> fds_;
};

} // namespace

class Shapes : public TunnelBed
{
protected:
    static constexpr uint16_t kFirst = 0x4000;

    struct Sent {
        size_t frame;
        std::string shape;
    };

    // Each frame in each shape; what becomes of it must be what becomes of the
    // linear one. On @but it may be another way.
    void expect_same(const std::string &device, bool send,
                     const std::vector<Bytes> &frames,
                     const std::string &but = "")
    {
        Collector near(*near_), far(*far_);
        std::map<uint16_t, Sent> sent;
        uint16_t number = kFirst;
        size_t fewest = 0;

        for (size_t i = 0; i < frames.size(); i++) {
            auto one = [&](const std::string &name, Shape shape,
                           uint32_t arg = 0) {
                Bytes frame = frames[i];

                put_number(frame, number);
                sent[number++] = {i, name};
                EXPECT_TRUE(maker_->go(device, send, frame, shape, arg))
                    << name << ", frame " << i << " was changed";
            };
            const auto size = static_cast<uint32_t>(frames[i].size());
            const bool large = size > 500;

            one("linear", kLinear);
            const uint32_t headers = large ? 40 : 3;

            for (uint32_t linear = 14; linear < size;
                 linear += linear < 60 ? headers : 200) {
                one("split at " + std::to_string(linear), kSplit, linear);
                one("list at " + std::to_string(linear), kFragList, linear);
            }
            one("cloned", kCloned);
            one("no headroom", kNoHeadroom);
            one("dirty", kDirty);
            if (send)
                one("direct", kDirect);
            else
                one("shared", kShared);
            if (large)
                one("segments", kSegments, 100);
            fewest += large ? 15 : 20;
        }

        auto kept_near = near.collect(), kept_far = far.collect();
        std::map<size_t, uint16_t> linear;
        size_t kept = 0;
        for (const auto &[id, what] : sent) {
            kept_near[id].erase(but);
            if (what.shape == "linear")
                linear[what.frame] = id;
            EXPECT_EQ(kept_near[id], kept_near[linear[what.frame]])
                << what.shape << ", frame " << what.frame << " near";
            EXPECT_EQ(kept_far[id], kept_far[linear[what.frame]])
                << what.shape << ", frame " << what.frame << " far";
            kept += !kept_near[id].empty() || !kept_far[id].empty();
            if (HasFailure())
                return;
        }
        EXPECT_EQ(kept, sent.size());
        EXPECT_GT(sent.size(), fewest);
    }

    // In an IPv4 datagram of the tunnel's peer, with the inner number outside
    // too: the checksum is left out.
    static Bytes wrapped(const Bytes &inner)
    {
        Bytes packet = datagram("192.0.2.2", "192.0.2.1", 50000, 50000, inner);

        packet[26] = packet[27] = 0;
        return ethernet(kNearMac, kFarMac, kIpv4, packet);
    }

    void SetUp() override
    {
        TunnelBed::SetUp();
        maker_ = std::make_unique<ShapeMaker>(*near_);
        add_child("v0", "", {"192.0.2.10/24", "2001:db8::10/64"});
        near_->ok("ip link add link p0 name v1 address 02:00:00:00:00:c1 "
                  "type virt mode mac bclim 0");
        near_->batch({"link set v1 up", "addr add 192.0.2.11/24 dev v1",
                      "addr add 2001:db8::11/64 dev v1 nodad"});
    }

    void TearDown() override
    {
        maker_.reset();
        TunnelBed::TearDown();
    }

    std::unique_ptr<ShapeMaker> maker_;

    static constexpr Mac kChild{2, 0, 0, 0, 0, 0xc1};
};

TEST_F(Shapes, ReceivedByChildren)
{
    std::vector<Bytes> frames;

    for (const auto &[to, last] : {std::pair{kNearMac, "1"},
                                   {kNearMac, "10"},
                                   {kChild, "11"},
                                   {kBroadcast, "255"},
                                   {Mac{2, 0, 0, 0, 0, 0x99}, "77"}})
        frames.push_back(
            ethernet(to, kFarMac, kIpv4,
                     udp("192.0.2.2", std::string("192.0.2.") + last, 100)));
    for (const auto &[to, last] :
         {std::pair{kNearMac, "1"}, {kNearMac, "10"}, {kChild, "11"}}) {
        const std::string target = std::string("2001:db8::") + last;

        frames.push_back(
            ethernet(to, kFarMac, kIpv6, udp("2001:db8::2", target, 100)));
        frames.push_back(ethernet(group_mac("ff02::1"), kFarMac, kIpv6,
                                  nd(135, "2001:db8::99", target, target)));
    }
    for (const std::string last : {"1", "10", "11", "88"})
        frames.push_back(
            ethernet(kBroadcast, kFarMac, kArp,
                     arp(1, kFarMac, "192.0.2.99", {}, "192.0.2." + last)));
    expect_same("p0", false, frames);
}

TEST_F(Shapes, SentByChildren)
{
    for (const auto &[name, from, source] :
         {std::tuple{"v0", kNearMac, "192.0.2.10"},
          {"v1", kChild, "192.0.2.11"}}) {
        std::vector<Bytes> frames;

        for (const auto &[to, target] :
             {std::pair{kFarMac, "192.0.2.2"},
              {kBroadcast, "192.0.2.255"},
              {from == kChild ? kNearMac : kChild,
               from == kChild ? "192.0.2.10" : "192.0.2.11"}})
            frames.push_back(ethernet(to, from, kIpv4, udp(source, target)));
        frames.push_back(ethernet(kBroadcast, from, kArp,
                                  arp(1, from, "192.0.2.98", {}, "192.0.2.2")));
        expect_same(name, true, frames);
    }
}

TEST_F(Shapes, OfManySegments)
{
    // the veth of 5.10 cuts no datagrams
    const bool cuts =
        !near_->run("ethtool -k v0 | grep -q 'udp-segmentation: on'").status;
    auto each = [&](const Mac &to, const Mac &from, const std::string &source,
                    const std::string &target, std::vector<Bytes> &frames) {
        const uint16_t type = target.find(':') == target.npos ? kIpv4 : kIpv6;

        frames.push_back(ethernet(to, from, type, tcp(source, target, 550)));
        if (cuts || from == kFarMac)
            frames.push_back(
                ethernet(to, from, type, udp(source, target, 550)));
    };
    std::vector<Bytes> received;

    for (const auto &[to, last] :
         {std::pair{kNearMac, "1"}, {kNearMac, "10"}, {kChild, "11"}})
        for (const std::string net : {"192.0.2.", "2001:db8::"})
            each(to, kFarMac, net + "2", net + last, received);
    expect_same("p0", false, received);
    for (const auto &[name, from, last] :
         {std::tuple{"v0", kNearMac, "10"}, {"v1", kChild, "11"}}) {
        const bool mac = from == kChild;
        std::vector<Bytes> sent;

        for (const std::string net : {"192.0.2.", "2001:db8::"}) {
            each(kFarMac, from, net + last, net + "2", sent);
            each(mac ? kNearMac : kChild, from, net + last,
                 net + (mac ? "10" : "11"), sent);
        }
        expect_same(name, true, sent);
    }
}

TEST_F(Shapes, ThroughATunnel)
{
    const Bytes inner = ethernet(kBroadcast, mac("02:00:00:00:00:77"), kIpv4,
                                 udp("10.0.0.9", "10.0.0.255", 200));

    add_pair();
    hush();
    expect_same("t0", true, {inner});
    for (const std::string rx : {"udp", "filter"}) {
        // the filter leaves to the socket what is in pieces
        near_->ok("ip link set t0 type virt rx " + rx);
        expect_same("p0", false, {wrapped(inner)}, "p0");
    }
}

} // namespace e2e
