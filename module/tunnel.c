// SPDX-License-Identifier: GPL-2.0-only
/* The net_device of a tunnel: its life and settings.
 *
 * The socket stays in the namespace where the tunnel was made, the device may
 * move. No reference to a namespace is held: the tunnel goes with the first of
 * the two, and with the device below if it is bound to one.
 *
 * Copyright (C) The virt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tunnel.h"

#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/netns/generic.h>
#include <net/xfrm.h>

#include "ethtool.h"
#include "link.h"
#include "stats.h"

#define VIRT_TUNNEL_OFFLOADS \
	(NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM | NETIF_F_RXCSUM | \
	 NETIF_F_GSO_SOFTWARE)

/* What a tunnel is when its user says nothing. */
const struct virt_tunnel_conf virt_tunnel_default_conf = {
	.port = VIRT_WIRE_PORT,
	.ttl = 64,
	.tos = VIRT_INHERIT,
	.hold = 10,
	.udpcsum = true,
};

static unsigned int virt_tunnel_net_id __read_mostly;
static u32 virt_tunnel_last_id;

/**
 * virt_tunnel_net() - our part of a namespace
 * @net: the namespace
 *
 * Return: never NULL.
 */
struct virt_net *virt_tunnel_net(const struct net *net)
{
	return net_generic(net, virt_tunnel_net_id);
}

static int virt_tunnel_ndo_init(struct net_device *dev)
{
	struct virt_tunnel *tun = netdev_priv(dev);

	netdev_lockdep_set_classes(dev);
	tun->stats = virt_stats_alloc();
	if (!tun->stats)
		return -ENOMEM;
	tun->id = ++virt_tunnel_last_id;
	pr_debug("ledger: tunnel %u created\n", tun->id);
	return 0;
}

/* The port is free when this returns. */
static void virt_tunnel_uninit(struct net_device *dev)
{
	struct virt_tunnel *tun = netdev_priv(dev);
	struct virt_net *vn = virt_tunnel_net(tun->net);

	cancel_delayed_work_sync(&tun->life.work);
	virt_intake_leave(tun);
	spin_lock_bh(&vn->lock);
	virt_socket_publish(tun, NULL);
	spin_unlock_bh(&vn->lock);
	list_del(&tun->node);
	virt_socket_put(tun->vs);
	tun->vs = NULL;
	/* datagrams on their way may still kick */
	synchronize_net();
	cancel_delayed_work_sync(&tun->life.work);
}

static void virt_tunnel_destruct(struct net_device *dev)
{
	struct virt_tunnel *tun = netdev_priv(dev);

	pr_debug("ledger: tunnel %u destroyed\n", tun->id);
	free_percpu(tun->stats);
}

static int virt_tunnel_open(struct net_device *dev)
{
	virt_life_start(netdev_priv(dev));
	return 0;
}

static int virt_tunnel_change_mtu(struct net_device *dev, int mtu)
{
	struct virt_tunnel *tun = netdev_priv(dev);

	WRITE_ONCE(dev->mtu, mtu);
	tun->mtu_set = true;
	return 0;
}

static int virt_tunnel_get_iflink(const struct net_device *dev)
{
	const struct virt_tunnel *tun = netdev_priv(dev);

	return READ_ONCE(tun->conf.dev) ?: dev->ifindex;
}

static const struct net_device_ops virt_tunnel_netdev_ops = {
	.ndo_init		= virt_tunnel_ndo_init,
	.ndo_uninit		= virt_tunnel_uninit,
	.ndo_open		= virt_tunnel_open,
	.ndo_start_xmit		= virt_tuntx_start_xmit,
	.ndo_features_check	= virt_tuntx_features,
	.ndo_fix_features	= virt_offload_fix,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_change_mtu		= virt_tunnel_change_mtu,
	.ndo_get_stats64	= virt_stats_fetch,
	.ndo_get_iflink		= virt_tunnel_get_iflink,
};

static const struct net_device_ops virt_tunnel_ip_netdev_ops = {
	.ndo_init		= virt_tunnel_ndo_init,
	.ndo_uninit		= virt_tunnel_uninit,
	.ndo_open		= virt_tunnel_open,
	.ndo_start_xmit		= virt_tuntx_start_xmit,
	.ndo_features_check	= virt_tuntx_features,
	.ndo_fix_features	= virt_offload_fix,
	.ndo_change_mtu		= virt_tunnel_change_mtu,
	.ndo_get_stats64	= virt_stats_fetch,
	.ndo_get_iflink		= virt_tunnel_get_iflink,
};

/**
 * virt_tunnel_is_tunnel() - is this device a tunnel of ours
 * @dev: any device
 *
 * Return: true when netdev_priv(@dev) is a struct virt_tunnel.
 */
bool virt_tunnel_is_tunnel(const struct net_device *dev)
{
	return dev->netdev_ops == &virt_tunnel_netdev_ops ||
	       dev->netdev_ops == &virt_tunnel_ip_netdev_ops;
}

/* Bare packets have no Ethernet header. */
static void virt_tunnel_setup_ip(struct net_device *dev)
{
	dev->netdev_ops = &virt_tunnel_ip_netdev_ops;
	dev->header_ops = &ip_tunnel_header_ops;
	dev->type = ARPHRD_NONE;
	dev->hard_header_len = 0;
	dev->min_header_len = 0;
	dev->addr_len = 0;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST;
	dev->features |= NETIF_F_VLAN_CHALLENGED;
}

/**
 * virt_tunnel_setup() - make a tunnel of a fresh net_device
 * @dev: prepared by virt_dev_setup(), not registered
 * @payload: what it carries
 */
void virt_tunnel_setup(struct net_device *dev, enum virt_payload payload)
{
	struct virt_tunnel *tun = netdev_priv(dev);

	memset(tun, 0, sizeof(*tun));
	tun->dev = dev;
	virt_life_init(tun);
	dev->netdev_ops = &virt_tunnel_netdev_ops;
	dev->priv_destructor = virt_tunnel_destruct;
	dev->priv_flags &= ~IFF_UNICAST_FLT;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE;
	/* who polls has interrupts off, and the IP output path none of that */
	dev->priv_flags |= IFF_DISABLE_NETPOLL;
	dev->hw_features = VIRT_TUNNEL_OFFLOADS;
	dev->features |= VIRT_TUNNEL_OFFLOADS;
	dev->vlan_features = VIRT_TUNNEL_OFFLOADS;
	dev->hw_enc_features = VIRT_TUNNEL_OFFLOADS;
	dev->needed_headroom = VIRT_TUNNEL_ROOM;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = IP_MAX_MTU - sizeof(struct udphdr) -
		       sizeof(struct ipv6hdr) - ETH_HLEN;
	if (payload == VIRT_PAYLOAD_IP)
		virt_tunnel_setup_ip(dev);
}

/* What the user has set for the route. IPv6 notes a path MTU that it learns in
 * a copy of the route.
 */
static unsigned int virt_tunnel_route_mtu(const struct dst_entry *dst)
{
	unsigned int mtu = dst_metric_raw(dst, RTAX_MTU);
#if IS_ENABLED(CONFIG_IPV6)
	const struct rt6_info *rt = (const struct rt6_info *)dst;
	const struct fib6_info *from;

	if (dst->ops->family == AF_INET6 && rt->rt6i_flags & RTF_CACHE) {
		rcu_read_lock();
		from = rcu_dereference(rt->from);
		mtu = from ? from->fib6_pmtu : 0;
		rcu_read_unlock();
	}
#endif
	return mtu;
}

static unsigned int virt_tunnel_mtu_over(const struct virt_tunnel *tun,
					 const struct dst_entry *dst)
{
	int overhead = virt_path_overhead(tun->vs, &tun->conf);
	const struct dst_entry *way;
	int mtu = ETH_DATA_LEN;
	int fits;

	/* never a path MTU that was learnt: IPv6 would leave the device */
	if (dst) {
		/* below IPsec, whose own route has what it learnt */
		way = xfrm_dst_path(dst);
		fits = virt_tunnel_route_mtu(way) ?: READ_ONCE(way->dev->mtu);
		mtu = min(mtu, fits - dst->header_len - dst->trailer_len);
	}
	return max_t(int, mtu - overhead, ETH_MIN_MTU);
}

static void virt_tunnel_follow_mtu(struct virt_tunnel *tun,
				   const struct dst_entry *dst)
{
	unsigned int mtu;

	if (tun->mtu_set)
		return;
	mtu = virt_tunnel_mtu_over(tun, dst);
	if (mtu != tun->dev->mtu)
		dev_set_mtu(tun->dev, mtu);
	tun->mtu_set = false;
}

/* Packets come with room for all headers, or they must be copied. */
static void virt_tunnel_follow_room(struct virt_tunnel *tun,
				    const struct dst_entry *dst)
{
	unsigned int room = max_t(unsigned int, virt_path_room(dst),
				  VIRT_TUNNEL_ROOM);

	if (room == tun->dev->needed_headroom)
		return;
	tun->dev->needed_headroom = room;
	/* those on top look again */
	netdev_features_change(tun->dev);
}

/**
 * virt_tunnel_follow() - take MTU and headroom over from the route
 * @tun: a registered tunnel
 * @dst: the route; one that leads through the tunnel itself says nothing
 *
 * Context: Process, RTNL held.
 */
void virt_tunnel_follow(struct virt_tunnel *tun, const struct dst_entry *dst)
{
	if (virt_nest_is_loop(tun, dst))
		return;
	virt_tunnel_follow_mtu(tun, dst);
	virt_tunnel_follow_room(tun, dst);
}

static bool virt_tunnel_is_reflection(const struct net *net,
				      const struct virt_tunnel_conf *conf)
{
	struct net *n = (struct net *)net;

	if (!conf->remote.family || (conf->rport ?: conf->port) != conf->port)
		return false;
	if (conf->remote.family == AF_INET6)
		return (!conf->local.family ||
			ipv6_addr_equal(&conf->local.v6, &conf->remote.v6)) &&
		       ipv6_chk_addr(n, &conf->remote.v6, NULL, 0);
	return (!conf->local.family || conf->local.v4 == conf->remote.v4) &&
	       inet_addr_type(n, conf->remote.v4) == RTN_LOCAL;
}

/* What can only be told in the namespace of the socket. */
static int virt_tunnel_check(struct net *net,
			     const struct virt_tunnel_conf *conf,
			     struct netlink_ext_ack *extack)
{
	if (virt_tunnel_is_reflection(net, conf)) {
		NL_SET_ERR_MSG(extack,
			       "the peer would be the tunnel itself: use another rport");
		return -EINVAL;
	}
	if (conf->dev && !__dev_get_by_index(net, conf->dev)) {
		NL_SET_ERR_MSG(extack, "dev: there is no such device");
		return -ENODEV;
	}
	return 0;
}

/* The core has to know what stands on what: a tunnel goes with the device that
 * it is bound to, which cannot be one that goes with the tunnel. Masters stay
 * where they are, and the tunnel may be one of their ports.
 */
static struct net_device *virt_tunnel_find_below(const struct virt_tunnel *tun,
						 int ifindex)
{
	struct net_device *dev = ifindex ?
		__dev_get_by_index(tun->net, ifindex) : NULL;

	return dev && (netif_is_l3_master(dev) || netif_is_bridge_master(dev) ||
		       netif_is_lag_master(dev)) ? NULL : dev;
}

/* Before a tunnel changes from the device that it stands on to another. */
static int virt_tunnel_prepare_below(struct virt_tunnel *tun,
				     struct net_device *below,
				     struct netlink_ext_ack *extack)
{
	bool loop;
	int err;

	if (!below || below == tun->below)
		return 0;
	rcu_read_lock();
	loop = below == tun->dev ||
	       netdev_has_upper_dev_all_rcu(tun->dev, below);
	rcu_read_unlock();
	if (loop) {
		NL_SET_ERR_MSG(extack,
			       "dev: that device stands on the tunnel itself");
		return -ELOOP;
	}
	err = netdev_adjacent_change_prepare(tun->below, below, tun->dev,
					     extack);
	if (err == -EMLINK)
		NL_SET_ERR_MSG(extack, "too many devices are stacked below");
	return err;
}

static void virt_tunnel_commit_below(struct virt_tunnel *tun,
				     struct net_device *below)
{
	if (tun->below && !below)
		netdev_upper_dev_unlink(tun->below, tun->dev);
	else if (below != tun->below)
		netdev_adjacent_change_commit(tun->below, below, tun->dev);
	tun->below = below;
}

static void virt_tunnel_abort_below(struct virt_tunnel *tun,
				    struct net_device *below)
{
	if (below != tun->below)
		netdev_adjacent_change_abort(tun->below, below, tun->dev);
}

/* Gives the tunnel a path by @conf. The socket of the one before, if any, is
 * the caller's to put.
 */
static int virt_tunnel_connect(struct virt_tunnel *tun,
			       const struct virt_tunnel_conf *conf,
			       struct netlink_ext_ack *extack)
{
	struct virt_net *vn = virt_tunnel_net(tun->net);
	struct virt_path *path, *before;
	struct virt_socket *vs;
	int err;

	vs = virt_socket_get(tun, conf, extack);
	if (IS_ERR(vs))
		return PTR_ERR(vs);
	err = virt_socket_check_peer(vs, tun, conf, extack);
	if (err)
		goto err_socket;
	err = -ENOMEM;
	spin_lock_bh(&vn->lock);
	before = rtnl_dereference(tun->path);
	path = virt_path_create(tun, vs, conf, before, GFP_ATOMIC);
	if (path) {
		virt_socket_publish(tun, path);
		err = 0;
	}
	spin_unlock_bh(&vn->lock);
	if (err)
		goto err_socket;
	tun->conf = *conf;
	tun->vs = vs;
	return 0;

err_socket:
	virt_socket_put(vs);
	return err;
}

/**
 * virt_tunnel_create() - make a tunnel
 * @net: the namespace of its socket
 * @dev: prepared by virt_tunnel_setup(), not registered
 * @conf: its settings, checked by virt_tunconf_check()
 * @extack: says why not
 *
 * Context: Process, RTNL held.
 * Return: 0, or a negative errno with nothing left behind; @dev is then the
 * caller's to free with free_netdev().
 */
int virt_tunnel_create(struct net *net, struct net_device *dev,
		       const struct virt_tunnel_conf *conf,
		       struct netlink_ext_ack *extack)
{
	struct virt_tunnel *tun = netdev_priv(dev);
	struct net_device *below;
	int err;

	tun->net = net;
	err = virt_tunnel_check(net, conf, extack);
	if (err)
		return err;
	if (conf->payload == VIRT_PAYLOAD_ETHER &&
	    is_zero_ether_addr(dev->dev_addr))
		eth_hw_addr_random(dev);
	err = virt_tunnel_connect(tun, conf, extack);
	if (err)
		return err;
	list_add_tail(&tun->node, &virt_tunnel_net(net)->tunnels);
	if (!tun->mtu_set)
		dev->mtu = virt_tunnel_mtu_over(tun, NULL);
	netif_carrier_off(dev);
	err = register_netdevice(dev);
	if (err)
		goto err_disconnect;
	below = virt_tunnel_find_below(tun, conf->dev);
	err = virt_tunnel_prepare_below(tun, below, extack);
	if (err)
		goto err_unregister;
	virt_tunnel_commit_below(tun, below);
	virt_life_start(tun);
	netdev_info(dev, "created, mode tunnel, port %u\n", conf->port);
	return 0;

err_unregister:
	unregister_netdevice(dev);
	return err;
err_disconnect:
	/* unless ndo_uninit has done it */
	if (tun->vs)
		virt_tunnel_uninit(dev);
	return err;
}

/**
 * virt_tunnel_change() - give a living tunnel other settings
 * @tun: the tunnel
 * @conf: all of its settings, changed or not
 * @extack: says why not
 *
 * Context: Process, RTNL held.
 * Return: 0, or a negative errno and nothing has changed.
 */
int virt_tunnel_change(struct virt_tunnel *tun,
		       const struct virt_tunnel_conf *conf,
		       struct netlink_ext_ack *extack)
{
	struct virt_socket *before = tun->vs;
	struct net_device *below;
	int err;

	if (conf->payload != tun->conf.payload) {
		NL_SET_ERR_MSG(extack, "payload cannot change: recreate it");
		return -EBUSY;
	}
	err = virt_tunnel_check(tun->net, conf, extack);
	if (err)
		return err;
	below = virt_tunnel_find_below(tun, conf->dev);
	err = virt_tunnel_prepare_below(tun, below, extack);
	if (err)
		return err;
	err = virt_tunnel_connect(tun, conf, extack);
	if (err) {
		virt_tunnel_abort_below(tun, below);
		return err;
	}
	virt_tunnel_commit_below(tun, below);
	virt_socket_put(before);
	virt_life_start(tun);
	return 0;
}

/**
 * virt_tunnel_delete() - the dellink of a tunnel
 * @dev: the tunnel
 * @head: to be unregistered with
 *
 * Context: Process, RTNL held.
 */
void virt_tunnel_delete(struct net_device *dev, struct list_head *head)
{
	netdev_info(dev, "removed\n");
	virt_tunnel_commit_below(netdev_priv(dev), NULL);
	unregister_netdevice_queue(dev, head);
}

/* In the kernel's own words, where it has one that fits. */
static int virt_tunnel_drop_reason(enum virt_stat cause)
{
	switch (cause) {
	case VIRT_STAT_RX_DOWN:
		return VIRT_COMPAT_DROP_DOWN;
	case VIRT_STAT_RX_SHORT:
	case VIRT_STAT_TX_SHORT:
		return VIRT_COMPAT_DROP_SHORT;
	case VIRT_STAT_RX_NOMEM:
	case VIRT_STAT_TX_NOMEM:
		return VIRT_COMPAT_DROP_NOMEM;
	case VIRT_STAT_TX_NO_ROUTE:
		return VIRT_COMPAT_DROP_NO_ROUTE;
	case VIRT_STAT_TX_TOO_BIG:
		return VIRT_COMPAT_DROP_TOO_BIG;
	case VIRT_STAT_TX_LOOP:
		return VIRT_COMPAT_DROP_LOOP;
	case VIRT_STAT_RX_ECN:
		return VIRT_COMPAT_DROP_ECN;
	default:
		return VIRT_COMPAT_DROP_OTHER;
	}
}

/**
 * virt_tunnel_lose() - a frame was lost that somebody else has freed
 * @tun: the tunnel
 * @cause: why
 *
 * Context: Any.
 */
void virt_tunnel_lose(struct virt_tunnel *tun, enum virt_stat cause)
{
	virt_stats_drop_on(tun->dev, tun->drops, cause);
}

/**
 * virt_tunnel_drop() - lose a frame
 * @tun: the tunnel
 * @skb: the frame; consumed
 * @cause: why
 *
 * Context: BH off.
 */
void virt_tunnel_drop(struct virt_tunnel *tun, struct sk_buff *skb,
		      enum virt_stat cause)
{
	virt_tunnel_lose(tun, cause);
	virt_compat_kfree_skb(skb, virt_tunnel_drop_reason(cause));
}

/**
 * virt_tunnel_bad_src() - datagrams from nobody's peer, of its sockets
 * @tun: the tunnel
 *
 * Return: how many there were while it lived.
 */
u64 virt_tunnel_bad_src(const struct virt_tunnel *tun)
{
	const struct virt_path *path;
	u64 count = 0;

	rcu_read_lock();
	path = rcu_dereference(tun->path);
	if (path)
		count = path->bad_src + atomic64_read(&path->vs->bad_src);
	rcu_read_unlock();
	return count;
}

/* A tunnel goes with the device that it is bound to. */
static void virt_tunnel_delete_over(struct net_device *below)
{
	struct virt_net *vn = virt_tunnel_net(dev_net(below));
	struct virt_tunnel *tun, *next;
	LIST_HEAD(doomed);

	list_for_each_entry_safe(tun, next, &vn->tunnels, node)
		if (tun->conf.dev == below->ifindex &&
		    tun->dev->reg_state == NETREG_REGISTERED)
			virt_tunnel_delete(tun->dev, &doomed);
	unregister_netdevice_many(&doomed);
}

static void virt_tunnel_kick_all(struct net *net)
{
	struct virt_tunnel *tun;

	list_for_each_entry(tun, &virt_tunnel_net(net)->tunnels, node)
		if (tun->dev->reg_state == NETREG_REGISTERED)
			virt_life_kick(tun);
}

static int virt_tunnel_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	switch (event) {
	case NETDEV_UNREGISTER:
		virt_intake_forget(dev);
		virt_tunnel_delete_over(dev);
		fallthrough;
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGEMTU:
		virt_tunnel_kick_all(dev_net(dev));
		break;
	case NETDEV_FEAT_CHANGE:
		/* what stands on it follows, see offload.c */
		if (virt_tunnel_is_tunnel(dev))
			virt_tunnel_kick_all(dev_net(dev));
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block virt_tunnel_notifier = {
	.notifier_call = virt_tunnel_event,
};

static int __net_init virt_tunnel_net_init(struct net *net)
{
	struct virt_net *vn = virt_tunnel_net(net);

	INIT_LIST_HEAD(&vn->tunnels);
	INIT_LIST_HEAD(&vn->intakes);
	spin_lock_init(&vn->lock);
	return 0;
}

/* Devices of this namespace are gone; those left have moved elsewhere. */
static void __net_exit virt_tunnel_net_exit(struct net *net)
{
	struct virt_tunnel *tun;
	LIST_HEAD(doomed);

	rtnl_lock();
	list_for_each_entry(tun, &virt_tunnel_net(net)->tunnels, node)
		virt_tunnel_delete(tun->dev, &doomed);
	unregister_netdevice_many(&doomed);
	rtnl_unlock();
}

static struct pernet_operations virt_tunnel_net_ops = {
	.init = virt_tunnel_net_init,
	.exit = virt_tunnel_net_exit,
	.id = &virt_tunnel_net_id,
	.size = sizeof(struct virt_net),
};

/**
 * virt_tunnel_init() - be ready for tunnels
 *
 * Return: 0 or a negative errno.
 */
int virt_tunnel_init(void)
{
	int err;

	err = register_pernet_subsys(&virt_tunnel_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&virt_tunnel_notifier);
	if (err)
		unregister_pernet_subsys(&virt_tunnel_net_ops);
	return err;
}

/** virt_tunnel_exit() - undo virt_tunnel_init(), all tunnels are gone */
void virt_tunnel_exit(void)
{
	unregister_netdevice_notifier(&virt_tunnel_notifier);
	unregister_pernet_subsys(&virt_tunnel_net_ops);
	/* paths, routes and sockets that are still to be freed */
	rcu_barrier();
}
