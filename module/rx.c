// SPDX-License-Identifier: GPL-2.0-only
/* From the parent to its children:
 *
 *   virt_rx_handle_frame
 *	-> virt_rx_share -> virt_addr_find4_rcu -> virt_rx_name
 *		-> virt_rx_share_any -> virt_demux -> virt_rx_deliver
 *	-> virt_rx_mac -> virt_mac_find_rcu -> virt_rx_name
 *		-> virt_rx_mac_any -> virt_rx_deliver
 *	-> virt_rx_group -> virt_group_deliver
 *
 * The indented lines are for what is seldom: the straight way of an IPv4
 * packet, or of a frame for a child's own MAC address, calls no function.
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
#include <linux/if_vlan.h>
#include <linux/netfilter.h>

#include "addr.h"
#include "demux.h"
#include "dhcp.h"
#include "group.h"
#include "mac.h"
#include "stats.h"
#include "virt.h"

static bool virt_rx_is_group(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_MULTICAST ||
	       skb->pkt_type == PACKET_BROADCAST;
}

/* Turn @skb, which is nobody else's, into a frame for @vdev. */
static void virt_rx_adopt(struct virt_dev *vdev, struct sk_buff *skb)
{
	skb->dev = vdev->dev;
	if (virt_dev_crosses_netns(vdev)) {
		skb->mark = 0;
		skb_orphan(skb);
		skb_ext_reset(skb);
		nf_reset_ct(skb);
		nf_reset_trace(skb);
	}
}

/* Consumes the frame, by giving it to @vdev or by dropping it. A frame for the
 * child's own MAC address is for its host, as a NIC would say.
 */
static noinline rx_handler_result_t virt_rx_deliver(struct sk_buff **pskb,
						    struct virt_dev *vdev)
{
	enum virt_stat cause;
	struct sk_buff *skb;

	if (unlikely(!(vdev->dev->flags & IFF_UP))) {
		cause = VIRT_STAT_RX_DOWN;
		virt_compat_kfree_skb(*pskb, VIRT_COMPAT_DROP_DOWN);
		goto drop;
	}
	skb = skb_share_check(*pskb, GFP_ATOMIC);
	if (unlikely(!skb)) {
		cause = VIRT_STAT_RX_NOMEM;
		goto drop;
	}
	*pskb = skb;
	if (skb->pkt_type == PACKET_OTHERHOST &&
	    ether_addr_equal_64bits(eth_hdr(skb)->h_dest, vdev->dev->dev_addr))
		skb->pkt_type = PACKET_HOST;
	virt_rx_adopt(vdev, skb);
	virt_stats_rx(vdev, skb->len + ETH_HLEN, virt_rx_is_group(skb));
	return RX_HANDLER_ANOTHER;

drop:
	virt_stats_drop(vdev, cause);
	return RX_HANDLER_CONSUMED;
}

/**
 * virt_rx_deliver_clone() - give a child a clone of a frame
 * @vdev: a child that is up
 * @skb: a frame as received by the parent, at its network header; borrowed
 *
 * Context: BH off, RCU read side.
 */
void virt_rx_deliver_clone(struct virt_dev *vdev, struct sk_buff *skb)
{
	unsigned int len = skb->len + ETH_HLEN;
	bool group = virt_rx_is_group(skb);
	struct sk_buff *clone;

	clone = skb_clone(skb, GFP_ATOMIC);
	if (unlikely(!clone)) {
		virt_stats_drop(vdev, VIRT_STAT_RX_NOMEM);
		return;
	}
	virt_rx_adopt(vdev, clone);
	if (netif_rx(clone) == NET_RX_SUCCESS)
		virt_stats_rx(vdev, len, group);
	else
		virt_stats_drop(vdev, VIRT_STAT_RX_BACKLOG);
}

/**
 * virt_rx_demux() - find the address that decides who gets a frame
 * @skb: the frame, maybe shared; borrowed
 * @offset: of its network header, not behind its end
 * @proto: its ethertype
 * @key: the address, written as virt_demux() does
 *
 * Context: Any.
 * Return: as virt_demux().
 */
enum virt_demux_verdict virt_rx_demux(const struct sk_buff *skb, int offset,
				      __be16 proto, struct virt_demux_key *key)
{
	unsigned int len = min_t(unsigned int, skb->len - offset,
				 VIRT_DEMUX_BYTES);
	u8 copy[VIRT_DEMUX_BYTES];
	const u8 *net;

	net = skb_header_pointer(skb, offset, len, copy);
	if (unlikely(!net))
		return VIRT_DEMUX_NONE;
	return virt_demux(ntohs(proto), net, len, key);
}

/**
 * virt_rx_find_share() - the child that a frame to the parent's MAC is for
 * @port: the parent's port
 * @skb: the frame, maybe shared; borrowed
 * @offset: of its network header, not behind its end
 * @proto: its ethertype
 * @verdict: VIRT_DEMUX_OWNER if the frame is the child's alone,
 *	VIRT_DEMUX_ANSWER if the parent's host may have asked for it too,
 *	VIRT_DEMUX_EVERYBODY if all children in mode share are to get it
 *
 * Context: BH off, RCU read side.
 * Return: a child in mode share, or NULL.
 */
struct virt_dev *virt_rx_find_share(struct virt_port *port,
				    const struct sk_buff *skb, int offset,
				    __be16 proto,
				    enum virt_demux_verdict *verdict)
{
	struct virt_demux_key key;
	struct virt_dev *vdev;

	*verdict = virt_rx_demux(skb, offset, proto, &key);
	if (*verdict != VIRT_DEMUX_OWNER && *verdict != VIRT_DEMUX_ANSWER)
		return NULL;
	vdev = virt_addr_lookup_rcu(port, &key);
	if (!vdev && proto == htons(ETH_P_IP)) {
		vdev = virt_dhcp_lookup(port, skb, offset);
		*verdict = VIRT_DEMUX_ANSWER;
	} else if (vdev && *verdict == VIRT_DEMUX_ANSWER &&
		   virt_dev_crosses_netns(vdev)) {
		/* a child of the parent's own namespace shares its routes:
		 * the request may have left through the parent, with the
		 * child's address in it; this one has its own
		 */
		*verdict = VIRT_DEMUX_OWNER;
	}
	return vdev && virt_dev_mode(vdev) == VIRT_MODE_SHARE ? vdev : NULL;
}

/* Is there nothing to do but to say whose the frame is? */
static bool virt_rx_is_plain(const struct virt_dev *vdev,
			     const struct sk_buff *skb)
{
	return vdev->plain && !skb_shared(skb);
}

/* The short form of virt_rx_deliver() for a frame to one host. */
static rx_handler_result_t virt_rx_name(struct virt_dev *vdev,
					struct sk_buff *skb)
{
	skb->dev = vdev->dev;
	virt_stats_rx(vdev, skb->len + ETH_HLEN, false);
	return RX_HANDLER_ANOTHER;
}

/* To the parent's MAC address, where no child shares it. */
static rx_handler_result_t virt_rx_steal(struct sk_buff **pskb,
					 const struct virt_port *port)
{
	struct virt_dev *vdev = rcu_dereference(port->steal);

	if (!vdev)
		return RX_HANDLER_PASS;
	if (unlikely(!virt_rx_is_plain(vdev, *pskb)))
		return virt_rx_deliver(pskb, vdev);
	return virt_rx_name(vdev, *pskb);
}

/* For a child and its parent: both may have asked. */
static rx_handler_result_t virt_rx_deliver_both(struct virt_dev *vdev,
						struct sk_buff *skb)
{
	if (vdev->dev->flags & IFF_UP)
		virt_rx_deliver_clone(vdev, skb);
	return RX_HANDLER_PASS;
}

/**
 * virt_rx_is_ours() - did a child or its host send this frame
 * @port: the parent's port
 * @skb: a frame as received by the parent
 *
 * Then it is an echo from the wire, or on its way from a child to the host.
 *
 * Context: BH off, RCU read side.
 * Return: true if so.
 */
bool virt_rx_is_ours(const struct virt_port *port, const struct sk_buff *skb)
{
	const u8 *source = eth_hdr(skb)->h_source;

	return ether_addr_equal_unaligned(source, port->dev->dev_addr) ||
	       virt_mac_sends_here_rcu(port, source);
}

/* To the parent's MAC address, and no IPv4 packet for a child. */
static noinline rx_handler_result_t virt_rx_share_any(struct sk_buff **pskb,
						      struct virt_port *port)
{
	enum virt_demux_verdict verdict;
	struct sk_buff *skb = *pskb;
	struct virt_dev *vdev;

	vdev = virt_rx_find_share(port, skb, 0, skb->protocol, &verdict);
	if (vdev)
		return verdict == VIRT_DEMUX_OWNER ?
			       virt_rx_deliver(pskb, vdev) :
			       virt_rx_deliver_both(vdev, skb);
	/* the answer to an ARP probe: nobody's address yet */
	if (verdict == VIRT_DEMUX_EVERYBODY && !virt_rx_is_ours(port, skb))
		virt_group_deliver(port, skb, NULL, false, VIRT_GROUP_SHARE);
	return RX_HANDLER_PASS;
}

/* To the parent's MAC address: the children in mode share have it too. */
static rx_handler_result_t virt_rx_share(struct sk_buff **pskb,
					 struct virt_port *port)
{
	const struct virt_addr *addr;
	struct sk_buff *skb = *pskb;

	/* a VLAN that no device took is the parent's business */
	if (virt_compat_vlan_id(skb))
		return RX_HANDLER_PASS;
	if (unlikely(skb->protocol != htons(ETH_P_IP) ||
		     skb_headlen(skb) < VIRT_DEMUX_IP_LEN))
		return virt_rx_share_any(pskb, port);
	addr = virt_addr_find4_rcu(port, virt_demux_ip_target(skb->data));
	if (!addr)
		return unlikely(READ_ONCE(port->dhcp_until)) ?
			       virt_rx_share_any(pskb, port) :
			       RX_HANDLER_PASS;
	if (likely(addr->vdev->plain_share && !skb_shared(skb)))
		return virt_rx_name(addr->vdev, skb);
	return virt_dev_mode(addr->vdev) == VIRT_MODE_SHARE ?
		       virt_rx_deliver(pskb, addr->vdev) : RX_HANDLER_PASS;
}

/* Frames for MAC addresses that are nobody's here, to those who asked for
 * them: bridges behind promiscuous children.
 */
static void virt_rx_unknown(struct virt_port *port, struct sk_buff *skb)
{
	struct virt_dev *vdev;

	list_for_each_entry_rcu(vdev, &port->children, node)
		if (READ_ONCE(vdev->conf.flood) &&
		    virt_dev_is_promisc(vdev) &&
		    vdev->dev->flags & IFF_UP)
			virt_rx_deliver_clone(vdev, skb);
}

/* To another MAC address, and no frame for a child's own. */
static noinline rx_handler_result_t virt_rx_mac_any(struct sk_buff **pskb,
						    struct virt_port *port)
{
	struct virt_dev *vdev;

	vdev = rcu_dereference(port->steal);
	if (!vdev)
		vdev = virt_mac_lookup_rcu(port, eth_hdr(*pskb)->h_dest);
	if (vdev)
		return virt_rx_deliver(pskb, vdev);
	if (unlikely(READ_ONCE(port->nr_floods)))
		virt_rx_unknown(port, *pskb);
	return RX_HANDLER_PASS;
}

/* To another MAC address: a child's, or seen by a promiscuous parent. */
static rx_handler_result_t virt_rx_mac(struct sk_buff **pskb,
				       struct virt_port *port)
{
	struct sk_buff *skb = *pskb;
	const struct virt_mac *mac;

	mac = virt_mac_find_rcu(port, virt_mac_key(eth_hdr(skb)->h_dest));
	if (unlikely(!mac || mac->kind != VIRT_MAC_OWN))
		return virt_rx_mac_any(pskb, port);
	if (unlikely(!virt_rx_is_plain(mac->vdev, skb)))
		return virt_rx_deliver(pskb, mac->vdev);
	skb->pkt_type = PACKET_HOST;
	return virt_rx_name(mac->vdev, skb);
}

/* To a group: one owner where the frame names one, else all that listen. The
 * parent keeps what is not one child's alone.
 */
static noinline rx_handler_result_t virt_rx_group(struct sk_buff **pskb,
						  struct virt_port *port)
{
	enum virt_group_who who = VIRT_GROUP_MEMBERS;
	struct sk_buff *skb = *pskb;
	struct virt_demux_key key;
	struct virt_dev *vdev;

	if (unlikely(skb->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;
	vdev = rcu_dereference(port->steal);
	if (vdev)
		return virt_rx_deliver(pskb, vdev);
	if (virt_rx_is_ours(port, skb))
		return RX_HANDLER_PASS;

	/* of IPv4, only ARP names an owner to a group */
	if (!virt_compat_vlan_id(skb) && skb->protocol != htons(ETH_P_IP) &&
	    virt_rx_demux(skb, 0, skb->protocol, &key) == VIRT_DEMUX_OWNER) {
		vdev = virt_addr_lookup_rcu(port, &key);
		if (vdev)
			return virt_rx_deliver(pskb, vdev);
		who = VIRT_GROUP_FLOOD;
	}
	virt_group_deliver(port, skb, NULL, false, who);
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
	const struct sk_buff *skb = *pskb;
	struct virt_port *port;

	port = rcu_dereference(skb->dev->rx_handler_data);
	switch (skb->pkt_type) {
	case PACKET_HOST:
		if (port->shared)
			return virt_rx_share(pskb, port);
		return virt_rx_steal(pskb, port);
	case PACKET_OTHERHOST:
		return virt_rx_mac(pskb, port);
	default:
		return virt_rx_group(pskb, port);
	}
}
