// SPDX-License-Identifier: GPL-2.0-only
/* What happens to a parent happens to its children.
 *
 * Copyright (C) The virt authors
 */
#include "notifier.h"

#include <linux/rtnetlink.h>

#include "dev.h"
#include "guard.h"
#include "hook.h"
#include "link.h"
#include "port.h"
#include "virt.h"

static void virt_notifier_for_children(struct virt_port *port,
				       void (*action)(struct virt_dev *vdev))
{
	struct virt_dev *vdev;

	list_for_each_entry(vdev, &port->children, node)
		action(vdev);
}

/* The parent has another namespace, and maybe another user namespace. It may be
 * locked: its flags must wait.
 */
static void virt_notifier_guard(struct virt_dev *vdev)
{
	if (!virt_guard_update(vdev))
		return;
	virt_dev_follow_guard(vdev);
	virt_port_tidy(vdev->port);
}

static void virt_notifier_relay(struct virt_port *port, unsigned long event)
{
	struct virt_dev *vdev;

	list_for_each_entry(vdev, &port->children, node)
		call_netdevice_notifiers(event, vdev->dev);
}

/* The last child takes the port with it. */
static void virt_notifier_delete_children(struct virt_port *port)
{
	struct virt_dev *vdev, *next;
	LIST_HEAD(doomed);

	list_for_each_entry_safe(vdev, next, &port->children, node)
		virt_link_ops.dellink(vdev->dev, &doomed);
	unregister_netdevice_many(&doomed);
}

/* Two children of one parent in one bridge are a loop. */
static int virt_notifier_check_upper(const struct virt_dev *vdev, void *ptr)
{
	const struct netdev_notifier_changeupper_info *info = ptr;
	const struct virt_dev *sibling;

	if (!info->linking || !netif_is_bridge_master(info->upper_dev))
		return NOTIFY_DONE;
	list_for_each_entry(sibling, &vdev->port->children, node) {
		if (netdev_master_upper_dev_get(sibling->dev) !=
		    info->upper_dev)
			continue;
		NL_SET_ERR_MSG(info->info.extack,
			       "another child of the same parent is in this bridge");
		return notifier_from_errno(-ELOOP);
	}
	return NOTIFY_DONE;
}

/* What changes who must hear the host: it moves, or gets an upper device. */
static int virt_notifier_child_event(struct virt_dev *vdev,
				     unsigned long event, void *ptr)
{
	struct netdev_notifier_info *info = ptr;
	int err;

	switch (event) {
	case NETDEV_PRECHANGEUPPER:
		return virt_notifier_check_upper(vdev, ptr);
	case NETDEV_CHANGEUPPER:
		if (!vdev->published)
			break;
		virt_dev_follow_uppers(vdev);
		err = virt_port_apply(vdev->port, vdev, info->extack);
		/* who is refused, by us or others, is not told of again */
		virt_port_tidy(vdev->port);
		return notifier_from_errno(err);
	case NETDEV_REGISTER:
		/* a move to another namespace, which cannot be refused */
		if (vdev->published &&
		    virt_port_apply(vdev->port, vdev, NULL))
			netdev_warn(vdev->dev,
				    "%s takes no more egress hooks: its host does not reach this child\n",
				    vdev->parent->name);
		break;
	}
	return NOTIFY_DONE;
}

static int virt_notifier_parent_event(struct virt_port *port,
				      unsigned long event)
{
	switch (event) {
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
		virt_notifier_for_children(port, virt_dev_follow_operstate);
		break;
	case NETDEV_CHANGEMTU:
		virt_notifier_for_children(port, virt_dev_follow_mtu);
		break;
	case NETDEV_CHANGEADDR:
		virt_port_follow_mac(port);
		virt_notifier_for_children(port, virt_dev_follow_mac);
		break;
	case NETDEV_FEAT_CHANGE:
		virt_notifier_for_children(port, virt_dev_follow_features);
		break;
	case NETDEV_NOTIFY_PEERS:
	case NETDEV_BONDING_FAILOVER:
	case NETDEV_RESEND_IGMP:
		virt_notifier_relay(port, event);
		break;
	case NETDEV_PRE_TYPE_CHANGE:
		return NOTIFY_BAD;
	case NETDEV_UNREGISTER:
		if (port->dev->reg_state == NETREG_UNREGISTERING) {
			virt_notifier_delete_children(port);
			break;
		}
		/* it only moves to another namespace */
		virt_hook_detach(port);
		virt_notifier_for_children(port, virt_dev_pause_lists);
		break;
	case NETDEV_REGISTER:
		virt_notifier_for_children(port, virt_dev_follow_netns);
		virt_notifier_for_children(port, virt_notifier_guard);
		virt_notifier_for_children(port, virt_dev_resume_lists);
		if (virt_hook_update(port, NULL))
			netdev_warn(port->dev,
				    "no egress hook: the host does not reach its children\n");
		break;
	}
	return NOTIFY_DONE;
}

static int virt_notifier_event(struct notifier_block *nb, unsigned long event,
			       void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct virt_port *port = virt_port_get_rtnl(dev);
	int ret = NOTIFY_DONE;

	if (virt_dev_is_child(dev))
		ret = virt_notifier_child_event(netdev_priv(dev), event, ptr);
	if (port && !notifier_to_errno(ret))
		ret = virt_notifier_parent_event(port, event);
	return ret;
}

static struct notifier_block virt_notifier_block = {
	.notifier_call = virt_notifier_event,
};

/**
 * virt_notifier_init() - follow the events of all devices
 *
 * Return: 0 or a negative errno.
 */
int virt_notifier_init(void)
{
	return register_netdevice_notifier(&virt_notifier_block);
}

/** virt_notifier_exit() - undo virt_notifier_init() */
void virt_notifier_exit(void)
{
	unregister_netdevice_notifier(&virt_notifier_block);
}
