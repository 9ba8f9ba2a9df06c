// SPDX-License-Identifier: GPL-2.0-only
/* Messages of the kernel (netconsole) over a child: they are sent with
 * interrupts off, by the parent's own netpoll and past its queues.
 *
 * Copyright (C) The virt authors
 */
#include "netpoll.h"

#include <linux/netpoll.h>
#include <linux/slab.h>

#include "dev.h"
#include "stats.h"
#include "virt.h"

/**
 * virt_netpoll_setup() - somebody will send from where nothing may sleep
 * @dev: the child
 *
 * Context: Process, RTNL held.
 * Return: 0 or a negative errno; the parent may not be able to.
 */
int virt_netpoll_setup(struct net_device *dev)
{
	struct virt_dev *vdev = netdev_priv(dev);
	struct netpoll *netpoll;
	int err;

	netpoll = kzalloc(sizeof(*netpoll), GFP_KERNEL);
	if (!netpoll)
		return -ENOMEM;
	err = __netpoll_setup(netpoll, vdev->parent);
	if (err) {
		kfree(netpoll);
		return err;
	}
	WRITE_ONCE(vdev->netpoll, netpoll);
	virt_dev_update_ways(vdev);
	return 0;
}

/**
 * virt_netpoll_cleanup() - undo virt_netpoll_setup()
 * @dev: the child
 *
 * Context: Process, RTNL held.
 */
void virt_netpoll_cleanup(struct net_device *dev)
{
	struct virt_dev *vdev = netdev_priv(dev);
	struct netpoll *netpoll = vdev->netpoll;

	if (!netpoll)
		return;
	WRITE_ONCE(vdev->netpoll, NULL);
	virt_dev_update_ways(vdev);
	/* waits for those who still send by it */
	__netpoll_free(netpoll);
}

/**
 * virt_netpoll_xmit() - send by the parent's netpoll
 * @vdev: the child
 * @skb: an Ethernet frame; consumed
 *
 * Context: Any, interrupts off.
 * Return: NETDEV_TX_OK
 */
netdev_tx_t virt_netpoll_xmit(struct virt_dev *vdev, struct sk_buff *skb)
{
	unsigned long len = skb->len;

	skb->dev = vdev->parent;
	/* without a netpoll, it only frees the frame */
	if (netpoll_send_skb(READ_ONCE(vdev->netpoll), skb) == NETDEV_TX_OK)
		virt_stats_tx(vdev, len);
	else
		virt_stats_drop(vdev, VIRT_STAT_TX_PARENT);
	return NETDEV_TX_OK;
}
