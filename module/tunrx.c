// SPDX-License-Identifier: GPL-2.0-only
/* From a datagram to the tunnel:
 *
 *   encap_rcv (or intake.c, past the IP input path)
 *	-> virt_socket_find_path -> virt_tunrx_deliver -> netif_rx
 *
 * GRO happens before, on the device below: datagrams of one flow inside come
 * as one skb, which the core takes apart again where it must.
 *
 * Copyright (C) The virt authors
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/inet_ecn.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>

#include "compat/udp.h"
#include "stats.h"
#include "tunnel.h"

/* A whole header of the payload must be there, in one piece. Returns the
 * protocol that the tunnel's device is told, or 0.
 */
static __be16 virt_tunrx_check(const struct virt_path *path,
			       struct sk_buff *skb, unsigned int outer,
			       enum virt_stat *cause)
{
	unsigned int len;

	*cause = VIRT_STAT_RX_SHORT;
	if (path->conf.payload == VIRT_PAYLOAD_ETHER)
		return pskb_may_pull(skb, outer + ETH_HLEN) ?
		       htons(ETH_P_TEB) : 0;
	len = min(skb->len, outer + 40) - outer;
	if (len < sizeof(struct iphdr) || !pskb_may_pull(skb, outer + len))
		return 0;
	switch (virt_wire_ip_version(skb->data + outer, len)) {
	case 4:
		return htons(ETH_P_IP);
	case 6:
		return htons(ETH_P_IPV6);
	}
	if (skb->data[outer] >> 4 != 6)
		*cause = VIRT_STAT_RX_FILTER;
	return 0;
}

/* Our own sign of life. Returns true if it was one, and is taken. */
static noinline bool virt_tunrx_take_life(struct virt_path *path,
					  struct sk_buff *skb)
{
	struct virt_wire_keepalive ka;

	if (!pskb_may_pull(skb, VIRT_WIRE_LIFE_BYTES) ||
	    !virt_wire_keepalive_read(skb->data, skb->len, &ka))
		return false;
	virt_life_hear(path, &ka);
	consume_skb(skb);
	return true;
}

/* What concerns the tunnel itself. Returns true if it took the frame. */
static bool virt_tunrx_take(struct virt_path *path, struct sk_buff *skb)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;
	struct virt_tunnel *tun = path->tun;

	if (unlikely(ether_addr_equal_unaligned(eth->h_source,
						tun->dev->dev_addr))) {
		virt_tunnel_drop(tun, skb, VIRT_STAT_RX_LOOP);
		return true;
	}
	return unlikely(eth->h_proto == htons(VIRT_WIRE_TYPE_LIFE)) &&
	       virt_tunrx_take_life(path, skb);
}

/* RFC 6040. @tos: of the outer packet, with a mark that the inner must get. */
static bool virt_tunrx_copy_ecn(struct sk_buff *skb, u8 tos)
{
	unsigned int len = skb->protocol == htons(ETH_P_IP) ?
			   sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	u8 inner;

	if (skb->protocol != htons(ETH_P_IP) &&
	    skb->protocol != htons(ETH_P_IPV6))
		return true;
	/* the header may be shared with others, who see what it was */
	if (!pskb_may_pull(skb, len) || skb_ensure_writable(skb, len))
		return true;
	skb_reset_network_header(skb);
	inner = skb->protocol == htons(ETH_P_IP) ?
		ip_hdr(skb)->tos : ipv6_get_dsfield(ipv6_hdr(skb));
	if (INET_ECN_is_ce(tos) && INET_ECN_is_not_ect(inner))
		return false;
	if (INET_ECN_is_ce(tos))
		INET_ECN_set_ce(skb);
	else if ((inner & INET_ECN_MASK) == INET_ECN_ECT_0)
		INET_ECN_set_ect1(skb);
	return true;
}

/* The outer headers are gone, but the transport header is still theirs. IP
 * looks for its own, a bridge does not, and the core counts headers from there
 * when a large packet goes on. Returns 0 or -ENOMEM.
 */
static noinline int virt_tunrx_pull_large(struct sk_buff *skb)
{
	int at = skb_checksum_start_offset(skb);

	if (skb->ip_summed != CHECKSUM_PARTIAL || at < 0)
		at = 0;
	skb_set_transport_header(skb, at);
	return iptunnel_pull_offloads(skb);
}

/* What __iptunnel_pull_header() does, for a header that is known to be there;
 * the caller sees to the checksum. Returns 0 or -ENOMEM.
 */
static int virt_tunrx_pull(struct sk_buff *skb, unsigned int outer,
			   bool crosses_netns)
{
	__skb_pull(skb, outer);
	skb_clear_hash_if_not_l4(skb);
	__vlan_hwaccel_clear_tag(skb);
	skb_set_queue_mapping(skb, 0);
	skb_scrub_packet(skb, crosses_netns);
	if (skb_is_gso(skb))
		return virt_tunrx_pull_large(skb);
	skb->encapsulation = 0;
	return 0;
}

/* Ends the life of the frame as one of the tunnel's. */
static void virt_tunrx_pass(struct virt_tunnel *tun, struct sk_buff *skb,
			    unsigned int len, bool direct)
{
	bool multicast = skb->pkt_type == PACKET_MULTICAST ||
			 skb->pkt_type == PACKET_BROADCAST;

	if (direct) {
		/* another CPU's turn (RPS) was on the device below */
		netif_receive_skb_core(skb);
	} else if (netif_rx(skb) != NET_RX_SUCCESS) {
		virt_tunnel_lose(tun, VIRT_STAT_RX_BACKLOG);
		return;
	}
	virt_stats_count_rx(tun->stats, len, multicast);
	trace_virt_rx(tun->dev, len);
}

/**
 * virt_tunrx_deliver() - give what a datagram holds to the tunnel's device
 * @path: of the tunnel, whose peer sent it
 * @skb: from the outer IP or UDP header on, not shared, checksums good;
 *	consumed
 * @outer: bytes of the outer headers
 * @tos: traffic class of the outer packet
 * @direct: the stack is shallow: no detour by the backlog
 *
 * Context: BH off, RCU read side.
 */
void virt_tunrx_deliver(struct virt_path *path, struct sk_buff *skb,
			unsigned int outer, u8 tos, bool direct)
{
	struct virt_tunnel *tun = path->tun;
	struct net_device *dev = tun->dev;
	enum virt_stat cause;
	unsigned int len;
	__be16 proto;

	proto = virt_tunrx_check(path, skb, outer, &cause);
	if (unlikely(!proto))
		goto drop;
	cause = VIRT_STAT_RX_DOWN;
	if (unlikely(!(dev->flags & IFF_UP)))
		goto drop;
	cause = VIRT_STAT_RX_NOMEM;
	if (unlikely(virt_tunrx_pull(skb, outer,
				     !net_eq(tun->net, dev_net(dev)))))
		goto drop;

	len = skb->len;
	skb->dev = dev;
	if (path->conf.payload == VIRT_PAYLOAD_ETHER) {
		if (virt_tunrx_take(path, skb))
			return;
		skb->protocol = eth_type_trans(skb, dev);
		outer += ETH_HLEN;
	} else {
		skb_reset_mac_header(skb);
		skb->protocol = proto;
		skb->pkt_type = PACKET_HOST;
	}
	skb_postpull_rcsum(skb, skb->data - outer, outer);
	skb_reset_network_header(skb);
	cause = VIRT_STAT_RX_ECN;
	if (unlikely((tos & INET_ECN_MASK) == INET_ECN_CE ||
		     (tos & INET_ECN_MASK) == INET_ECN_ECT_1) &&
	    !virt_tunrx_copy_ecn(skb, tos))
		goto drop;
	if (unlikely(READ_ONCE(tun->life.lost)))
		virt_life_kick(tun);
	virt_tunrx_pass(tun, skb, len, direct);
	return;

drop:
	virt_tunnel_drop(tun, skb, cause);
}

static void virt_tunrx_get_source(const struct virt_socket *vs,
				  const struct sk_buff *skb,
				  struct virt_ip *from)
{
	from->family = vs->local.family;
	if (from->family == AF_INET6)
		from->v6 = ipv6_hdr(skb)->saddr;
	else
		from->v4 = ip_hdr(skb)->saddr;
}

static struct virt_path *virt_tunrx_find_path(struct virt_socket *vs,
					      const struct virt_ip *from,
					      __be16 port)
{
	struct virt_path *path = virt_socket_find_path(vs, from, port);

	if (likely(path && !path->conf.learn.family))
		return path;
	if (path || !hlist_empty(&vs->learners))
		return virt_life_learn(vs, path, from, port);
	return NULL;
}

/**
 * virt_tunrx_encap_rcv() - encap_rcv of our sockets
 * @sk: the socket
 * @skb: a datagram from its UDP header on, checksum good; consumed
 *
 * Context: BH off, RCU read side.
 * Return: 0.
 */
int virt_tunrx_encap_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct virt_socket *vs = rcu_dereference_sk_user_data(sk);
	struct virt_path *path;
	struct virt_ip from;
	u8 tos;

	if (unlikely(!vs))
		goto drop;
	virt_tunrx_get_source(vs, skb, &from);
	path = virt_tunrx_find_path(vs, &from, udp_hdr(skb)->source);
	if (unlikely(!path)) {
		atomic64_inc(&vs->bad_src);
		goto drop;
	}
	tos = from.family == AF_INET6 ? ipv6_get_dsfield(ipv6_hdr(skb)) :
					ip_hdr(skb)->tos;
	virt_tunrx_deliver(path, skb, sizeof(struct udphdr), tos, false);
	return 0;

drop:
	kfree_skb(skb);
	return 0;
}

/**
 * virt_tunrx_count_error() - a datagram of ours did not arrive
 * @sk: the socket that sent it
 * @daddr: the IP address that it was for, of the socket's family
 * @port: the UDP port that it was for
 *
 * Context: BH off, RCU read side.
 */
void virt_tunrx_count_error(const struct sock *sk, const void *daddr,
			    __be16 port)
{
	struct virt_socket *vs = rcu_dereference_sk_user_data(sk);
	struct virt_ip to = { .family = sk->sk_family };
	const struct virt_path *path;

	memcpy(&to.v6, daddr, to.family == AF_INET6 ? sizeof(to.v6) :
						      sizeof(to.v4));
	path = vs ? virt_socket_find_path(vs, &to, port) : NULL;
	if (path)
		virt_tunnel_count(path->tun, VIRT_STAT_PEER_ERROR);
}

/**
 * virt_tunrx_encap_err() - encap_err_lookup of our sockets
 * @sk: the socket that sent what an ICMP message is about
 * @skb: the message, from the IP header inside on
 *
 * Context: BH off, RCU read side.
 * Return: 0: it was ours, so that the core takes over a path MTU.
 */
int virt_tunrx_encap_err(struct sock *sk, struct sk_buff *skb)
{
	const void *daddr = sk->sk_family == AF_INET6 ?
		(const void *)&((const struct ipv6hdr *)skb->data)->daddr :
		&((const struct iphdr *)skb->data)->daddr;

	virt_tunrx_count_error(sk, daddr, udp_hdr(skb)->dest);
	return 0;
}

/* The protocol of the packet at the GRO offset; 0 if there is none. */
static __be16 virt_tunrx_gro_protocol(struct sk_buff *skb)
{
	unsigned int off = skb_gro_offset(skb);
	const u8 *version;
	u8 copy;

	if (skb_gro_len(skb) < sizeof(struct iphdr))
		return 0;
	version = skb_header_pointer(skb, off, sizeof(copy), &copy);
	if (!version)
		return 0;
	return *version >> 4 == 4 ? htons(ETH_P_IP) :
	       *version >> 4 == 6 ? htons(ETH_P_IPV6) : 0;
}

/**
 * virt_tunrx_gro_receive() - gro_receive of our sockets
 * @sk: the socket
 * @head: what may be merged with
 * @skb: a datagram, the GRO offset behind its UDP header
 *
 * Context: NAPI, RCU read side.
 * Return: what is complete, as the core wants it.
 */
struct sk_buff *virt_tunrx_gro_receive(struct sock *sk, struct list_head *head,
				       struct sk_buff *skb)
{
	const struct virt_socket *vs = rcu_dereference_sk_user_data(sk);
	const struct packet_offload *offload;

	if (vs && vs->payload == VIRT_PAYLOAD_ETHER)
		return call_gro_receive(eth_gro_receive, head, skb);

	offload = vs ? gro_find_receive_by_type(virt_tunrx_gro_protocol(skb)) :
		       NULL;
	if (!offload) {
		NAPI_GRO_CB(skb)->flush |= 1;
		return NULL;
	}
	return call_gro_receive(offload->callbacks.gro_receive, head, skb);
}

/**
 * virt_tunrx_gro_complete() - gro_complete of our sockets
 * @sk: the socket
 * @skb: merged datagrams
 * @nhoff: where the payload starts
 *
 * Context: NAPI, RCU read side.
 * Return: 0 or a negative errno.
 */
int virt_tunrx_gro_complete(struct sock *sk, struct sk_buff *skb, int nhoff)
{
	const struct virt_socket *vs = rcu_dereference_sk_user_data(sk);
	const struct packet_offload *offload;
	__be16 proto;

	/* the socket closes: who knows what it carried */
	if (unlikely(!vs))
		return -ENOENT;
	if (vs->payload == VIRT_PAYLOAD_ETHER)
		return eth_gro_complete(skb, nhoff);

	proto = skb->data[nhoff] >> 4 == 4 ? htons(ETH_P_IP) :
					     htons(ETH_P_IPV6);
	offload = gro_find_complete_by_type(proto);
	if (!offload)
		return -ENOENT;
	skb_set_inner_mac_header(skb, nhoff);
	return offload->callbacks.gro_complete(skb, nhoff);
}
