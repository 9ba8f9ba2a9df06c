/* SPDX-License-Identifier: GPL-2.0-only */
/* What module/claim.h must answer, written once more: a packet is taken apart,
 * a header at a time, and what is left in the end is judged.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_FUZZ_CLAIM_REFERENCE_HPP
#define _VIRT_FUZZ_CLAIM_REFERENCE_HPP

#include "reference.hpp"

#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

namespace virt::fuzz
{

/** The addresses that a sender says to have, of 4 or 16 bytes. */
using Claims = std::vector<std::vector<std::uint8_t>>;

/** Takes @size bytes off the front; nullopt if there are fewer. */
inline std::optional<Packet> take_bytes(Packet &packet, std::size_t size)
{
    if (packet.size() < size) {
        return std::nullopt;
    }
    const Packet front = packet.first(size);
    packet = packet.subspan(size);
    return front;
}

template <class Address>
void claim(Claims &claims, const Address &address)
{
    auto bytes = address_bytes(address);
    if (bytes != std::vector<std::uint8_t>(sizeof(address))) {
        claims.push_back(std::move(bytes));
    }
}

inline bool is_mac(const std::uint8_t *bytes, const ether_addr &mac)
{
    return std::equal(bytes, bytes + ETH_ALEN, mac.ether_addr_octet);
}

/** RFC 826; RFC 5227: a probe has no sender, and asks for its target. */
inline std::optional<Claims> arp_claims(Packet packet, const ether_addr &mac)
{
    const auto arp = take<ether_arp>(packet);
    if (!arp || ntohs(arp->arp_hrd) != ARPHRD_ETHER ||
        ntohs(arp->arp_pro) != ETHERTYPE_IP || arp->arp_hln != ETH_ALEN ||
        arp->arp_pln != 4 || !is_mac(arp->arp_sha, mac)) {
        return std::nullopt;
    }
    Claims claims;
    claim(claims, arp->arp_spa);
    if (claims.empty()) {
        claim(claims, arp->arp_tpa);
    }
    return claims;
}

/** Whether a datagram is for another port than that of the DHCP clients. */
inline bool is_for_no_client(Packet packet, unsigned client)
{
    const auto udp = take<udphdr>(packet);
    return udp && ntohs(udp->dest) != client;
}

/** RFC 791. */
inline std::optional<Claims> ip4_claims(Packet packet)
{
    const auto ip = take<iphdr>(packet);
    if (!ip || ip->version != 4 || ip->ihl < 5 ||
        !take_bytes(packet, (ip->ihl - 5U) * 4)) {
        return std::nullopt;
    }
    if (ip->protocol == IPPROTO_UDP &&
        (ntohs(ip->frag_off) & IP_OFFMASK) == 0 &&
        !is_for_no_client(packet, 68)) {
        return std::nullopt;
    }
    Claims claims;
    claim(claims, ip->saddr);
    return claims;
}

/** What IPv6 brings, behind some of its headers. */
struct Payload {
    /** Of the next header; IPPROTO_NONE: of no use alone. */
    unsigned protocol;
    /** As far as they are there, padding included. */
    Packet bytes;
    /** How many of the last bytes are padding. */
    std::size_t padding = 0;
    /** Whether it says that it is the first part of something. */
    bool fragment = false;
};

/** Without padding; nullopt if it began there. */
inline std::optional<Payload> trimmed(Payload payload)
{
    if (payload.bytes.size() < payload.padding) {
        return std::nullopt;
    }
    payload.bytes = payload.bytes.first(payload.bytes.size() - payload.padding);
    payload.padding = 0;
    return payload;
}

inline std::optional<Payload> behind_fragment_header(Payload payload)
{
    const auto header = take<ip6_frag>(payload.bytes);
    if (!header) {
        return std::nullopt;
    }
    if ((header->ip6f_offlg & IP6F_OFF_MASK) != 0) {
        payload.protocol = IPPROTO_NONE;
        return payload;
    }
    payload.protocol = header->ip6f_nxt;
    payload.fragment = true;
    // Others may bring what stands where the padding is.
    return trimmed(payload);
}

/** @unit: what the length of such headers counts, beyond 8 bytes. */
inline std::optional<Payload> behind_extension(Payload payload, unsigned unit)
{
    Packet peek = payload.bytes;
    const auto header = take<ip6_ext>(peek);
    if (!header || !take_bytes(payload.bytes, 8 + header->ip6e_len * unit)) {
        return std::nullopt;
    }
    payload.protocol = header->ip6e_nxt;
    return payload;
}

/** RFC 8200: what stands behind all extension headers. */
inline std::optional<Payload> behind_headers(std::optional<Payload> payload)
{
    while (payload) {
        switch (payload->protocol) {
        case IPPROTO_HOPOPTS:
        case IPPROTO_ROUTING:
        case IPPROTO_DSTOPTS:
            payload = behind_extension(*payload, 8);
            break;
        case IPPROTO_AH: // RFC 4302
            payload = behind_extension(*payload, 4);
            break;
        case IPPROTO_FRAGMENT:
            payload = behind_fragment_header(*payload);
            break;
        default:
            return payload;
        }
    }
    return std::nullopt;
}

/** RFC 4861: what is said of link-layer addresses is said of one's own. */
inline bool options_are_own(Packet packet, const ether_addr &mac)
{
    while (!packet.empty()) {
        const auto header = take<nd_opt_hdr>(packet);
        if (!header || header->nd_opt_len == 0) {
            return false;
        }
        const auto value = take_bytes(packet, header->nd_opt_len * 8U - 2);
        if (!value) {
            return false;
        }
        const bool link = header->nd_opt_type == ND_OPT_SOURCE_LINKADDR ||
                          header->nd_opt_type == ND_OPT_TARGET_LINKADDR;
        if (link &&
            (value->size() != ETH_ALEN || !is_mac(value->data(), mac))) {
            return false;
        }
    }
    return true;
}

/** Whether a host may send it; @claims has the source, and gets the target. */
inline bool is_discovery_honest(Packet packet, const ether_addr &mac,
                                Claims &claims)
{
    if (packet[0] == ND_ROUTER_SOLICIT) {
        return take<nd_router_solicit>(packet) && options_are_own(packet, mac);
    }
    // Solicitations and advertisements begin alike.
    const auto message = take<nd_neighbor_advert>(packet);
    if (!message) {
        return false;
    }
    // RFC 4862: who has no address yet asks whether it may have the target.
    if (message->nd_na_type == ND_NEIGHBOR_ADVERT || claims.empty()) {
        claim(claims, message->nd_na_target);
    }
    return options_are_own(packet, mac);
}

/** @whole: up to the last byte of what was sent. */
inline bool is_icmp6_honest(Packet packet, bool whole, const ether_addr &mac,
                            Claims &claims)
{
    if (packet.empty()) {
        return false;
    }
    switch (packet[0]) {
    case ND_ROUTER_ADVERT:
    case ND_REDIRECT:
        return false;
    case ND_ROUTER_SOLICIT:
    case ND_NEIGHBOR_SOLICIT:
    case ND_NEIGHBOR_ADVERT:
        return whole && is_discovery_honest(packet, mac, claims);
    default:
        return true;
    }
}

inline std::optional<Claims> ip6_claims(Packet packet, const ether_addr &mac)
{
    const auto ip = take<ip6_hdr>(packet);
    if (!ip || ip->ip6_vfc >> 4 != 6) {
        return std::nullopt;
    }
    Claims claims;
    claim(claims, ip->ip6_src);
    const std::size_t length = ntohs(ip->ip6_plen);
    const std::size_t padding = packet.size() - std::min(packet.size(), length);
    const auto payload = behind_headers(Payload{ip->ip6_nxt, packet, padding});
    if (!payload) {
        return std::nullopt;
    }
    if (payload->protocol == IPPROTO_UDP &&
        !is_for_no_client(payload->bytes, 546)) {
        return std::nullopt;
    }
    if (payload->protocol == IPPROTO_ICMPV6) {
        // RFC 6980: neighbour discovery comes in one piece.
        const bool whole = !payload->fragment && packet.size() >= length;
        const auto icmp = trimmed(*payload);
        if (!icmp || !is_icmp6_honest(icmp->bytes, whole, mac, claims)) {
            return std::nullopt;
        }
    }
    return claims;
}

/** What a frame claims; nullopt for what no mere host may send. */
inline std::optional<Claims> claims_of(unsigned ethertype, Packet packet,
                                       const ether_addr &mac)
{
    switch (ethertype) {
    case ETHERTYPE_ARP:
        return arp_claims(packet, mac);
    case ETHERTYPE_IP:
        return ip4_claims(packet);
    case ETHERTYPE_IPV6:
        return ip6_claims(packet, mac);
    default:
        return std::nullopt;
    }
}

} // namespace virt::fuzz

#endif // _VIRT_FUZZ_CLAIM_REFERENCE_HPP
