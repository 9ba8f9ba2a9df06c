// SPDX-License-Identifier: GPL-2.0-only
/* What the parent's own host sends: some of it is for children. The hook is
 * there only while a child needs it, for every frame that the parent sends
 * passes it.
 *
 * Copyright (C) The virt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "hook.h"

#include <linux/rtnetlink.h>

#include "local.h"
#include "virt.h"

static bool virt_hook_take(void *priv, struct sk_buff *skb)
{
	return virt_local_xmit_host(priv, skb);
}

static bool virt_hook_is_needed(const struct virt_port *port)
{
	const struct virt_dev *vdev;

	list_for_each_entry(vdev, &port->children, node)
		if (virt_dev_hears_host(vdev))
			return true;
	return false;
}

static int virt_hook_attach(struct virt_port *port,
			    struct netlink_ext_ack *extack)
{
	int err;

	port->egress.take = virt_hook_take;
	port->egress.priv = port;
	/* first: a child's own frame must not be taken for the host's */
	WRITE_ONCE(port->hooked, true);
	err = virt_compat_egress_attach(&port->egress, port->dev);
	if (err) {
		WRITE_ONCE(port->hooked, false);
		virt_compat_extack(extack,
				   "the parent takes no more egress hooks: use host off",
				   "%s takes no more egress hooks: use host off",
				   port->dev->name);
	}
	return err;
}

/**
 * virt_hook_detach() - see nothing more of what the host sends
 * @port: the parent's port; its parent is still in the namespace of before
 *
 * Frames may be inside the hook until a grace period is over.
 *
 * Context: Process, RTNL held.
 */
void virt_hook_detach(struct virt_port *port)
{
	ASSERT_RTNL();
	if (!port->hooked)
		return;
	virt_compat_egress_detach(&port->egress);
	WRITE_ONCE(port->hooked, false);
}

/**
 * virt_hook_update() - have the hook just while a child needs it
 * @port: the parent's port, after a change of its children
 * @extack: says why it cannot be had
 *
 * Context: Process, RTNL held.
 * Return: 0, or a negative errno if a child needs the hook and has none.
 */
int virt_hook_update(struct virt_port *port, struct netlink_ext_ack *extack)
{
	bool needed = virt_hook_is_needed(port);

	ASSERT_RTNL();
	if (needed && !port->hooked)
		return virt_hook_attach(port, extack);
	if (!needed)
		virt_hook_detach(port);
	return 0;
}

/**
 * virt_hook_xmit() - send a child's frame past our own hook
 * @port: the parent's port
 * @skb: the frame, skb->dev is the parent; consumed
 *
 * Context: BH off.
 * Return: as dev_queue_xmit().
 */
int virt_hook_xmit(const struct virt_port *port, struct sk_buff *skb)
{
	return READ_ONCE(port->hooked) ? virt_compat_egress_xmit(skb) :
					 dev_queue_xmit(skb);
}
