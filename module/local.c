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

/* Reads, and never pulls: the skb may be shared. */
static enum virt_demux_verdict virt_local_demux(const struct sk_buff *skb,
						const struct ethhdr *eth,
						struct virt_demux_key *key)
{
	__be16 proto = eth->h_proto;
	struct vlan_hdr tag, *vlan;
	u8 copy[VIRT_DEMUX_BYTES];
	int offset = ETH_HLEN;
	unsigned int len;
	const u8 *net;

	if (skb_vlan_tag_get_id(skb))
		return VIRT_DEMUX_NONE;
	/* the receiver takes a tag with no VLAN off, and so must we */
	if (eth_type_vlan(proto)) {
		vlan = skb_header_pointer(skb, offset, sizeof(tag), &tag);
		if (!vlan || ntohs(vlan->h_vlan_TCI) & VLAN_VID_MASK)
			return VIRT_DEMUX_NONE;
		proto = vlan->h_vlan_encapsulated_proto;
		offset += sizeof(tag);
	}
	len = min_t(unsigned int, skb->len - offset, VIRT_DEMUX_BYTES);
	net = skb_header_pointer(skb, offset, len, copy);
	if (!net)
		return VIRT_DEMUX_NONE;
	return virt_demux(ntohs(proto), net, len, key);
}

/* The child in mode share that a frame to the parent's MAC address is for. */
static struct virt_dev *virt_local_share(struct virt_port *port,
					 const struct sk_buff *skb,
					 const struct ethhdr *eth)
{
	enum virt_demux_verdict verdict;
	struct virt_demux_key key;
	struct virt_dev *vdev;

	verdict = virt_local_demux(skb, eth, &key);
	if (verdict != VIRT_DEMUX_OWNER && verdict != VIRT_DEMUX_ANSWER)
		return NULL;
	vdev = virt_addr_lookup_rcu(port, &key);
	if (!vdev && eth->h_proto == htons(ETH_P_IP))
		vdev = virt_dhcp_lookup(port, skb, ETH_HLEN);
	return vdev && vdev->conf.mode == VIRT_MODE_SHARE ? vdev : NULL;
}

/* Consumes @skb. Return: true if @vdev took it. */
static bool virt_local_to_child(struct virt_dev *vdev, struct sk_buff *skb)
{
	unsigned int len = skb->len;

	if (!(vdev->dev->flags & IFF_UP)) {
		virt_stats_drop(vdev, VIRT_STAT_RX_DOWN);
		kfree_skb(skb);
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
				       const struct sk_buff *skb)
{
	struct sk_buff *copy = skb_clone((struct sk_buff *)skb, GFP_ATOMIC);

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

	if (to ? to->conf.isolate || vdev->conf.isolate : !vdev->conf.host) {
		virt_stats_drop(vdev, VIRT_STAT_TX_ISOLATED);
		kfree_skb(skb);
		return;
	}
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb) {
		virt_stats_drop(vdev, VIRT_STAT_TX_NOMEM);
		return;
	}
	ok = to ? virt_local_to_child(to, skb) :
		  dev_forward_skb(vdev->parent, skb) == NET_RX_SUCCESS;
	if (ok)
		virt_stats_tx(vdev, len);
	else
		virt_stats_drop(vdev, VIRT_STAT_TX_LOCAL);
}

/* The one child that a frame to a group names, other than its sender. */
static struct virt_dev *virt_local_owner(const struct virt_port *port,
					 const struct sk_buff *skb,
					 const struct ethhdr *eth,
					 enum virt_group_who *who)
{
	struct virt_demux_key key;
	struct virt_dev *owner;

	*who = VIRT_GROUP_MEMBERS;
	if (virt_local_demux(skb, eth, &key) != VIRT_DEMUX_OWNER)
		return NULL;
	owner = virt_addr_lookup_rcu(port, &key);
	if (!owner && eth->h_proto != htons(ETH_P_IP))
		*who = VIRT_GROUP_FLOOD;
	return owner;
}

/* Borrows @skb, which goes on to the wire. */
static void virt_local_group(struct virt_dev *vdev, const struct sk_buff *skb,
			     enum virt_group_who who)
{
	struct virt_port *port = vdev->port;
	struct sk_buff *copy;

	if (!virt_dev_hears_host(vdev) && port->nr_children == 1)
		return;
	copy = virt_local_turn(port, skb);
	if (!copy) {
		virt_stats_drop(vdev, VIRT_STAT_TX_NOMEM);
		return;
	}
	if (port->nr_children > 1)
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
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;
	struct virt_port *port = vdev->port;
	enum virt_group_who who;
	struct virt_dev *to;

	if (is_multicast_ether_addr(eth->h_dest)) {
		if (is_link_local_ether_addr(eth->h_dest))
			return false;
		to = virt_local_owner(port, skb, eth, &who);
		if (to && to != vdev) {
			virt_local_unicast(vdev, to, skb);
			return true;
		}
		if (vdev->conf.mode == VIRT_MODE_SHARE &&
		    eth->h_proto == htons(ETH_P_IP))
			virt_dhcp_note(vdev, skb, ETH_HLEN);
		virt_local_group(vdev, skb, who);
		return false;
	}
	if (ether_addr_equal_unaligned(eth->h_dest, port->dev->dev_addr)) {
		to = virt_local_share(port, skb, eth);
		if (to != vdev) {
			virt_local_unicast(vdev, to, skb);
			return true;
		}
		return false;
	}
	to = virt_mac_lookup_rcu(port, eth->h_dest);
	if (!to || to == vdev)
		return false;
	virt_local_unicast(vdev, to, skb);
	return true;
}

/**
 * virt_local_xmit_host() - give the host's frame to the child it is for
 * @port: the parent's port
 * @skb: an Ethernet frame that the parent is about to send, maybe shared
 *
 * Context: BH off, RCU read side.
 * Return: true if @skb was consumed, false if it must go to the wire.
 */
bool virt_local_xmit_host(struct virt_port *port, struct sk_buff *skb)
{
	enum virt_group_who who;
	const struct ethhdr *eth;
	struct sk_buff *copy;
	struct virt_dev *to;

	if (skb_headlen(skb) < ETH_HLEN)
		return false;
	eth = (const struct ethhdr *)skb->data;
	if (is_link_local_ether_addr(eth->h_dest))
		return false;

	if (is_multicast_ether_addr(eth->h_dest)) {
		to = virt_local_owner(port, skb, eth, &who);
		if (!to) {
			copy = virt_local_turn(port, skb);
			if (copy)
				virt_group_deliver(port, copy, NULL, true, who);
			consume_skb(copy);
			return false;
		}
	} else if (ether_addr_equal_unaligned(eth->h_dest,
					      port->dev->dev_addr)) {
		to = virt_local_share(port, skb, eth);
	} else {
		to = virt_mac_lookup_rcu(port, eth->h_dest);
	}
	if (!to || !virt_dev_hears_host(to))
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
