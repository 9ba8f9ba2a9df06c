/* SPDX-License-Identifier: GPL-2.0-only */
/* The objects of the module and who may touch what.
 *
 * A port hangs off a parent as its rx_handler_data while the parent has
 * children. A child is a net_device with a struct virt_dev as its private
 * part. RTNL serialises every change; the data path reads under RCU.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_VIRT_H
#define _VIRT_VIRT_H

#include <linux/bitmap.h>
#include <linux/idr.h>
#include <linux/if_virt.h>
#include <linux/netdevice.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

#include "compat/compat.h"

#define VIRT_KIND "virt"

enum virt_limits {
	VIRT_ADDR_HASH_BITS = 8,
	VIRT_MC_FILTER_BITS = 8,
};

/** struct virt_conf - what a user can set, by netlink or module parameter */
struct virt_conf {
	/** @mode: how the child gets its frames */
	enum virt_mode mode;
};

/** struct virt_pcpu_stats - traffic of one child on one CPU */
struct virt_pcpu_stats {
	/** @rx_packets: frames given to the child's stack */
	u64_stats_t rx_packets;

	/** @rx_bytes: their bytes, Ethernet header included */
	u64_stats_t rx_bytes;

	/** @rx_multicast: those of @rx_packets sent to a group or to all */
	u64_stats_t rx_multicast;

	/** @tx_packets: frames that the parent accepted */
	u64_stats_t tx_packets;

	/** @tx_bytes: their bytes, Ethernet header included */
	u64_stats_t tx_bytes;

	/** @syncp: lets 32-bit readers see whole values */
	struct u64_stats_sync syncp;
};

/** struct virt_port - our state on a parent */
struct virt_port {
	/** @steal: the child in mode steal, or NULL; RCU, set under RTNL */
	struct virt_dev __rcu *steal;

	/** @addrs: addresses of the children, see addr.c; RCU, @addr_lock */
	struct hlist_head addrs[1 << VIRT_ADDR_HASH_BITS];

	/** @children: all of them, published; RCU, changed under RTNL */
	struct list_head children;

	/** @dev: the parent; it outlives the port */
	struct net_device *dev;

	/** @addr_lock: taken to change @addrs, in any context */
	spinlock_t addr_lock;

	/** @dev_ids: tells link-local addresses under one MAC apart; RTNL */
	struct ida dev_ids;

	/** @users: children and creators that hold the port; RTNL */
	unsigned int users;

	/** @id: names the port in the object ledger */
	u32 id;
};

/** struct virt_dev - a child, the private part of its net_device */
struct virt_dev {
	/** @dev: the child's own net_device */
	struct net_device *dev;

	/** @parent: the NIC below; held from ndo_init to the destructor */
	struct net_device *parent;

	/** @stats: traffic per CPU; freed by the destructor */
	struct virt_pcpu_stats __percpu *stats;

	/** @mc_filter: hashed groups that the child listens to; bits may be
	 * read while they change
	 */
	DECLARE_BITMAP(mc_filter, 1 << VIRT_MC_FILTER_BITS);

	/** @drops: lost frames by cause, enum virt_stat */
	atomic64_t drops[__VIRT_STAT_MAX];

	/** @port: the parent's port; held from ndo_init to ndo_uninit */
	struct virt_port *port;

	/** @node: in @port's children while @published */
	struct list_head node;

	/** @parent_ref: the reference to @parent */
	struct virt_compat_tracker parent_ref;

	/** @conf: the settings in force; RTNL */
	struct virt_conf conf;

	/** @published: frames may find the child; RTNL */
	bool published;

	/** @mtu_set: the user chose an MTU: it no longer follows; RTNL */
	bool mtu_set;

	/** @allmulti: we hold the parent's allmulti count; RTNL */
	bool allmulti;

	/** @promisc: we hold the parent's promiscuity count; RTNL */
	bool promisc;

	/** @id: names the child in the object ledger */
	u32 id;
};

#endif /* _VIRT_VIRT_H */
