/* SPDX-License-Identifier: GPL-2.0-only */
/* mac.c: which child has a MAC address.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_MAC_H
#define _VIRT_MAC_H

#include <linux/etherdevice.h>

#include "virt.h"

/* Why a child has a MAC address. */
enum virt_mac_kind {
	VIRT_MAC_OWN,		/* it is that of its device */
	VIRT_MAC_LISTED,	/* a device on top asks for it */
	VIRT_MAC_LEARNT,	/* frames came from it through the child */
};

/**
 * virt_mac_key() - a MAC address as a number
 * @addr: the address, at any alignment; two more bytes can be read behind it,
 *	as in an Ethernet header and in the address of a device
 *
 * Return: as ether_addr_to_u64(), which needs no bytes behind the address.
 */
static inline u64 virt_mac_key(const u8 *addr)
{
	return get_unaligned_be64(addr) >> 16;
}

/**
 * virt_mac_find_rcu() - find the entry of a MAC address
 * @port: where to look
 * @key: the address as a number
 *
 * Context: RCU read side, in any form, or the table's lock.
 * Return: the entry, expired or not, or NULL.
 */
static inline struct virt_mac *
virt_mac_find_rcu(const struct virt_port *port, u64 key)
{
	const struct virt_buckets *buckets;
	struct virt_table_node *node;
	struct virt_mac *mac;

	buckets = rcu_dereference_check(port->macs.buckets,
					rcu_read_lock_bh_held() ||
					lockdep_is_held(&port->macs.lock));
	virt_table_for_each_rcu(node, buckets,
				virt_hash(&port->macs.seed, key)) {
		mac = container_of(node, struct virt_mac, node);
		if (mac->key == key)
			return mac;
	}
	return NULL;
}

struct virt_dev *virt_mac_lookup_rcu(const struct virt_port *port,
				     const u8 *addr);
bool virt_mac_sends_here_rcu(const struct virt_port *port, const u8 *addr);
bool virt_mac_in_use(const struct virt_port *port, const u8 *addr);
int virt_mac_add(struct virt_dev *vdev, const u8 *addr,
		 enum virt_mac_kind kind);
void virt_mac_del(struct virt_dev *vdev, const u8 *addr,
		  enum virt_mac_kind kind);
void virt_mac_learn(struct virt_dev *vdev, const u8 *addr);
void virt_mac_sync_list(struct virt_dev *vdev);
void virt_mac_flush_extra(struct virt_dev *vdev);
void virt_mac_flush(struct virt_dev *vdev);
int virt_mac_derive(struct virt_dev *vdev, u8 *addr);

#endif /* _VIRT_MAC_H */
