/* SPDX-License-Identifier: GPL-2.0-only */
/* Which address decides about a frame: bytes in, key out.
 *
 * Pure: no skb, no kernel header but types, so that the unit tests and the
 * fuzzers compile this very file. @net is the frame from its network header
 * on. Everything is read through memcpy(): the bytes may be unaligned.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_DEMUX_H
#define _VIRT_DEMUX_H

#ifdef __KERNEL__
#include <linux/string.h>
#include <linux/types.h>
#else
#include <string.h>
#include <linux/types.h>
#endif

enum virt_demux_limits {
	/* IPv6 header, then neighbour discovery up to its target */
	VIRT_DEMUX_BYTES = 40 + 24,

	/* IPv4 header with options, UDP, BOOTP up to its transaction id */
	VIRT_DEMUX_DHCP_BYTES = 60 + 8 + 8,
};

/* What the key stands for. */
enum virt_demux_verdict {
	/* no address decides: the group filters do, or the parent keeps it */
	VIRT_DEMUX_NONE,

	/* the owner of the key alone */
	VIRT_DEMUX_OWNER,

	/* an ARP reply to the owner of the key: see virt_rx_handle_frame() */
	VIRT_DEMUX_ANSWER,

	/* duplicate detection and announcements: everybody must hear them */
	VIRT_DEMUX_EVERYBODY,
};

/** struct virt_demux_key - an IPv4 or IPv6 address */
struct virt_demux_key {
	/** @family: 4 or 6 */
	__u8 family;

	/** @addr: network byte order; IPv4 in the first word alone */
	__be32 addr[4];
};

/* Offsets and values of the protocols that are looked into. */
enum virt_demux_wire {
	VIRT_DEMUX_PROTO_IP = 0x0800,
	VIRT_DEMUX_PROTO_ARP = 0x0806,
	VIRT_DEMUX_PROTO_IPV6 = 0x86dd,

	VIRT_DEMUX_IP_FRAGMENT = 6,
	VIRT_DEMUX_IP_PROTOCOL = 9,
	VIRT_DEMUX_IP_UDP = 17,
	VIRT_DEMUX_IP_DST = 16,
	VIRT_DEMUX_IP_LEN = 20,

	VIRT_DEMUX_ARP_OP = 6,
	VIRT_DEMUX_ARP_SENDER = 14,
	VIRT_DEMUX_ARP_TARGET = 24,
	VIRT_DEMUX_ARP_LEN = 28,

	VIRT_DEMUX_IP6_NEXT = 6,
	VIRT_DEMUX_IP6_DST = 24,
	VIRT_DEMUX_IP6_LEN = 40,
	VIRT_DEMUX_IP6_ICMP = 58,

	VIRT_DEMUX_DHCP_SERVER = 67,
	VIRT_DEMUX_DHCP_CLIENT = 68,

	VIRT_DEMUX_ND_SOLICIT = 135,
	VIRT_DEMUX_ND_ADVERT = 136,
	VIRT_DEMUX_ND_TARGET = VIRT_DEMUX_IP6_LEN + 8,
};

static inline enum virt_demux_verdict
virt_demux_owner4(const __u8 *addr, struct virt_demux_key *key)
{
	key->family = 4;
	memcpy(&key->addr[0], addr, 4);
	return VIRT_DEMUX_OWNER;
}

static inline enum virt_demux_verdict
virt_demux_owner6(const __u8 *addr, struct virt_demux_key *key)
{
	key->family = 6;
	memcpy(key->addr, addr, 16);
	return VIRT_DEMUX_OWNER;
}

/**
 * virt_demux_ip_target() - the address that an IPv4 packet is for
 * @net: the packet, VIRT_DEMUX_IP_LEN bytes of it
 *
 * Return: the address.
 */
static inline __be32 virt_demux_ip_target(const __u8 *net)
{
	__be32 ip;

	memcpy(&ip, net + VIRT_DEMUX_IP_DST, sizeof(ip));
	return ip;
}

/* RFC 826 over Ethernet and IPv4 only. RFC 5227 wants probes, their answers
 * and announcements to reach every host.
 */
static inline enum virt_demux_verdict
virt_demux_arp(const __u8 *net, unsigned int len, struct virt_demux_key *key)
{
	static const __u8 ethernet_ip[6] = { 0, 1, 8, 0, 6, 4 };
	static const __u8 nobody[4] = { 0 };
	static const __u8 reply[2] = { 0, 2 };

	if (len < VIRT_DEMUX_ARP_LEN || memcmp(net, ethernet_ip, 6))
		return VIRT_DEMUX_NONE;
	if (!memcmp(net + VIRT_DEMUX_ARP_SENDER, nobody, 4) ||
	    !memcmp(net + VIRT_DEMUX_ARP_TARGET, nobody, 4) ||
	    !memcmp(net + VIRT_DEMUX_ARP_TARGET,
		    net + VIRT_DEMUX_ARP_SENDER, 4))
		return VIRT_DEMUX_EVERYBODY;
	virt_demux_owner4(net + VIRT_DEMUX_ARP_TARGET, key);
	return memcmp(net + VIRT_DEMUX_ARP_OP, reply, 2) ? VIRT_DEMUX_OWNER :
							   VIRT_DEMUX_ANSWER;
}

/* To a group: only neighbour discovery names one host. An advertisement to
 * a group is unsolicited.
 */
static inline enum virt_demux_verdict
virt_demux_group6(const __u8 *net, unsigned int len,
		  struct virt_demux_key *key)
{
	if (net[VIRT_DEMUX_IP6_NEXT] != VIRT_DEMUX_IP6_ICMP ||
	    len < VIRT_DEMUX_BYTES)
		return VIRT_DEMUX_NONE;
	switch (net[VIRT_DEMUX_IP6_LEN]) {
	case VIRT_DEMUX_ND_SOLICIT:
		return virt_demux_owner6(net + VIRT_DEMUX_ND_TARGET, key);
	case VIRT_DEMUX_ND_ADVERT:
		return VIRT_DEMUX_EVERYBODY;
	default:
		return VIRT_DEMUX_NONE;
	}
}

/**
 * virt_demux() - find the address that decides who gets a frame
 * @proto: ethertype, host byte order
 * @net: the frame from its network header on
 * @len: bytes that may be read at @net; VIRT_DEMUX_BYTES are enough
 * @key: the address, written only for VIRT_DEMUX_OWNER and VIRT_DEMUX_ANSWER
 *
 * A frame too short for its protocol has no deciding address. Whether its
 * destination MAC is a group is the caller's knowledge: an IPv4 group or
 * broadcast address is returned like any other and has no owner.
 *
 * Return: what to do with the frame.
 */
static inline enum virt_demux_verdict
virt_demux(unsigned int proto, const __u8 *net, unsigned int len,
	   struct virt_demux_key *key)
{
	switch (proto) {
	case VIRT_DEMUX_PROTO_IP:
		if (len < VIRT_DEMUX_IP_LEN)
			return VIRT_DEMUX_NONE;
		return virt_demux_owner4(net + VIRT_DEMUX_IP_DST, key);
	case VIRT_DEMUX_PROTO_IPV6:
		if (len < VIRT_DEMUX_IP6_LEN)
			return VIRT_DEMUX_NONE;
		if (net[VIRT_DEMUX_IP6_DST] == 0xff)
			return virt_demux_group6(net, len, key);
		return virt_demux_owner6(net + VIRT_DEMUX_IP6_DST, key);
	case VIRT_DEMUX_PROTO_ARP:
		return virt_demux_arp(net, len, key);
	default:
		return VIRT_DEMUX_NONE;
	}
}

/**
 * virt_demux_dhcp() - read the transaction id of a DHCP message over IPv4
 * @net: the packet from its IPv4 header on
 * @len: bytes that may be read at @net; VIRT_DEMUX_DHCP_BYTES are enough
 * @source: the port it comes from: VIRT_DEMUX_DHCP_CLIENT or _SERVER; it must
 *	go to the other one
 * @xid: the id, written only if there is one
 *
 * Return: true if this is such a message, and no fragment.
 */
static inline int virt_demux_dhcp(const __u8 *net, unsigned int len,
				  unsigned int source, __be32 *xid)
{
	unsigned int target = VIRT_DEMUX_DHCP_SERVER + VIRT_DEMUX_DHCP_CLIENT -
			      source;
	const __u8 ports[4] = { 0, (__u8)source, 0, (__u8)target };
	unsigned int header;

	if (len < VIRT_DEMUX_IP_LEN || net[0] >> 4 != 4 ||
	    net[VIRT_DEMUX_IP_PROTOCOL] != VIRT_DEMUX_IP_UDP)
		return 0;
	if (net[VIRT_DEMUX_IP_FRAGMENT] & 0x3f ||
	    net[VIRT_DEMUX_IP_FRAGMENT + 1])
		return 0;
	header = (net[0] & 0xf) * 4;
	if (header < VIRT_DEMUX_IP_LEN || len < header + 16 ||
	    memcmp(net + header, ports, 4))
		return 0;
	memcpy(xid, net + header + 12, 4);
	return 1;
}

#endif /* _VIRT_DEMUX_H */
