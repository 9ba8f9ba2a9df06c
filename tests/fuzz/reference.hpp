/* SPDX-License-Identifier: GPL-2.0-only */
/* What module/demux.h must answer, written once more: by the structures of the
 * libc and slices that are checked, not by offsets.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_FUZZ_REFERENCE_HPP
#define _VIRT_FUZZ_REFERENCE_HPP

#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

namespace virt::fuzz
{

enum class Owner { None, Owner, Answer, Everybody };

struct Decision {
    Owner owner = Owner::None;
    /** 4 or 16 bytes; empty: no address decides. */
    std::vector<std::uint8_t> address{};

    bool operator==(const Decision &) const = default;
};

using Packet = std::span<const std::uint8_t>;

/** Takes a structure off the front; nullopt if there are too few bytes. */
template <class Header>
std::optional<Header> take(Packet &packet)
{
    if (packet.size() < sizeof(Header)) {
        return std::nullopt;
    }
    Header header;
    std::memcpy(&header, packet.data(), sizeof(header));
    packet = packet.subspan(sizeof(header));
    return header;
}

template <class Address>
std::vector<std::uint8_t> address_bytes(const Address &address)
{
    std::vector<std::uint8_t> bytes(sizeof(address));
    std::memcpy(bytes.data(), &address, sizeof(address));
    return bytes;
}

inline Decision decide_arp(Packet packet)
{
    const auto arp = take<ether_arp>(packet);
    if (!arp || ntohs(arp->arp_hrd) != ARPHRD_ETHER ||
        ntohs(arp->arp_pro) != ETHERTYPE_IP || arp->arp_hln != 6 ||
        arp->arp_pln != 4) {
        return {};
    }
    const auto sender = address_bytes(arp->arp_spa);
    const auto target = address_bytes(arp->arp_tpa);
    const std::vector<std::uint8_t> nobody(4);
    if (sender == nobody || target == nobody || sender == target) {
        return {Owner::Everybody};
    }
    return {ntohs(arp->arp_op) == ARPOP_REPLY ? Owner::Answer : Owner::Owner,
            target};
}

inline Decision decide_ipv6(Packet packet)
{
    const auto ip = take<ip6_hdr>(packet);
    if (!ip) {
        return {};
    }
    if (!IN6_IS_ADDR_MULTICAST(&ip->ip6_dst)) {
        return {Owner::Owner, address_bytes(ip->ip6_dst)};
    }
    // Solicitations and advertisements begin alike.
    const auto discovery = take<nd_neighbor_solicit>(packet);
    if (ip->ip6_nxt != IPPROTO_ICMPV6 || !discovery) {
        return {};
    }
    switch (discovery->nd_ns_type) {
    case ND_NEIGHBOR_SOLICIT:
        return {Owner::Owner, address_bytes(discovery->nd_ns_target)};
    case ND_NEIGHBOR_ADVERT:
        return {Owner::Everybody};
    default:
        return {};
    }
}

/** Who a packet is for, by the rules of mode share. */
inline Decision decide(unsigned ethertype, Packet packet)
{
    if (ethertype == ETHERTYPE_ARP) {
        return decide_arp(packet);
    }
    if (ethertype == ETHERTYPE_IPV6) {
        return decide_ipv6(packet);
    }
    if (ethertype == ETHERTYPE_IP) {
        if (const auto ip = take<iphdr>(packet)) {
            return {Owner::Owner, address_bytes(ip->daddr)};
        }
    }
    return {};
}

/** The transaction of a DHCP message from a port to the other one. */
inline std::optional<std::uint32_t> dhcp_transaction(Packet packet,
                                                     unsigned source)
{
    struct Bootp {
        std::uint8_t op, htype, hlen, hops;
        std::uint32_t xid;
    };
    const auto ip = take<iphdr>(packet);
    if (!ip || ip->version != 4 || ip->protocol != IPPROTO_UDP ||
        (ntohs(ip->frag_off) & (IP_MF | IP_OFFMASK)) != 0 || ip->ihl < 5) {
        return std::nullopt;
    }
    const std::size_t options = (ip->ihl - 5U) * 4;
    if (packet.size() < options) {
        return std::nullopt;
    }
    packet = packet.subspan(options);
    const auto udp = take<udphdr>(packet);
    const auto bootp = take<Bootp>(packet);
    if (!udp || !bootp || ntohs(udp->source) != source ||
        ntohs(udp->dest) != 67 + 68 - source) {
        return std::nullopt;
    }
    return bootp->xid;
}

} // namespace virt::fuzz

#endif // _VIRT_FUZZ_REFERENCE_HPP
