// SPDX-License-Identifier: GPL-2.0-only
/* From a child to the wire:
 *
 *   virt_tx_start_xmit -> virt_local_xmit (to a sibling or the host)
 *			-> virt_tx_to_parent -> dev_queue_xmit
 *
 * Copyright (C) The virt authors
 */
#include "tx.h"

#include <linux/etherdevice.h>

#include "guard.h"
#include "hook.h"
#include "local.h"
#include "mac.h"
#include "stats.h"
#include "virt.h"

/* Consumes @skb. Its length is taken first: afterwards it is gone. */
static void virt_tx_to_parent(struct virt_dev *vdev, struct sk_buff *skb)
{
	unsigned int len = skb->len;
	int ret;

	if (virt_dev_crosses_netns(vdev)) {
		skb_orphan(skb);
		skb_scrub_packet(skb, true);
	}
	skb->dev = vdev->parent;
	ret = virt_hook_xmit(vdev->port, skb);
	if (likely(ret == NET_XMIT_SUCCESS || ret == NET_XMIT_CN))
		virt_stats_tx(vdev, len);
	else
		virt_stats_drop(vdev, VIRT_STAT_TX_PARENT);
}

/* A bridge sends for others: their answers are to come back here. */
static void virt_tx_learn(struct virt_dev *vdev, const struct sk_buff *skb)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;

	if (virt_dev_mode(vdev) == VIRT_MODE_MAC &&
	    virt_dev_is_promisc(vdev) &&
	    !ether_addr_equal_unaligned(eth->h_source, vdev->dev->dev_addr))
		virt_mac_learn(vdev, eth->h_source);
}

/* The core holds RCU only in its BH form. Return: true if @skb is consumed. */
static bool virt_tx_stays_here(struct virt_dev *vdev, struct sk_buff *skb)
{
	bool taken = false;

	rcu_read_lock();
	if (unlikely(READ_ONCE(vdev->watched)) &&
	    !virt_guard_passes_rcu(vdev, skb)) {
		virt_stats_drop(vdev, VIRT_STAT_TX_GUARD);
		kfree_skb(skb);
		taken = true;
		goto out_unlock;
	}
	if (virt_dev_mode(vdev) == VIRT_MODE_STEAL)
		goto out_unlock;
	virt_tx_learn(vdev, skb);
	taken = virt_local_xmit(vdev, skb);
out_unlock:
	rcu_read_unlock();
	return taken;
}

/**
 * virt_tx_start_xmit() - ndo_start_xmit of a child
 * @skb: an Ethernet frame, maybe shared; consumed
 * @dev: the child
 *
 * Context: BH off.
 * Return: NETDEV_TX_OK, whatever became of the frame.
 */
netdev_tx_t virt_tx_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct virt_dev *vdev = netdev_priv(dev);

	if (unlikely(skb_headlen(skb) < ETH_HLEN)) {
		virt_stats_drop(vdev, VIRT_STAT_TX_SHORT);
		virt_compat_kfree_skb(skb, VIRT_COMPAT_DROP_SHORT);
		return NETDEV_TX_OK;
	}
	if (!virt_tx_stays_here(vdev, skb))
		virt_tx_to_parent(vdev, skb);
	return NETDEV_TX_OK;
}
