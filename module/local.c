// SPDX-License-Identifier: GPL-2.0-only
/* Between the children of a port and their host, without the wire: a switch
 * would not send these frames back.
 *
 * A frame to one receiver changes hands by dev_forward_skb(). A frame to a
 * group is copied for those here that listen and goes on to the wire, unless
 * it names one owner who is here.
 *
 * Copyright (C) The virt authors
 */
#include "local.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>

#include "addr.h"
#include "demux.h"
#include "dhcp.h"
#include "group.h"
#include "mac.h"
#include "rx.h"
#include "stats.h"
#include "virt.h"

/* What a frame that a child or its host sends is to become. */
enum virt_local_way {
	VIRT_LOCAL_WIRE,	/* nothing to do with us */
	VIRT_LOCAL_CHILD,	/* one child's */
	VIRT_LOCAL_HOST,	/* the parent's host's */
	VIRT_LOCAL_GROUP,	/* some here may listen, and the wire */
};

/* The ethertype and where the network header is; the receiver takes a tag with
 * no VLAN off, and so must we. Reads, and never pulls: the skb may be shared.
 * Return: false for what is in a VLAN.
 */
static bool virt_local_network(const struct sk_buff *skb,
			       const struct ethhdr *eth, __be16 *proto,
			       int *offset)
{
	const struct vlan_hdr *vlan;
	struct vlan_hdr tag;

	*proto = eth->h_proto;
	*offset = ETH_HLEN;
	if (virt_compat_vlan_id(skb))
		return false;
	if (!eth_type_vlan(*proto))
		return true;
	vlan = skb_header_pointer(skb, *offset, sizeof(tag), &tag);
	if (!vlan || ntohs(vlan->h_vlan_TCI) & VLAN_VID_MASK)
		return false;
	*proto = vlan->h_vlan_encapsulated_proto;
	*offset += sizeof(tag);
	return true;
}

/* Consumes @skb. Return: true if @vdev took it. */
static bool virt_local_to_child(struct virt_dev *vdev, struct sk_buff *skb)
{
	unsigned int len = skb->len;

	if (!(vdev->dev->flags & IFF_UP)) {
		virt_stats_drop(vdev, VIRT_STAT_RX_DOWN);
		virt_compat_kfree_skb(skb, VIRT_COMPAT_DROP_DOWN);
		return false;
	}
	if (dev_forward_skb(vdev->dev, skb) != NET_RX_SUCCESS) {
		virt_stats_drop(vdev, VIRT_STAT_RX_BACKLOG);
		return false;
	}
	virt_stats_rx(vdev, len, false);
	return true;
}

/* A copy of a frame on its way out, turned into one that the parent received.
 * Return: it, or NULL.
 */
static struct sk_buff *virt_local_turn(const struct virt_port *port,
				       struct sk_buff *skb)
{
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);

	if (copy) {
		skb_scrub_packet(copy, true);
		copy->protocol = eth_type_trans(copy, port->dev);
		skb_postpull_rcsum(copy, eth_hdr(copy), ETH_HLEN);
		skb_reset_network_header(copy);
	}
	return copy;
}

/* A frame from one child to one receiver here, a sibling or the host: counted
 * for the sender. Consumes @skb.
 */
static void virt_local_unicast(struct virt_dev *vdev, struct virt_dev *to,
			       struct sk_buff *skb)
{
	unsigned int len = skb->len;
	bool ok;

	if (to ? READ_ONCE(to->conf.isolate) || READ_ONCE(vdev->conf.isolate) :
		 !READ_ONCE(vdev->conf.host)) {
		virt_stats_drop(vdev, VIRT_STAT_TX_ISOLATED);
		kfree_skb(skb);
		return;
	}
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb) {
		virt_stats_drop(vdev, VIRT_STAT_TX_NOMEM);
		return;
	}
	skb_tx_timestamp(skb);
	ok = to ? virt_local_to_child(to, skb) :
		  dev_forward_skb(vdev->parent, skb) == NET_RX_SUCCESS;
	if (ok)
		virt_stats_tx(vdev, len);
	else
		virt_stats_drop(vdev, VIRT_STAT_TX_LOCAL);
}

/* To a group: one owner where the frame names one, else all that listen. */
static enum virt_local_way virt_local_group_way(const struct virt_port *port,
						const struct sk_buff *skb,
						const struct ethhdr *eth,
						struct virt_dev **to,
						enum virt_group_who *who)
{
	struct virt_demux_key key;
	__be16 proto;
	int offset;

	*who = VIRT_GROUP_MEMBERS;
	if (is_link_local_ether_addr(eth->h_dest))
		return VIRT_LOCAL_WIRE;
	/* of IPv4, only ARP names an owner to a group */
	if (!virt_local_network(skb, eth, &proto, &offset) ||
	    proto == htons(ETH_P_IP) ||
	    virt_rx_demux(skb, offset, proto, &key) != VIRT_DEMUX_OWNER)
		return VIRT_LOCAL_GROUP;
	*to = virt_addr_lookup_rcu(port, &key);
	if (*to)
		return VIRT_LOCAL_CHILD;
	*who = VIRT_GROUP_FLOOD;
	return VIRT_LOCAL_GROUP;
}

/* May the frame of a child, if it is one, go to its host and to a sibling? */
static bool virt_local_is_open(const struct virt_dev *vdev,
			       const struct virt_dev *to)
{
	return vdev && vdev != to && READ_ONCE(vdev->conf.host) &&
	       !READ_ONCE(vdev->conf.isolate) && !READ_ONCE(to->conf.isolate);
}

/* To the parent's MAC address, which the children in mode share have too.
 * @vdev is NULL if its host sends.
 */
static enum virt_local_way virt_local_share_way(struct virt_port *port,
						const struct virt_dev *vdev,
						const struct sk_buff *skb,
						const struct ethhdr *eth,
						struct virt_dev **to,
						enum virt_group_who *who)
{
	enum virt_demux_verdict verdict;
	__be16 proto;
	int offset;

	if (!virt_local_network(skb, eth, &proto, &offset))
		return VIRT_LOCAL_HOST;
	*to = virt_rx_find_share(port, skb, offset, proto, &verdict);
	/* what its host may have asked for, the host's rx_handler gives both */
	if (*to)
		return verdict == VIRT_DEMUX_ANSWER &&
		       virt_local_is_open(vdev, *to) ?
			       VIRT_LOCAL_HOST : VIRT_LOCAL_CHILD;
	/* the answer to an ARP probe */
	*who = VIRT_GROUP_SHARE;
	return verdict == VIRT_DEMUX_EVERYBODY ? VIRT_LOCAL_GROUP :
						 VIRT_LOCAL_HOST;
}

/* The one decision for frames of children and of their host, for which @vdev
 * is NULL. @to is written for VIRT_LOCAL_CHILD, @who for VIRT_LOCAL_GROUP.
 */
static enum virt_local_way virt_local_way(struct virt_port *port,
					  const struct virt_dev *vdev,
					  const struct sk_buff *skb,
					  struct virt_dev **to,
					  enum virt_group_who *who)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;

	if (is_multicast_ether_addr(eth->h_dest))
		return virt_local_group_way(port, skb, eth, to, who);
	if (ether_addr_equal_unaligned(eth->h_dest, port->dev->dev_addr))
		return virt_local_share_way(port, vdev, skb, eth, to, who);
	*to = virt_mac_lookup_rcu(port, eth->h_dest);
	return *to ? VIRT_LOCAL_CHILD : VIRT_LOCAL_WIRE;
}

/* Borrows @skb, which goes on to the wire. */
static void virt_local_group(struct virt_dev *vdev, struct sk_buff *skb,
			     enum virt_group_who who)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;
	struct virt_port *port = vdev->port;
	bool alone = READ_ONCE(port->nr_children) == 1;
	struct sk_buff *copy;

	if (virt_dev_mode(vdev) == VIRT_MODE_SHARE &&
	    eth->h_proto == htons(ETH_P_IP))
		virt_dhcp_note(vdev, skb, ETH_HLEN);
	if (!virt_dev_hears_host(vdev) && alone)
		return;
	copy = virt_local_turn(port, skb);
	if (!copy) {
		virt_stats_drop(vdev, VIRT_STAT_TX_NOMEM);
		return;
	}
	if (!alone)
		virt_group_deliver(port, copy, vdev, false, who);
	/* our rx_handler knows the frame by its source and passes it; with a
	 * foreign source it would go to all children again
	 */
	if (virt_dev_hears_host(vdev) && virt_rx_is_ours(port, copy))
		netif_rx(copy);
	else
		consume_skb(copy);
}

/**
 * virt_local_xmit() - keep a child's frame here if its receiver is
 * @vdev: the sender
 * @skb: an Ethernet frame with its header in the linear part
 *
 * Context: BH off, RCU read side.
 * Return: true if @skb was consumed, false if it must go to the wire.
 */
bool virt_local_xmit(struct virt_dev *vdev, struct sk_buff *skb)
{
	struct virt_dev *to = NULL;
	enum virt_group_who who;

	switch (virt_local_way(vdev->port, vdev, skb, &to, &who)) {
	case VIRT_LOCAL_CHILD:
		if (to != vdev)
			break;
		/* it asks for itself */
		if (is_multicast_ether_addr(skb->data))
			virt_local_group(vdev, skb, VIRT_GROUP_MEMBERS);
		return false;
	case VIRT_LOCAL_HOST:
		to = NULL;
		break;
	case VIRT_LOCAL_GROUP:
		virt_local_group(vdev, skb, who);
		return false;
	case VIRT_LOCAL_WIRE:
		return false;
	}
	virt_local_unicast(vdev, to, skb);
	return true;
}

/**
 * virt_local_xmit_host() - give the host's frame to the child it is for
 * @port: the parent's port
 * @skb: an Ethernet frame that the parent is about to send, with its header in
 *	the linear part, maybe shared
 *
 * Context: BH off, RCU read side.
 * Return: true if @skb was consumed, false if it must go to the wire.
 */
bool virt_local_xmit_host(struct virt_port *port, struct sk_buff *skb)
{
	enum virt_local_way way;
	enum virt_group_who who;
	struct virt_dev *to;
	struct sk_buff *copy;

	way = virt_local_way(port, NULL, skb, &to, &who);
	if (way == VIRT_LOCAL_GROUP) {
		copy = virt_local_turn(port, skb);
		if (copy)
			virt_group_deliver(port, copy, NULL, true, who);
		else
			atomic64_inc(&port->bc_overflow);
		consume_skb(copy);
	}
	if (way != VIRT_LOCAL_CHILD || !virt_dev_hears_host(to))
		return false;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (skb) {
		skb_tx_timestamp(skb);
		virt_local_to_child(to, skb);
	} else {
		virt_stats_drop(to, VIRT_STAT_RX_NOMEM);
	}
	return true;
}
