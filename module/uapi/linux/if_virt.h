/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* rtnetlink attributes of the link kind "virt".
 *
 * Copyright (C) The virt authors
 */
#ifndef _LINUX_IF_VIRT_H
#define _LINUX_IF_VIRT_H

#include <linux/types.h>

/* How a child gets its frames. The words are those of `ip link ... mode`. */
enum virt_mode {
	VIRT_MODE_SHARE,	/* by IP address, under the parent's MAC */
	VIRT_MODE_STEAL,	/* everything that the parent receives */
	VIRT_MODE_MAC,		/* by a MAC address of its own */
	VIRT_MODE_TUNNEL,	/* in UDP datagrams of a peer */
	__VIRT_MODE_MAX,
};

#define VIRT_MODE_MAX	(__VIRT_MODE_MAX - 1)

/* Which ARP and neighbour requests reach a child. */
enum virt_arp {
	VIRT_ARP_OWN,		/* those for its addresses */
	VIRT_ARP_ALL,		/* and those for addresses of no child */
	__VIRT_ARP_MAX,
};

#define VIRT_ARP_MAX	(__VIRT_ARP_MAX - 1)

/* Whether a child is held to what its parent's side gave it. */
enum virt_guard {
	VIRT_GUARD_AUTO,	/* if its namespace has another user namespace
				 * than the parent's
				 */
	VIRT_GUARD_ON,
	VIRT_GUARD_OFF,
	__VIRT_GUARD_MAX,
};

#define VIRT_GUARD_MAX	(__VIRT_GUARD_MAX - 1)

/** struct virt_prefix - addresses that have the first bits in common */
struct virt_prefix {
	/** @family: 4 or 6 */
	__u8 family;

	/** @length: bits that count, to 32 or 128 */
	__u8 length;

	/** @reserved: zero */
	__u8 reserved[2];

	/** @addr: network byte order; IPv4 in the first four */
	__u8 addr[16];
};

/* Prefixes in IFLA_VIRT_ALLOW. */
#define VIRT_ALLOW_MAX	32

/* What a datagram of a tunnel holds. */
enum virt_payload {
	VIRT_PAYLOAD_ETHER,	/* a frame from its destination MAC on */
	VIRT_PAYLOAD_IP,	/* an IPv4 or IPv6 packet */
	__VIRT_PAYLOAD_MAX,
};

#define VIRT_PAYLOAD_MAX	(__VIRT_PAYLOAD_MAX - 1)

/* How a tunnel sends. */
enum virt_txmode {
	VIRT_TXMODE_UDP,	/* like any other UDP socket */
	VIRT_TXMODE_NETPOLL,	/* past the IP output path and its firewall */
	__VIRT_TXMODE_MAX,
};

#define VIRT_TXMODE_MAX	(__VIRT_TXMODE_MAX - 1)

/* How a tunnel receives. */
enum virt_rxmode {
	VIRT_RXMODE_UDP,	/* like any other UDP socket */
	VIRT_RXMODE_FILTER,	/* past the IP input path and its firewall */
	__VIRT_RXMODE_MAX,
};

#define VIRT_RXMODE_MAX	(__VIRT_RXMODE_MAX - 1)

/* May routers fragment the datagrams of a tunnel. */
enum virt_df {
	VIRT_DF_UNSET,		/* yes, and so may we */
	VIRT_DF_SET,		/* no */
	VIRT_DF_INHERIT,	/* as the packet inside says */
	__VIRT_DF_MAX,
};

#define VIRT_DF_MAX	(__VIRT_DF_MAX - 1)

/* The source port of a tunnel's datagrams. */
enum virt_sport {
	VIRT_SPORT_FIXED,	/* the port on which it listens */
	VIRT_SPORT_HASH,	/* one for each flow inside */
	__VIRT_SPORT_MAX,
};

#define VIRT_SPORT_MAX	(__VIRT_SPORT_MAX - 1)

enum {
	/* of IFLA_VIRT_TTL and IFLA_VIRT_TOS: as in the packet inside */
	VIRT_INHERIT = 256,

	/* in IFLA_VIRT_FILTER instead of an ethertype: ARP, and ICMP, TCP and
	 * UDP in IPv4, which is what ktunnel sends
	 */
	VIRT_FILTER_KTUNNEL = 1,

	/* ethertypes in IFLA_VIRT_FILTER */
	VIRT_FILTER_MAX = 16,
};

/* IFLA_INFO_DATA */
enum {
	IFLA_VIRT_UNSPEC,
	IFLA_VIRT_MODE,		/* u8, enum virt_mode */
	IFLA_VIRT_SUSPENDED,	/* u32, read only: addresses without frames, for
				 * the parent took them or allow has them not
				 */
	IFLA_VIRT_HOST,		/* u8, 1: the parent's host and it can talk */
	IFLA_VIRT_ISOLATE,	/* u8, 1: its siblings and it cannot */
	IFLA_VIRT_FLOOD,	/* u8, 1: promiscuous in mode mac, it gets
				 * frames for unknown MAC addresses
				 */
	IFLA_VIRT_ARP,		/* u8, enum virt_arp */
	IFLA_VIRT_BCLIM,	/* u32, of the port: with more receivers than
				 * this a group frame goes through a queue
				 */
	IFLA_VIRT_GUARD,	/* u8, enum virt_guard */
	IFLA_VIRT_ALLOW,	/* struct virt_prefix each: its addresses may
				 * be of these alone; empty: any
				 */
	/* Of mode tunnel; an address is 4 or 16 bytes. */
	IFLA_VIRT_REMOTE,	/* address of the peer */
	IFLA_VIRT_LOCAL,	/* address of our own, zeros: any */
	IFLA_VIRT_PORT,		/* u32, UDP port of our own */
	IFLA_VIRT_RPORT,	/* u32, of the peer; none: the same */
	IFLA_VIRT_DEV,		/* u32, ifindex below; 0: as routed */
	IFLA_VIRT_PAYLOAD,	/* u8, enum virt_payload; cannot change */
	IFLA_VIRT_TX,		/* u8, enum virt_txmode */
	IFLA_VIRT_RX,		/* u8, enum virt_rxmode */
	IFLA_VIRT_KEEPALIVE,	/* u32, seconds; 0: none */
	IFLA_VIRT_ANY,		/* u8, 1: silence always counts as loss */
	IFLA_VIRT_TTL,		/* u32, 1 to 255 or VIRT_INHERIT */
	IFLA_VIRT_TOS,		/* u32, 0 to 255 or VIRT_INHERIT */
	IFLA_VIRT_DF,		/* u8, enum virt_df */
	IFLA_VIRT_UDPCSUM,	/* u8, 1: datagrams have a checksum */
	IFLA_VIRT_FILTER,	/* u16 each, ethertypes sent; none: all */
	IFLA_VIRT_STRICT,	/* u8, 1: the peer's port must be right too */
	IFLA_VIRT_LEARN,	/* address, and a byte of bits that count: the
				 * peer may be any inside; empty: not learnt
				 */
	IFLA_VIRT_HOLD,		/* u32, seconds of silence before another */
	IFLA_VIRT_SPORT,	/* u8, enum virt_sport */
	IFLA_VIRT_MARK,		/* u32, of the datagrams */
	IFLA_VIRT_PEER,		/* read only: address of the learnt peer */
	IFLA_VIRT_PEER_PORT,	/* u32, read only: its port */
	IFLA_VIRT_SEEN,		/* u32, read only: ms since it was heard */
	IFLA_VIRT_RTT,		/* u32, read only: us to it and back */
	IFLA_VIRT_LOSS,		/* u32, read only: of 1000 keepalives */
	__IFLA_VIRT_MAX,
};

#define IFLA_VIRT_MAX	(__IFLA_VIRT_MAX - 1)

/* IFLA_INFO_XSTATS: one u64 attribute for each cause of a lost frame, and for
 * events that users look for in the same place; what is 0 is left out. The
 * name that they see is the constant without its prefix, in lower case.
 */
enum virt_stat {
	VIRT_STAT_PAD,
	VIRT_STAT_RX_DOWN,	/* the child is not up */
	VIRT_STAT_RX_NOMEM,	/* no memory for a private copy */
	VIRT_STAT_TX_PARENT,	/* the parent refused or dropped it */
	VIRT_STAT_ADDR_SUSPENDED, /* the parent took an address over */
	VIRT_STAT_TX_SHORT,	/* no whole Ethernet header */
	VIRT_STAT_TX_ISOLATED,	/* to a sibling or host kept away from */
	VIRT_STAT_TX_LOCAL,	/* the sibling or host did not take it */
	VIRT_STAT_TX_NOMEM,	/* no memory for a private copy */
	VIRT_STAT_BC_OVERFLOW,	/* of the port: its group queue was full */
	VIRT_STAT_RX_BACKLOG,	/* the stack of the child was too slow */
	VIRT_STAT_ADDR_REFUSED,	/* an IP or MAC address gets no frames */
	VIRT_STAT_TX_GUARD,	/* not in its own name */
	VIRT_STAT_RX_SHORT,	/* no whole header in the datagram */
	VIRT_STAT_RX_BAD_SRC,	/* of its socket: from nobody's peer */
	VIRT_STAT_RX_LOOP,	/* our own frame came back */
	VIRT_STAT_RX_ECN,	/* congestion that the inside cannot tell */
	VIRT_STAT_RX_FILTER,	/* payload ip: neither IPv4 nor IPv6 */
	VIRT_STAT_TX_NO_ROUTE,	/* none to the peer */
	VIRT_STAT_TX_NO_PEER,	/* none is learnt yet */
	VIRT_STAT_TX_LOOP,	/* the way to the peer is the tunnel itself */
	VIRT_STAT_TX_TOO_BIG,	/* for the path, and not to be fragmented */
	VIRT_STAT_TX_FILTER,	/* not of the ethertypes to send */
	VIRT_STAT_PEER_LOST,	/* times that it fell silent */
	VIRT_STAT_PEER_LEARNT,	/* times that a new one was learnt */
	VIRT_STAT_PEER_ERROR,	/* ICMP said that it did not get something */
	__VIRT_STAT_MAX,
};

#define VIRT_STAT_MAX	(__VIRT_STAT_MAX - 1)

#endif /* _LINUX_IF_VIRT_H */
