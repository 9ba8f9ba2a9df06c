// SPDX-License-Identifier: GPL-2.0-only
/* From a child to the wire:
 *
 *   virt_tx_start_xmit -> virt_tx_to_parent -> dev_queue_xmit
 *	-> virt_tx_detour -> virt_local_xmit (to a sibling or the host)
 *
 * Copyright (C) The virt authors
 */
#include "tx.h"

#include <linux/etherdevice.h>
#include <linux/netpoll.h>

#include "guard.h"
#include "local.h"
#include "mac.h"
#include "netpoll.h"
#include "stats.h"
#include "virt.h"

/* Consumes @skb. Its length is taken first: afterwards it is gone. Inline, for
 * every frame comes through here.
 */
static __always_inline netdev_tx_t
virt_tx_to_parent(struct virt_dev *vdev, struct sk_buff *skb, bool hooked)
{
	unsigned long len = skb->len;
	int ret;

	skb->dev = vdev->parent;
	ret = hooked ? virt_compat_egress_xmit(skb) : dev_queue_xmit(skb);
	if (likely(ret == NET_XMIT_SUCCESS || ret == NET_XMIT_CN))
		virt_stats_tx(vdev, len);
	else
		virt_stats_drop(vdev, VIRT_STAT_TX_PARENT);
	return NETDEV_TX_OK;
}

/* May the receiver be here, as far as can be told without looking it up? */
static bool virt_tx_is_near(const struct virt_dev *vdev,
			    const struct ethhdr *eth)
{
	return is_multicast_ether_addr(eth->h_dest) ||
	       virt_mac_key(eth->h_dest) == vdev->host_key;
}

/* Consumes the frame if it returns true, else it may be another skb. */
static bool virt_tx_stays_here(struct virt_dev *vdev, struct sk_buff **pskb)
{
	const struct ethhdr *eth;
	bool taken = false;

	/* the core holds RCU only in its BH form */
	rcu_read_lock();
	if (vdev->detours & VIRT_DETOUR_GUARD &&
	    !virt_guard_passes_rcu(vdev, pskb)) {
		virt_stats_drop(vdev, VIRT_STAT_TX_GUARD);
		kfree_skb(*pskb);
		taken = true;
		goto out_unlock;
	}
	if (virt_dev_mode(vdev) == VIRT_MODE_STEAL)
		goto out_unlock;
	eth = (const struct ethhdr *)(*pskb)->data;
	/* a bridge sends for others: their answers are to come back here */
	if (vdev->detours & VIRT_DETOUR_LEARN &&
	    !ether_addr_equal_unaligned(eth->h_source, vdev->dev->dev_addr))
		virt_mac_learn(vdev, eth->h_source);
	if (virt_tx_is_near(vdev, eth) ||
	    virt_mac_find_rcu(vdev->port, virt_mac_key(eth->h_dest)))
		taken = virt_local_xmit(vdev, *pskb);
out_unlock:
	rcu_read_unlock();
	return taken;
}

static noinline netdev_tx_t virt_tx_drop(struct virt_dev *vdev,
					 struct sk_buff *skb,
					 enum virt_stat cause, int reason)
{
	virt_stats_drop(vdev, cause);
	virt_compat_kfree_skb(skb, reason);
	return NETDEV_TX_OK;
}

static noinline netdev_tx_t virt_tx_detour(struct virt_dev *vdev,
					   struct sk_buff *skb)
{
	/* past the qdisc a frame may come when the port is gone */
	if (unlikely(!netif_running(vdev->dev)))
		return virt_tx_drop(vdev, skb, VIRT_STAT_TX_PARENT,
				    VIRT_COMPAT_DROP_DOWN);
	if (vdev->detours & VIRT_DETOUR_NETPOLL &&
	    netpoll_tx_running(vdev->dev))
		return virt_netpoll_xmit(vdev, skb);
	if (virt_tx_stays_here(vdev, &skb))
		return NETDEV_TX_OK;
	/* nothing of the child's namespace leaves it but the sender's claim to
	 * room and timestamps
	 */
	if (vdev->detours & VIRT_DETOUR_FAR)
		skb_scrub_packet(skb, true);
	return virt_tx_to_parent(vdev, skb, vdev->detours & VIRT_DETOUR_HOOK);
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
	u8 detours = vdev->detours;

	if (unlikely(skb_headlen(skb) < ETH_HLEN))
		return virt_tx_drop(vdev, skb, VIRT_STAT_TX_SHORT,
				    VIRT_COMPAT_DROP_SHORT);
	if (unlikely(virt_tx_is_near(vdev, (const void *)skb->data)))
		return virt_tx_detour(vdev, skb);
	if (likely(!detours))
		return virt_tx_to_parent(vdev, skb, false);
	if (detours == VIRT_DETOUR_HOOK)
		return virt_tx_to_parent(vdev, skb, true);
	return virt_tx_detour(vdev, skb);
}
