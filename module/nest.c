// SPDX-License-Identifier: GPL-2.0-only
/* Tunnels inside tunnels: does what a tunnel sends come back to itself?
 *
 * Frames that go round are ended by tuntx.c. But the MTU of a tunnel that
 * follows its own, less the headers, would shrink and shrink.
 *
 * Copyright (C) The virt authors
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "tunnel.h"

/** struct virt_nest - a search for a tunnel below others */
struct virt_nest {
	/** @tun: the tunnel */
	const struct virt_tunnel *tun;

	/** @depth: tunnels that are still to be looked into */
	unsigned int depth;

	/** @left: devices that are still to be looked at, in all */
	unsigned int *left;
};

static int virt_nest_look(struct net_device *dev,
			  struct netdev_nested_priv *priv);

/* Whether @nest->tun is @dev, or what @dev stands on. Deeper than any tunnel
 * sends, and where there is too much to look at, it is taken for granted.
 */
static bool virt_nest_holds(struct net_device *dev, struct virt_nest nest)
{
	struct netdev_nested_priv priv = { .data = &nest };

	return virt_nest_look(dev, &priv) ||
	       netdev_walk_all_lower_dev(dev, virt_nest_look, &priv);
}

static int virt_nest_look(struct net_device *dev,
			  struct netdev_nested_priv *priv)
{
	struct virt_nest nest = *(const struct virt_nest *)priv->data;
	const struct virt_path *path;
	const struct virt_route *route;
	bool found = false;

	if (!*nest.left)
		return true;
	--*nest.left;
	if (!virt_tunnel_is_tunnel(dev))
		return false;
	if (netdev_priv(dev) == nest.tun || !nest.depth--)
		return true;
	rcu_read_lock();
	path = rcu_dereference(((struct virt_tunnel *)netdev_priv(dev))->path);
	route = path ? rcu_dereference(path->route) : NULL;
	if (route)
		found = virt_nest_holds(route->dst->dev, nest);
	rcu_read_unlock();
	return found;
}

/**
 * virt_nest_is_loop() - does a tunnel stand on itself
 * @tun: the tunnel
 * @dst: the route to its peer
 *
 * Context: Process, RTNL held.
 * Return: true if so, directly or through other tunnels and what is on them.
 */
bool virt_nest_is_loop(const struct virt_tunnel *tun,
		       const struct dst_entry *dst)
{
	unsigned int left = VIRT_NEST_DEVICES;

	ASSERT_RTNL();
	return virt_nest_holds(dst->dev, (struct virt_nest) {
		.tun = tun,
		.depth = VIRT_TUNTX_DEPTH,
		.left = &left,
	});
}
