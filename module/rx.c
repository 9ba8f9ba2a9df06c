// SPDX-License-Identifier: GPL-2.0-only
/* From the parent to its children:
 *
 *   virt_rx_handle_frame -> virt_demux -> virt_addr_lookup_rcu
 *	-> virt_rx_deliver
 *
 * The parent's receive path calls virt_rx_handle_frame() with BH off, inside
 * an RCU read side section, after VLAN devices took their tagged frames and
 * with skb->data at the network header. What is not a child's goes on to the
 * parent untouched. Frames may be shared, cloned or in fragments: headers
 * are read through skb_header_pointer() and nothing is written before
 * skb_share_check().
 *
 * Copyright (C) The virt authors
 */
#include "rx.h"

#include <linux/etherdevice.h>
#include <linux/hash.h>
#include <linux/if_vlan.h>
#include <linux/netfilter.h>

#include "addr.h"
#include "demux.h"
#include "port.h"
#include "stats.h"
#include "virt.h"

/**
 * virt_rx_mc_hash() - the bit of a group in a child's mc_filter
 * @addr: a destination MAC
 *
 * Return: the number of the bit.
 */
unsigned int virt_rx_mc_hash(const unsigned char *addr)
{
	u32 low = get_unaligned((const u32 *)(addr + 2));

	return hash_32(low, VIRT_MC_FILTER_BITS);
}

static bool virt_rx_is_multicast(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_MULTICAST ||
	       skb->pkt_type == PACKET_BROADCAST;
}

/* Turn @skb, which is nobody else's, into a frame received by @vdev. */
static void virt_rx_adopt(struct virt_dev *vdev, struct sk_buff *skb)
{
	skb->dev = vdev->dev;
	if (!net_eq(dev_net(vdev->dev), dev_net(vdev->parent))) {
		skb->mark = 0;
		nf_reset_ct(skb);
	}
	virt_stats_rx(vdev, skb->len + ETH_HLEN, virt_rx_is_multicast(skb));
}

/* Consumes the frame, by giving it to @vdev or by dropping it. */
static rx_handler_result_t virt_rx_deliver(struct virt_dev *vdev,
					   struct sk_buff **pskb)
{
	enum virt_stat cause;
	struct sk_buff *skb;

	if (unlikely(!(vdev->dev->flags & IFF_UP))) {
		cause = VIRT_STAT_RX_DOWN;
		kfree_skb(*pskb);
		goto drop;
	}
	skb = skb_share_check(*pskb, GFP_ATOMIC);
	if (unlikely(!skb)) {
		cause = VIRT_STAT_RX_NOMEM;
		goto drop;
	}
	*pskb = skb;
	virt_rx_adopt(vdev, skb);
	return RX_HANDLER_ANOTHER;

drop:
	virt_stats_drop(vdev, cause);
	return RX_HANDLER_CONSUMED;
}

/* Borrows @skb: @vdev gets a clone. */
static void virt_rx_deliver_clone(struct virt_dev *vdev,
				  const struct sk_buff *skb)
{
	struct sk_buff *clone;

	clone = skb_clone((struct sk_buff *)skb, GFP_ATOMIC);
	if (unlikely(!clone)) {
		virt_stats_drop(vdev, VIRT_STAT_RX_NOMEM);
		return;
	}
	virt_rx_adopt(vdev, clone);
	netif_rx(clone);
}

static bool virt_rx_wants_group(const struct virt_dev *vdev,
				const struct sk_buff *skb)
{
	if (!(vdev->dev->flags & IFF_UP))
		return false;
	return skb->pkt_type == PACKET_BROADCAST ||
	       vdev->dev->flags & (IFF_PROMISC | IFF_ALLMULTI) ||
	       test_bit(virt_rx_mc_hash(eth_hdr(skb)->h_dest),
			vdev->mc_filter);
}

/* Every child that listens gets a clone; the parent keeps the frame. */
static void virt_rx_flood(struct virt_port *port, const struct sk_buff *skb)
{
	struct virt_dev *vdev;

	list_for_each_entry_rcu(vdev, &port->children, node)
		if (virt_rx_wants_group(vdev, skb))
			virt_rx_deliver_clone(vdev, skb);
}

static enum virt_demux_verdict virt_rx_demux(const struct sk_buff *skb,
					     struct virt_demux_key *key)
{
	unsigned int len = min_t(unsigned int, skb->len, VIRT_DEMUX_BYTES);
	u8 copy[VIRT_DEMUX_BYTES];
	const u8 *net;

	net = skb_header_pointer(skb, 0, len, copy);
	if (unlikely(!net))
		return VIRT_DEMUX_NONE;
	return virt_demux(ntohs(skb->protocol), net, len, key);
}

/* A child of the parent's own namespace shares its routes: the request may
 * have left through the parent with the child's address in it, and both wait
 * for the answer.
 */
static rx_handler_result_t virt_rx_answer(struct virt_dev *vdev,
					  struct sk_buff **pskb)
{
	if (!net_eq(dev_net(vdev->dev), dev_net(vdev->parent)))
		return virt_rx_deliver(vdev, pskb);
	if (vdev->dev->flags & IFF_UP)
		virt_rx_deliver_clone(vdev, *pskb);
	return RX_HANDLER_PASS;
}

/* By the addresses of the children, under the parent's MAC. */
static rx_handler_result_t virt_rx_share(struct virt_port *port,
					 struct sk_buff **pskb)
{
	enum virt_demux_verdict verdict;
	struct sk_buff *skb = *pskb;
	struct virt_demux_key key;
	struct virt_dev *vdev;

	verdict = virt_rx_demux(skb, &key);
	if (verdict == VIRT_DEMUX_OWNER || verdict == VIRT_DEMUX_ANSWER) {
		vdev = virt_addr_lookup_rcu(port, &key);
		if (vdev && verdict == VIRT_DEMUX_ANSWER)
			return virt_rx_answer(vdev, pskb);
		if (vdev)
			return virt_rx_deliver(vdev, pskb);
		if (skb->protocol == htons(ETH_P_ARP))
			return RX_HANDLER_PASS;
	}
	if (virt_rx_is_multicast(skb))
		virt_rx_flood(port, skb);
	return RX_HANDLER_PASS;
}

/**
 * virt_rx_handle_frame() - the rx_handler of every parent
 * @pskb: a frame that the parent received; may be replaced
 *
 * Context: Softirq, RCU read side.
 * Return: RX_HANDLER_PASS leaves the frame to the parent,
 * RX_HANDLER_ANOTHER hands it to the child that it now names,
 * RX_HANDLER_CONSUMED means it is freed.
 */
rx_handler_result_t virt_rx_handle_frame(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	struct virt_dev *vdev;
	struct virt_port *port;

	if (unlikely(skb->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;

	port = rcu_dereference(skb->dev->rx_handler_data);
	vdev = rcu_dereference(port->steal);
	if (vdev)
		return virt_rx_deliver(vdev, pskb);

	/* a VLAN that no device took is the parent's business, and so is
	 * what it sees only because it is promiscuous
	 */
	if (skb_vlan_tag_get_id(skb) || skb->pkt_type == PACKET_OTHERHOST)
		return RX_HANDLER_PASS;
	return virt_rx_share(port, pskb);
}
