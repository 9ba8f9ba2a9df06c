// SPDX-License-Identifier: GPL-2.0-only
/* Who fills in the checksums of what a tunnel carries, and cuts large packets.
 *
 * A NIC does, or the core before the datagram comes to it. veth does neither:
 * it leaves both to the receiver, where a kernel has nothing to do. But the
 * peer may be a program in a container, which takes the packet as it is in the
 * datagram, or one in a virtual machine, whose tap takes what is unfinished
 * inside of others since 6.17. So a tunnel over these leaves no such work to
 * others, unless the peer is a tunnel of ours on this very machine. Nor does
 * one over children, a VRF, or a parent with our hook, if its peer is on this
 * machine: for such a peer they are a switch, and a NIC for others.
 *
 * Copyright (C) The virt authors
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/string.h>
#include <net/addrconf.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>

#include "dev.h"
#include "port.h"
#include "tunnel.h"

/* Who has the address of a peer, of those that we know. */
enum virt_offload_peer {
	VIRT_OFFLOAD_AWAY,	/* nobody on this machine */
	VIRT_OFFLOAD_OURS,	/* namespaces with a tunnel that it can be */
	VIRT_OFFLOAD_OTHER,	/* one without, which may have a program */
};

static bool virt_offload_is_kind(const struct net_device *dev, const char *kind)
{
	return dev->rtnl_link_ops && !strcmp(dev->rtnl_link_ops->kind, kind);
}

/* Whether it takes what is unfinished, and hands it on so. */
static bool virt_offload_hands_on(const struct net_device *dev)
{
	return dev->features & dev->hw_enc_features & NETIF_F_HW_CSUM &&
	       (virt_offload_is_kind(dev, "veth") ||
		virt_offload_is_kind(dev, "netkit") ||
		virt_offload_is_kind(dev, "tun"));
}

/* Whether frames that stay on this machine may do so past the core's check of
 * what a device can do.
 */
static bool virt_offload_is_switch(const struct net_device *dev)
{
	const struct virt_port *port = virt_port_get_rtnl(dev);

	return (port && port->hooked) || virt_dev_is_child(dev) ||
	       netif_is_l3_master(dev) ||
	       virt_offload_is_kind(dev, "macvlan") ||
	       virt_offload_is_kind(dev, "ipvlan") ||
	       virt_offload_is_kind(dev, "openvswitch");
}

/* In a VRF, too, of which each has IPv6 addresses of its own. */
static bool virt_offload_has_address(struct net *net, const struct virt_ip *ip)
{
	struct net_device *dev;

	if (ip->family == AF_INET)
		return __ip_dev_find(net, ip->v4, false);
	if (ipv6_chk_addr(net, &ip->v6, NULL, 0))
		return true;
	for_each_netdev_rcu(net, dev)
		if (netif_is_l3_master(dev) &&
		    ipv6_chk_addr(net, &ip->v6, dev, 0))
			return true;
	return false;
}

static bool virt_offload_ends_in(struct net *net, const struct virt_path *path)
{
	const struct virt_tunnel *other;

	list_for_each_entry(other, &virt_tunnel_net(net)->tunnels, node) {
		const struct virt_socket *vs = other->vs;

		if (other != path->tun && vs->port == path->rport &&
		    vs->payload == path->conf.payload &&
		    vs->local.family == path->peer.family &&
		    (vs->any || virt_socket_ip_equal(&vs->local, &path->peer)))
			return true;
	}
	return false;
}

/* Many may have the address: any of them can be the peer. */
static enum virt_offload_peer
virt_offload_find_peer(const struct virt_tunnel *tun)
{
	enum virt_offload_peer who = VIRT_OFFLOAD_AWAY;
	const struct virt_path *path;
	struct net *net;

	rcu_read_lock();
	path = rcu_dereference(tun->path);
	if (!path || !path->peer.family)
		goto out_unlock;
	for_each_net_rcu(net) {
		if (!virt_offload_has_address(net, &path->peer))
			continue;
		if (!virt_offload_ends_in(net, path)) {
			who = VIRT_OFFLOAD_OTHER;
			break;
		}
		/* nobody else's word counts */
		if (net->user_ns == tun->net->user_ns)
			who = VIRT_OFFLOAD_OURS;
		else if (who == VIRT_OFFLOAD_AWAY)
			who = VIRT_OFFLOAD_OTHER;
	}
out_unlock:
	rcu_read_unlock();
	return who;
}

/* Whether the work is left to who receives what @dev sends, who may be @here:
 * that is always good for where there is too much to look at. A tunnel sees to
 * it itself, but for one that leaves it to its peer.
 */
static bool virt_offload_is_lazy(struct net_device *dev, bool here,
				 unsigned int *left)
{
	struct net_device *lower;
	struct list_head *iter;

	if (virt_tunnel_is_tunnel(dev))
		return virt_offload_find_peer(netdev_priv(dev)) ==
		       VIRT_OFFLOAD_OURS;
	if (virt_offload_hands_on(dev) || !(*left)-- ||
	    (here && virt_offload_is_switch(dev)))
		return true;
	netdev_for_each_lower_dev(dev, lower, iter)
		if (virt_offload_is_lazy(lower, here, left))
			return true;
	return false;
}

static bool virt_offload_is_alone(const struct virt_tunnel *tun,
				  struct net_device *dev)
{
	unsigned int left = VIRT_NEST_DEVICES, again = left;
	enum virt_offload_peer peer;

	/* most have a NIC below, and need not look for the peer */
	if (!virt_offload_is_lazy(dev, true, &left))
		return false;
	peer = virt_offload_find_peer(tun);
	return peer == VIRT_OFFLOAD_OTHER ||
	       (peer == VIRT_OFFLOAD_AWAY &&
		virt_offload_is_lazy(dev, false, &again));
}

/**
 * virt_offload_follow() - leave to others what the way to the peer allows
 * @tun: a registered tunnel
 * @dst: the route to the peer, or NULL
 *
 * Context: Process, RTNL held.
 */
void virt_offload_follow(struct virt_tunnel *tun, const struct dst_entry *dst)
{
	bool alone = dst && virt_offload_is_alone(tun, dst->dev);

	if (alone == tun->no_offload)
		return;
	tun->no_offload = alone;
	netdev_update_features(tun->dev);
}

/**
 * virt_offload_tell() - a tunnel is new, it may be the peer of others
 * @tun: the tunnel
 *
 * Context: Process, RTNL held.
 */
void virt_offload_tell(const struct virt_tunnel *tun)
{
	struct virt_tunnel *other;
	struct net *net;

	rcu_read_lock();
	for_each_net_rcu(net) {
		list_for_each_entry(other, &virt_tunnel_net(net)->tunnels, node)
			if (other != tun && other->no_offload)
				virt_life_kick(other);
	}
	rcu_read_unlock();
}

/**
 * virt_offload_fix() - ndo_fix_features of a tunnel
 * @dev: the tunnel
 * @features: those that are wanted
 *
 * Context: Process, RTNL held.
 * Return: those that there can be.
 */
netdev_features_t virt_offload_fix(struct net_device *dev,
				   netdev_features_t features)
{
	const struct virt_tunnel *tun = netdev_priv(dev);

	if (tun->no_offload)
		features &= ~(NETIF_F_HW_CSUM | NETIF_F_GSO_SOFTWARE);
	return features;
}
