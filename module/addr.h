/* SPDX-License-Identifier: GPL-2.0-only */
/* addr.c: which child owns an IP address.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_ADDR_H
#define _VIRT_ADDR_H

#include "demux.h"
#include "virt.h"

struct netlink_ext_ack;

/** struct virt_addr - one address of one child */
struct virt_addr {
	/** @node: in the port's table; RCU, the table's lock */
	struct virt_table_node node;

	/** @key: the address */
	struct virt_demux_key key;

	/** @taken: the parent has it too, and gets the frames; the table's
	 * lock
	 */
	bool taken;

	/** @forbidden: the guard's list does not have it; the table's lock */
	bool forbidden;

	/** @match: @key in short, or VIRT_ADDR_SUSPENDED if @taken or
	 * @forbidden; the table's lock, read without
	 */
	u64 match;

	/** @vdev: the child; it flushes its addresses before it goes */
	struct virt_dev *vdev;

	/** @own: in the child's list; the table's lock */
	struct list_head own;

	/** @rcu: frees the entry after its last reader */
	struct rcu_head rcu;
};

#define VIRT_ADDR_SUSPENDED U64_MAX

static inline u64 virt_addr_match4(__be32 ip)
{
	return (__force u32)ip;
}

static inline struct virt_addr *virt_addr_of(struct virt_table_node *node)
{
	return container_of(node, struct virt_addr, node);
}

/**
 * virt_addr_find4_rcu() - find the entry of an IPv4 address
 * @port: where to look
 * @ip: the address
 *
 * That of the owner, inline for the frames that are most.
 *
 * Context: RCU read side.
 * Return: the entry, or NULL.
 */
static inline const struct virt_addr *
virt_addr_find4_rcu(const struct virt_port *port, __be32 ip)
{
	const struct virt_buckets *buckets;
	u64 match = virt_addr_match4(ip);
	const struct virt_addr *addr;
	struct virt_table_node *node;

	buckets = rcu_dereference(port->addrs.buckets);
	virt_table_for_each_rcu(node, buckets,
				virt_hash(&port->addrs.seed, match)) {
		addr = virt_addr_of(node);
		if (addr->match == match)
			return addr;
	}
	return NULL;
}

struct virt_dev *virt_addr_lookup_rcu(const struct virt_port *port,
				      const struct virt_demux_key *key);
void virt_addr_flush(struct virt_dev *vdev);
void virt_addr_check_allowed(struct virt_dev *vdev);
int virt_addr_check_share(struct virt_dev *vdev,
			  struct netlink_ext_ack *extack);
unsigned int virt_addr_count_suspended(const struct virt_dev *vdev);
int virt_addr_init(void);
void virt_addr_exit(void);

#endif /* _VIRT_ADDR_H */
