// SPDX-License-Identifier: GPL-2.0-only
/* Our state on a parent: made with its first child, gone with its last.
 *
 * While the port exists the parent's rx_handler is ours. RTNL serialises all
 * that is here.
 *
 * Copyright (C) The virt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "port.h"

#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "addr.h"
#include "dev.h"
#include "dhcp.h"
#include "group.h"
#include "guard.h"
#include "holder.h"
#include "hook.h"
#include "mac.h"
#include "rx.h"
#include "virt.h"

static u32 virt_port_last_id;

/**
 * virt_port_get_rtnl() - the port on a device, if it is a parent of ours
 * @parent: any device
 *
 * Context: Process, RTNL held.
 * Return: the port, or NULL.
 */
struct virt_port *virt_port_get_rtnl(const struct net_device *parent)
{
	if (rtnl_dereference(parent->rx_handler) != virt_rx_handle_frame)
		return NULL;
	return rtnl_dereference(parent->rx_handler_data);
}

/**
 * virt_port_get_rcu() - the port on a device, if it is a parent of ours
 * @parent: any device
 *
 * Context: RCU read side.
 * Return: the port, or NULL.
 */
struct virt_port *virt_port_get_rcu(const struct net_device *parent)
{
	if (rcu_dereference(parent->rx_handler) != virt_rx_handle_frame)
		return NULL;
	return rcu_dereference(parent->rx_handler_data);
}

static int virt_port_check_parent(struct net_device *parent,
				  struct netlink_ext_ack *extack)
{
	if (parent->flags & IFF_LOOPBACK) {
		virt_compat_extack(extack,
				   "a loopback device cannot be a parent: use an Ethernet device",
				   "%s is a loopback device: use an Ethernet device",
				   parent->name);
		return -EINVAL;
	}
	/* a TUN device may be called an Ethernet device */
	if (parent->type != ARPHRD_ETHER || parent->addr_len != ETH_ALEN ||
	    parent->hard_header_len < ETH_HLEN) {
		virt_compat_extack(extack,
				   "the parent is not an Ethernet device",
				   "%s is not an Ethernet device",
				   parent->name);
		return -EINVAL;
	}
	if (virt_dev_is_child(parent)) {
		const struct virt_dev *below = netdev_priv(parent);

		if (below->conf.mode == VIRT_MODE_SHARE) {
			NL_SET_ERR_MSG(extack,
				       "a child in mode share cannot be a parent: use its parent");
			return -EINVAL;
		}
	}
	return virt_holder_check(parent, extack);
}

/**
 * virt_port_update_ways() - tell all children what has changed around them
 * @port: the parent's port
 *
 * Context: Process, RTNL held.
 */
void virt_port_update_ways(struct virt_port *port)
{
	struct virt_dev *vdev;

	list_for_each_entry(vdev, &port->children, node)
		virt_dev_update_ways(vdev);
}

/**
 * virt_port_follow_mac() - note the parent's MAC address
 * @port: the parent's port
 *
 * Context: Process, RTNL held.
 */
void virt_port_follow_mac(struct virt_port *port)
{
	WRITE_ONCE(port->mac_key, virt_mac_key(port->dev->dev_addr));
	virt_port_update_ways(port);
}

/* Must not wait for RTNL: who destroys the port has it, and waits for us. */
static void virt_port_tidy_work(struct work_struct *work)
{
	struct virt_port *port = container_of(to_delayed_work(work),
					      struct virt_port, tidy);
	struct virt_dev *vdev;

	if (!rtnl_trylock()) {
		virt_port_tidy(port);
		return;
	}
	list_for_each_entry(vdev, &port->children, node) {
		virt_dev_follow_flags(vdev);
		virt_dev_follow_uppers(vdev);
		virt_port_count(vdev);
	}
	virt_hook_update(port, NULL);
	rtnl_unlock();
}

/**
 * virt_port_tidy() - soon, look at all children again
 * @port: the parent's port
 *
 * For what cannot be done from within a notifier, where the parent may be
 * locked, and for what none tells: a new upper device that another notifier
 * did not like.
 *
 * Context: Any.
 */
void virt_port_tidy(struct virt_port *port)
{
	queue_delayed_work(system_power_efficient_wq, &port->tidy, 1);
}

static struct virt_port *virt_port_create(struct net_device *parent,
					  struct netlink_ext_ack *extack)
{
	struct virt_port *port;
	int err;

	err = virt_port_check_parent(parent, extack);
	if (err)
		return ERR_PTR(err);

	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		return ERR_PTR(-ENOMEM);
	port->dev = parent;
	port->id = ++virt_port_last_id;
	INIT_LIST_HEAD(&port->children);
	virt_port_follow_mac(port);
	ida_init(&port->dev_ids);
	spin_lock_init(&port->dhcp_lock);
	INIT_DELAYED_WORK(&port->tidy, virt_port_tidy_work);
	virt_group_init(port);
	err = virt_table_create(&port->addrs);
	if (err)
		goto err_free;
	err = virt_table_create(&port->macs);
	if (err)
		goto err_addrs;

	err = netdev_rx_handler_register(parent, virt_rx_handle_frame, port);
	if (err)
		goto err_macs;
	pr_debug("ledger: port %u created\n", port->id);
	return port;

err_macs:
	virt_table_destroy(&port->macs);
err_addrs:
	virt_table_destroy(&port->addrs);
err_free:
	kfree(port);
	return ERR_PTR(err);
}

static void virt_port_destroy(struct virt_port *port)
{
	/* waits for frames that are inside the handler, or the hook that went
	 * with the last child
	 */
	netdev_rx_handler_unregister(port->dev);
	cancel_delayed_work_sync(&port->tidy);
	virt_group_exit(port);
	virt_table_destroy(&port->macs);
	virt_table_destroy(&port->addrs);
	ida_destroy(&port->dev_ids);
	pr_debug("ledger: port %u destroyed\n", port->id);
	kfree(port);
}

/**
 * virt_port_hold() - get the port of a parent, made when there is none
 * @parent: a device that may become a parent
 * @extack: says why it may not
 *
 * Context: Process, RTNL held.
 * Return: the port, to be given back by virt_port_put(), or an ERR_PTR().
 */
struct virt_port *virt_port_hold(struct net_device *parent,
				 struct netlink_ext_ack *extack)
{
	struct virt_port *port = virt_port_get_rtnl(parent);

	ASSERT_RTNL();
	if (!port)
		port = virt_port_create(parent, extack);
	if (!IS_ERR(port))
		port->users++;
	return port;
}

/**
 * virt_port_put() - give a port back; the last user destroys it
 * @port: from virt_port_hold()
 *
 * Context: Process, RTNL held. May sleep.
 */
void virt_port_put(struct virt_port *port)
{
	ASSERT_RTNL();
	if (!--port->users)
		virt_port_destroy(port);
}

/**
 * virt_port_check_mode() - may a child have this mode beside its siblings
 * @port: the parent's port
 * @vdev: the child, published or not
 * @conf: what it wants
 * @extack: says why not
 *
 * Context: Process, RTNL held.
 * Return: 0 or a negative errno.
 */
int virt_port_check_mode(const struct virt_port *port,
			 const struct virt_dev *vdev,
			 const struct virt_conf *conf,
			 struct netlink_ext_ack *extack)
{
	const struct virt_dev *steal = rtnl_dereference(port->steal);
	const struct virt_dev *other;

	ASSERT_RTNL();
	if (steal && steal != vdev) {
		virt_compat_extack(extack,
				   "a child in mode steal has the parent: delete that child first",
				   "%s has %s (mode steal): delete %s first",
				   steal->dev->name, port->dev->name,
				   steal->dev->name);
		return -EBUSY;
	}
	if (conf->mode != VIRT_MODE_STEAL)
		return 0;
	list_for_each_entry(other, &port->children, node) {
		if (other == vdev)
			continue;
		virt_compat_extack(extack,
				   "mode steal takes a parent without other children",
				   "%s has child %s: mode steal needs it alone",
				   port->dev->name, other->dev->name);
		return -EBUSY;
	}
	return 0;
}

static u8 virt_port_traits(const struct virt_dev *vdev)
{
	u8 traits = 0;

	if (!vdev->published)
		return 0;
	if (vdev->conf.mode == VIRT_MODE_SHARE)
		traits |= VIRT_COUNTED_SHARE;
	if (vdev->conf.mode == VIRT_MODE_MAC)
		traits |= VIRT_COUNTED_MAC;
	if (vdev->conf.flood)
		traits |= VIRT_COUNTED_FLOOD;
	if (virt_dev_hears_host(vdev))
		traits |= VIRT_COUNTED_HEARER;
	return traits;
}

/**
 * virt_port_count() - keep count of the children by what they are
 * @vdev: a child that may have changed
 *
 * Context: Process, RTNL held.
 */
void virt_port_count(struct virt_dev *vdev)
{
	u8 now = virt_port_traits(vdev), gone = vdev->counted & ~now,
	   come = now & ~vdev->counted;
	struct virt_port *port = vdev->port;
	bool crowd;

	port->nr_shares += !!(come & VIRT_COUNTED_SHARE);
	port->nr_shares -= !!(gone & VIRT_COUNTED_SHARE);
	port->nr_macs += !!(come & VIRT_COUNTED_MAC);
	port->nr_macs -= !!(gone & VIRT_COUNTED_MAC);
	port->nr_floods += !!(come & VIRT_COUNTED_FLOOD);
	port->nr_floods -= !!(gone & VIRT_COUNTED_FLOOD);
	port->nr_hearers += !!(come & VIRT_COUNTED_HEARER);
	port->nr_hearers -= !!(gone & VIRT_COUNTED_HEARER);
	WRITE_ONCE(port->shared, port->nr_shares);
	vdev->counted = now;

	crowd = port->nr_children > 1 && port->nr_macs;
	if (crowd != port->crowd) {
		port->crowd = crowd;
		virt_port_update_ways(port);
	}
}

/**
 * virt_port_apply() - let frames follow a child's settings
 * @port: the parent's port
 * @vdev: a published child whose settings or surroundings changed
 * @extack: says what could not be done
 *
 * Context: Process, RTNL held.
 * Return: 0, or a negative errno; all but the egress hook is in force then.
 */
int virt_port_apply(struct virt_port *port, struct virt_dev *vdev,
		    struct netlink_ext_ack *extack)
{
	ASSERT_RTNL();
	if (virt_guard_update(vdev)) {
		virt_dev_follow_guard(vdev);
		virt_dev_follow_flags(vdev);
	}
	if (vdev->conf.mode == VIRT_MODE_STEAL)
		rcu_assign_pointer(port->steal, vdev);
	else if (rtnl_dereference(port->steal) == vdev)
		RCU_INIT_POINTER(port->steal, NULL);

	virt_dev_update_ways(vdev);
	virt_port_count(vdev);
	return virt_hook_update(port, extack);
}

/**
 * virt_port_add_child() - publish a child: frames reach it from now on
 * @port: the parent's port
 * @vdev: a registered child
 * @extack: says what could not be done
 *
 * Context: Process, RTNL held.
 * Return: as virt_port_apply(); the child is published either way.
 */
int virt_port_add_child(struct virt_port *port, struct virt_dev *vdev,
			struct netlink_ext_ack *extack)
{
	ASSERT_RTNL();
	list_add_tail_rcu(&vdev->node, &port->children);
	vdev->published = true;
	WRITE_ONCE(port->nr_children, port->nr_children + 1);
	return virt_port_apply(port, vdev, extack);
}

/**
 * virt_port_forget() - drop what leads frames to a child
 * @vdev: the child, still holding its port
 *
 * Context: Process, RTNL held.
 */
void virt_port_forget(struct virt_dev *vdev)
{
	virt_addr_flush(vdev);
	virt_mac_flush(vdev);
	virt_dhcp_forget(vdev);
}

/**
 * virt_port_del_child() - unpublish a child: no new frame finds it
 * @vdev: a child, published or not
 *
 * The child stays valid for frames on their way until a grace period is
 * over; unregistering its device waits for one.
 *
 * Context: Process, RTNL held.
 */
void virt_port_del_child(struct virt_dev *vdev)
{
	struct virt_port *port = vdev->port;

	ASSERT_RTNL();
	if (rtnl_dereference(port->steal) == vdev)
		RCU_INIT_POINTER(port->steal, NULL);
	virt_port_forget(vdev);
	if (!vdev->published)
		return;
	list_del_rcu(&vdev->node);
	vdev->published = false;
	WRITE_ONCE(port->nr_children, port->nr_children - 1);
	virt_port_count(vdev);
	virt_hook_update(port, NULL);
}
