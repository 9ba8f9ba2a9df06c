// SPDX-License-Identifier: GPL-2.0-only
// Frames and raw sockets.
//
// Copyright (C) The virt authors
#include "frame.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace e2e
{

namespace
{

void put16(Bytes &to, unsigned value)
{
    to.push_back(static_cast<uint8_t>(value >> 8));
    to.push_back(static_cast<uint8_t>(value));
}

template <typename Range>
void put(Bytes &to, const Range &bytes)
{
    to.insert(to.end(), bytes.begin(), bytes.end());
}

bool is_ipv6(const std::string &text)
{
    return text.find(':') != std::string::npos;
}

Bytes address(const std::string &text)
{
    Bytes bytes(is_ipv6(text) ? 16 : 4);

    if (inet_pton(is_ipv6(text) ? AF_INET6 : AF_INET, text.c_str(),
                  bytes.data()) != 1)
        throw std::invalid_argument(text);
    return bytes;
}

// RFC 1071, over an even number of bytes or as if a zero followed.
uint16_t checksum(const Bytes &bytes)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < bytes.size(); i += 2)
        sum += static_cast<uint32_t>(bytes[i] << 8 |
                                     (i + 1 < bytes.size() ? bytes[i + 1] : 0));
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<uint16_t>(~sum);
}

Bytes ipv4(const std::string &src, const std::string &dst, uint8_t protocol,
           const Bytes &payload)
{
    Bytes header{0x45, 0};

    put16(header, static_cast<unsigned>(20 + payload.size()));
    put16(header, 0x1234);
    put16(header, 0x4000);
    put(header, Bytes{64, protocol, 0, 0});
    put(header, address(src));
    put(header, address(dst));
    put(header, payload);
    seal(header);
    return header;
}

Bytes ipv6(const std::string &src, const std::string &dst, uint8_t next,
           const Bytes &payload)
{
    Bytes header{0x60, 0, 0, 0};

    put16(header, static_cast<unsigned>(payload.size()));
    put(header, Bytes{next, 255});
    put(header, address(src));
    put(header, address(dst));
    put(header, payload);
    return header;
}

Bytes letters(size_t count)
{
    Bytes some;

    for (size_t i = 0; i < count; i++)
        some.push_back(static_cast<uint8_t>('a' + i % 26));
    return some;
}

// Fills in the checksum at @offset of @payload over the pseudo header.
void transport_checksum(Bytes &payload, size_t offset, const std::string &src,
                        const std::string &dst, uint8_t protocol)
{
    Bytes pseudo = address(src);

    put(pseudo, address(dst));
    put16(pseudo, 0);
    put16(pseudo, static_cast<unsigned>(payload.size()));
    put(pseudo, Bytes{0, 0, 0, protocol});
    put(pseudo, payload);
    uint16_t sum = checksum(pseudo);
    payload[offset] = static_cast<uint8_t>(sum >> 8);
    payload[offset + 1] = static_cast<uint8_t>(sum);
}

} // namespace

Mac mac(const std::string &text)
{
    Mac bytes{};

    if (text.size() != 17)
        throw std::invalid_argument(text);
    for (size_t i = 0; i < bytes.size(); i++)
        bytes[i] =
            static_cast<uint8_t>(std::stoul(text.substr(i * 3, 2), {}, 16));
    return bytes;
}

Mac mac_of(const Netns &ns, const std::string &device)
{
    std::string out = ns.ok("ip -o link show dev " + device);
    size_t at = out.find("link/ether ");

    if (at == std::string::npos)
        throw std::runtime_error(device + " has no MAC: " + out);
    return mac(out.substr(at + 11, 17));
}

Bytes ethernet(const Mac &dst, const Mac &src, uint16_t type,
               const Bytes &payload)
{
    Bytes frame;

    put(frame, dst);
    put(frame, src);
    put16(frame, type);
    put(frame, payload);
    return frame;
}

void seal(Bytes &packet)
{
    packet[10] = packet[11] = 0;
    uint16_t sum =
        checksum(Bytes(packet.begin(), packet.begin() + (packet[0] & 0xf) * 4));
    packet[10] = static_cast<uint8_t>(sum >> 8);
    packet[11] = static_cast<uint8_t>(sum);
}

Bytes udp(const std::string &src, const std::string &dst, size_t data)
{
    return datagram(src, dst, 40000, 9, letters(data));
}

Bytes tcp(const std::string &src, const std::string &dst, size_t data)
{
    Bytes packet;

    put16(packet, 40000);
    put16(packet, 9);
    // the two numbers; a header of 20 bytes, ACK; window, checksum, urgent
    put(packet, Bytes{0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x10, 1, 0, 0, 0, 0, 0});
    put(packet, letters(data));
    transport_checksum(packet, 16, src, dst, IPPROTO_TCP);
    return is_ipv6(dst) ? ipv6(src, dst, IPPROTO_TCP, packet)
                        : ipv4(src, dst, IPPROTO_TCP, packet);
}

Bytes datagram(const std::string &src, const std::string &dst, uint16_t sport,
               uint16_t dport, const Bytes &payload)
{
    Bytes packet;

    put16(packet, sport);
    put16(packet, dport);
    put16(packet, static_cast<unsigned>(8 + payload.size()));
    put16(packet, 0);
    put(packet, payload);
    transport_checksum(packet, 6, src, dst, IPPROTO_UDP);
    return is_ipv6(dst) ? ipv6(src, dst, IPPROTO_UDP, packet)
                        : ipv4(src, dst, IPPROTO_UDP, packet);
}

Bytes arp(uint16_t op, const Mac &sender_mac, const std::string &sender,
          const Mac &target_mac, const std::string &target)
{
    Bytes packet{0, 1, 8, 0, 6, 4};

    put16(packet, op);
    put(packet, sender_mac);
    put(packet, address(sender));
    put(packet, target_mac);
    put(packet, address(target));
    return packet;
}

Bytes nd(uint8_t type, const std::string &src, const std::string &dst,
         const std::string &target)
{
    Bytes payload{type, 0, 0, 0, 0, 0, 0, 0};

    put(payload, address(target));
    transport_checksum(payload, 2, src, dst, IPPROTO_ICMPV6);
    return ipv6(src, dst, IPPROTO_ICMPV6, payload);
}

Bytes router(const std::string &prefix)
{
    const std::string src = "fe80::1", dst = "ff02::1";
    Bytes payload{134, 0, 0, 0, 64};

    payload.resize(16);
    // prefix information: on link, autonomous, valid for an hour
    put(payload, Bytes{3, 4, 64, 0xc0, 0, 0, 0x0e, 0x10, 0, 0, 0x0e, 0x10});
    payload.resize(32);
    put(payload, address(prefix));
    transport_checksum(payload, 2, src, dst, IPPROTO_ICMPV6);
    return ipv6(src, dst, IPPROTO_ICMPV6, payload);
}

Mac group_mac(const std::string &group)
{
    Bytes bytes = address(group);

    if (is_ipv6(group))
        return {0x33, 0x33, bytes[12], bytes[13], bytes[14], bytes[15]};
    return {0x01,     0x00,    0x5e, static_cast<uint8_t>(bytes[1] & 0x7f),
            bytes[2], bytes[3]};
}

namespace
{

using Clock = std::chrono::steady_clock;

int packet_socket(uint16_t type, unsigned ifindex)
{
    sockaddr_ll to{};

    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(type);
    to.sll_ifindex = static_cast<int>(ifindex);
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, reinterpret_cast<sockaddr *>(&to), sizeof(to)))
        throw std::system_error(errno, std::generic_category(),
                                "packet socket");
    return fd;
}

// How long to wait for a frame, and for one that must not come.
constexpr std::chrono::milliseconds kDeadline{3000};
constexpr std::chrono::milliseconds kMoment{60};

// Of a ring, which has one frame.
constexpr size_t kRing = 4096;

struct Received {
    Bytes frame;
    unsigned ifindex;
};

// The next frame that came in (not one that went out) before @end.
std::optional<Received> receive(int fd, Clock::time_point end)
{
    for (;;) {
        auto left =
            std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        pollfd waiting{fd, POLLIN, 0};
        Received got{Bytes(65536), 0};
        sockaddr_ll from{};
        socklen_t size = sizeof(from);

        if (left.count() < 0 ||
            poll(&waiting, 1, static_cast<int>(left.count())) <= 0)
            return std::nullopt;
        ssize_t len =
            recvfrom(fd, got.frame.data(), got.frame.size(), MSG_DONTWAIT,
                     reinterpret_cast<sockaddr *>(&from), &size);
        if (len < 0 || from.sll_pkttype == PACKET_OUTGOING)
            continue;
        got.frame.resize(static_cast<size_t>(len));
        got.ifindex = static_cast<unsigned>(from.sll_ifindex);
        return got;
    }
}

} // namespace

static_assert(ETH_P_ALL == 3);

RawSocket::RawSocket(const Netns &ns, const std::string &device, uint16_t type)
{
    Inside inside(ns);
    unsigned ifindex = if_nametoindex(device.c_str());

    if (!ifindex)
        throw std::runtime_error("no device " + device);
    fd_ = packet_socket(type, ifindex);
}

RawSocket::~RawSocket()
{
    close(fd_);
}

void RawSocket::bypass_queue(bool on) const
{
    const int value = on;

    setsockopt(fd_, SOL_PACKET, PACKET_QDISC_BYPASS, &value, sizeof(value));
}

bool RawSocket::send(const Bytes &frame) const
{
    return ::send(fd_, frame.data(), frame.size(), 0) ==
           static_cast<ssize_t>(frame.size());
}

size_t RawSocket::send(std::vector<Bytes> &frames) const
{
    std::vector<iovec> parts(frames.size());
    std::vector<mmsghdr> messages(frames.size());
    unsigned at = 0, refused = 0;

    for (size_t i = 0; i < frames.size(); i++) {
        parts[i] = {frames[i].data(), frames[i].size()};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    // it ends at the first that is refused
    while (at < frames.size()) {
        const int taken = sendmmsg(
            fd_, &messages[at], static_cast<unsigned>(frames.size()) - at, 0);

        refused += taken <= 0;
        at += taken <= 0 ? 1 : static_cast<unsigned>(taken);
    }
    return at - refused;
}

bool RawSocket::sees(const Bytes &frame, int ms) const
{
    return sees([&](const Bytes &got) { return got == frame; }, ms);
}

bool RawSocket::sees(const std::function<bool(const Bytes &)> &wanted,
                     int ms) const
{
    auto end = Clock::now() + std::chrono::milliseconds(ms);

    while (auto got = receive(fd_, end))
        if (wanted(got->frame))
            return true;
    return false;
}

PromisingSocket::PromisingSocket(const Netns &ns, const std::string &device)
    : RawSocket(ns, device, 0)
{
    const int on = 1;

    if (setsockopt(fd_, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)))
        throw std::system_error(errno, std::generic_category(), device);
}

bool PromisingSocket::send(VirtualHeader header, Bytes frame) const
{
    std::array<iovec, 2> parts{
        {{&header, sizeof(header)}, {frame.data(), frame.size()}}};

    return writev(fd_, parts.data(), parts.size()) > 0;
}

RingSocket::RingSocket(const Netns &ns, const std::string &device)
    : RawSocket(ns, device, 0)
{
    const int version = TPACKET_V2;
    const tpacket_req ring{kRing, 1, kRing, 1};

    if (setsockopt(fd_, SOL_PACKET, PACKET_VERSION, &version,
                   sizeof(version)) ||
        setsockopt(fd_, SOL_PACKET, PACKET_TX_RING, &ring, sizeof(ring)))
        throw std::system_error(errno, std::generic_category(), device);
    memory_ = mmap(nullptr, kRing, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
    if (memory_ == MAP_FAILED)
        throw std::system_error(errno, std::generic_category(), device);
}

RingSocket::~RingSocket()
{
    munmap(memory_, kRing);
}

uint8_t *RingSocket::send(const Bytes &frame) const
{
    auto *header = static_cast<tpacket2_hdr *>(memory_);
    auto *data =
        static_cast<uint8_t *>(memory_) + TPACKET2_HDRLEN - sizeof(sockaddr_ll);

    std::copy(frame.begin(), frame.end(), data);
    header->tp_len = static_cast<uint32_t>(frame.size());
    header->tp_status = TP_STATUS_SEND_REQUEST;
    if (::send(fd_, nullptr, 0, MSG_DONTWAIT) < 0)
        throw std::system_error(errno, std::generic_category(), "packet ring");
    return data;
}

StackWatch::StackWatch(const Netns &ns, uint16_t type) : ns_(ns)
{
    Inside inside(ns);

    fd_ = packet_socket(type, 0);
}

StackWatch::~StackWatch()
{
    close(fd_);
}

std::set<std::string>
StackWatch::keepers(const Bytes &frame,
                    const std::set<std::string> &expected) const
{
    Inside inside(ns_);
    std::set<std::string> names;
    auto now = Clock::now();
    auto end = now + (expected.empty() ? kMoment : kDeadline);

    while (auto got = receive(fd_, end)) {
        std::array<char, IF_NAMESIZE> name{};

        if (got->frame != frame || !if_indextoname(got->ifindex, name.data()))
            continue;
        names.insert(name.data());
        if (names == expected)
            end = Clock::now() + kMoment;
    }
    return names;
}

} // namespace e2e
