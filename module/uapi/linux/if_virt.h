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
	__IFLA_VIRT_MAX,
};

#define IFLA_VIRT_MAX	(__IFLA_VIRT_MAX - 1)

/* IFLA_INFO_XSTATS: one u64 attribute for each cause of a lost frame, and for
 * events that users look for in the same place. The name that they see is the
 * constant without its prefix, in lower case.
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
	__VIRT_STAT_MAX,
};

#define VIRT_STAT_MAX	(__VIRT_STAT_MAX - 1)

#endif /* _LINUX_IF_VIRT_H */
