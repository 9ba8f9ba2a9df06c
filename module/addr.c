// SPDX-License-Identifier: GPL-2.0-only
/* Which child owns an IP address.
 *
 * A table per port follows the address notifiers of IPv4 and IPv6. The first
 * child with an address owns it; a later one waits behind it and takes over
 * when the first lets go. Changes take the port's addr_lock, for the IPv6
 * chain runs in softirq too; lookups run under RCU.
 *
 * Copyright (C) The virt authors
 */
#include "addr.h"

#include <linux/hash.h>
#include <linux/inetdevice.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <net/addrconf.h>

#include "demux.h"
#include "dev.h"
#include "port.h"
#include "virt.h"

/** struct virt_addr - one address of one child */
struct virt_addr {
	/** @node: in the port's table; RCU, port's addr_lock */
	struct hlist_node node;

	/** @vdev: the child; it flushes its addresses before it goes */
	struct virt_dev *vdev;

	/** @key: the address */
	struct virt_demux_key key;

	/** @rcu: frees the entry after its last reader */
	struct rcu_head rcu;
};

static u32 virt_addr_hash(const struct virt_demux_key *key)
{
	u32 mix = (__force u32)key->addr[0];

	if (key->family == 6)
		mix ^= (__force u32)(key->addr[1] ^ key->addr[2] ^
				     key->addr[3]);
	return hash_32(mix, VIRT_ADDR_HASH_BITS);
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
	const struct virt_addr *addr;

	hlist_for_each_entry_rcu(addr, &port->addrs[virt_addr_hash(key)],
				 node)
		if (virt_addr_equal(&addr->key, key))
			return addr->vdev;
	return NULL;
}

static struct virt_addr *virt_addr_find(struct virt_dev *vdev,
					const struct virt_demux_key *key)
{
	struct virt_port *port = vdev->port;
	struct virt_addr *addr;

	hlist_for_each_entry(addr, &port->addrs[virt_addr_hash(key)], node)
		if (addr->vdev == vdev && virt_addr_equal(&addr->key, key))
			return addr;
	return NULL;
}

static int virt_addr_add(struct virt_dev *vdev,
			 const struct virt_demux_key *key)
{
	struct virt_port *port = vdev->port;
	struct virt_addr *addr;
	int err = 0;

	spin_lock_bh(&port->addr_lock);
	if (virt_addr_find(vdev, key))
		goto out_unlock;
	addr = kzalloc(sizeof(*addr), GFP_ATOMIC);
	if (!addr) {
		err = -ENOMEM;
		goto out_unlock;
	}
	addr->vdev = vdev;
	addr->key = *key;
	hlist_add_tail_rcu(&addr->node, &port->addrs[virt_addr_hash(key)]);
out_unlock:
	spin_unlock_bh(&port->addr_lock);
	return err;
}

static void virt_addr_del(struct virt_dev *vdev,
			  const struct virt_demux_key *key)
{
	struct virt_port *port = vdev->port;
	struct virt_addr *addr;

	spin_lock_bh(&port->addr_lock);
	addr = virt_addr_find(vdev, key);
	if (addr) {
		hlist_del_rcu(&addr->node);
		kfree_rcu(addr, rcu);
	}
	spin_unlock_bh(&port->addr_lock);
}

/**
 * virt_addr_resume() - enter addresses that a child kept while it was down
 * @vdev: the child that comes up
 *
 * With keep_addr_on_down IPv6 tells of such an address when it goes but not
 * when it is back.
 *
 * Context: Process, RTNL held.
 */
void virt_addr_resume(struct virt_dev *vdev)
{
#if IS_ENABLED(CONFIG_IPV6)
	struct inet6_dev *idev = __in6_dev_get(vdev->dev);
	struct virt_demux_key key = { .family = 6 };
	struct inet6_ifaddr *ifa;

	if (!idev)
		return;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list) {
		memcpy(key.addr, &ifa->addr, sizeof(key.addr));
		virt_addr_add(vdev, &key);
	}
	read_unlock_bh(&idev->lock);
#endif
}

/**
 * virt_addr_flush() - forget every address of a child
 * @vdev: the child, still holding its port
 *
 * Context: Process, RTNL held.
 */
void virt_addr_flush(struct virt_dev *vdev)
{
	struct virt_port *port = vdev->port;
	struct hlist_node *next;
	struct virt_addr *addr;
	unsigned int i;

	spin_lock_bh(&port->addr_lock);
	for (i = 0; i < ARRAY_SIZE(port->addrs); i++) {
		hlist_for_each_entry_safe(addr, next, &port->addrs[i], node) {
			if (addr->vdev != vdev)
				continue;
			hlist_del_rcu(&addr->node);
			kfree_rcu(addr, rcu);
		}
	}
	spin_unlock_bh(&port->addr_lock);
}

static int virt_addr_event(struct net_device *dev, unsigned long event,
			   const struct virt_demux_key *key)
{
	int err = 0;

	if (!virt_dev_is_child(dev))
		return NOTIFY_DONE;
	switch (event) {
	case NETDEV_UP:
		err = virt_addr_add(netdev_priv(dev), key);
		break;
	case NETDEV_DOWN:
		virt_addr_del(netdev_priv(dev), key);
		break;
	}
	return notifier_from_errno(err);
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
	if (ipv4_is_multicast(ifa->ifa_local))
		return NOTIFY_DONE;
	return virt_addr_event(ifa->ifa_dev->dev, event, &key);
}

static struct notifier_block virt_addr_notifier4 = {
	.notifier_call = virt_addr_event4,
};

#if IS_ENABLED(CONFIG_IPV6)
static int virt_addr_event6(struct notifier_block *nb, unsigned long event,
			    void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;
	struct virt_demux_key key = { .family = 6 };

	memcpy(key.addr, &ifa->addr, sizeof(key.addr));
	return virt_addr_event(ifa->idev->dev, event, &key);
}

static struct notifier_block virt_addr_notifier6 = {
	.notifier_call = virt_addr_event6,
};
#endif

/**
 * virt_addr_init() - follow the addresses of all children
 *
 * Return: 0 or a negative errno.
 */
int virt_addr_init(void)
{
	int err;

	err = register_inetaddr_notifier(&virt_addr_notifier4);
	if (err)
		return err;
#if IS_ENABLED(CONFIG_IPV6)
	err = register_inet6addr_notifier(&virt_addr_notifier6);
	if (err)
		unregister_inetaddr_notifier(&virt_addr_notifier4);
#endif
	return err;
}

/** virt_addr_exit() - undo virt_addr_init(), after the last child is gone */
void virt_addr_exit(void)
{
#if IS_ENABLED(CONFIG_IPV6)
	unregister_inet6addr_notifier(&virt_addr_notifier6);
#endif
	unregister_inetaddr_notifier(&virt_addr_notifier4);
}
