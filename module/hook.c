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
#include "mac.h"
#include "port.h"
#include "virt.h"

/**
 * virt_hook_see() - look at a frame that the parent is about to send
 * @egress: the port's
 * @skb: the frame, maybe shared
 *
 * What is for the wire alone passes quickly.
 *
 * Context: BH off, RCU read side.
 * Return: NF_STOLEN if @skb was consumed, else NF_ACCEPT.
 */
unsigned int virt_hook_see(struct virt_compat_egress *egress,
			   struct sk_buff *skb)
{
	struct virt_port *port = container_of(egress, struct virt_port, egress);
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;
	u64 key;

	if (unlikely(skb_headlen(skb) < ETH_HLEN))
		return NF_ACCEPT;
	key = virt_mac_key(eth->h_dest);
	if (likely(!is_multicast_ether_addr(eth->h_dest) &&
		   key != port->mac_key &&
		   (!port->nr_macs || !virt_mac_find_rcu(port, key))))
		return NF_ACCEPT;
	return virt_local_xmit_host(port, skb) ? NF_STOLEN : NF_ACCEPT;
}

static void virt_hook_set(struct virt_port *port, bool hooked)
{
	port->hooked = hooked;
	virt_port_update_ways(port);
}

static int virt_hook_attach(struct virt_port *port,
			    struct netlink_ext_ack *extack)
{
	int err;

	/* first: a child's own frame must not be taken for the host's */
	virt_hook_set(port, true);
	err = virt_compat_egress_attach(&port->egress, port->dev);
	if (err) {
		virt_hook_set(port, false);
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
	virt_hook_set(port, false);
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
	ASSERT_RTNL();
	if (port->nr_hearers && !port->hooked)
		return virt_hook_attach(port, extack);
	if (!port->nr_hearers)
		virt_hook_detach(port);
	return 0;
}
