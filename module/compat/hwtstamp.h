/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between kernels in timestamps by hardware.
 *
 * The driver writes two functions; VIRT_COMPAT_HWTSTAMP() declares what the
 * kernel calls, if that is something else, and VIRT_COMPAT_HWTSTAMP_OPS names
 * it.
 *
 * int GET(struct net_device *dev, struct virt_compat_hwtstamp *config)
 * int SET(struct net_device *dev, struct virt_compat_hwtstamp *config,
 *	   struct netlink_ext_ack *extack)
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_COMPAT_HWTSTAMP_H
#define _VIRT_COMPAT_HWTSTAMP_H

#include <linux/net_tstamp.h>
#include <linux/netdevice.h>

/* 6.6: calls of their own, and ways to pass them to a device below */
#ifdef VIRT_HAVE_HWTSTAMP
#define virt_compat_hwtstamp		kernel_hwtstamp_config
#define virt_compat_hwtstamp_get	generic_hwtstamp_get_lower
#define virt_compat_hwtstamp_set	generic_hwtstamp_set_lower

#define VIRT_COMPAT_HWTSTAMP(name, get, set)
#define VIRT_COMPAT_HWTSTAMP_OPS(name, get, set)			\
	.ndo_hwtstamp_get	= (get),				\
	.ndo_hwtstamp_set	= (set)
#else

/* 5.15: the ioctls of Ethernet have a callback of their own */
#ifdef VIRT_HAVE_ETH_IOCTL
#define virt_compat_eth_ioctl		ndo_eth_ioctl
#else
#define virt_compat_eth_ioctl		ndo_do_ioctl
#endif

/* The request as the user made it: what it points to is the user's memory. */
#define virt_compat_hwtstamp		ifreq

static inline int virt_compat_hwtstamp_pass(struct net_device *lower,
					    struct ifreq *request, int cmd)
{
	const struct net_device_ops *ops = lower->netdev_ops;
	struct ifreq below = { .ifr_ifru = request->ifr_ifru };
	int err;

	if (!netif_device_present(lower))
		return -ENODEV;
	if (!ops->virt_compat_eth_ioctl)
		return -EOPNOTSUPP;
	strscpy(below.ifr_name, lower->name, IFNAMSIZ);
	err = ops->virt_compat_eth_ioctl(lower, &below, cmd);
	if (!err)
		request->ifr_ifru = below.ifr_ifru;
	return err;
}

static inline int virt_compat_hwtstamp_get(struct net_device *lower,
					   struct ifreq *request)
{
	return virt_compat_hwtstamp_pass(lower, request, SIOCGHWTSTAMP);
}

static inline int virt_compat_hwtstamp_set(struct net_device *lower,
					   struct ifreq *request,
					   struct netlink_ext_ack *extack)
{
	return virt_compat_hwtstamp_pass(lower, request, SIOCSHWTSTAMP);
}

#define VIRT_COMPAT_HWTSTAMP(name, get, set)				\
static int name(struct net_device *dev, struct ifreq *request, int cmd)	\
{									\
	switch (cmd) {							\
	case SIOCGHWTSTAMP:						\
		return get(dev, request);				\
	case SIOCSHWTSTAMP:						\
		return set(dev, request, NULL);				\
	default:							\
		return -EOPNOTSUPP;					\
	}								\
}

#define VIRT_COMPAT_HWTSTAMP_OPS(name, get, set)			\
	.virt_compat_eth_ioctl	= (name)
#endif /* VIRT_HAVE_HWTSTAMP */

#endif /* _VIRT_COMPAT_HWTSTAMP_H */
