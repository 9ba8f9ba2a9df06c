// SPDX-License-Identifier: GPL-2.0-only
/* Which child has a MAC address: its own, those that devices on top of it ask
 * for, and those that it was seen to send from while it was promiscuous.
 *
 * Learnt ones are bounded in number and forgotten when silent. Changes take
 * the table's lock, for learning happens in softirq; lookups run under RCU.
 *
 * Copyright (C) The virt authors
 */
#include "mac.h"

#include <linux/etherdevice.h>
#include <linux/jiffies.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "stats.h"
#include "virt.h"

enum virt_mac_limits {
	VIRT_MAC_LEARNT_MAX = 256,
	VIRT_MAC_LISTED_MAX = 256,
	VIRT_MAC_LEARNT_SECONDS = 300,
	VIRT_MAC_CANDIDATES = 64,
};

/* In steps of 16 jiffies: 32 bits of them are years. */
static u32 virt_mac_now(void)
{
	u64 now = get_jiffies_64();

	return now >> 4;
}

static bool virt_mac_is_silent(const struct virt_mac *mac, u32 seconds)
{
	u32 steps = (seconds * HZ >> 4) + 1;

	return virt_mac_now() - READ_ONCE(mac->seen) > steps;
}

static bool virt_mac_expired(const struct virt_mac *mac)
{
	return mac->kind == VIRT_MAC_LEARNT &&
	       virt_mac_is_silent(mac, VIRT_MAC_LEARNT_SECONDS);
}

/**
 * virt_mac_lookup_rcu() - find the child that has a MAC address
 * @port: where to look
 * @addr: the address, at any alignment
 *
 * Context: RCU read side.
 * Return: the child, or NULL.
 */
struct virt_dev *virt_mac_lookup_rcu(const struct virt_port *port,
				     const u8 *addr)
{
	const struct virt_mac *mac;

	mac = virt_mac_find_rcu(port, ether_addr_to_u64(addr));
	return mac && !virt_mac_expired(mac) ? mac->vdev : NULL;
}

/**
 * virt_mac_sends_here_rcu() - does a frame with this source come from a child
 * @port: where to look
 * @addr: the source, at any alignment
 *
 * A learnt address that was silent here moved to the wire: it is forgotten.
 *
 * Context: BH off, RCU read side.
 * Return: true if a child sent the frame, or its echo.
 */
bool virt_mac_sends_here_rcu(const struct virt_port *port, const u8 *addr)
{
	const struct virt_mac *mac;

	mac = virt_mac_find_rcu(port, ether_addr_to_u64(addr));
	if (!mac)
		return false;
	if (mac->kind != VIRT_MAC_LEARNT || !virt_mac_is_silent(mac, 1))
		return true;
	virt_mac_del(mac->vdev, addr, VIRT_MAC_LEARNT);
	return false;
}

/**
 * virt_mac_in_use() - has a child this MAC address for good
 * @port: where to look
 * @addr: the address
 *
 * Context: Process, RTNL held.
 * Return: true unless it is free, or only learnt.
 */
bool virt_mac_in_use(const struct virt_port *port, const u8 *addr)
{
	const struct virt_mac *mac;
	bool used;

	rcu_read_lock();
	mac = virt_mac_find_rcu(port, ether_addr_to_u64(addr));
	used = mac && mac->kind != VIRT_MAC_LEARNT;
	rcu_read_unlock();
	return used;
}

static void virt_mac_unlink(struct virt_mac *mac)
{
	struct virt_dev *vdev = mac->vdev;

	if (mac->kind == VIRT_MAC_LEARNT)
		vdev->learnt--;
	if (mac->kind == VIRT_MAC_LISTED)
		vdev->listed--;
	virt_table_del(&vdev->port->macs, &mac->node);
	list_del(&mac->own);
	if (mac != &vdev->first_mac)
		kfree_rcu(mac, rcu);
}

static struct virt_mac *virt_mac_alloc(struct virt_dev *vdev,
				       enum virt_mac_kind kind)
{
	if (kind == VIRT_MAC_OWN && !vdev->first_mac.vdev)
		return &vdev->first_mac;
	return kzalloc(sizeof(struct virt_mac), GFP_ATOMIC | __GFP_ACCOUNT);
}

static int virt_mac_link(struct virt_dev *vdev, const u8 *addr,
			 enum virt_mac_kind kind)
{
	struct virt_mac *mac = virt_mac_alloc(vdev, kind);

	if (!mac)
		return -ENOMEM;
	mac->vdev = vdev;
	mac->kind = kind;
	mac->seen = virt_mac_now();
	mac->key = ether_addr_to_u64(addr);
	if (kind == VIRT_MAC_LEARNT)
		vdev->learnt++;
	if (kind == VIRT_MAC_LISTED)
		vdev->listed++;
	list_add(&mac->own, &vdev->macs);
	virt_table_add(&vdev->port->macs, &mac->node,
		       virt_hash(&vdev->port->macs.seed, mac->key));
	return 0;
}

/**
 * virt_mac_add() - give a child a MAC address
 * @vdev: the child
 * @addr: the address
 * @kind: why
 *
 * What was only learnt gives way.
 *
 * Context: Any.
 * Return: 0, -EADDRINUSE or -ENOMEM.
 */
int virt_mac_add(struct virt_dev *vdev, const u8 *addr,
		 enum virt_mac_kind kind)
{
	struct virt_table *table = &vdev->port->macs;
	struct virt_mac *mac;
	int err;

	spin_lock_bh(&table->lock);
	mac = virt_mac_find_rcu(vdev->port, ether_addr_to_u64(addr));
	if (mac && mac->kind != VIRT_MAC_LEARNT &&
	    (mac->vdev != vdev || mac->kind == kind)) {
		err = -EADDRINUSE;
		goto out_unlock;
	}
	if (mac)
		virt_mac_unlink(mac);
	err = virt_mac_link(vdev, addr, kind);
out_unlock:
	spin_unlock_bh(&table->lock);
	return err;
}

/**
 * virt_mac_del() - take a MAC address from a child
 * @vdev: the child
 * @addr: the address
 * @kind: as it was given
 *
 * Context: Any.
 */
void virt_mac_del(struct virt_dev *vdev, const u8 *addr,
		  enum virt_mac_kind kind)
{
	struct virt_port *port = READ_ONCE(vdev->port);
	struct virt_mac *mac;

	/* who found the child in the table may come when it has gone */
	if (!port)
		return;
	spin_lock_bh(&port->macs.lock);
	mac = virt_mac_find_rcu(port, ether_addr_to_u64(addr));
	if (mac && mac->vdev == vdev && mac->kind == kind)
		virt_mac_unlink(mac);
	spin_unlock_bh(&port->macs.lock);
}

/* The learnt address that is silent for longest makes room, of several the one
 * that came first.
 */
static void virt_mac_evict(struct virt_dev *vdev)
{
	struct virt_mac *oldest = NULL;
	struct virt_mac *mac;

	list_for_each_entry(mac, &vdev->macs, own)
		if (mac->kind == VIRT_MAC_LEARNT &&
		    (!oldest || !time_after32(mac->seen, oldest->seen)))
			oldest = mac;
	if (oldest)
		virt_mac_unlink(oldest);
}

/**
 * virt_mac_learn() - a child sends from a MAC address
 * @vdev: the child
 * @addr: the address, at any alignment
 *
 * An address that another child has for good is not learnt.
 *
 * Context: Softirq, RCU read side.
 */
void virt_mac_learn(struct virt_dev *vdev, const u8 *addr)
{
	struct virt_table *table = &vdev->port->macs;
	u64 key = ether_addr_to_u64(addr);
	u8 aligned[ETH_ALEN] __aligned(2);
	struct virt_mac *mac;

	mac = virt_mac_find_rcu(vdev->port, key);
	if (mac && mac->vdev == vdev) {
		if (mac->seen != virt_mac_now())
			WRITE_ONCE(mac->seen, virt_mac_now());
		return;
	}
	memcpy(aligned, addr, ETH_ALEN);
	if (!is_valid_ether_addr(aligned) ||
	    ether_addr_equal(aligned, vdev->parent->dev_addr))
		return;

	spin_lock_bh(&table->lock);
	mac = virt_mac_find_rcu(vdev->port, key);
	if (mac && mac->kind != VIRT_MAC_LEARNT)
		goto out_unlock;
	if (mac)
		virt_mac_unlink(mac);
	if (vdev->learnt >= VIRT_MAC_LEARNT_MAX)
		virt_mac_evict(vdev);
	virt_mac_link(vdev, aligned, VIRT_MAC_LEARNT);
out_unlock:
	spin_unlock_bh(&table->lock);
}

/**
 * virt_mac_sync_list() - follow the unicast list of a child's device
 * @vdev: the child
 *
 * Context: Under the address lock of the device.
 */
void virt_mac_sync_list(struct virt_dev *vdev)
{
	struct virt_table *table = &vdev->port->macs;
	struct netdev_hw_addr *ha;
	struct virt_mac *mac, *next;

	spin_lock_bh(&table->lock);
	list_for_each_entry(mac, &vdev->macs, own)
		mac->stale = mac->kind == VIRT_MAC_LISTED;
	netdev_for_each_uc_addr(ha, vdev->dev) {
		if (READ_ONCE(vdev->guarded))
			break;
		mac = virt_mac_find_rcu(vdev->port,
					ether_addr_to_u64(ha->addr));
		if (mac && mac->kind == VIRT_MAC_LEARNT) {
			virt_mac_unlink(mac);
			mac = NULL;
		}
		if (mac && mac->vdev == vdev)
			mac->stale = false;
		else if (mac || vdev->listed >= VIRT_MAC_LISTED_MAX ||
			 virt_mac_link(vdev, ha->addr, VIRT_MAC_LISTED))
			virt_stats_drop(vdev, VIRT_STAT_ADDR_REFUSED);
	}
	list_for_each_entry_safe(mac, next, &vdev->macs, own)
		if (mac->stale)
			virt_mac_unlink(mac);
	spin_unlock_bh(&table->lock);
}

/**
 * virt_mac_flush_extra() - leave a child only the MAC address of its device
 * @vdev: the child
 *
 * Context: Process, RTNL held.
 */
void virt_mac_flush_extra(struct virt_dev *vdev)
{
	struct virt_table *table = &vdev->port->macs;
	struct virt_mac *mac, *next;

	spin_lock_bh(&table->lock);
	list_for_each_entry_safe(mac, next, &vdev->macs, own)
		if (mac->kind != VIRT_MAC_OWN)
			virt_mac_unlink(mac);
	spin_unlock_bh(&table->lock);
}

/**
 * virt_mac_flush() - forget every MAC address of a child
 * @vdev: the child, still holding its port
 *
 * Context: Process, RTNL held.
 */
void virt_mac_flush(struct virt_dev *vdev)
{
	struct virt_table *table = &vdev->port->macs;
	struct virt_mac *mac, *next;

	spin_lock_bh(&table->lock);
	list_for_each_entry_safe(mac, next, &vdev->macs, own)
		virt_mac_unlink(mac);
	spin_unlock_bh(&table->lock);
}

/**
 * virt_mac_derive() - a MAC address that is the same after a reboot
 * @vdev: a child whose device has its final name
 * @addr: where to put it, two-byte aligned
 *
 * It comes from the parent's MAC address and the child's name; if that one is
 * taken, the next is derived.
 *
 * Context: Process, RTNL held.
 * Return: 0, or -EADDRINUSE after many that were all taken.
 */
int virt_mac_derive(struct virt_dev *vdev, u8 *addr)
{
	/* fixed: the outcome is for ever */
	static const siphash_key_t key = { { 0x76697274, 0x6d6163 } };
	const struct net_device *parent = vdev->parent;
	struct {
		u8 parent[ETH_ALEN];
		u8 attempt;
		u8 zero;
		char name[IFNAMSIZ];
	} from = {};

	ether_addr_copy(from.parent, is_valid_ether_addr(parent->perm_addr) ?
				     parent->perm_addr : parent->dev_addr);
	strscpy(from.name, vdev->dev->name, sizeof(from.name));
	for (; from.attempt < VIRT_MAC_CANDIDATES; from.attempt++) {
		__le64 hash = cpu_to_le64(siphash(&from, sizeof(from), &key));

		memcpy(addr, &hash, ETH_ALEN);
		addr[0] = (addr[0] & ~1) | 2;	/* unicast, local */
		if (!ether_addr_equal(addr, parent->dev_addr) &&
		    !virt_mac_in_use(vdev->port, addr))
			return 0;
	}
	return -EADDRINUSE;
}
