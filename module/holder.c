// SPDX-License-Identifier: GPL-2.0-only
/* Who else has a parent: a device takes one receive handler, and a user who
 * meets a taken one wants to know by whom and what to do.
 *
 * Copyright (C) The virt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "holder.h"

#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

#include "virt.h"

static const char *virt_holder_kind(const struct net_device *dev)
{
	return dev->rtnl_link_ops ? dev->rtnl_link_ops->kind : "device";
}

/* A device of a kind that splits its parent as we do: macvlan, macvtap,
 * ipvlan, ipvtap. They are not masters.
 */
static struct net_device *virt_holder_find_rival(struct net_device *parent)
{
	struct net_device *found = NULL;
	struct net_device *upper;
	struct list_head *iter;

	rcu_read_lock();
	netdev_for_each_upper_dev_rcu(parent, upper, iter) {
		const char *kind = virt_holder_kind(upper);

		if (!strncmp(kind, "macv", 4) || !strncmp(kind, "ipv", 3)) {
			found = upper;
			break;
		}
	}
	rcu_read_unlock();
	return found;
}

/**
 * virt_holder_check() - is the receive handler of a device free
 * @parent: the device
 * @extack: names the holder and the remedy
 *
 * Context: Process, RTNL held.
 * Return: 0, -EBUSY, or -EINVAL for a device that takes no handler.
 */
int virt_holder_check(struct net_device *parent,
		      struct netlink_ext_ack *extack)
{
	struct net_device *master = netdev_master_upper_dev_get(parent);
	struct net_device *rival = virt_holder_find_rival(parent);

	if (parent->priv_flags & IFF_NO_RX_HANDLER) {
		virt_compat_extack(extack,
				   "the parent cannot have children, for it takes no receive handler",
				   "%s (%s) cannot have children", parent->name,
				   virt_holder_kind(parent));
		return -EINVAL;
	}
	if (!rtnl_dereference(parent->rx_handler))
		return 0;

	if (rival)
		virt_compat_extack(extack,
				   "the parent has macvlan or ipvlan children: delete them first",
				   "%s is the parent of %s %s: delete that first",
				   parent->name, virt_holder_kind(rival),
				   rival->name);
	else if (master)
		virt_compat_extack(extack,
				   "the parent is a port of another device: use that device as the parent",
				   "%s is a port of %s %s: use %s as the parent",
				   parent->name, virt_holder_kind(master),
				   master->name, master->name);
	else
		virt_compat_extack(extack,
				   "the parent's receive handler is taken by another driver",
				   "another driver has the receive handler of %s",
				   parent->name);
	return -EBUSY;
}
