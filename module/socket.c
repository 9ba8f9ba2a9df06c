// SPDX-License-Identifier: GPL-2.0-only
/* The UDP sockets of the tunnels. Tunnels with the same local port, address
 * and device share one and are told apart by their peers:
 *
 *	datagram -> socket (by the core) -> peers (by source address, and by
 *	source port where the tunnel is strict) -> learners -> rx_bad_src
 *
 * Copyright (C) The virt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "compat/udp.h"
#include "tunnel.h"

static u32 virt_socket_last_id;

/**
 * virt_socket_ip_equal() - are two addresses the same
 * @a: one
 * @b: the other
 *
 * Context: Any.
 * Return: true if they are, or both are none.
 */
bool virt_socket_ip_equal(const struct virt_ip *a, const struct virt_ip *b)
{
	if (a->family != b->family)
		return false;
	return a->family == AF_INET6 ? ipv6_addr_equal(&a->v6, &b->v6) :
				       a->v4 == b->v4;
}

static struct hlist_head *virt_socket_peers(struct virt_socket *vs,
					    const struct virt_ip *ip)
{
	u32 word = ip->family == AF_INET6 ? ipv6_addr_hash(&ip->v6) :
					    (__force u32)ip->v4;

	return &vs->peers[hash_32(word, VIRT_SOCKET_PEER_BITS)];
}

static struct hlist_head *virt_socket_bucket(struct virt_net *vn, __be16 port)
{
	return &vn->sockets[hash_32((__force u16)port, VIRT_SOCKET_PORT_BITS)];
}

/**
 * virt_socket_find_path() - whose datagram is it
 * @vs: the socket that it came to
 * @from: its source address
 * @port: its source port
 *
 * Context: RCU read side.
 * Return: the path of a tunnel with this peer, or NULL.
 */
struct virt_path *virt_socket_find_path(struct virt_socket *vs,
					const struct virt_ip *from,
					__be16 port)
{
	struct virt_path *path, *best = NULL;

	hlist_for_each_entry_rcu(path, virt_socket_peers(vs, from), node) {
		if (!virt_socket_ip_equal(&path->peer, from))
			continue;
		if (path->conf.strict) {
			if (path->rport == port)
				return path;
			continue;
		}
		/* what the user has set wins over what was learnt */
		if (!best || best->conf.learn.family)
			best = path;
	}
	return best;
}

/**
 * virt_socket_find() - the socket for datagrams to a port of ours
 * @vn: of the namespace
 * @to: the destination address
 * @port: the destination port
 * @dev: ifindex of the device that the datagram came from
 *
 * Context: RCU read side.
 * Return: the one that fits best, or NULL.
 */
struct virt_socket *virt_socket_find(struct virt_net *vn,
				     const struct virt_ip *to, __be16 port,
				     int dev)
{
	struct virt_socket *vs, *best = NULL;
	int score, best_score = -1;

	hlist_for_each_entry_rcu(vs, virt_socket_bucket(vn, port), by_port) {
		if (vs->port != port || vs->local.family != to->family)
			continue;
		score = 0;
		if (vs->dev) {
			if (vs->dev != dev)
				continue;
			score = 1;
		}
		if (!vs->any) {
			if (!virt_socket_ip_equal(&vs->local, to))
				continue;
			score += 2;
		}
		if (score > best_score) {
			best = vs;
			best_score = score;
		}
	}
	return best;
}

static bool virt_socket_peers_clash(const struct virt_tunnel_conf *a,
				    const struct virt_tunnel_conf *b)
{
	return a->remote.family &&
	       virt_socket_ip_equal(&a->remote, &b->remote) &&
	       a->strict == b->strict &&
	       (!a->strict || (a->rport ?: a->port) == (b->rport ?: b->port));
}

/**
 * virt_socket_check_peer() - is a peer still free on a socket
 * @vs: the socket
 * @tun: the tunnel that asks
 * @conf: its settings to be
 * @extack: names the tunnel that has the peer
 *
 * Context: Process, RTNL held.
 * Return: 0 or -EEXIST.
 */
int virt_socket_check_peer(const struct virt_socket *vs,
			   const struct virt_tunnel *tun,
			   const struct virt_tunnel_conf *conf,
			   struct netlink_ext_ack *extack)
{
	const struct virt_tunnel *other;

	list_for_each_entry(other, &virt_tunnel_net(vs->net)->tunnels, node) {
		if (other == tun || other->vs != vs ||
		    !virt_socket_peers_clash(conf, &other->conf))
			continue;
		virt_compat_extack(extack,
				   "another tunnel on this port has this remote",
				   "%s has this remote on port %u",
				   other->dev->name, conf->port);
		return -EEXIST;
	}
	return 0;
}

static void virt_socket_free_rcu(struct rcu_head *rcu)
{
	struct virt_socket *vs = container_of(rcu, struct virt_socket, rcu);

	pr_debug("ledger: socket %u destroyed\n", vs->id);
	kfree(vs);
}

/* Could a datagram be for either of two sockets on one port? */
static bool virt_socket_overlaps(const struct virt_socket *a,
				 const struct virt_socket *b)
{
	return a->port == b->port && a->local.family == b->local.family &&
	       (a->dev == b->dev || !a->dev || !b->dev) &&
	       (a->any || b->any || virt_socket_ip_equal(&a->local, &b->local));
}

/* Sockets for any and for one address live side by side on a port only while
 * all of them allow it. Returns whether there is one of ours beside this one.
 */
static bool virt_socket_allow_reuse(struct virt_socket *with, bool allow)
{
	struct virt_net *vn = virt_tunnel_net(with->net);
	struct hlist_head *bucket = virt_socket_bucket(vn, with->port);
	struct virt_socket *vs;
	bool others = false;

	hlist_for_each_entry(vs, bucket, by_port) {
		if (!virt_socket_overlaps(vs, with))
			continue;
		vs->sk->sk_reuse = allow ? SK_CAN_REUSE : SK_NO_REUSE;
		others = true;
	}
	with->sk->sk_reuse = allow ? SK_CAN_REUSE : SK_NO_REUSE;
	return others;
}

static int virt_socket_bind_addr(struct virt_socket *vs)
{
	struct sockaddr_in6 sin6 = {
		.sin6_family = AF_INET6,
		.sin6_port = vs->port,
	};
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = vs->port,
	};

	if (vs->local.family == AF_INET6) {
		sin6.sin6_addr = vs->local.v6;
		if (virt_tunconf_is_link_local(&vs->local))
			sin6.sin6_scope_id = vs->dev;
		return virt_compat_bind(vs->sock, &sin6, sizeof(sin6));
	}
	sin.sin_addr.s_addr = vs->local.v4;
	return virt_compat_bind(vs->sock, &sin, sizeof(sin));
}

/* Nobody else's socket may have the address and port, whatever it allows: it
 * would have our datagrams.
 */
static int virt_socket_bind(struct virt_socket *vs)
{
	int err;

	if (vs->dev) {
		err = sock_bindtoindex(vs->sk, vs->dev, true);
		if (err)
			return err;
	}
	err = virt_socket_bind_addr(vs);
	if (err != -EADDRINUSE)
		return err;
	if (virt_socket_allow_reuse(vs, true))
		err = virt_socket_bind_addr(vs);
	virt_socket_allow_reuse(vs, false);
	return err;
}

static int virt_socket_open(struct virt_socket *vs)
{
	struct udp_tunnel_sock_cfg cfg = {
		.sk_user_data = vs,
		.encap_type = 1,
		.encap_rcv = virt_tunrx_encap_rcv,
		.encap_err_lookup = virt_tunrx_encap_err,
		.gro_receive = virt_tunrx_gro_receive,
		.gro_complete = virt_tunrx_gro_complete,
	};
	int err;

	err = sock_create_kern(vs->net, vs->local.family, SOCK_DGRAM,
			       IPPROTO_UDP, &vs->sock);
	if (err)
		return err;
	vs->sk = vs->sock->sk;
#if IS_ENABLED(CONFIG_IPV6)
	if (vs->local.family == AF_INET6)
		vs->sk->sk_ipv6only = true;
#endif
	err = virt_socket_bind(vs);
	if (err) {
		sock_release(vs->sock);
		return err;
	}
	/* RFC 6935: a tunnel may do without checksums over IPv6 */
	udp_set_no_check6_rx(vs->sk, true);
	vs->sk->sk_allocation = GFP_ATOMIC;
	virt_compat_udp_errors(vs->sk);
	virt_compat_udp_setup(vs->net, vs->sock, &cfg);
	return 0;
}

static void virt_socket_explain(const struct virt_tunnel_conf *conf, int err,
				struct netlink_ext_ack *extack)
{
	switch (err) {
	case -EADDRINUSE:
		virt_compat_extack(extack,
				   "the port is in use by another socket",
				   "port %u is in use by another socket",
				   conf->port);
		break;
	case -EADDRNOTAVAIL:
		NL_SET_ERR_MSG(extack, "local is no address of this host");
		break;
	case -EACCES:
		NL_SET_ERR_MSG(extack, "this port needs CAP_NET_BIND_SERVICE");
		break;
	case -ENODEV:
		NL_SET_ERR_MSG(extack, "dev: there is no such device");
		break;
	default:
		NL_SET_ERR_MSG(extack, "the socket cannot be opened");
	}
}

static struct virt_socket *
virt_socket_create(struct net *net, const struct virt_tunnel_conf *conf,
		   const struct virt_ip *local, struct netlink_ext_ack *extack)
{
	struct virt_socket *vs = kzalloc(sizeof(*vs), GFP_KERNEL);
	int err;

	if (!vs)
		return ERR_PTR(-ENOMEM);
	vs->net = net;
	vs->local = *local;
	vs->any = !conf->local.family;
	vs->payload = conf->payload;
	vs->dev = conf->dev;
	vs->port = htons(conf->port);
	vs->users = 1;
	err = virt_socket_open(vs);
	if (err) {
		virt_socket_explain(conf, err, extack);
		kfree(vs);
		return ERR_PTR(err);
	}
	hlist_add_head_rcu(&vs->by_port,
			   virt_socket_bucket(virt_tunnel_net(net), vs->port));
	vs->id = ++virt_socket_last_id;
	pr_debug("ledger: socket %u created\n", vs->id);
	return vs;
}

/**
 * virt_socket_get() - the socket for a tunnel, a new one if need be
 * @tun: the tunnel
 * @conf: its settings to be, complete
 * @extack: says why there is none
 *
 * Context: Process, RTNL held.
 * Return: the socket, which virt_socket_put() gives back, or an ERR_PTR().
 */
struct virt_socket *virt_socket_get(struct virt_tunnel *tun,
				    const struct virt_tunnel_conf *conf,
				    struct netlink_ext_ack *extack)
{
	struct virt_ip local = conf->local;
	struct virt_socket *vs;

	if (!local.family)
		local.family = conf->remote.family ?: conf->learn.family;
	hlist_for_each_entry(vs, virt_socket_bucket(virt_tunnel_net(tun->net),
						    htons(conf->port)),
			     by_port) {
		if (vs->port != htons(conf->port) || vs->dev != conf->dev ||
		    !virt_socket_ip_equal(&vs->local, &local))
			continue;
		if (vs->payload != conf->payload) {
			NL_SET_ERR_MSG(extack,
				       "a tunnel with another payload has this port");
			return ERR_PTR(-EADDRINUSE);
		}
		vs->users++;
		return vs;
	}
	return virt_socket_create(tun->net, conf, &local, extack);
}

/**
 * virt_socket_put() - give a socket back
 * @vs: from virt_socket_get()
 *
 * With the last tunnel it is closed: its port is free on return.
 *
 * Context: Process, RTNL held.
 */
void virt_socket_put(struct virt_socket *vs)
{
	if (--vs->users)
		return;
	hlist_del_rcu(&vs->by_port);
	virt_compat_udp_release(vs->sock);
	call_rcu(&vs->rcu, virt_socket_free_rcu);
}

/**
 * virt_socket_publish() - let the data path use another path
 * @tun: the tunnel
 * @path: the path, or NULL for none any more
 *
 * Context: Process, RTNL held; or the caller holds virt_net's lock and @path is
 * on the socket of the one before.
 */
void virt_socket_publish(struct virt_tunnel *tun, struct virt_path *path)
{
	struct virt_path *before = rcu_dereference_protected(tun->path, true);

	if (path && path->peer.family)
		hlist_add_head_rcu(&path->node,
				   virt_socket_peers(path->vs, &path->peer));
	rcu_assign_pointer(tun->path, path);
	if (before && before->peer.family)
		hlist_del_rcu(&before->node);

	if (before && (!path || path->vs != before->vs ||
		       !path->conf.learn.family) &&
	    before->conf.learn.family)
		hlist_del_init_rcu(&tun->learner);
	if (path && path->conf.learn.family && hlist_unhashed(&tun->learner))
		hlist_add_tail_rcu(&tun->learner, &path->vs->learners);
	virt_path_destroy(before);
}
