// SPDX-License-Identifier: GPL-2.0-only
/* Datagrams of tunnels with `rx filter`, taken where a device receives: past
 * the IP and UDP input paths and the host's INPUT firewall. One hook serves all
 * tunnels of a namespace whose way leads over the device.
 *
 * Only what is beyond doubt is taken: to this host, from the peer to the
 * address that we send from, without options or fragments, lengths and
 * checksums good; and nothing while IPsec has a say. The bound socket gets the
 * rest.
 *
 * Copyright (C) The virt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>

#include "compat/xfrm.h"
#include "tunnel.h"

/** struct virt_intake - a hook on a device */
struct virt_intake {
	/** @node: in virt_net's intakes; RTNL */
	struct list_head node;

	/** @dev: the device below; the intake is forgotten before it goes */
	struct net_device *dev;

	/** @net: its namespace */
	struct net *net;

	/** @vn: the sockets there */
	struct virt_net *vn;

	/** @hook: at its ingress */
	struct nf_hook_ops hook;

	/** @users: tunnels; RTNL */
	unsigned int users;

	/** @rcu: frees it */
	struct rcu_head rcu;
};

/** struct virt_datagram - what the headers say */
struct virt_datagram {
	/** @from: source address */
	struct virt_ip from;

	/** @to: destination address */
	struct virt_ip to;

	/** @len: bytes of the whole packet */
	unsigned int len;

	/** @outer: bytes before the payload */
	u8 outer;

	/** @tos: traffic class */
	u8 tos;
};

/* This CPU is inside a datagram of a tunnel: one in that comes by the backlog,
 * for there is no end of them.
 */
static DEFINE_PER_CPU(bool, virt_intake_busy);

static const struct udphdr *virt_intake_udp(const struct sk_buff *skb,
					    const struct virt_datagram *dg)
{
	return (const struct udphdr *)(skb->data + dg->outer) - 1;
}

static bool virt_intake_parse4(struct sk_buff *skb, struct virt_datagram *dg)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;

	if (skb_headlen(skb) < sizeof(*ip) + sizeof(struct udphdr) ||
	    ip->protocol != IPPROTO_UDP || *(const u8 *)ip != 0x45 ||
	    ip_is_fragment(ip) || ip_fast_csum(ip, ip->ihl))
		return false;
	dg->from.family = AF_INET;
	dg->from.v4 = ip->saddr;
	dg->to.family = AF_INET;
	dg->to.v4 = ip->daddr;
	dg->outer = sizeof(*ip) + sizeof(struct udphdr);
	dg->len = ntohs(ip->tot_len);
	dg->tos = ip->tos;
	return true;
}

static bool virt_intake_parse6(struct sk_buff *skb, struct virt_datagram *dg)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;

	if (skb_headlen(skb) < sizeof(*ip6) + sizeof(struct udphdr) ||
	    ip6->nexthdr != IPPROTO_UDP || ip6->version != 6)
		return false;
	dg->from.family = AF_INET6;
	dg->from.v6 = ip6->saddr;
	dg->to.family = AF_INET6;
	dg->to.v6 = ip6->daddr;
	dg->outer = sizeof(*ip6) + sizeof(struct udphdr);
	dg->len = sizeof(*ip6) + ntohs(ip6->payload_len);
	dg->tos = ipv6_get_dsfield(ip6);
	return true;
}

static bool virt_intake_parse(struct sk_buff *skb, struct virt_datagram *dg)
{
	/* a tag means another network, though the device is the same */
	if (skb->pkt_type != PACKET_HOST || skb_shared(skb) ||
	    skb_vlan_tag_present(skb))
		return false;
	if (skb->protocol == htons(ETH_P_IP)) {
		if (!virt_intake_parse4(skb, dg))
			return false;
	} else if (skb->protocol != htons(ETH_P_IPV6) ||
		   !virt_intake_parse6(skb, dg)) {
		return false;
	}
	return dg->len >= dg->outer && dg->len <= skb->len &&
	       ntohs(virt_intake_udp(skb, dg)->len) ==
		       dg->len - dg->outer + sizeof(struct udphdr);
}

/* The tunnel that wants the datagram from here. */
static struct virt_path *virt_intake_find_path(const struct virt_intake *intake,
					       const struct sk_buff *skb,
					       const struct virt_datagram *dg)
{
	const struct udphdr *uh = virt_intake_udp(skb, dg);
	const struct virt_route *route;
	struct virt_path *path;
	struct virt_socket *vs;

	vs = virt_socket_find(intake->vn, &dg->to, uh->dest,
			      intake->dev->ifindex);
	if (!vs)
		return NULL;
	path = virt_socket_find_path(vs, &dg->from, uh->source);
	if (!path || path->conf.rx != VIRT_RXMODE_FILTER ||
	    path->conf.learn.family)
		return NULL;
	route = rcu_dereference(path->route);
	if (!route)
		return NULL;
	if (dg->to.family == AF_INET6 ?
	    !ipv6_addr_equal(&route->saddr.v6, &dg->to.v6) :
	    route->saddr.v4 != dg->to.v4)
		return NULL;
	return path;
}

static __sum16 virt_intake_fold(const struct virt_datagram *dg, __wsum sum)
{
	unsigned int len = dg->len - dg->outer + sizeof(struct udphdr);

	if (dg->from.family == AF_INET6)
		return csum_ipv6_magic(&dg->from.v6, &dg->to.v6, len,
				       IPPROTO_UDP, sum);
	return csum_tcpudp_magic(dg->from.v4, dg->to.v4, len, IPPROTO_UDP, sum);
}

/* Whether the checksum is good. One that a device has found good is used up,
 * and so is one that is not there, as the UDP input path does: what remains is
 * about the packet inside.
 */
static bool virt_intake_check_sum(struct sk_buff *skb,
				  const struct virt_datagram *dg)
{
	unsigned int at = dg->outer - sizeof(struct udphdr);
	__wsum sum;

	/* what a layer below found says nothing about this one */
	skb->csum_valid = 0;
	if (!virt_intake_udp(skb, dg)->check || skb_csum_unnecessary(skb)) {
		__skb_decr_checksum_unnecessary(skb);
		return true;
	}
	if (skb->ip_summed == CHECKSUM_COMPLETE && skb->len == dg->len)
		sum = csum_sub(skb->csum, csum_partial(skb->data, at, 0));
	else
		sum = skb_checksum(skb, at, dg->len - at, 0);
	return !virt_intake_fold(dg, sum);
}

static bool virt_intake_is_plain(const struct sk_buff *skb)
{
	return !skb_is_gso(skb) ||
	       skb_shinfo(skb)->gso_type & (SKB_GSO_UDP_TUNNEL |
					    SKB_GSO_UDP_TUNNEL_CSUM);
}

static void virt_intake_deliver(struct virt_path *path, struct sk_buff *skb,
				const struct virt_datagram *dg)
{
	if (unlikely(__this_cpu_read(virt_intake_busy))) {
		virt_tunrx_deliver(path, skb, dg->outer, dg->tos, false);
		return;
	}
	__this_cpu_write(virt_intake_busy, true);
	virt_tunrx_deliver(path, skb, dg->outer, dg->tos, true);
	__this_cpu_write(virt_intake_busy, false);
}

static unsigned int virt_intake_hook(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	/* parsing fills it: no zeros first, for every datagram */
	struct virt_datagram dg virt_compat_uninitialized;
	const struct virt_intake *intake = priv;
	struct virt_path *path;

	/* IPsec decides by what the stack knows of a packet */
	if (unlikely(virt_compat_xfrm_is_on(intake->net)) ||
	    !virt_intake_parse(skb, &dg))
		return NF_ACCEPT;
	path = virt_intake_find_path(intake, skb, &dg);
	if (!path || !virt_intake_is_plain(skb) ||
	    !virt_intake_check_sum(skb, &dg))
		return NF_ACCEPT;
	/* the wire may have padded it */
	if (pskb_trim_rcsum(skb, dg.len)) {
		virt_tunnel_lose(path->tun, VIRT_STAT_RX_NOMEM);
		return NF_DROP;
	}
	virt_intake_deliver(path, skb, &dg);
	return NF_STOLEN;
}

static struct virt_intake *virt_intake_create(struct net_device *dev)
{
	struct virt_intake *intake = kzalloc(sizeof(*intake), GFP_KERNEL);

	if (!intake)
		return NULL;
	intake->dev = dev;
	intake->net = dev_net(dev);
	intake->vn = virt_tunnel_net(intake->net);
	/* the administrator's own rules come first */
	intake->hook = (struct nf_hook_ops) {
		.hook = virt_intake_hook,
		.dev = dev,
		.priv = intake,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = INT_MAX,
	};
	if (nf_register_net_hook(intake->net, &intake->hook)) {
		kfree(intake);
		return NULL;
	}
	list_add(&intake->node, &intake->vn->intakes);
	return intake;
}

/* Datagrams may be inside the hook until a grace period is over. */
static void virt_intake_destroy(struct virt_intake *intake)
{
	list_del(&intake->node);
	nf_unregister_net_hook(intake->net, &intake->hook);
	kfree_rcu(intake, rcu);
}

/**
 * virt_intake_leave() - take a tunnel's datagrams no more
 * @tun: the tunnel
 *
 * Context: Process, RTNL held.
 */
void virt_intake_leave(struct virt_tunnel *tun)
{
	struct virt_intake *intake = tun->intake;

	tun->intake = NULL;
	if (intake && !--intake->users)
		virt_intake_destroy(intake);
}

/**
 * virt_intake_follow() - take a tunnel's datagrams from where its route leads
 * @tun: the tunnel
 * @below: the device of the route, or NULL for none
 *
 * Context: Process, RTNL held.
 * Return: 0 or -ENOMEM.
 */
int virt_intake_follow(struct virt_tunnel *tun, struct net_device *below)
{
	struct virt_intake *intake;

	if (tun->conf.rx != VIRT_RXMODE_FILTER)
		below = NULL;
	if (tun->intake ? tun->intake->dev == below : !below)
		return 0;
	virt_intake_leave(tun);
	/* not one that is leaving just now */
	if (!below || below->reg_state != NETREG_REGISTERED ||
	    !net_eq(dev_net(below), tun->net))
		return 0;
	list_for_each_entry(intake, &virt_tunnel_net(tun->net)->intakes, node)
		if (intake->dev == below)
			goto found;
	intake = virt_intake_create(below);
	if (!intake)
		return -ENOMEM;
found:
	intake->users++;
	tun->intake = intake;
	return 0;
}

/**
 * virt_intake_forget() - a device leaves its namespace
 * @below: the device; it is still in the namespace of before
 *
 * Context: Process, RTNL held.
 */
void virt_intake_forget(struct net_device *below)
{
	struct virt_net *vn = virt_tunnel_net(dev_net(below));
	struct virt_tunnel *tun;

	list_for_each_entry(tun, &vn->tunnels, node)
		if (tun->intake && tun->intake->dev == below)
			virt_intake_leave(tun);
}
