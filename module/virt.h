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
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

#include "compat/compat.h"
#include "compat/egress.h"
#include "table.h"

#define VIRT_KIND "virt"

enum virt_limits {
	VIRT_MC_FILTER_BITS = 8,
	VIRT_BC_SENDER_BITS = 6,
	VIRT_BCLIM_DEFAULT = 8,
	VIRT_DHCP_SLOTS = 64,
};

/* What a port counts its children by. */
enum virt_counted {
	VIRT_COUNTED_SHARE = BIT(0),
	VIRT_COUNTED_MAC = BIT(1),
	VIRT_COUNTED_FLOOD = BIT(2),
	VIRT_COUNTED_HEARER = BIT(3),
};

/* Why a child's frames to the wire do not go straight to the parent. */
enum virt_detour {
	/* it is in another namespace */
	VIRT_DETOUR_FAR = BIT(0),

	/* the parent has our hook */
	VIRT_DETOUR_HOOK = BIT(1),

	/* a sibling has MAC addresses */
	VIRT_DETOUR_SIBLINGS = BIT(2),

	/* a bridge sends through it */
	VIRT_DETOUR_LEARN = BIT(3),

	/* the guard looks at what it sends */
	VIRT_DETOUR_GUARD = BIT(4),

	/* the kernel may send by it while interrupts are off */
	VIRT_DETOUR_NETPOLL = BIT(5),
};

/** struct virt_conf - what a user can set, by netlink or module parameter */
struct virt_conf {
	/** @mode: how the child gets its frames */
	enum virt_mode mode;

	/** @guard: whether it keeps to its own MAC address */
	enum virt_guard guard;

	/** @arp: which ARP and neighbour requests it hears */
	enum virt_arp arp;

	/** @host: it and the parent's own host reach each other */
	bool host;

	/** @isolate: it and its siblings do not */
	bool isolate;

	/** @flood: promiscuous, it hears frames for unknown MAC addresses */
	bool flood;
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

/** struct virt_dhcp - a DHCP transaction of a child, see dhcp.c */
struct virt_dhcp {
	/** @vdev: the child, NULL for none; it clears this before it goes */
	struct virt_dev *vdev;

	/** @since: jiffies of its last request */
	unsigned long since;

	/** @xid: transaction id */
	__be32 xid;
};

/** struct virt_mac - one MAC address of one child */
struct virt_mac {
	/** @node: in the port's table; RCU, the table's lock */
	struct virt_table_node node;

	/** @key: the address as a number */
	u64 key;

	/** @kind: enum virt_mac_kind; the table's lock */
	u8 kind;

	/** @stale: not seen yet in the walk over the device's list */
	bool stale;

	/** @seen: when a learnt address last sent, in steps of mac.c */
	u32 seen;

	/** @vdev: the child; it flushes its addresses before it goes */
	struct virt_dev *vdev;

	union {
		/** @own: in the child's list; the table's lock */
		struct list_head own;

		/** @rcu: frees the entry after its last reader, when it is in
		 * no list any more
		 */
		struct rcu_head rcu;
	};
};

/** struct virt_port - our state on a parent */
struct virt_port {
	/** @steal: the child in mode steal, or NULL; RCU, set under RTNL */
	struct virt_dev __rcu *steal;

	/** @addrs: of the children, see addr.c */
	struct virt_table addrs;

	/** @macs: of the children, see mac.c */
	struct virt_table macs;

	/** @children: all of them, published; RCU, changed under RTNL */
	struct list_head children;

	/** @nr_children: how many; RTNL, read without */
	unsigned int nr_children;

	/** @crowd: a child has siblings with MAC addresses; RTNL */
	bool crowd;

	/** @shared: @nr_shares is not 0; RTNL, read without */
	bool shared;

	/** @mac_key: the parent's MAC address; RTNL, read without */
	u64 mac_key;

	/** @nr_shares: how many in mode share; RTNL */
	unsigned int nr_shares;

	/** @nr_macs: how many in mode mac; RTNL, read without */
	unsigned int nr_macs;

	/** @nr_floods: how many with conf.flood; RTNL, read without */
	unsigned int nr_floods;

	/** @nr_hearers: how many hear the parent's host; RTNL */
	unsigned int nr_hearers;

	/** @hooked: @egress is attached; RTNL */
	bool hooked;

	/** @dhcp_until: jiffies until when @dhcp has something, 0 for never */
	unsigned long dhcp_until;

	/** @bclim: receivers of a group frame that are served at once; RTNL,
	 * read without
	 */
	unsigned int bclim;

	/** @dev: the parent; it outlives the port */
	struct net_device *dev;

	/** @egress: sees what the host sends, see hook.c; RTNL */
	struct virt_compat_egress egress;

	/** @dev_ids: tells link-local addresses under one MAC apart; RTNL */
	struct ida dev_ids;

	/** @users: children and creators that hold the port; RTNL */
	unsigned int users;

	/** @id: names the port in the object ledger */
	u32 id;

	/** @tidy: does what a notifier cannot, see port.c */
	struct delayed_work tidy;

	/** @bc_queue: group frames for many, see group.c */
	struct sk_buff_head bc_queue;

	/** @bc_counts: of frames in @bc_queue by sender; its lock */
	u16 bc_counts[1 << VIRT_BC_SENDER_BITS];

	/** @bc_work: serves @bc_queue */
	struct work_struct bc_work;

	/** @bc_overflow: frames that found no room in @bc_queue */
	atomic64_t bc_overflow;

	/** @dhcp: transactions of children; @dhcp_lock */
	struct virt_dhcp dhcp[VIRT_DHCP_SLOTS];

	/** @dhcp_lock: of @dhcp */
	spinlock_t dhcp_lock;
};

/** struct virt_dev - a child, the private part of its net_device */
struct virt_dev {
	/** @dev: the child's own net_device */
	struct net_device *dev;

	/** @parent: the NIC below; held from ndo_init to ndo_uninit,
	 * then the loopback device
	 */
	struct net_device *parent;

	/** @stats: traffic per CPU; freed by the destructor */
	struct virt_pcpu_stats __percpu *stats;

	/** @plain: up, and in the parent's namespace: nothing is to be done to
	 * frames that change hands; RTNL, read without
	 */
	bool plain;

	/** @plain_share: @plain, and in mode share */
	bool plain_share;

	/** @detours: enum virt_detour; RTNL, read without */
	u8 detours;

	/** @host_key: the MAC address of its host, which is the parent's, or
	 * no address where the two do not speak; RTNL, read without
	 */
	u64 host_key;

	/** @mac: the MAC address that it has by right: bonding and others write
	 * their own into the net_device, and ask nobody; RTNL, read without
	 */
	u8 mac[ETH_ALEN] __aligned(2);

	/** @port: the parent's port; held from ndo_init to ndo_uninit */
	struct virt_port *port;

	/** @conf: the settings in force; RTNL, read without */
	struct virt_conf conf;

	/** @allow: its addresses, see guard.c; RCU, changed under RTNL */
	struct virt_allow __rcu *allow;

	/** @netpoll: the parent's, while the child has one; RTNL, read
	 * without
	 */
	struct netpoll *netpoll;

	/** @has_upper: a device stands on it that is no tunnel; RTNL, read
	 * without
	 */
	bool has_upper;

	/** @counted: how the port counts it, enum virt_counted; RTNL */
	u8 counted;

	/** @mc_filter: hashed groups that the child listens to; bits may be
	 * read while they change
	 */
	DECLARE_BITMAP(mc_filter, 1 << VIRT_MC_FILTER_BITS);

	/** @addrs: its entries in @port's table, under that table's lock */
	struct list_head addrs;

	/** @nr_addrs: how many; under the same lock, read without */
	unsigned int nr_addrs;

	/** @macs: its entries in @port's table, under that table's lock */
	struct list_head macs;

	/** @first_mac: the first entry of our own address, which is not made
	 * anew for every child; used once, for readers may linger
	 */
	struct virt_mac first_mac;

	/** @learnt: how many of @macs are; under the same lock */
	unsigned int learnt;

	/** @listed: how many of @macs are; under the same lock */
	unsigned int listed;

	/** @node: in @port's children while @published */
	struct list_head node;

	/** @parent_ref: the reference to @parent */
	struct virt_compat_tracker parent_ref;

	/** @dev_id: for the device, unless it has a MAC address of its own */
	u16 dev_id;

	/** @published: frames may find the child; RTNL */
	bool published;

	/** @guarded: conf.guard is in force; RTNL, read without */
	bool guarded;

	/** @watched: the guard looks at what it sends; RTNL */
	bool watched;

	/** @mac_set: the user chose the MAC address; RTNL */
	bool mac_set;

	/** @mac_listed: the parent's list has our MAC address; RTNL */
	bool mac_listed;

	/** @mtu_set: the user chose an MTU: it no longer follows; RTNL */
	bool mtu_set;

	/** @allmulti: we hold the parent's allmulti count; RTNL */
	bool allmulti;

	/** @promisc: we hold the parent's promiscuity count; RTNL */
	bool promisc;

	/** @lists_paused: the parent is between two namespaces and its lists
	 * are not to be touched; address lock of the device, RTNL
	 */
	bool lists_paused;

	/** @id: names the child in the object ledger */
	u32 id;

	/** @drops: lost frames by cause, enum virt_stat, the first not 0 if
	 * another is not; the only thing here that a frame writes
	 */
	atomic64_t drops[__VIRT_STAT_MAX];
};

/* What frames to one host read is on no cache line that other frames write,
 * and they write none: they are counted per CPU. Alignment is the allocator's.
 */
#define VIRT_APART(type, written, read) \
	static_assert(offsetof(type, written) - offsetofend(type, read) >= 64)

VIRT_APART(struct virt_dev, drops, netpoll);
VIRT_APART(struct virt_port, bc_queue, dev);

/* Without RTNL the mode may change under the reader's eyes. */
static inline enum virt_mode virt_dev_mode(const struct virt_dev *vdev)
{
	return READ_ONCE(vdev->conf.mode);
}

/* A guarded child may listen to everything in vain. */
static inline bool virt_dev_is_promisc(const struct virt_dev *vdev)
{
	return vdev->dev->flags & IFF_PROMISC && !READ_ONCE(vdev->guarded);
}

static inline bool virt_dev_crosses_netns(const struct virt_dev *vdev)
{
	return !net_eq(dev_net(vdev->dev), dev_net(vdev->parent));
}

/* In another namespace, or under a VRF, bridge or bond: what the parent's host
 * and this child say to each other does not run over the loopback device.
 */
static inline bool virt_dev_is_far(const struct virt_dev *vdev)
{
	return READ_ONCE(vdev->has_upper) || virt_dev_crosses_netns(vdev);
}

static inline bool virt_dev_hears_host(const struct virt_dev *vdev)
{
	return READ_ONCE(vdev->conf.host) &&
	       virt_dev_mode(vdev) != VIRT_MODE_STEAL &&
	       virt_dev_is_far(vdev);
}

#endif /* _VIRT_VIRT_H */
