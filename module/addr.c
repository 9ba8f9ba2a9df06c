// SPDX-License-Identifier: GPL-2.0-only
/* Which child owns an IP address.
 *
 * A table per port follows the address notifiers of IPv4 and IPv6. The first
 * child with an address owns it; a later one waits behind it and takes over
 * when the first lets go. An address of the parent suspends those of the
 * children. Changes take the table's lock, for the IPv6 chain runs in softirq
 * too; lookups run under RCU.
 *
 * An address set by hand is checked first and refused when somebody has it.
 * The kernel's own ones (SLAAC, privacy) are not: duplicate detection decides.
 *
 * Copyright (C) The virt authors
 */
#include "addr.h"

#include <linux/etherdevice.h>
#include <linux/inetdevice.h>
#include <linux/notifier.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>

#include "demux.h"
#include "dev.h"
#include "guard.h"
#include "port.h"
#include "stats.h"
#include "virt.h"

enum virt_addr_limits {
	VIRT_ADDR_MAX = 2048,	/* of one child */
};

/* Unique for an IPv4 address; of IPv6, what differs in most cases. Never
 * VIRT_ADDR_SUSPENDED.
 */
static u64 virt_addr_match(const struct virt_demux_key *key)
{
	if (key->family == 4)
		return virt_addr_match4(key->addr[0]);
	return BIT_ULL(32) | (__force u32)key->addr[3];
}

static u32 virt_addr_hash(const struct virt_table *table,
			  const struct virt_demux_key *key)
{
	if (key->family == 4)
		return virt_hash(&table->seed, virt_addr_match(key));
	return virt_hash_pair(&table->seed, get_unaligned_be64(&key->addr[0]),
			      get_unaligned_be64(&key->addr[2]));
}

static bool virt_addr_is_suspended(const struct virt_addr *addr)
{
	return addr->match == VIRT_ADDR_SUSPENDED;
}

/* Context: The table's lock. */
static void virt_addr_update(struct virt_addr *addr)
{
	WRITE_ONCE(addr->match, addr->taken || addr->forbidden ?
				VIRT_ADDR_SUSPENDED :
				virt_addr_match(&addr->key));
}

static bool virt_addr_equal(const struct virt_demux_key *a,
			    const struct virt_demux_key *b)
{
	if (a->family != b->family || a->addr[0] != b->addr[0])
		return false;
	return a->family == 4 ||
	       !((__force u32)(a->addr[1] ^ b->addr[1]) |
		 (__force u32)(a->addr[2] ^ b->addr[2]) |
		 (__force u32)(a->addr[3] ^ b->addr[3]));
}

/**
 * virt_addr_lookup_rcu() - find the child that owns an address
 * @port: where to look
 * @key: the address
 *
 * Context: RCU read side.
 * Return: the child, or NULL.
 */
struct virt_dev *virt_addr_lookup_rcu(const struct virt_port *port,
				      const struct virt_demux_key *key)
{
	u32 hash = virt_addr_hash(&port->addrs, key);
	const struct virt_buckets *buckets;
	u64 match = virt_addr_match(key);
	const struct virt_addr *addr;
	struct virt_table_node *node;

	buckets = rcu_dereference(port->addrs.buckets);
	virt_table_for_each_rcu(node, buckets, hash) {
		addr = virt_addr_of(node);
		if (addr->match == match && virt_addr_equal(&addr->key, key))
			return addr->vdev;
	}
	return NULL;
}

static struct virt_addr *virt_addr_find(struct virt_dev *vdev,
					const struct virt_demux_key *key)
{
	struct virt_table *table = &vdev->port->addrs;
	u32 hash = virt_addr_hash(table, key);
	struct virt_buckets *buckets;
	struct virt_table_node *node;
	struct virt_addr *addr;

	buckets = rcu_dereference_protected(table->buckets,
					    lockdep_is_held(&table->lock));
	virt_table_for_each_rcu(node, buckets, hash) {
		addr = virt_addr_of(node);
		if (addr->vdev == vdev && virt_addr_equal(&addr->key, key))
			return addr;
	}
	return NULL;
}

static void virt_addr_unlink(struct virt_addr *addr)
{
	virt_table_del(&addr->vdev->port->addrs, &addr->node);
	list_del(&addr->own);
	addr->vdev->nr_addrs--;
	kfree_rcu(addr, rcu);
}

/**
 * virt_addr_flush() - forget every address of a child
 * @vdev: the child, still holding its port
 *
 * Context: Process, RTNL held.
 */
void virt_addr_flush(struct virt_dev *vdev)
{
	struct virt_table *table = &vdev->port->addrs;
	struct virt_addr *addr, *next;

	spin_lock_bh(&table->lock);
	list_for_each_entry_safe(addr, next, &vdev->addrs, own)
		virt_addr_unlink(addr);
	spin_unlock_bh(&table->lock);
}

/**
 * virt_addr_count_suspended() - how many addresses get no frames
 * @vdev: a child
 *
 * Context: Any.
 * Return: the number.
 */
unsigned int virt_addr_count_suspended(const struct virt_dev *vdev)
{
	struct virt_table *table = &vdev->port->addrs;
	const struct virt_addr *addr;
	unsigned int count = 0;

	if (!READ_ONCE(vdev->nr_addrs))
		return 0;
	spin_lock_bh(&table->lock);
	list_for_each_entry(addr, &vdev->addrs, own)
		count += virt_addr_is_suspended(addr);
	spin_unlock_bh(&table->lock);
	return count;
}

/**
 * virt_addr_check_allowed() - follow a change of the guard's list
 * @vdev: the child
 *
 * Context: Process, RTNL held.
 */
void virt_addr_check_allowed(struct virt_dev *vdev)
{
	struct virt_table *table = &vdev->port->addrs;
	struct virt_addr *addr;

	spin_lock_bh(&table->lock);
	list_for_each_entry(addr, &vdev->addrs, own) {
		addr->forbidden = !virt_guard_allows(vdev, &addr->key);
		virt_addr_update(addr);
	}
	spin_unlock_bh(&table->lock);
}

/* Has this very device the address? Context: RCU read side or RTNL. */
static bool virt_addr_is_on4(const struct net_device *dev, __be32 ip)
{
	const struct in_device *in_dev;
	const struct in_ifaddr *ifa;
	bool found = false;

	rcu_read_lock();
	in_dev = __in_dev_get_rcu(dev);
	if (in_dev) {
		in_dev_for_each_ifa_rcu(ifa, in_dev)
			if (ifa->ifa_local == ip)
				found = true;
	}
	rcu_read_unlock();
	return found;
}

#if IS_ENABLED(CONFIG_IPV6)
/* On @dev, or anywhere in its namespace (its VRF there); tentative ones too. */
static bool virt_addr_is_on6(const struct net_device *dev, bool anywhere,
			     const struct virt_demux_key *key)
{
	struct in6_addr ip;

	memcpy(&ip, key->addr, sizeof(ip));
	return ipv6_chk_addr_and_flags(dev_net(dev), &ip, dev, anywhere, 1, 0);
}
#else
static bool virt_addr_is_on6(const struct net_device *dev, bool anywhere,
			     const struct virt_demux_key *key)
{
	return false;
}
#endif

static bool virt_addr_is_on(const struct net_device *dev,
			    const struct virt_demux_key *key)
{
	return key->family == 4 ? virt_addr_is_on4(dev, key->addr[0]) :
				  virt_addr_is_on6(dev, false, key);
}

static bool virt_addr_is_linklocal(const struct virt_demux_key *key)
{
	return key->family == 6 &&
	       (key->addr[0] & htonl(0xffc00000)) == htonl(0xfe800000);
}

/* Has a device of the parent's namespace, other than the child, the address? A
 * link-local one is another one on every link, and so is an IPv6 one in every
 * VRF.
 */
static bool virt_addr_is_taken(const struct virt_dev *vdev,
			       const struct virt_demux_key *key)
{
	const struct net_device *holder;

	if (virt_addr_is_on(vdev->parent, key))
		return true;
	if (virt_addr_is_linklocal(key) || virt_addr_is_on(vdev->dev, key))
		return false;
	if (key->family == 6)
		return virt_addr_is_on6(vdev->parent, true, key);
	holder = __ip_dev_find(dev_net(vdev->parent), key->addr[0], false);
	return holder && holder != vdev->dev;
}

/* An address went: unless it is there a second time, with another prefix. */
static void virt_addr_del(struct virt_dev *vdev,
			  const struct virt_demux_key *key)
{
	struct virt_table *table = &vdev->port->addrs;
	struct virt_addr *addr;

	spin_lock_bh(&table->lock);
	addr = virt_addr_find(vdev, key);
	if (addr && !virt_addr_is_on(vdev->dev, key))
		virt_addr_unlink(addr);
	spin_unlock_bh(&table->lock);
}

static int virt_addr_add(struct virt_dev *vdev,
			 const struct virt_demux_key *key)
{
	struct virt_table *table = &vdev->port->addrs;
	struct virt_addr *addr;
	int err = 0;

	spin_lock_bh(&table->lock);
	/* it may have gone before this was told */
	if (!virt_addr_is_on(vdev->dev, key) || virt_addr_find(vdev, key))
		goto out_unlock;
	if (vdev->nr_addrs >= VIRT_ADDR_MAX) {
		err = -ENOSPC;
		goto out_unlock;
	}
	addr = kzalloc(sizeof(*addr), GFP_ATOMIC | __GFP_ACCOUNT);
	if (!addr) {
		err = -ENOMEM;
		goto out_unlock;
	}
	addr->vdev = vdev;
	addr->key = *key;
	addr->taken = virt_addr_is_on(vdev->parent, key);
	addr->forbidden = !virt_guard_allows(vdev, key);
	virt_addr_update(addr);
	if (addr->forbidden)
		virt_stats_drop(vdev, VIRT_STAT_ADDR_REFUSED);
	list_add_tail(&addr->own, &vdev->addrs);
	vdev->nr_addrs++;
	virt_table_add(table, &addr->node, virt_addr_hash(table, key));
out_unlock:
	spin_unlock_bh(&table->lock);
	return err;
}

/* The parent got or lost an address: it always wins. Events may overtake one
 * another: what counts is what it has.
 */
static void virt_addr_suspend(struct virt_port *port,
			      const struct virt_demux_key *key)
{
	struct virt_table *table = &port->addrs;
	u32 hash = virt_addr_hash(table, key);
	struct virt_buckets *buckets;
	struct virt_table_node *node;
	struct virt_addr *addr;
	bool suspend;

	spin_lock_bh(&table->lock);
	suspend = virt_addr_is_on(port->dev, key);
	buckets = rcu_dereference_protected(table->buckets,
					    lockdep_is_held(&table->lock));
	virt_table_for_each_rcu(node, buckets, hash) {
		addr = virt_addr_of(node);
		if (!virt_addr_equal(&addr->key, key) ||
		    addr->taken == suspend)
			continue;
		addr->taken = suspend;
		virt_addr_update(addr);
		if (suspend)
			virt_stats_drop(addr->vdev, VIRT_STAT_ADDR_SUSPENDED);
	}
	spin_unlock_bh(&table->lock);
}

static void virt_addr_event_child(struct virt_dev *vdev, unsigned long event,
				  const struct virt_demux_key *key)
{
	/* the address is there, whether its frames can be told or not */
	if (event == NETDEV_UP && virt_addr_add(vdev, key))
		virt_stats_drop(vdev, VIRT_STAT_ADDR_REFUSED);
	if (event == NETDEV_DOWN)
		virt_addr_del(vdev, key);
}

/* @dev may be a child, a parent, or both. */
static int virt_addr_event(struct net_device *dev, unsigned long event,
			   const struct virt_demux_key *key)
{
	struct virt_port *port;

	if (event != NETDEV_UP && event != NETDEV_DOWN)
		return NOTIFY_DONE;

	rcu_read_lock();
	port = virt_port_get_rcu(dev);
	if (virt_dev_is_child(dev))
		virt_addr_event_child(netdev_priv(dev), event, key);
	if (port)
		virt_addr_suspend(port, key);
	rcu_read_unlock();
	return NOTIFY_DONE;
}

/* Refuses what somebody else has: a sibling, or the parent's namespace. */
static int virt_addr_check_free_rcu(const struct virt_dev *vdev,
				    const struct virt_demux_key *key,
				    struct netlink_ext_ack *extack)
{
	const struct virt_dev *sibling = virt_addr_lookup_rcu(vdev->port, key);

	if (sibling && sibling != vdev) {
		NL_SET_ERR_MSG(extack,
			       "another child under the same MAC has this address");
		return -EADDRINUSE;
	}
	if (!sibling && virt_addr_is_taken(vdev, key)) {
		NL_SET_ERR_MSG(extack,
			       "the parent's namespace has this address");
		return -EADDRINUSE;
	}
	return 0;
}

/**
 * virt_addr_check_share() - may a child with its addresses be in mode share
 * @vdev: the child
 * @extack: says why not
 *
 * Context: Process, RTNL held.
 * Return: 0 or -EADDRINUSE.
 */
int virt_addr_check_share(struct virt_dev *vdev,
			  struct netlink_ext_ack *extack)
{
	struct virt_table *table = &vdev->port->addrs;
	const struct virt_addr *addr;
	int err = 0;

	ASSERT_RTNL();
	rcu_read_lock();
	spin_lock_bh(&table->lock);
	list_for_each_entry(addr, &vdev->addrs, own) {
		/* duplicate detection decides about these */
		if (!virt_addr_is_linklocal(&addr->key))
			err = virt_addr_check_free_rcu(vdev, &addr->key,
						       extack);
		if (err)
			break;
	}
	spin_unlock_bh(&table->lock);
	rcu_read_unlock();
	return err;
}

static int virt_addr_validate(struct net_device *dev,
			      const struct virt_demux_key *key,
			      struct netlink_ext_ack *extack)
{
	const struct virt_dev *vdev = netdev_priv(dev);
	int err = 0;

	if (!virt_dev_is_child(dev))
		return NOTIFY_DONE;
	if (READ_ONCE(vdev->nr_addrs) >= VIRT_ADDR_MAX) {
		NL_SET_ERR_MSG(extack,
			       "a child has at most 2048 addresses");
		return notifier_from_errno(-ENOSPC);
	}
	if (!virt_guard_allows(vdev, key)) {
		NL_SET_ERR_MSG(extack,
			       "the parent's side allows this child other addresses only");
		return notifier_from_errno(-EPERM);
	}
	if (virt_dev_mode(vdev) != VIRT_MODE_SHARE)
		return NOTIFY_DONE;
	rcu_read_lock();
	err = virt_addr_check_free_rcu(vdev, key, extack);
	rcu_read_unlock();
	return notifier_from_errno(err);
}

static bool virt_addr_is_group4(__be32 ip)
{
	return ipv4_is_multicast(ip) || ipv4_is_lbcast(ip);
}

static int virt_addr_event4(struct notifier_block *nb, unsigned long event,
			    void *ptr)
{
	const struct in_ifaddr *ifa = ptr;
	struct virt_demux_key key = {
		.family = 4,
		.addr = { ifa->ifa_local },
	};

	/* a group may be an address too (autojoin), but has no one owner */
	if (virt_addr_is_group4(ifa->ifa_local))
		return NOTIFY_DONE;
	return virt_addr_event(ifa->ifa_dev->dev, event, &key);
}

/* ivi_addr is the peer's address if there is one, and nothing here has the
 * child's own: who takes one that way takes it unseen, and the first owner
 * keeps the frames.
 */
static int virt_addr_validate4(struct notifier_block *nb, unsigned long event,
			       void *ptr)
{
	const struct in_validator_info *info = ptr;
	struct virt_demux_key key = {
		.family = 4,
		.addr = { info->ivi_addr },
	};

	if (event != NETDEV_UP || virt_addr_is_group4(info->ivi_addr))
		return NOTIFY_DONE;
	return virt_addr_validate(info->ivi_dev->dev, &key, info->extack);
}

static struct notifier_block virt_addr_notifier4 = {
	.notifier_call = virt_addr_event4,
};

static struct notifier_block virt_addr_validator4 = {
	.notifier_call = virt_addr_validate4,
};

#if IS_ENABLED(CONFIG_IPV6)
static int virt_addr_event6(struct notifier_block *nb, unsigned long event,
			    void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;
	struct virt_demux_key key = { .family = 6 };

	if (ipv6_addr_is_multicast(&ifa->addr))
		return NOTIFY_DONE;
	memcpy(key.addr, &ifa->addr, sizeof(key.addr));
	return virt_addr_event(ifa->idev->dev, event, &key);
}

static int virt_addr_validate6(struct notifier_block *nb, unsigned long event,
			       void *ptr)
{
	const struct in6_validator_info *info = ptr;
	struct virt_demux_key key = { .family = 6 };

	if (event != NETDEV_UP || ipv6_addr_is_multicast(&info->i6vi_addr))
		return NOTIFY_DONE;
	memcpy(key.addr, &info->i6vi_addr, sizeof(key.addr));
	/* the kernel's own: duplicate detection decides */
	if (!info->extack && virt_addr_is_linklocal(&key))
		return NOTIFY_DONE;
	return virt_addr_validate(info->i6vi_dev->dev, &key, info->extack);
}

static struct notifier_block virt_addr_notifier6 = {
	.notifier_call = virt_addr_event6,
};

static struct notifier_block virt_addr_validator6 = {
	.notifier_call = virt_addr_validate6,
};

static int virt_addr_init6(void)
{
	int err;

	err = register_inet6addr_notifier(&virt_addr_notifier6);
	if (err)
		return err;
	err = register_inet6addr_validator_notifier(&virt_addr_validator6);
	if (err)
		unregister_inet6addr_notifier(&virt_addr_notifier6);
	return err;
}

static void virt_addr_exit6(void)
{
	unregister_inet6addr_validator_notifier(&virt_addr_validator6);
	unregister_inet6addr_notifier(&virt_addr_notifier6);
}
#else
static int virt_addr_init6(void)
{
	return 0;
}

static void virt_addr_exit6(void)
{
}
#endif

/**
 * virt_addr_init() - follow the addresses of all children and parents
 *
 * Return: 0 or a negative errno.
 */
int virt_addr_init(void)
{
	int err;

	err = register_inetaddr_notifier(&virt_addr_notifier4);
	if (err)
		return err;
	err = register_inetaddr_validator_notifier(&virt_addr_validator4);
	if (err)
		goto err_notifier4;
	err = virt_addr_init6();
	if (err)
		goto err_validator4;
	return 0;

err_validator4:
	unregister_inetaddr_validator_notifier(&virt_addr_validator4);
err_notifier4:
	unregister_inetaddr_notifier(&virt_addr_notifier4);
	return err;
}

/** virt_addr_exit() - undo virt_addr_init(), after the last child is gone */
void virt_addr_exit(void)
{
	virt_addr_exit6();
	unregister_inetaddr_validator_notifier(&virt_addr_validator4);
	unregister_inetaddr_notifier(&virt_addr_notifier4);
}
