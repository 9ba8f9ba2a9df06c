/* SPDX-License-Identifier: GPL-2.0-only */
/* Tunnels: a net_device whose frames travel in UDP datagrams.
 *
 *	virt_tunnel		the private part of the net_device
 *	  -> virt_path		settings and peer, replaced as a whole
 *	       -> virt_route	the way to the peer, replaced when it is stale
 *	       -> virt_socket	shared by the tunnels of one local port
 *
 * RTNL serialises changes of settings. A path or a route is never changed
 * after it was published: the data path reads them under RCU.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_TUNNEL_H
#define _VIRT_TUNNEL_H

#include <linux/if_virt.h>
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/udp.h>
#include <net/dst.h>

#include "stats.h"
#include "virt.h"
#include "wire.h"

struct nlattr;

enum virt_tunnel_limits {
	VIRT_SOCKET_PEER_BITS = 6,
	VIRT_SOCKET_PORT_BITS = 8,
	/* below the core's limit, which complains in the log */
	VIRT_TUNTX_DEPTH = 3,
	/* that are looked at below a tunnel: a bridge full of them, and more */
	VIRT_NEST_DEVICES = 4096,
	VIRT_LIFE_WINDOW = 32,
	VIRT_LIFE_LOST = 3,
	/* for what comes before there is a route */
	VIRT_TUNNEL_ROOM = LL_MAX_HEADER + sizeof(struct ipv6hdr) +
			   sizeof(struct udphdr),
};

/** struct virt_ip - an address; @family is AF_UNSPEC for none */
struct virt_ip {
	/** @family: AF_INET, AF_INET6 or AF_UNSPEC */
	sa_family_t family;

	union {
		/** @v4: of AF_INET */
		__be32 v4;

		/** @v6: of AF_INET6 */
		struct in6_addr v6;
	};
};

/** struct virt_tunnel_conf - what a user can set of a tunnel */
struct virt_tunnel_conf {
	/** @remote: the peer's address, or none if it is to be learnt */
	struct virt_ip remote;

	/** @local: the address that we bind and send from, or none */
	struct virt_ip local;

	/** @learn: the peer may be anywhere inside this, or none */
	struct virt_ip learn;

	/** @learn_bits: how many bits of @learn count */
	u8 learn_bits;

	/** @port: of our own */
	u16 port;

	/** @rport: of the peer, 0: as @port */
	u16 rport;

	/** @dev: ifindex of the device below, 0: as routed */
	int dev;

	/** @keepalive: seconds, 0: none */
	u32 keepalive;

	/** @hold: seconds of silence before another peer is learnt */
	u32 hold;

	/** @mark: of the datagrams */
	u32 mark;

	/** @ttl: 1 to 255 or VIRT_INHERIT */
	u16 ttl;

	/** @tos: 0 to 255 or VIRT_INHERIT */
	u16 tos;

	/** @filter: ethertypes to send, host byte order */
	u16 filter[VIRT_FILTER_MAX];

	/** @nr_filter: how many, 0: all are sent */
	u8 nr_filter;

	/** @payload: frames or packets */
	enum virt_payload payload;

	/** @tx: how to send */
	enum virt_txmode tx;

	/** @rx: how to receive */
	enum virt_rxmode rx;

	/** @df: may the datagrams be fragmented */
	enum virt_df df;

	/** @sport: of the datagrams */
	enum virt_sport sport;

	/** @any: silence counts against a peer that never answered, too */
	bool any;

	/** @udpcsum: datagrams have a checksum */
	bool udpcsum;

	/** @strict: the peer's port must be right */
	bool strict;
};

/** struct virt_route - the way to a peer, prebuilt */
struct virt_route {
	/** @dst: holds a reference */
	struct dst_entry *dst;

	/** @cookie: for dst_check() */
	u32 cookie;

	/** @fast: it may be sent past the output path */
	bool fast;

	/** @saddr: the address that we send from */
	struct virt_ip saddr;

	/** @rcu: frees it */
	struct rcu_head rcu;
};

/** struct virt_path - settings and peer as the data path needs them */
struct virt_path {
	/** @node: in its socket's peers, if it has a peer */
	struct hlist_node node;

	/** @tun: the tunnel; it outlives the path */
	struct virt_tunnel *tun;

	/** @vs: the socket; it outlives the path */
	struct virt_socket *vs;

	/** @peer: where datagrams go and come from, or none */
	struct virt_ip peer;

	/** @sport: our port */
	__be16 sport;

	/** @rport: the peer's port */
	__be16 rport;

	/** @overhead: bytes that a datagram has beside an inner IP packet */
	unsigned int overhead;

	/** @outer: bytes that a datagram has beside its payload */
	unsigned int outer;

	/** @route: or NULL; RCU */
	struct virt_route __rcu *route;

	/** @conf: the settings */
	struct virt_tunnel_conf conf;

	/** @bad_src: what the tunnel has counted beside what @vs has, modulo
	 * 2^64
	 */
	u64 bad_src;

	/** @rcu: frees it, and its route */
	struct rcu_head rcu;

	/** @ids: of the IPv4 packets that it sends; the data path's only
	 * write
	 */
	atomic_t ids ____cacheline_aligned_in_smp;
};

/** struct virt_socket - a UDP socket and the tunnels that share it */
struct virt_socket {
	/** @peers: paths by their peer's address; virt_net's lock */
	struct hlist_head peers[1 << VIRT_SOCKET_PEER_BITS];

	/** @learners: tunnels that learn theirs; virt_net's lock */
	struct hlist_head learners;

	/** @by_port: in virt_net's sockets; RTNL */
	struct hlist_node by_port;

	/** @net: its namespace, to which it holds no reference */
	struct net *net;

	/** @sk: valid until a grace period after the last tunnel */
	struct sock *sk;

	/** @sock: to release it; RTNL */
	struct socket *sock;

	/** @bad_src: datagrams from nobody's peer */
	atomic64_t bad_src;

	/** @local: the bound address; its family is set even for any */
	struct virt_ip local;

	/** @any: there is no bound address */
	bool any;

	/** @payload: of all its tunnels */
	enum virt_payload payload;

	/** @dev: ifindex that it is bound to, or 0 */
	int dev;

	/** @port: the bound port */
	__be16 port;

	/** @users: tunnels; RTNL */
	unsigned int users;

	/** @id: names the socket in the object ledger */
	u32 id;

	/** @rcu: frees it */
	struct rcu_head rcu;
};

/** struct virt_life - what is known about the peer of a tunnel */
struct virt_life {
	/** @work: keepalives, and what follows the route */
	struct delayed_work work;

	/** @lock: of what an answer changes: the next four */
	spinlock_t lock;

	/** @seq: number of the last request */
	u32 seq;

	/** @answered: bit N: request @seq - N was */
	u32 answered;

	/** @rtt: microseconds of the last answer */
	u32 rtt;

	/** @sent_at: ktime in ns of the last requests */
	u64 sent_at[VIRT_LIFE_WINDOW];

	/** @speaks: the peer has answered once; read without lock */
	bool speaks;

	/** @frames: keepalives received */
	atomic64_t frames;

	/** @counted: frames received until @seen_at; the work's */
	u64 counted;

	/** @seen_at: jiffies when the work last saw @counted grow */
	unsigned long seen_at;

	/** @asked: requests since @seen_at; the work's */
	unsigned int asked;

	/** @next_at: jiffies of the next keepalive; the work's */
	unsigned long next_at;

	/** @learnt_at: jiffies of the last datagram of a learnt peer */
	unsigned long learnt_at;

	/** @lost: the peer is; the work's, read without */
	bool lost;

	/** @news: a peer was learnt, to be told by the work */
	bool news;
};

/** struct virt_tunnel - a tunnel, the private part of its net_device */
struct virt_tunnel {
	/** @dev: the tunnel's own net_device */
	struct net_device *dev;

	/** @path: RCU, changed under virt_net's lock */
	struct virt_path __rcu *path;

	/** @net: where its socket is; no reference is held */
	struct net *net;

	/** @stats: traffic per CPU; freed by the destructor */
	struct virt_pcpu_stats __percpu *stats;

	/** @drops: lost frames and events by cause, enum virt_stat; the first
	 * not 0 if another is not
	 */
	atomic64_t drops[__VIRT_STAT_MAX];

	/** @conf: the settings in force; RTNL */
	struct virt_tunnel_conf conf;

	/** @vs: the socket; RTNL */
	struct virt_socket *vs;

	/** @learner: in its socket's learners; virt_net's lock */
	struct hlist_node learner;

	/** @node: in virt_net's tunnels; RTNL */
	struct list_head node;

	/** @intake: where its datagrams are taken, or NULL; RTNL */
	struct virt_intake *intake;

	/** @below: the device that it is bound to, unless that is a master;
	 * RTNL
	 */
	struct net_device *below;

	/** @life: of its peer */
	struct virt_life life;

	/** @mtu_set: the user chose an MTU: it does not follow; RTNL */
	bool mtu_set;

	/** @no_offload: nobody below finishes its packets; RTNL */
	bool no_offload;

	/** @id: names the tunnel in the object ledger */
	u32 id;
};

/** struct virt_net - tunnels and sockets of a namespace */
struct virt_net {
	/** @sockets: by port; changed under RTNL, read under RCU */
	struct hlist_head sockets[1 << VIRT_SOCKET_PORT_BITS];

	/** @tunnels: whose sockets are here; RTNL */
	struct list_head tunnels;

	/** @intakes: see intake.c; RTNL */
	struct list_head intakes;

	/** @lock: of the peers of the sockets */
	spinlock_t lock;
};

/** struct virt_inner - what the datagram takes over from the packet inside */
struct virt_inner {
	/** @tos: traffic class */
	u8 tos;

	/** @ttl: hop limit, 0 if it is no IP packet */
	u8 ttl;

	/** @df: it must not be fragmented */
	bool df;
};

struct virt_route *virt_path_find_route(struct virt_path *path);

/* The way to the peer that is good just now, or NULL. BH off, RCU read side;
 * it is good as long.
 */
static inline struct virt_route *virt_path_get_route(struct virt_path *path)
{
	struct virt_route *route = rcu_dereference(path->route);

	if (likely(route) && likely(dst_check(route->dst, route->cookie)))
		return route;
	return virt_path_find_route(path);
}

/* For what is no loss of a frame. */
static inline void virt_tunnel_count(struct virt_tunnel *tun,
				     enum virt_stat event)
{
	virt_stats_count_cause(tun->drops, event);
}

/**
 * virt_path_room() - what all headers of a datagram take before the payload
 * @dst: the route to the peer
 *
 * Return: bytes, with those of the device below.
 */
static inline unsigned int virt_path_room(const struct dst_entry *dst)
{
	return LL_RESERVED_SPACE(dst->dev) + dst->header_len +
	       sizeof(struct ipv6hdr) + sizeof(struct udphdr);
}

/* tunnel.c APIs */
extern const struct virt_tunnel_conf virt_tunnel_default_conf;
int virt_tunnel_init(void);
void virt_tunnel_exit(void);
struct virt_net *virt_tunnel_net(const struct net *net);
bool virt_tunnel_is_tunnel(const struct net_device *dev);
void virt_tunnel_setup(struct net_device *dev, enum virt_payload payload);
int virt_tunnel_create(struct net *net, struct net_device *dev,
		       const struct virt_tunnel_conf *conf,
		       struct netlink_ext_ack *extack);
int virt_tunnel_change(struct virt_tunnel *tun,
		       const struct virt_tunnel_conf *conf,
		       struct netlink_ext_ack *extack);
void virt_tunnel_delete(struct net_device *dev, struct list_head *head);
void virt_tunnel_follow(struct virt_tunnel *tun, const struct dst_entry *dst);
void virt_tunnel_lose(struct virt_tunnel *tun, enum virt_stat cause);
void virt_tunnel_drop(struct virt_tunnel *tun, struct sk_buff *skb,
		      enum virt_stat cause);
u64 virt_tunnel_bad_src(const struct virt_tunnel *tun);

/* path.c APIs */
struct virt_path *virt_path_create(struct virt_tunnel *tun,
				   struct virt_socket *vs,
				   const struct virt_tunnel_conf *conf,
				   const struct virt_path *before, gfp_t gfp);
void virt_path_destroy(struct virt_path *path);
unsigned int virt_path_overhead(const struct virt_socket *vs,
				const struct virt_tunnel_conf *conf);

/* socket.c APIs */
bool virt_socket_ip_equal(const struct virt_ip *a, const struct virt_ip *b);
struct virt_socket *virt_socket_get(struct virt_tunnel *tun,
				    const struct virt_tunnel_conf *conf,
				    struct netlink_ext_ack *extack);
void virt_socket_put(struct virt_socket *vs);
int virt_socket_check_peer(const struct virt_socket *vs,
			   const struct virt_tunnel *tun,
			   const struct virt_tunnel_conf *conf,
			   struct netlink_ext_ack *extack);
void virt_socket_publish(struct virt_tunnel *tun, struct virt_path *path);
struct virt_socket *virt_socket_find(struct virt_net *vn,
				     const struct virt_ip *to, __be16 port,
				     int dev);
struct virt_path *virt_socket_find_path(struct virt_socket *vs,
					const struct virt_ip *from,
					__be16 port);

/* tuntx.c APIs */
netdev_tx_t virt_tuntx_start_xmit(struct sk_buff *skb, struct net_device *dev);
netdev_features_t virt_tuntx_features(struct sk_buff *skb,
				      struct net_device *dev,
				      netdev_features_t features);
bool virt_tuntx_send(struct virt_path *path, struct sk_buff *skb);

/* tunrx.c APIs */
int virt_tunrx_encap_rcv(struct sock *sk, struct sk_buff *skb);
int virt_tunrx_encap_err(struct sock *sk, struct sk_buff *skb);
struct sk_buff *virt_tunrx_gro_receive(struct sock *sk, struct list_head *head,
				       struct sk_buff *skb);
int virt_tunrx_gro_complete(struct sock *sk, struct sk_buff *skb, int nhoff);
void virt_tunrx_deliver(struct virt_path *path, struct sk_buff *skb,
			unsigned int outer, u8 tos, bool direct);

/* intake.c APIs */
int virt_intake_follow(struct virt_tunnel *tun, struct net_device *below);
void virt_intake_leave(struct virt_tunnel *tun);
void virt_intake_forget(struct net_device *below);

/* nest.c APIs */
bool virt_nest_is_loop(const struct virt_tunnel *tun,
		       const struct dst_entry *dst);

/* offload.c APIs */
void virt_offload_follow(struct virt_tunnel *tun, const struct dst_entry *dst);
void virt_offload_tell(const struct virt_tunnel *tun);
netdev_features_t virt_offload_fix(struct net_device *dev,
				   netdev_features_t features);

/* life.c APIs */
void virt_life_init(struct virt_tunnel *tun);
void virt_life_start(struct virt_tunnel *tun);
void virt_life_kick(struct virt_tunnel *tun);
void virt_life_hear(struct virt_path *path,
		    const struct virt_wire_keepalive *ka);
struct virt_path *virt_life_learn(struct virt_socket *vs,
				  struct virt_path *path,
				  const struct virt_ip *from, __be16 port);
u32 virt_life_seen_ms(const struct virt_tunnel *tun);
u32 virt_life_loss(struct virt_tunnel *tun);

/* tunconf.c APIs */
bool virt_tunconf_is_unicast(const struct virt_ip *ip);
bool virt_tunconf_is_link_local(const struct virt_ip *ip);
int virt_tunconf_read(struct virt_tunnel_conf *conf, struct nlattr *data[],
		      struct netlink_ext_ack *extack);
int virt_tunconf_check(const struct virt_tunnel_conf *conf,
		       struct netlink_ext_ack *extack);
size_t virt_tunconf_get_size(void);
int virt_tunconf_fill(struct sk_buff *skb, struct virt_tunnel *tun);
int virt_tunconf_check_foreign(struct nlattr *data[], bool tunnel,
			       struct netlink_ext_ack *extack);

#endif /* _VIRT_TUNNEL_H */
