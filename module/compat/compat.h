/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between kernels, under names of our own.
 *
 * Distributions backport interfaces, so a wrapper is chosen by a probe of the
 * headers themselves (Kbuild.include) and never takes a kernel name.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_COMPAT_H
#define _VIRT_COMPAT_H

#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/phy.h>
#include <linux/skbuff.h>
#include <linux/u64_stats_sync.h>
#include <linux/version.h>
#include <net/rtnetlink.h>

/* 6.15: the lock classes of devices have a header of their own */
#ifdef VIRT_HAVE_NETDEV_LOCK
#include <net/netdev_lock.h>
#endif

/* 3.17: alloc_netdev() learnt where a name comes from */
static inline struct net_device *
virt_compat_alloc_netdev(int priv_size, const char *name,
			 void (*setup)(struct net_device *dev))
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(3, 17, 0)
	return alloc_netdev(priv_size, name, NET_NAME_ENUM, setup);
#else
	return alloc_netdev(priv_size, name, setup);
#endif
}

/* Not in all stable kernels: a local variable that is not zeroed first */
#ifdef __uninitialized
#define virt_compat_uninitialized	__uninitialized
#else
#define virt_compat_uninitialized
#endif

/* 6.0: tracked references to a device */
#ifdef VIRT_HAVE_NETDEV_HOLD
struct virt_compat_tracker {
	netdevice_tracker tracker;
};

static inline void virt_compat_netdev_hold(struct net_device *dev,
					   struct virt_compat_tracker *ref)
{
	netdev_hold(dev, &ref->tracker, GFP_KERNEL);
}

static inline void virt_compat_netdev_put(struct net_device *dev,
					  struct virt_compat_tracker *ref)
{
	netdev_put(dev, &ref->tracker);
}
#else
struct virt_compat_tracker {};

static inline void virt_compat_netdev_hold(struct net_device *dev,
					   struct virt_compat_tracker *ref)
{
	dev_hold(dev);
}

static inline void virt_compat_netdev_put(struct net_device *dev,
					  struct virt_compat_tracker *ref)
{
	dev_put(dev);
}
#endif /* VIRT_HAVE_NETDEV_HOLD */

/* 5.19: one call for the TSO limits */
static inline void virt_compat_inherit_tso_max(struct net_device *to,
					       const struct net_device *from)
{
#ifdef VIRT_HAVE_INHERIT_TSO_MAX
	netif_inherit_tso_max(to, from);
#else
	netif_set_gso_max_size(to, from->gso_max_size);
	to->gso_max_segs = from->gso_max_segs;
#endif
}

/* 6.12: lockless transmit became a bit of the device */
static inline void virt_compat_set_lltx(struct net_device *dev)
{
#ifdef NETIF_F_LLTX
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
}

/* 6.2: texts with names in them. Before, the caller's fixed text goes to the
 * user and the full one to the log.
 */
#ifdef NL_SET_ERR_MSG_FMT
#define virt_compat_extack(extack, fixed, fmt, ...) \
	NL_SET_ERR_MSG_FMT(extack, fmt, ##__VA_ARGS__)
#else
#define virt_compat_extack(extack, fixed, fmt, ...) do {	\
	NL_SET_ERR_MSG(extack, fixed);				\
	pr_info_ratelimited(fmt "\n", ##__VA_ARGS__);			\
} while (0)
#endif

/* 6.17: another name of the queue whose work runs on any CPU */
#ifdef VIRT_HAVE_DFL_WQ
#define virt_compat_unbound_wq system_dfl_wq
#else
#define virt_compat_unbound_wq system_unbound_wq
#endif

/* 6.1: an attribute of the message itself that is missing */
#ifdef NL_SET_ERR_ATTR_MISS
#define virt_compat_attr_missing(extack, type) \
	NL_SET_ERR_ATTR_MISS(extack, NULL, type)
#else
#define virt_compat_attr_missing(extack, type) do {} while (0)
#endif

/* 5.17: why an skb is dropped, for those who watch */
#ifdef VIRT_HAVE_DROP_REASON
#define VIRT_COMPAT_DROP_OTHER		SKB_DROP_REASON_NOT_SPECIFIED
#define VIRT_COMPAT_DROP_DOWN		SKB_DROP_REASON_DEV_READY
#define VIRT_COMPAT_DROP_SHORT		SKB_DROP_REASON_PKT_TOO_SMALL
#define VIRT_COMPAT_DROP_NOMEM		SKB_DROP_REASON_NOMEM
#define VIRT_COMPAT_DROP_TOO_BIG	SKB_DROP_REASON_PKT_TOO_BIG
#define VIRT_COMPAT_DROP_NO_ROUTE	SKB_DROP_REASON_IP_OUTNOROUTES
#define virt_compat_kfree_skb(skb, reason) kfree_skb_reason(skb, reason)
#else
enum {
	VIRT_COMPAT_DROP_OTHER,
	VIRT_COMPAT_DROP_DOWN,
	VIRT_COMPAT_DROP_SHORT,
	VIRT_COMPAT_DROP_NOMEM,
	VIRT_COMPAT_DROP_TOO_BIG,
	VIRT_COMPAT_DROP_NO_ROUTE,
};

static inline void virt_compat_kfree_skb(struct sk_buff *skb, int reason)
{
	kfree_skb(skb);
}
#endif /* VIRT_HAVE_DROP_REASON */

/* 6.12 */
#ifdef VIRT_HAVE_DROP_ECN
#define VIRT_COMPAT_DROP_ECN	SKB_DROP_REASON_IP_TUNNEL_ECN
#else
#define VIRT_COMPAT_DROP_ECN	VIRT_COMPAT_DROP_OTHER
#endif

/* 6.16 */
#ifdef VIRT_HAVE_DROP_LOOP
#define VIRT_COMPAT_DROP_LOOP	SKB_DROP_REASON_RECURSION_LIMIT
#else
#define VIRT_COMPAT_DROP_LOOP	VIRT_COMPAT_DROP_OTHER
#endif

/* 6.1: the fetch calls need no _irq form any more (6.3 removed it) */
#ifdef VIRT_HAVE_FETCH_BEGIN_IRQ
#define virt_compat_fetch_begin u64_stats_fetch_begin_irq
#define virt_compat_fetch_retry u64_stats_fetch_retry_irq
#else
#define virt_compat_fetch_begin u64_stats_fetch_begin
#define virt_compat_fetch_retry u64_stats_fetch_retry
#endif

/* 6.15: newlink takes a struct. The driver writes one function of the form
 * below; VIRT_COMPAT_NEWLINK() declares what the kernel calls.
 *
 * int NAME(struct net *link_net, struct net_device *dev, struct nlattr **tb,
 *	    struct nlattr **data, struct netlink_ext_ack *extack)
 */
#ifdef VIRT_HAVE_NEWLINK_PARAMS
#define VIRT_COMPAT_NEWLINK(name, inner)				\
static int name(struct net_device *dev,					\
		struct rtnl_newlink_params *params,			\
		struct netlink_ext_ack *extack)				\
{									\
	return inner(rtnl_newlink_link_net(params), dev, params->tb,	\
		     params->data, extack);				\
}
#else
#define VIRT_COMPAT_NEWLINK(name, inner)				\
static int name(struct net *src_net, struct net_device *dev,		\
		struct nlattr *tb[], struct nlattr *data[],		\
		struct netlink_ext_ack *extack)				\
{									\
	return inner(src_net, dev, tb, data, extack);			\
}
#endif

/* 6.17: the setup of netpoll is not told of its netpoll_info any more */
#ifdef VIRT_HAVE_NETPOLL_ALONE
#define VIRT_COMPAT_NETPOLL_SETUP(name, inner)				\
static int name(struct net_device *dev)					\
{									\
	return inner(dev);						\
}
#else
#define VIRT_COMPAT_NETPOLL_SETUP(name, inner)				\
static int name(struct net_device *dev, struct netpoll_info *info)	\
{									\
	return inner(dev);						\
}
#endif

/* 6.12: what a device or its PHY can do about timestamps, as one call */
#ifdef VIRT_HAVE_TS_INFO_BY_LAYER
#define virt_compat_ts_info kernel_ethtool_ts_info
#define virt_compat_get_ts_info ethtool_get_ts_info_by_layer
#else
#define virt_compat_ts_info ethtool_ts_info

static inline int virt_compat_get_ts_info(struct net_device *dev,
					  struct ethtool_ts_info *info)
{
	if (phy_has_tsinfo(dev->phydev))
		return phy_ts_info(dev->phydev, info);
	if (dev->ethtool_ops->get_ts_info)
		return dev->ethtool_ops->get_ts_info(dev, info);
	return ethtool_op_get_ts_info(dev, info);
}
#endif

/* 6.2: without a tag, its place is zero; before, an old one stays there */
static inline u16 virt_compat_vlan_id(const struct sk_buff *skb)
{
#ifdef VIRT_HAVE_VLAN_PRESENT
	if (!skb_vlan_tag_present(skb))
		return 0;
#endif
	return skb_vlan_tag_get_id(skb);
}

#endif /* _VIRT_COMPAT_H */
