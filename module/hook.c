// SPDX-License-Identifier: GPL-2.0-only
/* What the parent's own host sends: some of it is for children. The hook is
 * there only while a child needs it, for every frame that the parent sends
 * passes it.
 *
 * Copyright (C) The virt authors
 */
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

static void virt_hook_attach(struct virt_port *port)
{
	port->egress.take = virt_hook_take;
	port->egress.priv = port;
	/* first: a child's own frame must not be taken for the host's */
	WRITE_ONCE(port->hooked, true);
	if (virt_compat_egress_attach(&port->egress, port->dev)) {
		WRITE_ONCE(port->hooked, false);
		netdev_warn(port->dev,
			    "no egress hook: the host does not reach its children\n");
	}
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
	if (!port->hooked)
		return;
	virt_compat_egress_detach(&port->egress);
	WRITE_ONCE(port->hooked, false);
}

/**
 * virt_hook_update() - have the hook just while a child needs it
 * @port: the parent's port, after a change of its children
 *
 * Context: Process, RTNL held.
 */
void virt_hook_update(struct virt_port *port)
{
	bool needed = virt_hook_is_needed(port);

	if (needed && !port->hooked)
		virt_hook_attach(port);
	else if (!needed)
		virt_hook_detach(port);
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
