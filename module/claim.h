/* SPDX-License-Identifier: GPL-2.0-only */
/* What a frame says about its sender: bytes in, claimed addresses out.
 *
 * Pure, as demux.h is: the unit tests and the fuzzers compile this very file.
 * @net is the frame from its network header on. Whoever guards a network must
 * not be led past the check, so what cannot be read is bad.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_CLAIM_H
#define _VIRT_CLAIM_H

#include "demux.h"

enum virt_claim_limits {
	/* headers and neighbour discovery options that fit in here pass */
	VIRT_CLAIM_BYTES = 256,

	/* the source, and what ARP or neighbour discovery says */
	VIRT_CLAIM_KEYS = 2,
};

/** struct virt_claims - the addresses that a sender says to have */
struct virt_claims {
	/** @count: of @keys */
	unsigned int count;

	/** @keys: the addresses */
	struct virt_demux_key keys[VIRT_CLAIM_KEYS];

	/** @end: of what was looked at, in bytes from the network header */
	unsigned int end;
};

enum virt_claim_wire {
	VIRT_CLAIM_IP_SRC = 12,
	VIRT_CLAIM_UDP_PORTS = 4,
	VIRT_CLAIM_ARP_MAC = 8,
	VIRT_CLAIM_IP6_LEN = 4,
	VIRT_CLAIM_IP6_SRC = 8,

	VIRT_CLAIM_IP6_HOP = 0,
	VIRT_CLAIM_IP6_ROUTING = 43,
	VIRT_CLAIM_IP6_FRAGMENT = 44,
	VIRT_CLAIM_IP6_AUTH = 51,
	VIRT_CLAIM_IP6_OPTIONS = 60,

	VIRT_CLAIM_DHCP6_CLIENT = 546,

	VIRT_CLAIM_ND_RS = 133,
	VIRT_CLAIM_ND_RA = 134,
	VIRT_CLAIM_ND_REDIRECT = 137,
	VIRT_CLAIM_ND_SOURCE_MAC = 1,
	VIRT_CLAIM_ND_TARGET_MAC = 2,
};

static inline unsigned int virt_claim_u16(const __u8 *at)
{
	return at[0] << 8 | at[1];
}

static inline int virt_claim_is_zero(const __u8 *at, unsigned int len)
{
	while (len--)
		if (*at++)
			return 0;
	return 1;
}

/* The unspecified address claims nothing. */
static inline void virt_claim_add4(const __u8 *at, struct virt_claims *claims)
{
	if (!virt_claim_is_zero(at, 4))
		virt_demux_owner4(at, &claims->keys[claims->count++]);
}

static inline void virt_claim_add6(const __u8 *at, struct virt_claims *claims)
{
	if (!virt_claim_is_zero(at, 16))
		virt_demux_owner6(at, &claims->keys[claims->count++]);
}

/* Only servers send to the ports of DHCP clients. */
static inline int virt_claim_udp(const __u8 *udp, unsigned int len,
				 unsigned int client)
{
	return len >= 8 && virt_claim_u16(udp + 2) != client;
}

/* A probe claims its target. */
static inline int virt_claim_arp(const __u8 *net, unsigned int len,
				 const __u8 *mac, struct virt_claims *claims)
{
	static const __u8 ethernet_ip[6] = { 0, 1, 8, 0, 6, 4 };

	if (len < VIRT_DEMUX_ARP_LEN || memcmp(net, ethernet_ip, 6) ||
	    memcmp(net + VIRT_CLAIM_ARP_MAC, mac, 6))
		return 0;
	claims->end = VIRT_DEMUX_ARP_LEN;
	virt_claim_add4(net + VIRT_DEMUX_ARP_SENDER, claims);
	if (!claims->count)
		virt_claim_add4(net + VIRT_DEMUX_ARP_TARGET, claims);
	return 1;
}

static inline int virt_claim_ip4(const __u8 *net, unsigned int len,
				 struct virt_claims *claims)
{
	unsigned int header;

	if (len < VIRT_DEMUX_IP_LEN || net[0] >> 4 != 4)
		return 0;
	header = (net[0] & 0xf) * 4;
	if (header < VIRT_DEMUX_IP_LEN || len < header)
		return 0;
	claims->end = header;
	virt_claim_add4(net + VIRT_CLAIM_IP_SRC, claims);
	/* later fragments are of no use without the first */
	if (net[VIRT_DEMUX_IP_PROTOCOL] != VIRT_DEMUX_IP_UDP ||
	    net[VIRT_DEMUX_IP_FRAGMENT] & 0x1f ||
	    net[VIRT_DEMUX_IP_FRAGMENT + 1])
		return 1;
	claims->end += VIRT_CLAIM_UDP_PORTS;
	return virt_claim_udp(net + header, len - header,
			      VIRT_DEMUX_DHCP_CLIENT);
}

/* Link-layer options must name the MAC address that sends. */
static inline int virt_claim_nd_options(const __u8 *at, unsigned int len,
					const __u8 *mac)
{
	unsigned int size;

	for (; len; at += size, len -= size) {
		if (len < 8 || !at[1])
			return 0;
		size = at[1] * 8;
		if (size > len)
			return 0;
		if ((at[0] == VIRT_CLAIM_ND_SOURCE_MAC ||
		     at[0] == VIRT_CLAIM_ND_TARGET_MAC) &&
		    (size != 8 || memcmp(at + 2, mac, 6)))
			return 0;
	}
	return 1;
}

/* @icmp is whole: @len ends with the packet. */
static inline int virt_claim_nd(const __u8 *icmp, unsigned int len,
				const __u8 *mac, struct virt_claims *claims)
{
	unsigned int options = icmp[0] == VIRT_CLAIM_ND_RS ? 8 : 24;

	if (len < options)
		return 0;
	/* a solicitation without a source is duplicate detection */
	if (icmp[0] == VIRT_DEMUX_ND_ADVERT ||
	    (icmp[0] == VIRT_DEMUX_ND_SOLICIT && !claims->count))
		virt_claim_add6(icmp + 8, claims);
	return virt_claim_nd_options(icmp + options, len - options, mac);
}

static inline int virt_claim_icmp6(const __u8 *icmp, unsigned int len,
				   int whole, const __u8 *mac,
				   struct virt_claims *claims)
{
	if (!len)
		return 0;
	switch (icmp[0]) {
	case VIRT_CLAIM_ND_RA:
	case VIRT_CLAIM_ND_REDIRECT:
		return 0;
	case VIRT_CLAIM_ND_RS:
	case VIRT_DEMUX_ND_SOLICIT:
	case VIRT_DEMUX_ND_ADVERT:
		/* RFC 6980: never in fragments */
		claims->end += len;
		return whole && virt_claim_nd(icmp, len, mac, claims);
	default:
		claims->end++;
		return 1;
	}
}

/* Past the extension headers, behind which router advertisements hide. */
static inline int virt_claim_ip6(const __u8 *net, unsigned int len,
				 const __u8 *mac, struct virt_claims *claims)
{
	unsigned int at = VIRT_DEMUX_IP6_LEN, size, end;
	int fragment = 0;
	__u8 next;

	if (len < at || net[0] >> 4 != 6)
		return 0;
	end = at + virt_claim_u16(net + VIRT_CLAIM_IP6_LEN);
	virt_claim_add6(net + VIRT_CLAIM_IP6_SRC, claims);
	next = net[VIRT_DEMUX_IP6_NEXT];
	for (;;) {
		claims->end = at;
		switch (next) {
		case VIRT_CLAIM_IP6_HOP:
		case VIRT_CLAIM_IP6_ROUTING:
		case VIRT_CLAIM_IP6_OPTIONS:
		case VIRT_CLAIM_IP6_FRAGMENT:
		case VIRT_CLAIM_IP6_AUTH:
			break;
		case VIRT_DEMUX_IP_UDP:
			claims->end += VIRT_CLAIM_UDP_PORTS;
			return virt_claim_udp(net + at, len - at,
					      VIRT_CLAIM_DHCP6_CLIENT);
		case VIRT_DEMUX_IP6_ICMP:
			if (end < at)
				return 0;
			return virt_claim_icmp6(net + at,
						(end < len ? end : len) - at,
						!fragment && end <= len, mac,
						claims);
		default:
			return 1;
		}
		if (len < at + 8)
			return 0;
		size = (net[at + 1] + 1) * 8;
		if (next == VIRT_CLAIM_IP6_AUTH)
			size = (net[at + 1] + 2) * 4;
		if (next == VIRT_CLAIM_IP6_FRAGMENT) {
			size = 8;
			fragment = 1;
			claims->end += size;
			/* later fragments are of no use without the first */
			if (virt_claim_u16(net + at + 2) & 0xfff8)
				return 1;
			/* receivers read theirs where this one has padding */
			if (end < len)
				len = end;
		}
		next = net[at];
		at += size;
		if (at > len)
			return 0;
	}
}

/**
 * virt_claim_read() - read what a host says about itself
 * @proto: ethertype, host byte order
 * @net: the frame from its network header on
 * @len: bytes that may be read at @net; VIRT_CLAIM_BYTES are enough
 * @mac: the frame's source MAC address
 * @claims: the addresses that must be the sender's
 *
 * Return: false for what no mere host may send: a protocol other than ARP,
 * IPv4 and IPv6, a router's or DHCP server's message, somebody else's MAC
 * address in ARP or neighbour discovery, or a frame that cannot be read.
 */
static inline int virt_claim_read(unsigned int proto, const __u8 *net,
				  unsigned int len, const __u8 *mac,
				  struct virt_claims *claims)
{
	claims->count = 0;
	switch (proto) {
	case VIRT_DEMUX_PROTO_ARP:
		return virt_claim_arp(net, len, mac, claims);
	case VIRT_DEMUX_PROTO_IP:
		return virt_claim_ip4(net, len, claims);
	case VIRT_DEMUX_PROTO_IPV6:
		return virt_claim_ip6(net, len, mac, claims);
	default:
		return 0;
	}
}

#endif /* _VIRT_CLAIM_H */
