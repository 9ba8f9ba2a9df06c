// SPDX-License-Identifier: GPL-2.0-only
/* What the parent's own host sends: an rx_handler never sees it, a netfilter
 * hook at the parent's egress does.
 *
 * The hook is there only while a child needs it, for every frame that the
 * parent sends passes it. It runs after the administrator's own rules.
 *
 * Copyright (C) The virt authors
 */
#include "hook.h"

#include <linux/rtnetlink.h>

#include "local.h"

#if VIRT_HOOK_AVAILABLE

/* The frame that a child is sending on this CPU: not the host's. */
static DEFINE_PER_CPU(const struct sk_buff *, virt_hook_own);

/* The core calls this with BH on for packet sockets that bypass the qdisc. */
static unsigned int virt_hook_egress(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	struct virt_port *port = priv;
	bool taken = false;

	local_bh_disable();
	rcu_read_lock();
	if (skb != this_cpu_read(virt_hook_own))
		taken = virt_local_xmit_host(port, skb);
	rcu_read_unlock();
	local_bh_enable();
	return taken ? NF_STOLEN : NF_ACCEPT;
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
	port->hook = (struct nf_hook_ops) {
		.hook = virt_hook_egress,
		.dev = port->dev,
		.priv = port,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_EGRESS,
		.priority = INT_MAX,
	};
	if (nf_register_net_hook(dev_net(port->dev), &port->hook))
		netdev_warn(port->dev,
			    "no memory: the host does not reach its children\n");
	else
		WRITE_ONCE(port->hooked, true);
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
	nf_unregister_net_hook(dev_net(port->dev), &port->hook);
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
	const struct sk_buff *before;
	int ret;

	if (!READ_ONCE(port->hooked))
		return dev_queue_xmit(skb);
	/* a child on a child sends while another one does */
	before = this_cpu_read(virt_hook_own);
	this_cpu_write(virt_hook_own, skb);
	ret = dev_queue_xmit(skb);
	this_cpu_write(virt_hook_own, before);
	return ret;
}

#else

void virt_hook_detach(struct virt_port *port)
{
}

void virt_hook_update(struct virt_port *port)
{
}

int virt_hook_xmit(const struct virt_port *port, struct sk_buff *skb)
{
	return dev_queue_xmit(skb);
}

#endif /* VIRT_HOOK_AVAILABLE */
