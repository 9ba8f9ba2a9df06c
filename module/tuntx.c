// SPDX-License-Identifier: GPL-2.0-only
/* From the tunnel to a datagram:
 *
 *   start_xmit -> filter, padding -> virt_tuntx_send -> route
 *	-> virt_tuntx_fast: straight to the neighbour (tx netpoll), or
 *	-> virt_tuntx_udp4, virt_tuntx_udp6: the IP output path
 *
 * Copyright (C) The virt authors
 */
#include <linux/etherdevice.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_vlan.h>
#include <net/icmp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include <net/route.h>

#include "compat/udp.h"
#include "stats.h"
#include "tunnel.h"

/* What an IPv6 packet may carry beside the UDP header. */
#define VIRT_TUNTX_WHOLE_MAX \
	(IP_MAX_MTU - sizeof(struct ipv6hdr) - sizeof(struct udphdr))

/* Tunnels inside each other that this CPU is sending through. */
static DEFINE_PER_CPU(unsigned int, virt_tuntx_depth);

/* Returns false for who says whether it was sent. */
static bool virt_tuntx_drop(struct virt_tunnel *tun, struct sk_buff *skb,
			    enum virt_stat cause)
{
	virt_tunnel_drop(tun, skb, cause);
	return false;
}

static struct virt_inner virt_tuntx_inner4(const struct iphdr *ip)
{
	return (struct virt_inner) {
		.tos = ip->tos,
		.ttl = ip->ttl,
		.df = ip->frag_off & htons(IP_DF),
	};
}

static struct virt_inner virt_tuntx_inner6(const struct ipv6hdr *ip6)
{
	return (struct virt_inner) {
		.tos = ipv6_get_dsfield(ip6),
		.ttl = ip6->hop_limit,
		.df = true,
	};
}

/* Behind a tag, or in pieces. */
static noinline struct virt_inner
virt_tuntx_read_rare(const struct sk_buff *skb, __be16 proto, int depth)
{
	bool tagged = eth_type_vlan(proto);
	struct virt_inner inner = {};
	union {
		struct iphdr v4;
		struct ipv6hdr v6;
	} copy;

	if (tagged)
		proto = __vlan_get_protocol(skb, proto, &depth);
	if (proto == htons(ETH_P_IP)) {
		const struct iphdr *ip;

		ip = skb_header_pointer(skb, depth, sizeof(*ip), &copy);
		if (ip)
			inner = virt_tuntx_inner4(ip);
	} else if (proto == htons(ETH_P_IPV6)) {
		const struct ipv6hdr *ip6;

		ip6 = skb_header_pointer(skb, depth, sizeof(*ip6), &copy);
		if (ip6)
			inner = virt_tuntx_inner6(ip6);
	}
	/* a router's mark does not get behind a tag: it shall drop instead */
	if (tagged)
		inner.tos &= ~INET_ECN_MASK;
	return inner;
}

/* What the datagram takes over of the packet inside. Other frames count as
 * packets of no class that may be fragmented.
 */
static struct virt_inner virt_tuntx_read_inner(const struct virt_path *path,
					       const struct sk_buff *skb)
{
	int depth = path->conf.payload == VIRT_PAYLOAD_ETHER ? ETH_HLEN : 0;
	int len = skb_headlen(skb) - depth;
	const void *ip = skb->data + depth;

	if (skb->protocol == htons(ETH_P_IP) &&
	    likely(len >= (int)sizeof(struct iphdr)))
		return virt_tuntx_inner4(ip);
	if (skb->protocol == htons(ETH_P_IPV6) &&
	    likely(len >= (int)sizeof(struct ipv6hdr)))
		return virt_tuntx_inner6(ip);
	return virt_tuntx_read_rare(skb, skb->protocol, depth);
}

/* RFC 6040: the outer packet has the ECN field of the inner one. That of the
 * core is of the RFC before, which hides congestion.
 */
static u8 virt_tuntx_tos(const struct virt_path *path,
			 struct virt_inner inner)
{
	u8 tos = path->conf.tos == VIRT_INHERIT ? inner.tos : path->conf.tos;

	return (tos & ~INET_ECN_MASK) | (inner.tos & INET_ECN_MASK);
}

static u8 virt_tuntx_ttl(const struct virt_path *path,
			 struct virt_inner inner)
{
	if (path->conf.ttl != VIRT_INHERIT)
		return path->conf.ttl;
	return inner.ttl ?: IPDEFTTL;
}

static bool virt_tuntx_df(const struct virt_path *path,
			  struct virt_inner inner)
{
	return path->conf.df == VIRT_DF_SET ||
	       (path->conf.df == VIRT_DF_INHERIT && inner.df);
}

/* The largest packet inside that the path takes: tags count, too. */
static unsigned int virt_tuntx_inner_mtu(const struct virt_path *path,
					 const struct sk_buff *skb,
					 unsigned int mtu)
{
	unsigned int used = path->outer + skb_network_offset(skb);

	return mtu > used ? mtu - used : 0;
}

/* Whether the datagram fits the path in one piece. */
static bool virt_tuntx_fits(const struct virt_path *path,
			    const struct sk_buff *skb, unsigned int mtu)
{
	if (skb_is_gso(skb))
		return skb_gso_validate_network_len(skb,
				virt_tuntx_inner_mtu(path, skb, mtu));
	return skb->len + path->outer <= mtu;
}

/* Whether the datagram has a length that can be written down. */
static bool virt_tuntx_is_possible(const struct virt_path *path,
				   const struct sk_buff *skb)
{
	return skb_is_gso(skb) || skb->len + path->outer <= IP_MAX_MTU;
}

/* A bridge does not know the sender: the answer goes back the way that the
 * frame came, and seems to be the receiver's. Returns false if there is none,
 * else consumes @skb.
 */
static bool virt_tuntx_answer(struct virt_path *path, struct sk_buff *skb,
			      struct dst_entry *dst)
{
	/* the core looks at the header of the packet as it is */
	unsigned int len = skb->protocol == htons(ETH_P_IPV6) ?
			   sizeof(struct ipv6hdr) : sizeof(struct iphdr);

	if (!pskb_network_may_pull(skb, len) ||
	    skb_tunnel_check_pmtu(skb, dst, path->overhead, true) <= 0 ||
	    !pskb_may_pull(skb, ETH_HLEN))
		return false;
	virt_tunnel_lose(path->tun, VIRT_STAT_TX_TOO_BIG);
	/* that led away from here */
	skb_dst_drop(skb);
	skb->protocol = eth_type_trans(skb, path->tun->dev);
	netif_rx(skb);
	return true;
}

/* Tells the sender of a packet that does not fit and must not be fragmented.
 * Consumes @skb.
 */
static noinline void virt_tuntx_refuse(struct virt_path *path,
				       struct sk_buff *skb,
				       struct dst_entry *dst, unsigned int mtu)
{
	__be16 proto = vlan_get_protocol(skb);

	mtu = virt_tuntx_inner_mtu(path, skb, mtu);
	if (netif_is_bridge_port(path->tun->dev)) {
		if (virt_tuntx_answer(path, skb, dst))
			return;
	} else if (proto == htons(ETH_P_IP)) {
		skb_dst_update_pmtu_no_confirm(skb, mtu);
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			      htonl(mtu));
	} else if (proto == htons(ETH_P_IPV6)) {
		mtu = max_t(unsigned int, mtu, IPV6_MIN_MTU);
		skb_dst_update_pmtu_no_confirm(skb, mtu);
		icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
	}
	virt_tunnel_drop(path->tun, skb, VIRT_STAT_TX_TOO_BIG);
}

/* The datagram belongs to the namespace of the socket. */
static void virt_tuntx_scrub(const struct virt_path *path, struct sk_buff *skb)
{
	const struct virt_tunnel *tun = path->tun;

	skb_scrub_packet(skb, !net_eq(tun->net, dev_net(tun->dev)));
	skb->mark = path->conf.mark;
}

/* Whether nothing inside is left to the device: to cut it, or to sum it. */
static bool virt_tuntx_is_plain(const struct sk_buff *skb)
{
	return !skb_is_gso(skb) && skb->ip_summed != CHECKSUM_PARTIAL;
}

/* Room and offloads for the outer headers. Returns false if there is none. */
static bool virt_tuntx_prepare(const struct virt_path *path,
			       struct sk_buff *skb,
			       const struct dst_entry *dst, bool plain)
{
	__be16 proto = path->conf.payload == VIRT_PAYLOAD_ETHER ?
		       htons(ETH_P_TEB) : skb->protocol;

	if (skb_cow_head(skb, virt_path_room(dst)))
		return false;
	if (likely(plain)) {
		skb->ip_summed = CHECKSUM_NONE;
		skb->encapsulation = 0;
		return true;
	}
	if (udp_tunnel_handle_offloads(skb, path->conf.udpcsum))
		return false;
	skb_set_inner_protocol(skb, proto);
	return true;
}

static __be16 virt_tuntx_sport(const struct virt_path *path,
			       struct sk_buff *skb)
{
	if (path->conf.sport == VIRT_SPORT_FIXED)
		return path->sport;
	return udp_flow_src_port(path->vs->net, skb, 0, 0, true);
}

#if IS_ENABLED(CONFIG_IPV6)
static void virt_tuntx_udp6(struct virt_path *path, struct sk_buff *skb,
			    struct virt_route *route,
			    struct virt_inner inner, __be16 sport)
{
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	/* the host may fragment what is too large for the path */
	skb->ignore_df = !virt_tuntx_df(path, inner);
	dst_hold(route->dst);
	virt_compat_udp6_xmit(route->dst, path->vs->sk, skb, NULL,
			      &route->saddr.v6, &path->peer.v6,
			      virt_tuntx_tos(path, inner),
			      virt_tuntx_ttl(path, inner), 0, sport,
			      path->rport, !path->conf.udpcsum);
}
#else
static void virt_tuntx_udp6(struct virt_path *path, struct sk_buff *skb,
			    struct virt_route *route,
			    struct virt_inner inner, __be16 sport)
{
	kfree_skb(skb);
}
#endif

static struct udphdr *virt_tuntx_push_udp(const struct virt_path *path,
					  struct sk_buff *skb, __be16 sport)
{
	struct udphdr *uh = __skb_push(skb, sizeof(*uh));

	skb_reset_transport_header(skb);
	uh->dest = path->rport;
	uh->source = sport;
	uh->len = htons(skb->len);
	return uh;
}

/* The whole sum is left to the device below, as udp_set_csum() does it. */
static void virt_tuntx_set_sum4(const struct virt_path *path,
				struct sk_buff *skb, struct udphdr *uh,
				__be32 saddr, bool plain)
{
	if (unlikely(!path->conf.udpcsum || !plain)) {
		udp_set_csum(!path->conf.udpcsum, skb, saddr, path->peer.v4,
			     skb->len);
		return;
	}
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct udphdr, check);
	uh->check = ~udp_v4_check(skb->len, saddr, path->peer.v4, 0);
}

/* Tunnels count their own packets, as connected sockets do: the core's count
 * for all to one peer takes a hash of the addresses.
 */
static __be16 virt_tuntx_id(struct virt_path *path, const struct sk_buff *skb,
			    bool plain)
{
	unsigned int packets = plain ? 1 : skb_shinfo(skb)->gso_segs ?: 1;

	return htons(atomic_add_return(packets, &path->ids) - packets);
}

static void virt_tuntx_push4(struct virt_path *path, struct sk_buff *skb,
			     const struct virt_route *route,
			     struct virt_inner inner, __be16 sport, bool plain)
{
	struct udphdr *uh = virt_tuntx_push_udp(path, skb, sport);
	bool df = virt_tuntx_df(path, inner);
	struct iphdr *ip;

	virt_tuntx_set_sum4(path, skb, uh, route->saddr.v4, plain);
	ip = __skb_push(skb, sizeof(*ip));
	skb_reset_network_header(skb);
	*ip = (struct iphdr) {
		.version = 4,
		.ihl = sizeof(*ip) / 4,
		.tos = virt_tuntx_tos(path, inner),
		.tot_len = htons(skb->len),
		.id = virt_tuntx_id(path, skb, plain),
		.frag_off = df && !ip_mtu_locked(route->dst) ? htons(IP_DF) : 0,
		.ttl = virt_tuntx_ttl(path, inner),
		.protocol = IPPROTO_UDP,
		.saddr = route->saddr.v4,
		.daddr = path->peer.v4,
	};
}

/* What the output path would still do. @skip: a gateway of the other family
 * has no Ethernet header that fits.
 */
static struct neighbour *virt_tuntx_next4(const struct virt_route *route,
					  struct sk_buff *skb, bool *skip)
{
	struct iphdr *ip = ip_hdr(skb);

	ip->check = ip_fast_csum(ip, sizeof(*ip) / 4);
	skb->protocol = htons(ETH_P_IP);
	return ip_neigh_for_gw((struct rtable *)route->dst, skb, skip);
}

/* By the output path. Consumes @skb. */
static void virt_tuntx_udp4(const struct virt_path *path,
			    const struct virt_route *route, struct sk_buff *skb)
{
	skb_clear_hash_if_not_l4(skb);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	/* good as long as we are in the RCU read side, as for TCP */
	skb_dst_set_noref(skb, route->dst);
	ip_local_out(path->vs->net, path->vs->sk, skb);
}

#if IS_ENABLED(CONFIG_IPV6)
static struct neighbour *virt_tuntx_next6(struct virt_path *path,
					  struct sk_buff *skb,
					  const struct virt_route *route,
					  struct virt_inner inner)
{
	const struct rt6_info *rt = (const struct rt6_info *)route->dst;
	struct ipv6hdr *ip6;

	virt_tuntx_push_udp(path, skb, path->sport);
	udp6_set_csum(!path->conf.udpcsum, skb, &route->saddr.v6,
		      &path->peer.v6, skb->len);
	ip6 = __skb_push(skb, sizeof(*ip6));
	skb_reset_network_header(skb);
	ip6_flow_hdr(ip6, virt_tuntx_tos(path, inner), 0);
	ip6->payload_len = htons(skb->len - sizeof(*ip6));
	ip6->nexthdr = IPPROTO_UDP;
	ip6->hop_limit = virt_tuntx_ttl(path, inner);
	ip6->saddr = route->saddr.v6;
	ip6->daddr = path->peer.v6;
	skb->protocol = htons(ETH_P_IPV6);
	return ip_neigh_gw6(rt->dst.dev, rt6_nexthop(rt, &path->peer.v6));
}
#else
static struct neighbour *virt_tuntx_next6(struct virt_path *path,
					  struct sk_buff *skb,
					  const struct virt_route *route,
					  struct virt_inner inner)
{
	return ERR_PTR(-EAFNOSUPPORT);
}
#endif

/* Consumes @skb. */
static bool virt_tuntx_output(struct virt_path *path, struct sk_buff *skb)
{
	struct virt_tunnel *tun = path->tun;
	struct virt_inner inner;
	struct virt_route *route;
	unsigned int mtu;
	bool fits, plain, fast, skip = false;
	struct neighbour *neigh;
	__be16 sport;

	route = virt_path_get_route(path);
	if (unlikely(!route))
		goto no_route;
	if (unlikely(route->dst->dev == tun->dev))
		return virt_tuntx_drop(tun, skb, VIRT_STAT_TX_LOOP);

	inner = virt_tuntx_read_inner(path, skb);
	mtu = dst_mtu(route->dst);
	fits = virt_tuntx_fits(path, skb, mtu);
	if (unlikely(!fits && (virt_tuntx_df(path, inner) ||
			       !virt_tuntx_is_possible(path, skb)))) {
		virt_tuntx_refuse(path, skb, route->dst, mtu);
		return false;
	}
	plain = virt_tuntx_is_plain(skb);
	if (unlikely(!virt_tuntx_prepare(path, skb, route->dst, plain)))
		return virt_tuntx_drop(tun, skb, VIRT_STAT_TX_NOMEM);
	sport = virt_tuntx_sport(path, skb);
	virt_tuntx_scrub(path, skb);
	/* IPsec may have to cut it before the output path gets to a device */
	skb->dev = route->dst->dev;
	fast = route->fast && fits && (plain || !skb_is_gso(skb));
	if (path->peer.family == AF_INET6) {
		if (!fast) {
			virt_tuntx_udp6(path, skb, route, inner, sport);
			return true;
		}
		neigh = virt_tuntx_next6(path, skb, route, inner);
	} else {
		virt_tuntx_push4(path, skb, route, inner, sport, plain);
		if (!fast) {
			virt_tuntx_udp4(path, route, skb);
			return true;
		}
		neigh = virt_tuntx_next4(route, skb, &skip);
	}
	if (IS_ERR(neigh))
		goto no_route;
	neigh_output(neigh, skb, skip);
	return true;

no_route:
	return virt_tuntx_drop(tun, skb, VIRT_STAT_TX_NO_ROUTE);
}

/**
 * virt_tuntx_send() - send a frame or packet to the peer of a tunnel
 * @path: of the tunnel
 * @skb: the payload, its mac and network header set; consumed
 *
 * Context: BH off, RCU read side.
 * Return: true if it is on its way; a loss is counted.
 */
bool virt_tuntx_send(struct virt_path *path, struct sk_buff *skb)
{
	bool sent;

	if (unlikely(!path->peer.family))
		return virt_tuntx_drop(path->tun, skb, VIRT_STAT_TX_NO_PEER);
	if (unlikely(__this_cpu_read(virt_tuntx_depth) >= VIRT_TUNTX_DEPTH))
		return virt_tuntx_drop(path->tun, skb, VIRT_STAT_TX_LOOP);
	__this_cpu_inc(virt_tuntx_depth);
	sent = virt_tuntx_output(path, skb);
	__this_cpu_dec(virt_tuntx_depth);
	return sent;
}

static noinline bool virt_tuntx_passes(const struct virt_tunnel_conf *conf,
				       const struct sk_buff *skb)
{
	u8 copy[VIRT_WIRE_HEADER + 10];
	unsigned int i;

	for (i = 0; i < conf->nr_filter; i++) {
		unsigned int len = min_t(unsigned int, skb->len, sizeof(copy));

		if (conf->filter[i] == ntohs(skb->protocol))
			return true;
		if (conf->filter[i] != VIRT_FILTER_KTUNNEL)
			continue;
		if (skb_copy_bits(skb, 0, copy, len))
			return false;
		if (virt_wire_ktunnel(copy, len))
			return true;
	}
	return false;
}

/* Nothing shorter than a header is sent, nor what is no IP packet as one. The
 * headers are set as the core and the offloads want them.
 */
static bool virt_tuntx_check(const struct virt_path *path, struct sk_buff *skb)
{
	unsigned int len = min_t(unsigned int, skb->len, 40);

	skb_reset_mac_header(skb);
	if (path->conf.payload == VIRT_PAYLOAD_ETHER) {
		if (unlikely(!pskb_may_pull(skb, ETH_HLEN)))
			return false;
		skb->protocol = eth_hdr(skb)->h_proto;
		if (unlikely(skb_network_offset(skb) < ETH_HLEN))
			skb_set_network_header(skb, ETH_HLEN);
		return true;
	}
	if (unlikely(!pskb_may_pull(skb, len)))
		return false;
	switch (virt_wire_ip_version(skb->data, len)) {
	case 4:
		skb->protocol = htons(ETH_P_IP);
		break;
	case 6:
		skb->protocol = htons(ETH_P_IPV6);
		break;
	default:
		return false;
	}
	skb_reset_network_header(skb);
	return true;
}

static void virt_tuntx_xmit(struct virt_tunnel *tun, struct sk_buff *skb)
{
	struct virt_path *path = rcu_dereference(tun->path);
	unsigned int len = skb->len;

	if (unlikely(!path || !virt_tuntx_check(path, skb))) {
		virt_tunnel_drop(tun, skb, VIRT_STAT_TX_SHORT);
		return;
	}
	if (unlikely(path->conf.nr_filter) &&
	    !virt_tuntx_passes(&path->conf, skb)) {
		virt_tunnel_drop(tun, skb, VIRT_STAT_TX_FILTER);
		return;
	}
	if (path->conf.payload == VIRT_PAYLOAD_ETHER &&
	    skb_put_padto(skb, VIRT_WIRE_MIN)) {
		virt_tunnel_lose(tun, VIRT_STAT_TX_NOMEM);
		return;
	}
	if (unlikely(!virt_tuntx_send(path, skb)))
		return;
	virt_stats_count_tx(tun->stats, len);
	trace_virt_tx(tun->dev, len);
}

/**
 * virt_tuntx_start_xmit() - ndo_start_xmit of a tunnel
 * @skb: a frame or packet; consumed
 * @dev: the tunnel
 *
 * Context: BH off.
 * Return: NETDEV_TX_OK, whatever became of the frame.
 */
netdev_tx_t virt_tuntx_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct virt_tunnel *tun = netdev_priv(dev);

	/* pktgen keeps a reference to what it sends */
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (unlikely(!skb)) {
		virt_tunnel_lose(tun, VIRT_STAT_TX_NOMEM);
		return NETDEV_TX_OK;
	}
	/* BH is off, which is a read side of RCU: only lockdep must be told */
	rcu_lock_acquire(&rcu_lock_map);
	virt_tuntx_xmit(tun, skb);
	rcu_lock_release(&rcu_lock_map);
	return NETDEV_TX_OK;
}

/**
 * virt_tuntx_features() - ndo_features_check of a tunnel
 * @skb: what is to be sent
 * @dev: the tunnel
 * @features: what the tunnel can do
 *
 * Return: what it can do with @skb: the outer headers tell its whole length,
 * wherever it is cut.
 */
netdev_features_t virt_tuntx_features(struct sk_buff *skb,
				      struct net_device *dev,
				      netdev_features_t features)
{
	if (unlikely(skb->len > VIRT_TUNTX_WHOLE_MAX))
		features &= ~NETIF_F_GSO_MASK;
	return features;
}
