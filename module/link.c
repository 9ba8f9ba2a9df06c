// SPDX-License-Identifier: GPL-2.0-only
/* The link kind "virt" of rtnetlink: attributes in, settings out, and back.
 *
 * Copyright (C) The virt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "link.h"

#include <linux/etherdevice.h>

#include "addr.h"
#include "dev.h"
#include "guard.h"
#include "port.h"
#include "stats.h"
#include "tunnel.h"
#include "virt.h"

/* Not const for kernels whose policies take no const ranges. */
static struct netlink_range_validation virt_link_ports = {
	.min = 1,
	.max = U16_MAX,
};

static struct netlink_range_validation virt_link_days = {
	.max = 86400,
};

static struct netlink_range_validation virt_link_indices = {
	.max = S32_MAX,
};

static const struct nla_policy virt_link_policy[IFLA_VIRT_MAX + 1] = {
	[IFLA_VIRT_MODE] = NLA_POLICY_MAX(NLA_U8, VIRT_MODE_MAX),
	[IFLA_VIRT_SUSPENDED] = { .type = NLA_REJECT },
	[IFLA_VIRT_HOST] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VIRT_ISOLATE] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VIRT_FLOOD] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VIRT_ARP] = NLA_POLICY_MAX(NLA_U8, VIRT_ARP_MAX),
	[IFLA_VIRT_BCLIM] = { .type = NLA_U32 },
	[IFLA_VIRT_GUARD] = NLA_POLICY_MAX(NLA_U8, VIRT_GUARD_MAX),
	[IFLA_VIRT_ALLOW] = {
		.type = NLA_BINARY,
		.len = VIRT_ALLOW_MAX * sizeof(struct virt_prefix),
	},
	[IFLA_VIRT_REMOTE] = { .type = NLA_BINARY },
	[IFLA_VIRT_LOCAL] = { .type = NLA_BINARY },
	[IFLA_VIRT_PORT] = NLA_POLICY_FULL_RANGE(NLA_U32, &virt_link_ports),
	[IFLA_VIRT_RPORT] = NLA_POLICY_FULL_RANGE(NLA_U32, &virt_link_ports),
	[IFLA_VIRT_DEV] = NLA_POLICY_FULL_RANGE(NLA_U32, &virt_link_indices),
	[IFLA_VIRT_PAYLOAD] = NLA_POLICY_MAX(NLA_U8, VIRT_PAYLOAD_MAX),
	[IFLA_VIRT_TX] = NLA_POLICY_MAX(NLA_U8, VIRT_TXMODE_MAX),
	[IFLA_VIRT_RX] = NLA_POLICY_MAX(NLA_U8, VIRT_RXMODE_MAX),
	[IFLA_VIRT_KEEPALIVE] = NLA_POLICY_FULL_RANGE(NLA_U32,
						      &virt_link_days),
	[IFLA_VIRT_ANY] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VIRT_TTL] = NLA_POLICY_RANGE(NLA_U32, 1, VIRT_INHERIT),
	[IFLA_VIRT_TOS] = NLA_POLICY_RANGE(NLA_U32, 0, VIRT_INHERIT),
	[IFLA_VIRT_DF] = NLA_POLICY_MAX(NLA_U8, VIRT_DF_MAX),
	[IFLA_VIRT_UDPCSUM] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VIRT_FILTER] = { .type = NLA_BINARY },
	[IFLA_VIRT_STRICT] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_VIRT_LEARN] = { .type = NLA_BINARY },
	[IFLA_VIRT_HOLD] = NLA_POLICY_FULL_RANGE(NLA_U32, &virt_link_days),
	[IFLA_VIRT_SPORT] = NLA_POLICY_MAX(NLA_U8, VIRT_SPORT_MAX),
	[IFLA_VIRT_MARK] = { .type = NLA_U32 },
	[IFLA_VIRT_PEER] = { .type = NLA_REJECT },
	[IFLA_VIRT_PEER_PORT] = { .type = NLA_REJECT },
	[IFLA_VIRT_SEEN] = { .type = NLA_REJECT },
	[IFLA_VIRT_RTT] = { .type = NLA_REJECT },
	[IFLA_VIRT_LOSS] = { .type = NLA_REJECT },
};

/**
 * virt_link_mode_word() - the word of `ip link` for a mode
 * @mode: a valid mode
 *
 * Return: a constant string.
 */
const char *virt_link_mode_word(enum virt_mode mode)
{
	static const char *const words[] = {
		[VIRT_MODE_SHARE] = "share",
		[VIRT_MODE_STEAL] = "steal",
		[VIRT_MODE_MAC] = "mac",
		[VIRT_MODE_TUNNEL] = "tunnel",
	};

	BUILD_BUG_ON(ARRAY_SIZE(words) != VIRT_MODE_MAX + 1);
	return words[mode];
}

static int virt_link_validate(struct nlattr *tb[], struct nlattr *data[],
			      struct netlink_ext_ack *extack)
{
	const struct nlattr *mac = tb[IFLA_ADDRESS];

	if (mac && (nla_len(mac) != ETH_ALEN ||
		    !is_valid_ether_addr(nla_data(mac)))) {
		NL_SET_ERR_MSG_ATTR(extack, mac,
				    "a unicast Ethernet address is needed");
		return -EADDRNOTAVAIL;
	}
	return 0;
}

static bool virt_link_flag(struct nlattr *data[], int attr, bool otherwise)
{
	return data[attr] ? nla_get_u8(data[attr]) : otherwise;
}

static void virt_link_fill_conf(struct virt_conf *conf, struct nlattr *data[])
{
	if (!data)
		return;
	if (data[IFLA_VIRT_MODE])
		conf->mode = nla_get_u8(data[IFLA_VIRT_MODE]);
	if (data[IFLA_VIRT_GUARD])
		conf->guard = nla_get_u8(data[IFLA_VIRT_GUARD]);
	if (data[IFLA_VIRT_ARP])
		conf->arp = nla_get_u8(data[IFLA_VIRT_ARP]);
	conf->host = virt_link_flag(data, IFLA_VIRT_HOST, conf->host);
	conf->isolate = virt_link_flag(data, IFLA_VIRT_ISOLATE, conf->isolate);
	conf->flood = virt_link_flag(data, IFLA_VIRT_FLOOD, conf->flood);
}

static int virt_link_parse_allow(struct nlattr *data[],
				 struct virt_allow **allow,
				 struct netlink_ext_ack *extack)
{
	*allow = NULL;
	if (!data || !data[IFLA_VIRT_ALLOW])
		return 0;
	*allow = virt_guard_parse(data[IFLA_VIRT_ALLOW], extack);
	return PTR_ERR_OR_ZERO(*allow);
}

/* What is no part of the child's settings, and cannot be refused any more. */
static void virt_link_apply_rest(struct virt_dev *vdev, struct nlattr *data[],
				 struct virt_allow *allow)
{
	if (!data)
		return;
	if (data[IFLA_VIRT_BCLIM])
		WRITE_ONCE(vdev->port->bclim,
			   nla_get_u32(data[IFLA_VIRT_BCLIM]));
	if (data[IFLA_VIRT_ALLOW])
		virt_guard_set_allow(vdev, allow);
}

/* All but what the child itself wants to hear is the parent's side's right. */
static int virt_link_check_rights(const struct virt_dev *vdev,
				  struct nlattr *data[],
				  struct netlink_ext_ack *extack)
{
	int i;

	if (!data || virt_guard_may(vdev))
		return 0;
	for (i = 1; i <= IFLA_VIRT_MAX; i++) {
		if (!data[i] || i == IFLA_VIRT_ARP)
			continue;
		NL_SET_ERR_MSG_ATTR(extack, data[i],
				    "only an administrator of the parent's namespace may change this");
		return -EPERM;
	}
	return 0;
}

static int virt_link_check_conf(const struct virt_conf *conf,
				struct nlattr *tb[],
				struct netlink_ext_ack *extack)
{
	if (tb[IFLA_ADDRESS] && conf->mode != VIRT_MODE_MAC) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
				    "share and steal have the MAC of the parent: use mode mac");
		return -EINVAL;
	}
	if (conf->flood && conf->mode != VIRT_MODE_MAC) {
		NL_SET_ERR_MSG(extack, "flood needs mode mac");
		return -EINVAL;
	}
	if (conf->mode == VIRT_MODE_STEAL && conf->isolate) {
		NL_SET_ERR_MSG(extack,
			       "mode steal has no siblings to isolate from");
		return -EINVAL;
	}
	return 0;
}

/* The mode that a user asks for, or @otherwise. */
static enum virt_mode virt_link_mode(struct nlattr *data[],
				     enum virt_mode otherwise)
{
	if (!data || !data[IFLA_VIRT_MODE])
		return otherwise;
	return nla_get_u8(data[IFLA_VIRT_MODE]);
}

static bool virt_link_is_step(struct nlattr *data[], bool tunnel)
{
	if (tunnel)
		return virt_link_mode(data, VIRT_MODE_TUNNEL) !=
		       VIRT_MODE_TUNNEL;
	return virt_link_mode(data, VIRT_MODE_SHARE) == VIRT_MODE_TUNNEL;
}

static int virt_link_create_tunnel(struct net *link_net, struct net_device *dev,
				   struct nlattr **tb, struct nlattr **data,
				   struct netlink_ext_ack *extack)
{
	struct virt_tunnel_conf conf = virt_tunnel_default_conf;
	struct virt_tunnel *tun;
	int err;

	if (tb[IFLA_LINK]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_LINK],
				    "mode tunnel has no parent: use dev DEV instead of link");
		return -EINVAL;
	}
	err = virt_tunconf_read(&conf, data, extack);
	if (err)
		return err;
	if (tb[IFLA_ADDRESS] && conf.payload == VIRT_PAYLOAD_IP) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
				    "payload ip has no MAC address");
		return -EINVAL;
	}
	virt_tunnel_setup(dev, conf.payload);
	tun = netdev_priv(dev);
	tun->mtu_set = tb[IFLA_MTU];
	if (tun->mtu_set && dev->mtu > dev->max_mtu) {
		virt_compat_extack(extack,
				   "the MTU is larger than any tunnel's",
				   "mtu %u is too large: at most %u in a tunnel",
				   dev->mtu, dev->max_mtu);
		return -EINVAL;
	}
	return virt_tunnel_create(link_net, dev, &conf, extack);
}

static int virt_link_create(struct net *link_net, struct net_device *dev,
			    struct nlattr **tb, struct nlattr **data,
			    struct netlink_ext_ack *extack)
{
	struct virt_conf conf = virt_dev_default_conf;
	struct virt_dev *vdev = netdev_priv(dev);
	struct net_device *parent;
	struct virt_allow *allow;
	int err;

	if (virt_link_mode(data, conf.mode) == VIRT_MODE_TUNNEL)
		return virt_link_create_tunnel(link_net, dev, tb, data, extack);
	err = virt_tunconf_check_foreign(data, false, extack);
	if (err)
		return err;
	if (!tb[IFLA_LINK]) {
		virt_compat_attr_missing(extack, IFLA_LINK);
		NL_SET_ERR_MSG(extack, "a parent is missing: link PARENT");
		return -EINVAL;
	}
	parent = __dev_get_by_index(link_net, nla_get_u32(tb[IFLA_LINK]));
	if (!parent) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_LINK],
				    "there is no parent with this index");
		return -ENODEV;
	}
	virt_link_fill_conf(&conf, data);
	err = virt_link_check_conf(&conf, tb, extack);
	if (err)
		return err;
	err = virt_link_parse_allow(data, &allow, extack);
	if (err)
		return err;
	vdev->mtu_set = tb[IFLA_MTU];
	vdev->mac_set = tb[IFLA_ADDRESS];
	err = virt_dev_create(dev, parent, &conf, extack);
	if (err)
		goto err_allow;
	virt_link_apply_rest(vdev, data, allow);
	return 0;

err_allow:
	kfree(allow);
	return err;
}

VIRT_COMPAT_NEWLINK(virt_link_newlink, virt_link_create)

static int virt_link_change_tunnel(struct virt_tunnel *tun,
				   struct nlattr *data[],
				   struct netlink_ext_ack *extack)
{
	struct virt_tunnel_conf conf = tun->conf;
	int err;

	if (!ns_capable(tun->net->user_ns, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG(extack,
			       "only an administrator of the socket's namespace may change this");
		return -EPERM;
	}
	err = virt_tunconf_read(&conf, data, extack);
	if (!err)
		err = virt_tunnel_change(tun, &conf, extack);
	return err;
}

static int virt_link_changelink(struct net_device *dev, struct nlattr *tb[],
				struct nlattr *data[],
				struct netlink_ext_ack *extack)
{
	struct virt_dev *vdev = netdev_priv(dev);
	bool tunnel = virt_tunnel_is_tunnel(dev);
	struct virt_allow *allow;
	struct virt_conf conf;
	int err;

	if (virt_link_is_step(data, tunnel)) {
		NL_SET_ERR_MSG(extack,
			       "a tunnel cannot become a child, nor a child a tunnel: recreate it");
		return -EBUSY;
	}
	if (tunnel)
		return virt_link_change_tunnel(netdev_priv(dev), data, extack);
	err = virt_tunconf_check_foreign(data, false, extack);
	if (!err)
		err = virt_link_check_rights(vdev, data, extack);
	if (err)
		return err;
	conf = vdev->conf;
	virt_link_fill_conf(&conf, data);
	err = virt_link_check_conf(&conf, tb, extack);
	if (err)
		return err;
	err = virt_link_parse_allow(data, &allow, extack);
	if (err)
		return err;
	err = virt_dev_change(vdev, &conf, extack);
	if (err)
		goto err_allow;
	virt_link_apply_rest(vdev, data, allow);
	return 0;

err_allow:
	kfree(allow);
	return err;
}

static void virt_link_dellink(struct net_device *dev, struct list_head *head)
{
	struct virt_dev *vdev = netdev_priv(dev);

	if (virt_tunnel_is_tunnel(dev)) {
		virt_tunnel_delete(dev, head);
		return;
	}
	pr_info("%s: removed from %s\n", dev->name, vdev->parent->name);
	virt_port_del_child(vdev);
	unregister_netdevice_queue(dev, head);
	netdev_upper_dev_unlink(vdev->parent, dev);
}

static size_t virt_link_get_size(const struct net_device *dev)
{
	if (virt_tunnel_is_tunnel(dev))
		return nla_total_size(sizeof(u8)) + virt_tunconf_get_size();
	return nla_total_size(sizeof(u8)) +	/* IFLA_VIRT_MODE */
	       nla_total_size(sizeof(u32)) +	/* IFLA_VIRT_SUSPENDED */
	       nla_total_size(sizeof(u8)) +	/* IFLA_VIRT_HOST */
	       nla_total_size(sizeof(u8)) +	/* IFLA_VIRT_ISOLATE */
	       nla_total_size(sizeof(u8)) +	/* IFLA_VIRT_FLOOD */
	       nla_total_size(sizeof(u8)) +	/* IFLA_VIRT_ARP */
	       nla_total_size(sizeof(u32)) +	/* IFLA_VIRT_BCLIM */
	       virt_guard_get_size(netdev_priv(dev));
}

static int virt_link_fill_info(struct sk_buff *skb,
			       const struct net_device *dev)
{
	const struct virt_dev *vdev = netdev_priv(dev);
	const struct virt_conf *conf = &vdev->conf;

	if (virt_tunnel_is_tunnel(dev))
		return nla_put_u8(skb, IFLA_VIRT_MODE, VIRT_MODE_TUNNEL) ?:
		       virt_tunconf_fill(skb, netdev_priv(dev));
	if (nla_put_u8(skb, IFLA_VIRT_MODE, conf->mode) ||
	    nla_put_u32(skb, IFLA_VIRT_SUSPENDED,
			virt_addr_count_suspended(vdev)) ||
	    nla_put_u8(skb, IFLA_VIRT_HOST, conf->host) ||
	    nla_put_u8(skb, IFLA_VIRT_ISOLATE, conf->isolate) ||
	    nla_put_u8(skb, IFLA_VIRT_FLOOD, conf->flood) ||
	    nla_put_u8(skb, IFLA_VIRT_ARP, conf->arp) ||
	    nla_put_u32(skb, IFLA_VIRT_BCLIM, READ_ONCE(vdev->port->bclim)) ||
	    virt_guard_fill(skb, vdev))
		return -EMSGSIZE;
	return 0;
}

static size_t virt_link_get_xstats_size(const struct net_device *dev)
{
	return VIRT_STAT_MAX * nla_total_size_64bit(sizeof(u64));
}

static int virt_link_fill_xstats(struct sk_buff *skb,
				 const struct net_device *dev)
{
	u64 counts[__VIRT_STAT_MAX];
	enum virt_stat cause;
	struct nlattr *nest;
	bool any;

	nest = nla_nest_start(skb, IFLA_INFO_XSTATS);
	if (!nest)
		return -EMSGSIZE;
	any = virt_stats_read(dev, counts);
	for (cause = VIRT_STAT_PAD + 1; any && cause <= VIRT_STAT_MAX; cause++)
		if (counts[cause] &&
		    nla_put_u64_64bit(skb, cause, counts[cause],
				      VIRT_STAT_PAD))
			goto err_nest;
	nla_nest_end(skb, nest);
	return 0;

err_nest:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

static struct net *virt_link_get_link_net(const struct net_device *dev)
{
	const struct virt_dev *vdev = netdev_priv(dev);

	if (virt_tunnel_is_tunnel(dev)) {
		const struct virt_tunnel *tun = netdev_priv(dev);

		return tun->net;
	}
	return dev_net(vdev->parent);
}

/* Not const: the core links it into a list. */
struct rtnl_link_ops virt_link_ops __read_mostly = {
	.kind		= VIRT_KIND,
	.priv_size	= sizeof(union virt_link_priv),
	.setup		= virt_dev_setup,
	.maxtype	= IFLA_VIRT_MAX,
	.policy		= virt_link_policy,
	.validate	= virt_link_validate,
	.newlink	= virt_link_newlink,
	.changelink	= virt_link_changelink,
	.dellink	= virt_link_dellink,
	.get_size	= virt_link_get_size,
	.fill_info	= virt_link_fill_info,
	.get_xstats_size = virt_link_get_xstats_size,
	.fill_xstats	= virt_link_fill_xstats,
	.get_link_net	= virt_link_get_link_net,
};

/**
 * virt_link_init() - offer the kind
 *
 * Return: 0 or a negative errno.
 */
int virt_link_init(void)
{
	return rtnl_link_register(&virt_link_ops);
}

/** virt_link_exit() - withdraw the kind and delete every child */
void virt_link_exit(void)
{
	rtnl_link_unregister(&virt_link_ops);
}
