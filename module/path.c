// SPDX-License-Identifier: GPL-2.0-only
/* The way from a tunnel to its peer: settings that the data path reads, and a
 * route with all that can be known before there is a frame.
 *
 * Copyright (C) The virt authors
 */
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/lwtunnel.h>
#include <net/route.h>

#include "tunnel.h"

static void virt_path_free_route(struct virt_route *route)
{
	if (!route)
		return;
	dst_release(route->dst);
	kfree(route);
}

static void virt_path_free_route_rcu(struct rcu_head *rcu)
{
	virt_path_free_route(container_of(rcu, struct virt_route, rcu));
}

static void virt_path_free_rcu(struct rcu_head *rcu)
{
	struct virt_path *path = container_of(rcu, struct virt_path, rcu);

	virt_path_free_route(rcu_dereference_protected(path->route, true));
	kfree(path);
}

/**
 * virt_path_overhead() - bytes that a datagram has beside an inner IP packet
 * @vs: the socket of a tunnel
 * @conf: its settings
 *
 * Return: outer IP and UDP header and the inner Ethernet one.
 */
unsigned int virt_path_overhead(const struct virt_socket *vs,
				const struct virt_tunnel_conf *conf)
{
	return sizeof(struct udphdr) +
	       (vs->local.family == AF_INET6 ? sizeof(struct ipv6hdr) :
					       sizeof(struct iphdr)) +
	       (conf->payload == VIRT_PAYLOAD_ETHER ? ETH_HLEN : 0);
}

/* Whether the peer that a path has learnt is good for other settings. */
static bool virt_path_learns_alike(const struct virt_path *path,
				   const struct virt_tunnel_conf *b)
{
	const struct virt_tunnel_conf *a = &path->conf;

	return a->learn.family && a->learn_bits == b->learn_bits &&
	       (a->dev == b->dev || !virt_tunconf_is_link_local(&path->peer)) &&
	       !memcmp(&a->learn, &b->learn, sizeof(a->learn)) &&
	       !memcmp(&a->remote, &b->remote, sizeof(a->remote)) &&
	       (!a->remote.family ||
		(a->rport ?: a->port) == (b->rport ?: b->port));
}

static u64 virt_path_bad_src(const struct virt_socket *vs,
			     const struct virt_path *before)
{
	if (before && before->vs == vs)
		return before->bad_src;
	return (before ? before->bad_src +
			 atomic64_read(&before->vs->bad_src) : 0) -
	       atomic64_read(&vs->bad_src);
}

/**
 * virt_path_create() - settings and peer in the form of the data path
 * @tun: the tunnel
 * @vs: its socket
 * @conf: its settings
 * @before: the path that this one is to replace, or NULL: a peer that it
 *	learnt is kept while the settings allow it, and its counts
 * @gfp: how to allocate
 *
 * Return: a path that nobody else sees yet, or NULL.
 */
struct virt_path *virt_path_create(struct virt_tunnel *tun,
				   struct virt_socket *vs,
				   const struct virt_tunnel_conf *conf,
				   const struct virt_path *before, gfp_t gfp)
{
	struct virt_path *path = kzalloc(sizeof(*path), gfp);

	if (!path)
		return NULL;
	path->tun = tun;
	path->vs = vs;
	path->conf = *conf;
	path->peer = conf->remote;
	path->sport = htons(conf->port);
	path->rport = htons(conf->rport ?: conf->port);
	path->overhead = virt_path_overhead(vs, conf);
	path->outer = path->overhead -
		      (conf->payload == VIRT_PAYLOAD_ETHER ? ETH_HLEN : 0);
	path->bad_src = virt_path_bad_src(vs, before);
	atomic_set(&path->ids, get_random_u32());
	if (before && virt_path_learns_alike(before, conf)) {
		path->peer = before->peer;
		path->rport = before->rport;
	}
	return path;
}

/**
 * virt_path_destroy() - free a path when no reader can have it any more
 * @path: from virt_path_create(), unpublished or never published; or NULL
 */
void virt_path_destroy(struct virt_path *path)
{
	if (path)
		call_rcu(&path->rcu, virt_path_free_rcu);
}

static struct dst_entry *virt_path_lookup4(const struct virt_path *path,
					   struct virt_route *route)
{
	const struct virt_tunnel_conf *conf = &path->conf;
	struct flowi4 fl4 = {};
	struct rtable *rt;
	u8 tos = conf->tos == VIRT_INHERIT ? 0 : conf->tos;

	flowi4_init_output(&fl4, conf->dev, conf->mark, tos & ~INET_ECN_MASK,
			   RT_SCOPE_UNIVERSE, IPPROTO_UDP, 0, path->peer.v4,
			   conf->local.family ? conf->local.v4 : 0,
			   path->rport, path->sport,
			   sock_net_uid(path->vs->net, NULL));
	rt = ip_route_output_flow(path->vs->net, &fl4, path->vs->sk);
	if (IS_ERR(rt))
		return NULL;
	route->saddr.v4 = fl4.saddr;
	route->fast = rt->rt_type == RTN_UNICAST;
	return &rt->dst;
}

#if IS_ENABLED(CONFIG_IPV6)
static struct dst_entry *virt_path_lookup6(const struct virt_path *path,
					   struct virt_route *route)
{
	const struct virt_tunnel_conf *conf = &path->conf;
	struct flowi6 fl6 = {
		.flowi6_oif = conf->dev,
		.flowi6_mark = conf->mark,
		.flowi6_proto = IPPROTO_UDP,
		.daddr = path->peer.v6,
		.fl6_dport = path->rport,
		.fl6_sport = path->sport,
		.flowi6_uid = sock_net_uid(path->vs->net, NULL),
	};
	const struct rt6_info *rt;
	struct dst_entry *dst;

	if (conf->tos != VIRT_INHERIT)
		fl6.flowlabel = ip6_make_flowinfo(conf->tos, 0);
	if (conf->local.family)
		fl6.saddr = conf->local.v6;
	dst = ip6_dst_lookup_flow(path->vs->net, path->vs->sk, &fl6, NULL);
	if (IS_ERR(dst))
		return NULL;
	rt = (const struct rt6_info *)dst;
	route->saddr.v6 = fl6.saddr;
	route->cookie = rt6_get_cookie(rt);
	route->fast = !(rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST |
					  RTF_REJECT)) &&
		      !ipv6_addr_is_multicast(&path->peer.v6);
	return dst;
}
#else
static struct dst_entry *virt_path_lookup6(const struct virt_path *path,
					   struct virt_route *route)
{
	return NULL;
}
#endif

/* Whether the datagram may go to the neighbour at once: what IPsec, lightweight
 * tunnels and VRFs do on the output path must be done.
 */
static bool virt_path_is_fast(const struct virt_path *path,
			      const struct dst_entry *dst)
{
	return path->conf.tx == VIRT_TXMODE_NETPOLL &&
	       path->conf.sport == VIRT_SPORT_FIXED && !dst->lwtstate &&
#ifdef CONFIG_XFRM
	       !dst->xfrm &&
#endif
	       !netif_is_l3_master(dst->dev) && !netif_is_l3_slave(dst->dev) &&
	       !(dst->dev->flags & IFF_LOOPBACK);
}

static struct virt_route *virt_path_lookup(struct virt_path *path)
{
	struct virt_route *route = kzalloc(sizeof(*route), GFP_ATOMIC);

	if (!route)
		return NULL;
	route->saddr.family = path->peer.family;
	route->dst = path->peer.family == AF_INET6 ?
		     virt_path_lookup6(path, route) :
		     virt_path_lookup4(path, route);
	/* rules of IPsec without keys give a hole that is stale at once */
	if (!route->dst || route->dst->obsolete == DST_OBSOLETE_DEAD) {
		dst_release(route->dst);
		kfree(route);
		return NULL;
	}
	route->fast = route->fast && virt_path_is_fast(path, route->dst);
	return route;
}

/**
 * virt_path_find_route() - look for a way to the peer, the known one is stale
 * @path: a published path with a peer
 *
 * Context: BH off, RCU read side; the route is good as long.
 * Return: a route, or NULL if there is none.
 */
struct virt_route *virt_path_find_route(struct virt_path *path)
{
	struct virt_route *route = virt_path_lookup(path);
	struct virt_route *before;

	before = unrcu_pointer(xchg(&path->route, RCU_INITIALIZER(route)));
	if (before)
		call_rcu(&before->rcu, virt_path_free_route_rcu);
	/* the MTU and the place of the receive filter follow the route */
	if (before || route)
		virt_life_kick(path->tun);
	return route;
}
