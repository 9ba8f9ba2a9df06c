// SPDX-License-Identifier: GPL-2.0-only
/* See what a device is about to send: an rx_handler never does.
 *
 * Copyright (C) The virt authors
 */
#include "egress.h"

/* Our own frames are marked as received by a device that cannot be: they may
 * wait, be cloned or cut, and the context is another one when they are seen.
 */
static void virt_compat_egress_mark(struct sk_buff *skb)
{
	skb->skb_iif = -skb->dev->ifindex;
}

static bool virt_compat_egress_is_ours(const struct sk_buff *skb,
				       const struct net_device *dev)
{
	return skb->skb_iif == -dev->ifindex;
}

#if VIRT_COMPAT_EGRESS_HOOK

#include <linux/netfilter_netdev.h>

/* The core calls this with BH on for packet sockets that bypass the qdisc, and
 * with RCU held always.
 */
static unsigned int virt_compat_egress_hook(void *priv, struct sk_buff *skb,
					    const struct nf_hook_state *state)
{
	unsigned int verdict;

	if (virt_compat_egress_is_ours(skb, skb->dev)) {
		/* classifiers, which come next, are told of no device */
		skb->skb_iif = 0;
		return NF_ACCEPT;
	}
	if (likely(softirq_count()))
		return virt_hook_see(priv, skb);
	local_bh_disable();
	verdict = virt_hook_see(priv, skb);
	local_bh_enable();
	return verdict;
}

/**
 * virt_compat_egress_attach() - begin to see what a device sends
 * @egress: where to keep what is needed
 * @dev: the device
 *
 * The administrator's own rules come first.
 *
 * Context: Process, RTNL held.
 * Return: 0 or a negative errno.
 */
int virt_compat_egress_attach(struct virt_compat_egress *egress,
			      struct net_device *dev)
{
	egress->hook = (struct nf_hook_ops) {
		.hook = virt_compat_egress_hook,
		.dev = dev,
		.priv = egress,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_EGRESS,
		.priority = INT_MAX,
	};
	return nf_register_net_hook(dev_net(dev), &egress->hook);
}

/**
 * virt_compat_egress_detach() - see no more
 * @egress: attached; its device is still in the namespace of then
 *
 * Frames may be on their way through until a grace period is over.
 *
 * Context: Process, RTNL held.
 */
void virt_compat_egress_detach(struct virt_compat_egress *egress)
{
	nf_unregister_net_hook(dev_net(egress->hook.dev), &egress->hook);
}

/* Has the device no hook but ours? Then the frame can go past all of them.
 * While ours comes or goes, the only one may be the administrator's.
 */
static bool virt_compat_egress_is_alone(const struct net_device *dev)
{
#ifdef CONFIG_NETFILTER_SKIP_EGRESS
	const struct nf_hook_entries *hooks;

	hooks = rcu_dereference_bh(dev->nf_hooks_egress);
	return hooks && hooks->num_hook_entries == 1 &&
	       READ_ONCE(hooks->hooks[0].hook) == virt_compat_egress_hook;
#else
	return false;
#endif
}

/**
 * virt_compat_egress_xmit() - send a frame that is not to be seen
 * @skb: the frame, skb->dev is an attached device; consumed
 *
 * Context: BH off.
 * Return: as dev_queue_xmit().
 */
int virt_compat_egress_xmit(struct sk_buff *skb)
{
	if (likely(virt_compat_egress_is_alone(skb->dev)))
		nf_skip_egress(skb, true);
	else
		virt_compat_egress_mark(skb);
	return dev_queue_xmit(skb);
}

#else

/* @skb is a clone, which others may hold too. */
static int virt_compat_egress_tap(struct sk_buff *skb, struct net_device *dev,
				  struct packet_type *tap,
				  struct net_device *orig_dev)
{
	struct virt_compat_egress *egress =
		container_of(tap, struct virt_compat_egress, tap);
	unsigned int verdict = NF_ACCEPT;

	local_bh_disable();
	if (skb->pkt_type == PACKET_OUTGOING &&
	    !virt_compat_egress_is_ours(skb, dev))
		verdict = virt_hook_see(egress, skb);
	local_bh_enable();
	if (verdict == NF_ACCEPT)
		consume_skb(skb);
	return 0;
}

int virt_compat_egress_attach(struct virt_compat_egress *egress,
			      struct net_device *dev)
{
	egress->tap = (struct packet_type) {
		.type = htons(ETH_P_ALL),
		.dev = dev,
		.func = virt_compat_egress_tap,
	};
	dev_add_pack(&egress->tap);
	return 0;
}

void virt_compat_egress_detach(struct virt_compat_egress *egress)
{
	dev_remove_pack(&egress->tap);
}

int virt_compat_egress_xmit(struct sk_buff *skb)
{
	virt_compat_egress_mark(skb);
	return dev_queue_xmit(skb);
}

#endif /* VIRT_COMPAT_EGRESS_HOOK */
