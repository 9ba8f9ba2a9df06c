/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the headers of a frame are; pure. Nothing here trusts a length that a
 * packet claims.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_PACKET_HPP
#define _VIRTPEER_PACKET_HPP

#include <cstddef>
#include <cstdint>
#include <span>

namespace virt::peer
{

using Frame = std::span<const std::uint8_t>;
using MutableFrame = std::span<std::uint8_t>;

/** Bytes of the longest frame: an IP packet, a header and a VLAN tag. */
constexpr int kSnapLength = 65535 + 18;

/** What a datagram carries. */
enum class Payload { Ether, Ip };

/** Big endian, at bytes that the caller knows to be there. */
std::uint16_t get16(Frame bytes, std::size_t at);
std::uint32_t get32(Frame bytes, std::size_t at);
void put16(MutableFrame bytes, std::size_t at, std::uint16_t value);
void put32(MutableFrame bytes, std::size_t at, std::uint32_t value);

enum EtherType : unsigned {
    kTypeIp = 0x0800,
    kTypeArp = 0x0806,
    kTypeVlan = 0x8100,
    kTypeIp6 = 0x86dd,
    kTypeQinq = 0x88a8,
};

enum Protocol : std::uint8_t {
    kIcmp = 1,
    kTcp = 6,
    kUdp = 17,
    kIp6Fragment = 44,
    kIcmp6 = 58,
};

struct Layers {
    /** Ethertype behind the VLAN tags; 0: not even that fits. */
    unsigned type = 0;
    /** Offset of what follows the link header. */
    std::size_t network = 0;
    /** Offset of the transport header: a whole IP header without further
     *  fragments or IPv6 extensions comes before it. 0: there is none.
     */
    std::size_t transport = 0;
    /** Where the IP packet ends; the padding of the frame follows. */
    std::size_t end = 0;
    std::uint8_t protocol = 0;

    bool operator==(const Layers &) const = default;
};

Layers layers_of(Frame frame, Payload payload);

/** Bytes of a TCP header with options; 0: it does not fit into the packet. */
std::size_t tcp_header(Frame frame, const Layers &layers);

/** Both addresses of an IP packet, 8 or 32 bytes; none: no whole header. */
Frame addresses_of(Frame frame, const Layers &layers);

/** The same number for all packets of a flow, in both directions. */
std::uint32_t flow_hash(Frame frame, const Layers &layers);

} // namespace virt::peer

#endif // _VIRTPEER_PACKET_HPP
