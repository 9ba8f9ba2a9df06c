// SPDX-License-Identifier: GPL-2.0-only
// Frames as byte strings: built field by field, sent and received raw.
//
// Copyright (C) The virt authors
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "shell.hpp"

namespace e2e
{

using Bytes = std::vector<uint8_t>;
using Mac = std::array<uint8_t, 6>;

inline constexpr Mac kBroadcast{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
inline constexpr uint16_t kIpv4 = 0x0800;
inline constexpr uint16_t kArp = 0x0806;
inline constexpr uint16_t kIpv6 = 0x86dd;

// "02:00:00:00:00:01" to six bytes.
Mac mac(const std::string &text);

// The MAC of a device, read in its namespace.
Mac mac_of(const Netns &ns, const std::string &device);

// dst, src, type, payload; not padded.
Bytes ethernet(const Mac &dst, const Mac &src, uint16_t type,
               const Bytes &payload);

// A UDP datagram to port 9 in IPv4 or IPv6 (told by the addresses' form),
// checksums right; @data bytes of payload.
Bytes udp(const std::string &src, const std::string &dst, size_t data = 18);

// The same with TCP, of a connection that nobody has.
Bytes tcp(const std::string &src, const std::string &dst, size_t data);

// A UDP datagram in IPv4 or IPv6, checksums right.
Bytes datagram(const std::string &src, const std::string &dst, uint16_t sport,
               uint16_t dport, const Bytes &payload);

// Makes the header checksum of a changed IPv4 packet right.
void seal(Bytes &packet);

// An ARP request (1) or reply (2) over Ethernet and IPv4.
Bytes arp(uint16_t op, const Mac &sender_mac, const std::string &sender,
          const Mac &target_mac, const std::string &target);

// A neighbour solicitation (135) or advertisement (136) for @target.
Bytes nd(uint8_t type, const std::string &src, const std::string &dst,
         const std::string &target);

// A router advertisement that lets hosts make addresses under @prefix, a /64.
Bytes router(const std::string &prefix);

// The multicast MAC of an IPv4 or IPv6 group.
Mac group_mac(const std::string &group);

// A raw socket on one device: sends whole frames into it, and sees every
// frame that it receives, also those that its receive handler takes away.
class RawSocket
{
public:
    // Receives all, or one @type.
    RawSocket(const Netns &ns, const std::string &device, uint16_t type = 3);
    RawSocket(const RawSocket &) = delete;
    RawSocket &operator=(const RawSocket &) = delete;
    ~RawSocket();

    // Sends past the queue of the device from now on, or through it.
    void bypass_queue(bool on = true) const;

    // False with errno set if the kernel refuses.
    bool send(const Bytes &frame) const;

    // Many in one system call; how many of them the kernel took.
    size_t send(std::vector<Bytes> &frames) const;

    // True if exactly @frame arrives within @ms; others are skipped.
    bool sees(const Bytes &frame, int ms) const;

    // The same for the first frame that is @wanted.
    bool sees(const std::function<bool(const Bytes &)> &wanted, int ms) const;

protected:
    int fd_ = -1;
};

// struct virtio_net_hdr, which C++ does not take.
struct VirtualHeader {
    uint8_t flags{}, gso_type{};
    uint16_t hdr_len{}, gso_size{}, csum_start{}, csum_offset{};
};

// A raw socket that says of each frame what is still to be cut and summed: any
// of it may be a lie. It receives nothing.
class PromisingSocket : private RawSocket
{
public:
    PromisingSocket(const Netns &ns, const std::string &device);
    using RawSocket::bypass_queue;

    // False with errno set if the kernel refuses.
    bool send(VirtualHeader header, Bytes frame) const;
};

// A raw socket that sends one frame at a time out of memory that it shares with
// the kernel, where it stays the sender's to write.
class RingSocket : private RawSocket
{
public:
    RingSocket(const Netns &ns, const std::string &device);
    ~RingSocket();

    // Hands over a frame, and returns where it is.
    uint8_t *send(const Bytes &frame) const;

private:
    void *memory_;
};

// Watches what the stack of a namespace keeps of one ethertype, after the
// receive handlers, and on which device.
class StackWatch
{
public:
    StackWatch(const Netns &ns, uint16_t type);
    StackWatch(const StackWatch &) = delete;
    StackWatch &operator=(const StackWatch &) = delete;
    ~StackWatch();

    // The devices on which exactly @frame arrives: waits up to three seconds
    // for all of @expected, and a moment longer for others.
    std::set<std::string> keepers(const Bytes &frame,
                                  const std::set<std::string> &expected) const;

private:
    const Netns &ns_;
    int fd_ = -1;
};

} // namespace e2e
