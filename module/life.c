// SPDX-License-Identifier: GPL-2.0-only
/* What a tunnel knows about its peer, and what follows from it. One work item
 * per tunnel does all that may wait:
 *
 * - it sends a keepalive every interval, and counts as answered those that the
 *   peer answers in time;
 * - it sees from the receive counters whether the peer speaks: nothing is
 *   written per packet. Three silent intervals take the carrier away from a
 *   peer that has answered once, or from every peer with `keepalive S any`;
 *   the next frame gives it back;
 * - it tells when a peer was learnt;
 * - it lets the MTU, the offloads and the place of the receive filter follow
 *   the route.
 *
 * Copyright (C) The virt authors
 */
#include <linux/etherdevice.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/rtnetlink.h>
#include <net/ipv6.h>

#include "stats.h"
#include "tunnel.h"

/* How often the route and who is on this machine are looked at. */
#define VIRT_LIFE_IDLE (5 * HZ)

static u64 virt_life_count(const struct virt_tunnel *tun)
{
	struct rtnl_link_stats64 stats = {};

	virt_stats_sum(tun->stats, &stats);
	return stats.rx_packets + atomic64_read(&tun->life.frames);
}

static void virt_life_send(struct virt_path *path,
			   const struct virt_wire_keepalive *ka)
{
	struct net_device *dev = path->tun->dev;
	struct sk_buff *skb;

	skb = alloc_skb(LL_MAX_HEADER + path->overhead + VIRT_WIRE_MIN,
			GFP_ATOMIC);
	if (!skb)
		return;
	skb_reserve(skb, LL_MAX_HEADER + path->overhead);
	virt_wire_keepalive_write(skb_put(skb, VIRT_WIRE_MIN), dev->dev_addr,
				  ka);
	skb->dev = dev;
	skb->protocol = htons(VIRT_WIRE_TYPE_LIFE);
	skb->priority = TC_PRIO_CONTROL;
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	virt_tuntx_send(path, skb);
}

static void virt_life_ask(struct virt_tunnel *tun)
{
	struct virt_life *life = &tun->life;
	struct virt_wire_keepalive ka = { .kind = VIRT_WIRE_REQUEST };
	struct virt_path *path;

	spin_lock_bh(&life->lock);
	ka.seq = ++life->seq;
	life->answered <<= 1;
	life->sent_at[ka.seq % VIRT_LIFE_WINDOW] = ktime_get_ns();
	spin_unlock_bh(&life->lock);

	rcu_read_lock_bh();
	rcu_read_lock();
	path = rcu_dereference(tun->path);
	if (path && path->peer.family)
		virt_life_send(path, &ka);
	rcu_read_unlock();
	rcu_read_unlock_bh();
}

static void virt_life_take_answer(struct virt_life *life, u32 seq)
{
	u32 ago;

	spin_lock(&life->lock);
	ago = life->seq - seq;
	if (seq && ago < VIRT_LIFE_WINDOW && seq <= life->seq &&
	    !(life->answered & BIT(ago))) {
		u64 sent_at = life->sent_at[seq % VIRT_LIFE_WINDOW];

		life->answered |= BIT(ago);
		life->rtt = div_u64(ktime_get_ns() - sent_at, NSEC_PER_USEC);
		WRITE_ONCE(life->speaks, true);
	}
	spin_unlock(&life->lock);
}

/**
 * virt_life_hear() - the peer has sent a keepalive
 * @path: of the tunnel
 * @ka: what it says; a request is answered
 *
 * Context: BH off, RCU read side.
 */
void virt_life_hear(struct virt_path *path,
		    const struct virt_wire_keepalive *ka)
{
	struct virt_tunnel *tun = path->tun;
	struct virt_wire_keepalive answer = *ka;

	atomic64_inc(&tun->life.frames);
	if (READ_ONCE(tun->life.lost))
		virt_life_kick(tun);
	if (ka->kind == VIRT_WIRE_ANSWER) {
		virt_life_take_answer(&tun->life, ka->seq);
		return;
	}
	answer.kind = VIRT_WIRE_ANSWER;
	virt_life_send(path, &answer);
}

/**
 * virt_life_loss() - keepalives that were not answered
 * @tun: the tunnel
 *
 * The last one is still under way and does not count.
 *
 * Return: per mille of the last 31.
 */
u32 virt_life_loss(struct virt_tunnel *tun)
{
	struct virt_life *life = &tun->life;
	u32 asked, answered;

	spin_lock_bh(&life->lock);
	asked = min_t(u32, life->seq, VIRT_LIFE_WINDOW);
	answered = life->answered;
	spin_unlock_bh(&life->lock);
	if (asked < 2)
		return 0;
	answered = (answered >> 1) & GENMASK(asked - 2, 0);
	return (asked - 1 - hweight32(answered)) * 1000 / (asked - 1);
}

/**
 * virt_life_seen_ms() - since when is the peer silent
 * @tun: the tunnel
 *
 * Exact to five seconds, or to the interval of keepalives if that is shorter.
 *
 * Return: milliseconds, U32_MAX if it was never heard.
 */
u32 virt_life_seen_ms(const struct virt_tunnel *tun)
{
	u64 count = virt_life_count(tun);

	if (!count)
		return U32_MAX;
	if (count != READ_ONCE(tun->life.counted))
		return 0;
	count = jiffies - READ_ONCE(tun->life.seen_at);
	return min_t(u64, div_u64(count * MSEC_PER_SEC, HZ), U32_MAX - 1);
}

/* Notes whether something came since the last time. */
static void virt_life_look(struct virt_tunnel *tun)
{
	struct virt_life *life = &tun->life;
	u64 count = virt_life_count(tun);

	if (count == life->counted)
		return;
	WRITE_ONCE(life->counted, count);
	WRITE_ONCE(life->seen_at, jiffies);
	life->asked = 0;
}

static bool virt_life_is_silent(const struct virt_tunnel *tun)
{
	unsigned long patience = VIRT_LIFE_LOST * tun->conf.keepalive * HZ;

	return tun->conf.keepalive && tun->dev->flags & IFF_UP &&
	       (tun->conf.any || READ_ONCE(tun->life.speaks)) &&
	       tun->life.asked >= VIRT_LIFE_LOST &&
	       time_after(jiffies, tun->life.seen_at + patience);
}

static bool virt_life_has_peer(const struct virt_tunnel *tun)
{
	const struct virt_path *path;
	bool has;

	rcu_read_lock();
	path = rcu_dereference(tun->path);
	has = path && path->peer.family;
	rcu_read_unlock();
	return has;
}

/* RTNL held. */
static void virt_life_apply(struct virt_tunnel *tun, struct dst_entry *dst)
{
	struct virt_life *life = &tun->life;
	bool lost = virt_life_is_silent(tun);

	if (lost && !life->lost)
		virt_tunnel_count(tun, VIRT_STAT_PEER_LOST);
	WRITE_ONCE(life->lost, lost);
	if (lost || !virt_life_has_peer(tun))
		netif_carrier_off(tun->dev);
	else
		netif_carrier_on(tun->dev);
	if (READ_ONCE(life->news)) {
		WRITE_ONCE(life->news, false);
		netdev_state_change(tun->dev);
	}
	if (dst)
		virt_tunnel_follow(tun, dst);
	virt_offload_follow(tun, dst);
	virt_intake_follow(tun, dst ? dst->dev : NULL);
}

static struct dst_entry *virt_life_get_route(struct virt_tunnel *tun)
{
	struct virt_route *route = NULL;
	struct dst_entry *dst = NULL;
	struct virt_path *path;

	rcu_read_lock_bh();
	rcu_read_lock();
	path = rcu_dereference(tun->path);
	if (path && path->peer.family)
		route = virt_path_get_route(path);
	if (route) {
		dst = route->dst;
		dst_hold(dst);
	}
	rcu_read_unlock();
	rcu_read_unlock_bh();
	return dst;
}

static unsigned long virt_life_delay(const struct virt_tunnel *tun)
{
	if (!tun->conf.keepalive || !(tun->dev->flags & IFF_UP))
		return VIRT_LIFE_IDLE;
	return clamp_t(long, tun->life.next_at - jiffies, 1, VIRT_LIFE_IDLE);
}

static void virt_life_run(struct virt_tunnel *tun)
{
	struct virt_life *life = &tun->life;
	struct dst_entry *dst;

	virt_life_look(tun);
	dst = virt_life_get_route(tun);
	virt_life_apply(tun, dst);
	dst_release(dst);
	if (tun->conf.keepalive && tun->dev->flags & IFF_UP &&
	    !time_before(jiffies, life->next_at)) {
		life->next_at = jiffies + tun->conf.keepalive * HZ;
		if (virt_life_has_peer(tun))
			life->asked++;
		virt_life_ask(tun);
	}
}

static void virt_life_work(struct work_struct *work)
{
	struct virt_tunnel *tun = container_of(to_delayed_work(work),
					       struct virt_tunnel, life.work);
	unsigned long delay = 1;

	/* who deletes the tunnel waits for us with RTNL held */
	if (rtnl_trylock()) {
		virt_life_run(tun);
		delay = virt_life_delay(tun);
		rtnl_unlock();
	}
	queue_delayed_work(system_power_efficient_wq, &tun->life.work, delay);
}

/**
 * virt_life_init() - before a tunnel is registered
 * @tun: the tunnel
 */
void virt_life_init(struct virt_tunnel *tun)
{
	INIT_DELAYED_WORK(&tun->life.work, virt_life_work);
	spin_lock_init(&tun->life.lock);
	tun->life.seen_at = jiffies;
}

/* Nobody has answered yet. */
static void virt_life_forget(struct virt_life *life)
{
	spin_lock_bh(&life->lock);
	life->seq = 0;
	life->answered = 0;
	life->rtt = 0;
	life->speaks = false;
	spin_unlock_bh(&life->lock);
}

/**
 * virt_life_start() - the settings are new, and so may be the peer
 * @tun: a registered tunnel
 *
 * Context: Process, RTNL held.
 */
void virt_life_start(struct virt_tunnel *tun)
{
	struct virt_life *life = &tun->life;
	struct dst_entry *dst;

	virt_life_forget(life);
	life->asked = 0;
	life->seen_at = jiffies;
	life->next_at = jiffies;
	WRITE_ONCE(life->learnt_at, jiffies);
	dst = virt_life_get_route(tun);
	virt_life_apply(tun, dst);
	dst_release(dst);
	virt_life_kick(tun);
	virt_offload_tell(tun);
}

/**
 * virt_life_kick() - there is something to see to
 * @tun: a registered tunnel
 *
 * Context: Any.
 */
void virt_life_kick(struct virt_tunnel *tun)
{
	mod_delayed_work(system_power_efficient_wq, &tun->life.work, 0);
}

static bool virt_life_covers(const struct virt_tunnel_conf *conf,
			     const struct virt_ip *ip)
{
	if (conf->learn.family != ip->family)
		return false;
	if (ip->family == AF_INET6)
		return (conf->dev || !virt_tunconf_is_link_local(ip)) &&
		       ipv6_prefix_equal(&conf->learn.v6, &ip->v6,
					 conf->learn_bits);
	return !conf->learn_bits ||
	       !((conf->learn.v4 ^ ip->v4) &
		 htonl(U32_MAX << (32 - conf->learn_bits)));
}

static bool virt_life_may_learn(const struct virt_socket *vs,
				const struct virt_path *path,
				const struct virt_ip *from)
{
	if (!path || path->vs != vs || !virt_life_covers(&path->conf, from))
		return false;
	return !path->peer.family ||
	       time_after(jiffies, READ_ONCE(path->tun->life.learnt_at) +
				   path->conf.hold * HZ);
}

/* The lock of virt_net is held. */
static struct virt_path *virt_life_move(struct virt_path *before,
					const struct virt_ip *from, __be16 port)
{
	struct virt_tunnel *tun = before->tun;
	struct virt_path *path;

	path = virt_path_create(tun, before->vs, &before->conf, before,
				GFP_ATOMIC);
	if (!path)
		return NULL;
	path->peer = *from;
	path->rport = port;
	virt_socket_publish(tun, path);
	if (!virt_socket_ip_equal(&before->peer, from))
		virt_life_forget(&tun->life);
	virt_tunnel_count(tun, VIRT_STAT_PEER_LEARNT);
	WRITE_ONCE(tun->life.learnt_at, jiffies);
	WRITE_ONCE(tun->life.news, true);
	virt_life_kick(tun);
	return path;
}

/* @only: the tunnel that may learn, or NULL */
static struct virt_path *virt_life_learn_any(struct virt_socket *vs,
					     const struct virt_tunnel *only,
					     const struct virt_ip *from,
					     __be16 port)
{
	struct virt_net *vn = virt_tunnel_net(vs->net);
	struct virt_path *path = NULL;
	struct virt_tunnel *tun;

	spin_lock(&vn->lock);
	/* another CPU may have learnt it meanwhile */
	if (!only)
		path = virt_socket_find_path(vs, from, port);
	if (path)
		goto out_unlock;
	hlist_for_each_entry(tun, &vs->learners, learner) {
		path = rcu_dereference_protected(tun->path, true);
		if ((!only || tun == only) &&
		    virt_life_may_learn(vs, path, from)) {
			path = virt_life_move(path, from, port);
			break;
		}
		path = NULL;
	}
out_unlock:
	spin_unlock(&vn->lock);
	return path;
}

/**
 * virt_life_learn() - a datagram came to a socket with learning tunnels
 * @vs: the socket
 * @path: the path whose peer has its source address, or NULL
 * @from: the source address
 * @port: the source port
 *
 * A peer that was learnt is replaced only after it was silent for a while; it
 * is still heard from another port, unless the tunnel is strict.
 *
 * Context: BH off, RCU read side.
 * Return: the path of the tunnel that the datagram is for, or NULL.
 */
struct virt_path *virt_life_learn(struct virt_socket *vs,
				  struct virt_path *path,
				  const struct virt_ip *from, __be16 port)
{
	struct virt_path *moved;

	if (path && path->rport == port) {
		struct virt_life *life = &path->tun->life;

		/* one write per tick is enough */
		if (time_before(READ_ONCE(life->learnt_at), jiffies))
			WRITE_ONCE(life->learnt_at, jiffies);
		return path;
	}
	/* whose address it is, his tunnel it stays */
	if (path && !virt_life_may_learn(vs, path, from))
		return path;
	moved = virt_life_learn_any(vs, path ? path->tun : NULL, from, port);
	return moved ?: path;
}
