// SPDX-License-Identifier: GPL-2.0-only
// The same frame in every shape that an skb can have: in pieces, held by
// others, without room, with what another life left in it, its tag beside it,
// still to be cut. All shapes go the same way, arrive with the same bytes and
// are counted alike; tests/shapes makes them.
//
// Copyright (C) The virt authors
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>

#include "meter.hpp"
#include "shapes.hpp"
#include "tunnel.hpp"

namespace e2e
{

namespace
{

constexpr uint16_t kVlan = 0x8100;
constexpr size_t kTag = 4;
// From the IP header of a datagram to what is in it.
constexpr size_t kOuter = 28;

uint16_t read16(const Bytes &from, size_t at)
{
    return static_cast<uint16_t>(from[at] << 8 | from[at + 1]);
}

void write16(Bytes &to, size_t at, size_t value)
{
    to[at] = static_cast<uint8_t>(value >> 8);
    to[at + 1] = static_cast<uint8_t>(value);
}

Bytes part(const Bytes &whole, size_t from, size_t to = SIZE_MAX)
{
    const auto start = whole.begin();

    return {start + static_cast<long>(from),
            start + static_cast<long>(std::min(to, whole.size()))};
}

// Where the network header is, behind a tag or not.
size_t net_of(const Bytes &frame)
{
    return read16(frame, 12) == kVlan ? 14 + kTag : 14;
}

uint16_t type_of(const Bytes &frame)
{
    return read16(frame, net_of(frame) - 2);
}

// Where the number is that tells the frames of one batch apart: IPv4's id, the
// sender's MAC in ARP, IPv6's flow label.
size_t number_at(const Bytes &frame)
{
    switch (type_of(frame)) {
    case kIpv4:
        return net_of(frame) + 4;
    case kArp:
        return net_of(frame) + 12;
    default:
        return net_of(frame) + 2;
    }
}

// Where the frame inside a tunnel's datagram is, or nowhere.
bool has_inner(const Bytes &frame)
{
    const size_t ip = net_of(frame);

    return type_of(frame) == kIpv4 && frame.size() > ip + kOuter + 34 &&
           frame[ip + 9] == IPPROTO_UDP && read16(frame, ip + 22) == 50000;
}

Bytes inner_of(const Bytes &frame)
{
    return part(frame, net_of(frame) + kOuter);
}

void put_inner(Bytes &frame, const Bytes &inner)
{
    frame.resize(net_of(frame) + kOuter);
    frame = frame + inner;
}

void put_number(Bytes &frame, uint16_t number)
{
    if (has_inner(frame)) {
        Bytes inner = inner_of(frame);

        put_number(inner, number);
        put_inner(frame, inner);
    }
    write16(frame, number_at(frame), number);
    if (type_of(frame) != kIpv4)
        return;
    Bytes packet = part(frame, net_of(frame));
    seal(packet);
    std::copy(packet.begin(), packet.end(),
              frame.begin() + static_cast<long>(net_of(frame)));
}

// What differs with the number goes, too. Of a tunnel's datagram it is the
// inner one: the outer may be the tunnel's own.
uint16_t take_number(Bytes &frame)
{
    const size_t at = number_at(frame);
    uint16_t number = read16(frame, at);

    if (has_inner(frame)) {
        Bytes inner = inner_of(frame);

        number = take_number(inner);
        put_inner(frame, inner);
        write16(frame, net_of(frame) + 26, 0);
    }
    write16(frame, at, 0);
    if (type_of(frame) == kIpv4)
        write16(frame, net_of(frame) + 10, 0);
    return number;
}

// What a stack answers of itself, an error or a reset, has any number.
bool is_answer(const Bytes &frame)
{
    const bool ipv4 = type_of(frame) == kIpv4;
    const size_t ip = net_of(frame), payload = ip + (ipv4 ? 20 : 40);

    if (type_of(frame) == kArp || frame.size() < payload + 20)
        return false;
    switch (frame[ip + (ipv4 ? 9 : 6)]) {
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

// The parts of a TCP or UDP packet without options.
struct Packet {
    explicit Packet(const Bytes &frame)
        : ip(net_of(frame)), v6(type_of(frame) == kIpv6),
          transport(ip + (v6 ? 40 : 20)),
          tcp(frame[ip + (v6 ? 6 : 9)] == IPPROTO_TCP),
          payload(transport + (tcp ? 20 : 8)), sum(transport + (tcp ? 16 : 6))
    {
    }

    size_t ip;
    bool v6;
    size_t transport;
    bool tcp;
    size_t payload, sum;
};

// The lengths and the checksum of a TCP or UDP packet that has grown.
void complete(Bytes &frame)
{
    const Packet packet(frame);
    const size_t len = frame.size() - packet.transport;

    write16(frame, packet.ip + (packet.v6 ? 4 : 2), packet.v6 ? len : len + 20);
    if (!packet.tcp)
        write16(frame, packet.transport + 4, len);
    if (has_inner(frame))
        return;
    write16(frame, packet.sum, 0);

    // the addresses are the end of the header
    const size_t addresses = packet.v6 ? 32 : 8;
    Bytes summed = part(frame, packet.transport - addresses);
    uint32_t sum =
        static_cast<uint32_t>(len) + (packet.tcp ? IPPROTO_TCP : IPPROTO_UDP);
    summed.resize((summed.size() + 1) / 2 * 2);
    for (size_t i = 0; i < summed.size(); i += 2)
        sum += read16(summed, i);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    write16(frame, packet.sum, static_cast<uint16_t>(~sum));
}

// A frame as it came.
struct Piece {
    Bytes bytes;
    // the checksum is left to the receiver
    bool promised;

    bool operator==(const Piece &) const = default;
};

bool has_right_sum(const Piece &piece)
{
    const Packet packet(piece.bytes);
    Bytes right = piece.bytes;

    complete(right);
    return piece.promised || right == piece.bytes ||
           (!packet.tcp && !read16(piece.bytes, packet.sum));
}

// Of the next header in front of a fragment, 0 for a whole packet.
constexpr uint8_t kFragment = 44;

bool is_fragment(const Bytes &frame)
{
    const size_t ip = net_of(frame);

    return type_of(frame) == kIpv6
               ? frame[ip + 6] == kFragment
               : type_of(frame) == kIpv4 && read16(frame, ip + 6) & 0x3fff;
}

// What fragments that came in order were before.
Bytes unfragmented(const std::vector<Piece> &pieces)
{
    const Bytes &first = pieces.front().bytes;
    const size_t ip = net_of(first);
    const bool v6 = type_of(first) == kIpv6;
    const size_t header = ip + (v6 ? 48 : 20);
    Bytes whole = part(first, 0, ip + (v6 ? 40 : 20));
    size_t offset = 0;

    if (v6)
        whole[ip + 6] = first[ip + 40];
    else
        write16(whole, ip + 6, 0x4000);
    for (const Piece &piece : pieces) {
        const size_t field = read16(piece.bytes, ip + (v6 ? 42 : 6));

        EXPECT_EQ(v6 ? field & ~7UL : (field & 0x1fff) * 8, offset);
        EXPECT_EQ(!(field & (v6 ? 1 : 0x2000)), &piece == &pieces.back());
        whole = whole + part(piece.bytes, header);
        offset += piece.bytes.size() - header;
    }
    const Bytes before = whole;
    complete(whole);
    EXPECT_EQ(part(whole, ip + (v6 ? 40 : 20)),
              part(before, ip + (v6 ? 40 : 20)))
        << "the checksum";
    return whole;
}

// What segments that came in order were before, and whether each was right.
Bytes unsegmented(const std::vector<Piece> &pieces)
{
    const Packet packet(pieces.front().bytes);
    Bytes whole = part(pieces.front().bytes, 0, packet.payload);

    for (const Piece &piece : pieces) {
        const size_t before = whole.size() - packet.payload;

        EXPECT_TRUE(has_right_sum(piece)) << "at " << before;
        // less than 2^16 from the start
        if (packet.tcp) {
            EXPECT_EQ(read16(piece.bytes, packet.transport + 6),
                      read16(whole, packet.transport + 6) + before);
        }
        whole = whole + part(piece.bytes, packet.payload);
    }
    return whole;
}

// The one frame that was cut, wherever that was, with its checksum.
Bytes joined(const std::vector<Piece> &pieces)
{
    const Bytes &first = pieces.front().bytes;
    Bytes whole;

    if (has_inner(first)) {
        std::vector<Piece> inner;

        for (const Piece &piece : pieces)
            inner.push_back({inner_of(piece.bytes), piece.promised});
        whole = first;
        put_inner(whole, joined(inner));
    } else if (is_fragment(first)) {
        whole = unfragmented(pieces);
    } else {
        whole = unsegmented(pieces);
    }
    complete(whole);
    return whole;
}

// What the stack of a namespace keeps, on which device, by the number.
class Collector
{
public:
    using Kept = std::map<std::string, std::vector<Piece>>;

    // The numbers from one frame to the next: segments are counted on.
    static constexpr uint16_t kStep = 16;

    explicit Collector(const Netns &ns) : ns_(ns)
    {
        const Inside inside(ns);

        for (const uint16_t type : {kIpv4, kIpv6, kArp}) {
            const int fd =
                socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(type));
            const int room = 16 << 20, on = 1;

            EXPECT_GE(fd, 0);
            setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
            setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on));
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
    static const tpacket_auxdata *beside(msghdr &message)
    {
        cmsghdr *control = CMSG_FIRSTHDR(&message);

        return control && control->cmsg_level == SOL_PACKET &&
                       control->cmsg_type == PACKET_AUXDATA
                   ? reinterpret_cast<tpacket_auxdata *>(CMSG_DATA(control))
                   : nullptr;
    }

    static void take(int fd, std::map<uint16_t, Kept> &all)
    {
        std::array<char, IF_NAMESIZE> name{};
        alignas(cmsghdr) std::array<char, 128> control{};
        Piece piece{Bytes(4096), false};
        Bytes &frame = piece.bytes;
        iovec room{frame.data(), frame.size()};
        sockaddr_ll from{};
        msghdr message{};

        message.msg_name = &from;
        message.msg_namelen = sizeof(from);
        message.msg_iov = &room;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t got = recvmsg(fd, &message, MSG_DONTWAIT);

        if (got < 34 || from.sll_pkttype == PACKET_OUTGOING)
            return;
        frame.resize(static_cast<size_t>(got));
        const tpacket_auxdata *aux = beside(message);
        if (aux) {
            piece.promised = aux->tp_status & TP_STATUS_CSUMNOTREADY;
            if (aux->tp_status & TP_STATUS_VLAN_VALID) {
                Bytes tagged = part(frame, 0, 12) + Bytes(kTag);

                write16(tagged, 12, kVlan);
                write16(tagged, 14, aux->tp_vlan_tci);
                frame = tagged + part(frame, 12);
            }
        }
        if (is_answer(frame))
            return;
        if_indextoname(static_cast<unsigned>(from.sll_ifindex), name.data());
        const uint16_t number = take_number(frame);
        all[number & ~(kStep - 1)][name.data()].push_back(piece);
    }

    const Netns &ns_;
    std::vector<pollfd> fds_;
};

// A form of one frame, and what it may come to: so many pieces with so many
// bytes more, if the packet is cut on its way.
struct Way {
    std::string name;
    Form form;
    uint64_t pieces = 1, more = 0;

    // The same inside a tunnel, or with its datagrams around.
    uint64_t more_around() const { return more + (pieces - 1) * (14 + kOuter); }
};

void add_whole(const Bytes &frame, bool send, std::vector<Way> &ways)
{
    const auto size = static_cast<uint32_t>(frame.size());
    const uint32_t headers = size > 500 ? 40 : 3;

    for (uint32_t linear = 14; linear < size;
         linear += linear < 60 ? headers : 200) {
        const std::string at = " at " + std::to_string(linear);

        ways.push_back({"split" + at, {kSplit, linear}});
        ways.push_back({"list" + at, {kFragList, linear}});
    }
    ways.push_back({"cloned", {kCloned}});
    ways.push_back({"no headroom", {kNoHeadroom}});
    ways.push_back({"dirty", {kDirty}});
    if (send)
        ways.push_back({"direct", {kDirect}});
    else
        ways.push_back({"shared", {kShared}});
    if (net_of(frame) > 14)
        ways.push_back({"tag beside", {kTagged}});
}

// Still to be cut, in every way that fits the protocol and wherever its bytes
// are. A list has a segment in each of its skbs, as GRO makes it.
void add_cut(const Bytes &frame, std::vector<Way> &ways)
{
    constexpr uint32_t kSize = 104;
    const bool inside = has_inner(frame);
    const size_t outer = inside ? net_of(frame) + kOuter : 0;
    const Packet packet(inside ? inner_of(frame) : frame);
    const uint32_t plain = inside ? kInside : 0U;
    std::vector<std::pair<std::string, uint32_t>> kinds{
        {"segments", plain}, {"dodgy segments", plain | kDodgy}};

    if (!packet.tcp) {
        kinds.emplace_back("fragments", kFragments);
        kinds.emplace_back("listed", kListed);
    }
    for (const auto &[name, kind] : kinds) {
        const size_t cut =
            kind & kFragments ? packet.transport : packet.payload;
        const size_t start = outer + cut;
        const uint64_t pieces = (frame.size() - start + kSize - 1) / kSize;
        // a header of its own for each fragment of IPv6
        const uint64_t more = (pieces - 1) * cut +
                              (kind & kFragments && packet.v6 ? 8 * pieces : 0);
        const auto head = static_cast<uint32_t>(outer + packet.payload);
        const auto first = static_cast<uint32_t>(start) + kSize;

        ways.push_back({name + " in a list",
                        {kFragList, first, kSize, kind},
                        pieces,
                        more});
        if (kind & kListed)
            continue;
        ways.push_back({name, {kLinear, 0, kSize, kind}, pieces, more});
        ways.push_back(
            {name + " in a page", {kSplit, head, kSize, kind}, pieces, more});
    }
}

} // namespace

class Shapes : public TunnelBed
{
protected:
    static constexpr uint16_t kFirst = 0x4000;

    struct Sent {
        size_t frame;
        Way way;
    };

    // Each frame in each shape; what becomes of it must be what becomes of the
    // linear one, and be counted alike by the @watched. On @but it may be
    // another way.
    void expect_same(const std::string &device, bool send,
                     const std::vector<Bytes> &frames,
                     const std::string &but = "")
    {
        Collector near(*near_), far(*far_);
        std::map<uint16_t, Sent> sent;
        unsigned number = kFirst;

        start_meters();
        may_lack_tag_ = send && device == "p0";
        for (size_t i = 0; i < frames.size(); i++) {
            std::vector<Way> ways{{"linear", {kLinear}}};
            Meter::Counts linear;

            add_whole(frames[i], send, ways);
            // past the queue there is no hook that sees what the host sends
            if (device == "p0")
                std::erase_if(ways, [](const Way &way) {
                    return way.form.shape == kDirect;
                });
            EXPECT_GT(ways.size(), 13U);
            if (frames[i].size() > 500)
                add_cut(frames[i], ways);
            for (const Way &way : ways) {
                SCOPED_TRACE(way.name + ", frame " + std::to_string(i));
                const auto id = static_cast<uint16_t>(number);
                Bytes frame = frames[i];

                put_number(frame, id);
                sent[id] = {i, way};
                number += Collector::kStep;
                ASSERT_LT(number, 0x10000U);
                ASSERT_TRUE(maker_->go(device, send, frame, way.form))
                    << "was changed";
                if (linear.empty())
                    linear = settled();
                else
                    expect_counts(linear, way);
                if (HasFailure())
                    return;
            }
        }
        auto kept_near = near.collect(), kept_far = far.collect();
        EXPECT_EQ(counts(), counted_) << "more was counted later";
        std::map<size_t, uint16_t> linear;
        size_t kept = 0;
        for (const auto &[id, what] : sent) {
            SCOPED_TRACE(what.way.name + ", frame " +
                         std::to_string(what.frame));
            kept_near[id].erase(but);
            if (what.way.name == "linear")
                linear[what.frame] = id;
            const uint16_t like = linear[what.frame];
            expect_kept(kept_near[id], kept_near[like], what.way);
            expect_kept(kept_far[id], kept_far[like], what.way);
            kept += !kept_near[id].empty() || !kept_far[id].empty();
            if (HasFailure())
                return;
        }
        EXPECT_EQ(kept, sent.size());
    }

    static void expect_kept(const Collector::Kept &kept,
                            const Collector::Kept &linear, const Way &way)
    {
        if (!way.form.size) {
            EXPECT_EQ(kept, linear);
            return;
        }
        // who sums up is another one then
        std::map<std::string, Bytes> whole, wanted;

        for (const auto &[device, pieces] : kept)
            whole[device] = joined(pieces);
        for (const auto &[device, pieces] : linear)
            wanted[device] = pieces.at(0).bytes;
        EXPECT_EQ(whole, wanted);
    }

    // All that is counted, since the last frame.
    Meter::Counts counts() const
    {
        Meter::Counts all = near_meter_->read();
        const Meter::Counts far = far_meter_->read();

        all.insert(all.end(), far.begin(), far.end());
        return all;
    }

    // What the first frame is counted as, when nothing comes any more.
    Meter::Counts settled()
    {
        const Meter::Counts before = counted_;
        int same = 0;

        EXPECT_TRUE(eventually([&] {
            const Meter::Counts now = counts();

            same = now == counted_ ? same + 1 : 0;
            counted_ = now;
            return same > 4;
        }));
        return counted_ - before;
    }

    void expect_counts(const Meter::Counts &linear, const Way &way)
    {
        Meter::Counts now, more;
        const bool alike = eventually([&] {
            now = counts();
            more = now - counted_;
            return is_alike(more, linear, way);
        });

        counted_ = now;
        for (size_t i = 0; !alike && i < more.size(); i++)
            EXPECT_EQ(more[i], linear[i]) << names_[i];
    }

    // A device may have had the packet whole or in pieces. Children have the
    // core put a tag into the frame that they send; the parent need not, and a
    // tag beside the frame is not counted as part of it.
    bool is_alike(const Meter::Counts &more, const Meter::Counts &linear,
                  const Way &way) const
    {
        Meter::Counts whole = more;

        for (size_t start : starts_) {
            const auto *wanted = &linear[start];
            auto *has = &whole[start];

            for (const auto &[packets, bytes] :
                 {std::pair{Meter::kRxPackets, Meter::kRxBytes},
                  {Meter::kTxPackets, Meter::kTxBytes}}) {
                const uint64_t longer = has[bytes] - wanted[bytes];

                if (way.form.shape == kTagged && may_lack_tag_ &&
                    has[bytes] + kTag * has[packets] == wanted[bytes])
                    has[bytes] = wanted[bytes];

                if (has[packets] != wanted[packets] * way.pieces ||
                    (longer != wanted[packets] * way.more &&
                     longer != wanted[packets] * way.more_around()))
                    continue;
                has[packets] = wanted[packets];
                has[bytes] = wanted[bytes];
                if (packets == Meter::kRxPackets)
                    has[Meter::kMulticast] /= way.pieces;
            }
        }
        return whole == linear;
    }

    void start_meters()
    {
        near_meter_ = std::make_unique<Meter>(*near_, watched_);
        far_meter_ = std::make_unique<Meter>(*far_, watched_far_);
        names_ = near_meter_->names();
        starts_ = near_meter_->starts();
        for (const size_t start : far_meter_->starts())
            starts_.push_back(names_.size() + start);
        for (const std::string &name : far_meter_->names())
            names_.push_back(name);
        counted_ = counts();
    }

    // In an IPv4 datagram of the tunnel's peer, with the inner number outside
    // too: the checksum is left out.
    static Bytes wrapped(const Bytes &inner)
    {
        Bytes packet = datagram("192.0.2.2", "192.0.2.1", 50000, 50000, inner);

        packet[26] = packet[27] = 0;
        return ethernet(kNearMac, kFarMac, kIpv4, packet);
    }

    // @frame with a tag.
    static Bytes tagged(const Bytes &frame, uint16_t tag)
    {
        Bytes with = part(frame, 0, 12) + Bytes(kTag);

        write16(with, 12, kVlan);
        write16(with, 14, tag);
        return with + part(frame, 12);
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
        silence();
    }

    void TearDown() override
    {
        near_meter_.reset();
        far_meter_.reset();
        maker_.reset();
        TunnelBed::TearDown();
    }

    std::unique_ptr<ShapeMaker> maker_;

    // The devices whose counters must be alike.
    std::vector<std::string> watched_{"p0", "v0", "v1"}, watched_far_{"q0"};
    std::unique_ptr<Meter> near_meter_, far_meter_;
    std::vector<std::string> names_;
    std::vector<size_t> starts_;
    Meter::Counts counted_;
    bool may_lack_tag_ = false;

    static constexpr Mac kChild{2, 0, 0, 0, 0, 0xc1};
    static constexpr Mac kSecond{2, 0, 0, 0, 0, 0xc2};
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
    auto each = [&](const Mac &to, const Mac &from, const std::string &source,
                    const std::string &target, std::vector<Bytes> &frames) {
        const uint16_t type = target.find(':') == target.npos ? kIpv4 : kIpv6;

        frames.push_back(ethernet(to, from, type, tcp(source, target, 550)));
        frames.push_back(ethernet(to, from, type, udp(source, target, 550)));
        // congestion is told in the first segment alone
        frames.push_back(frames.end()[-2]);
        frames.back()[Packet(frames.back()).transport + 13] |= 0x80;
        complete(frames.back());
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

// Tags of a VLAN that is here, of one that is not, and of none but with a
// priority, which are untagged frames.
TEST_F(Shapes, WithATag)
{
    const std::vector<uint16_t> tags{9, 7, 0xa000};

    near_->batch({"link add link p0 name p0.9 type vlan id 9",
                  "link add link v1 name v1.9 type vlan id 9",
                  "link set p0.9 up", "link set v1.9 up"});
    far_->batch(
        {"link add link q0 name q0.9 type vlan id 9", "link set q0.9 up"});
    // what it says is looked at behind its tags
    near_->ok("ip link add link p0 name v2 address 02:00:00:00:00:c2 "
              "type virt mode mac guard on allow 192.0.2.12/32;"
              "ip link set v2 up");
    watched_.insert(watched_.end(), {"v2", "p0.9", "v1.9"});
    watched_far_.push_back("q0.9");
    std::vector<Bytes> received;

    for (const uint16_t tag : tags) {
        for (const auto &[to, last] : {std::pair{kNearMac, "1"},
                                       {kNearMac, "10"},
                                       {kChild, "11"},
                                       {kBroadcast, "255"}})
            received.push_back(tagged(
                ethernet(to, kFarMac, kIpv4,
                         udp("192.0.2.2", std::string("192.0.2.") + last, 60)),
                tag));
        received.push_back(
            tagged(ethernet(kBroadcast, kFarMac, kArp,
                            arp(1, kFarMac, "192.0.2.99", {}, "192.0.2.10")),
                   tag));
    }
    expect_same("p0", false, received);
    for (const auto &[name, from, last] : {std::tuple{"v0", kNearMac, "10"},
                                           {"v1", kChild, "11"},
                                           {"v2", kSecond, "12"},
                                           {"p0", kNearMac, "1"}}) {
        const std::string source = std::string("192.0.2.") + last;
        std::vector<Bytes> sent;

        for (const uint16_t tag : tags) {
            // not the host, which not all kernels let children reach
            const auto &[near, there] =
                from != kChild   ? std::pair{kChild, "192.0.2.11"}
                : tag == tags[2] ? std::pair{kNearMac, "192.0.2.10"}
                                 : std::pair{kSecond, "192.0.2.12"};

            for (const auto &[to, target] : {std::pair{kFarMac, "192.0.2.2"},
                                             {kBroadcast, "192.0.2.255"},
                                             {near, there}})
                sent.push_back(tagged(
                    ethernet(to, from, kIpv4, udp(source, target, 60)), tag));
        }
        expect_same(name, true, sent);
    }
}

// The tag does not hide that the sender is somebody else.
TEST_F(Shapes, WithATagAndALie)
{
    near_->ok("ip link add link p0 name v2 address 02:00:00:00:00:c2 "
              "type virt mode mac guard on allow 192.0.2.12/32;"
              "ip link set v2 up");
    watched_ = {"p0", "v2"};
    for (const uint16_t tag : std::initializer_list<uint16_t>{9, 0xa000}) {
        const Bytes lie = tagged(ethernet(kFarMac, kSecond, kIpv4,
                                          udp("192.0.2.13", "192.0.2.2", 60)),
                                 tag);
        Collector far(*far_);

        start_meters();
        const Meter::Counts before = near_meter_->read();
        for (const Shape shape : {kLinear, kTagged, kNoHeadroom, kDirect})
            EXPECT_TRUE(maker_->go("v2", true, lie, {shape}));
        EXPECT_TRUE(far.collect().empty());
        const Meter::Counts more = near_meter_->read() - before;
        EXPECT_EQ(near_meter_->value(more, "tx_guard of v2"), 4U);
        EXPECT_EQ(near_meter_->value(more, "tx_dropped of v2"), 4U);
        EXPECT_EQ(near_meter_->value(more, "tx_packets of v2"), 0U);
        EXPECT_EQ(near_meter_->value(more, "tx_packets of p0"), 0U);
    }
}

TEST_F(Shapes, ThroughATunnel)
{
    const Mac there = mac("02:00:00:00:00:77");
    const Bytes small =
        ethernet(kBroadcast, there, kIpv4, udp("10.0.0.9", "10.0.0.255", 200));
    const Bytes large = ethernet(mac("02:00:00:00:00:78"), there, kIpv4,
                                 tcp("10.0.0.9", "10.0.0.8", 550));
    const Bytes datagram = ethernet(mac("02:00:00:00:00:78"), there, kIpv4,
                                    udp("10.0.0.9", "10.0.0.8", 550));

    add_pair();
    hush();
    watched_.push_back("t0");
    watched_far_.push_back("t0");
    expect_same("t0", true, {small, large, datagram, tagged(small, 9)});
    for (const std::string rx : {"udp", "filter"}) {
        // the filter leaves to the socket what is in pieces
        near_->ok("ip link set t0 type virt rx " + rx);
        expect_same("p0", false,
                    {wrapped(small), wrapped(large), wrapped(tagged(small, 9))},
                    "p0");
    }
}

// What does not fit a tunnel in a bridge is answered, in whatever shape it is.
TEST_F(Shapes, TooLargeForATunnelInABridge)
{
    Netns client("client");

    add_pair("df set");
    near_->ok("ip addr flush dev t0; ip link set t0 mtu 1500;"
              "ip link add br0 type bridge;"
              "ip link add k0 type veth peer name c0 netns client;"
              "for dev in k0 t0; do ip link set $dev master br0; done;"
              "for dev in k0 br0; do ip link set $dev up; done");
    client.ok("ip link set c0 up");
    // what an answer has: the protocol, and "unreachable" or "too big"
    struct Case {
        const char *from, *to;
        uint16_t type;
        size_t length, protocol_at;
        uint8_t protocol;
        size_t message_at;
        uint8_t message;
    };
    for (const Case &c : std::initializer_list<Case>{
             {"10.0.0.3", "10.0.0.2", kIpv4, 1472, 23, 1, 34, 3},
             {"2001:db8:a::3", "2001:db8:a::2", kIpv6, 1452, 20, 58, 54, 2}}) {
        Bytes packet = udp(c.from, c.to, c.length);
        const auto is_answer = [&c](const Bytes &frame) {
            return frame.size() > c.message_at && type_of(frame) == c.type &&
                   frame[c.protocol_at] == c.protocol &&
                   frame[c.message_at] == c.message;
        };

        if (c.type == kIpv4) {
            write16(packet, 6, 0x4000);
            seal(packet);
        }
        for (const Form &form : {Form{kLinear}, Form{kSplit, 14}}) {
            const RawSocket answers(client, "c0");

            const Bytes frame = ethernet(mac_of(*far_, "t0"),
                                         mac_of(client, "c0"), c.type, packet);

            // the bridge may not forward yet
            EXPECT_TRUE(eventually([&] {
                return maker_->go("k0", false, frame, form) &&
                       answers.sees(is_answer, 1000);
            })) << c.to
                << ", shape " << form.shape;
        }
    }
}

} // namespace e2e
