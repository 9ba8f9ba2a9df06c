// SPDX-License-Identifier: GPL-2.0-only
/* From a child to the wire:
 *
 *   virt_tx_start_xmit -> virt_tx_to_parent -> dev_queue_xmit
 *
 * Copyright (C) The virt authors
 */
#include "tx.h"

#include "stats.h"
#include "virt.h"

/* Consumes @skb. Its length is taken first: afterwards it is gone. */
static void virt_tx_to_parent(struct virt_dev *vdev, struct sk_buff *skb)
{
	unsigned int len = skb->len;
	int ret;

	if (!net_eq(dev_net(vdev->dev), dev_net(vdev->parent))) {
		skb_orphan(skb);
		skb_scrub_packet(skb, true);
	}
	skb->dev = vdev->parent;
	ret = dev_queue_xmit(skb);
	if (likely(ret == NET_XMIT_SUCCESS || ret == NET_XMIT_CN))
		virt_stats_tx(vdev, len);
	else
		virt_stats_drop(vdev, VIRT_STAT_TX_PARENT);
}

/**
 * virt_tx_start_xmit() - ndo_start_xmit of a child
 * @skb: an Ethernet frame; consumed
 * @dev: the child
 *
 * Context: BH off, RCU read side.
 * Return: NETDEV_TX_OK, whatever became of the frame.
 */
netdev_tx_t virt_tx_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	virt_tx_to_parent(netdev_priv(dev), skb);
	return NETDEV_TX_OK;
}
