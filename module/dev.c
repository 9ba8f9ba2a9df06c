// SPDX-License-Identifier: GPL-2.0-only
/* The net_device of a child: its life, its settings, what it takes over from
 * the parent.
 *
 * ndo_init and the destructor are a pair, and so are ndo_init and ndo_uninit:
 * the core calls the second for every successful first, wherever registration
 * fails. A child is published to the data path last and unpublished first.
 *
 * Copyright (C) The virt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "dev.h"

#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "addr.h"
#include "dhcp.h"
#include "ethtool.h"
#include "group.h"
#include "guard.h"
#include "hwtstamp.h"
#include "link.h"
#include "mac.h"
#include "netpoll.h"
#include "port.h"
#include "stats.h"
#include "tunnel.h"
#include "tx.h"
#include "virt.h"

/* The parent's transmit path finishes in software what its NIC cannot do, so
 * a child offers all of these and its user may turn them off.
 */
#define VIRT_DEV_OFFLOADS \
	(NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM | NETIF_F_GSO_SOFTWARE)

/* As the parent has them. */
#define VIRT_DEV_INHERITED \
	(NETIF_F_HIGHDMA | NETIF_F_RXCSUM | NETIF_F_LRO | \
	 NETIF_F_HW_VLAN_CTAG_FILTER | NETIF_F_HW_VLAN_STAG_FILTER)

/* What a child is when its user says nothing. */
const struct virt_conf virt_dev_default_conf = {
	.mode = VIRT_MODE_SHARE,
	.host = VIRT_COMPAT_EGRESS_HOOK,
};

static u32 virt_dev_last_id;

/* A dev_id of its own keeps the link-local address apart from those of the
 * parent and the siblings that have the same MAC.
 */
static int virt_dev_alloc_dev_id(struct virt_dev *vdev)
{
	struct ida *ids = &vdev->port->dev_ids;
	int id = ida_alloc_range(ids, 1, U16_MAX - 1, GFP_KERNEL);

	if (id > 0 && id == vdev->parent->dev_id) {
		int next = ida_alloc_range(ids, id + 1, U16_MAX - 1,
					   GFP_KERNEL);

		ida_free(ids, id);
		id = next;
	}
	if (id < 0)
		return id;
	vdev->dev_id = id;
	return 0;
}

/* What depends on the mode. VLANs need tagged frames, which a child in mode
 * share does not get.
 */
static void virt_dev_apply_mode(struct virt_dev *vdev)
{
	enum virt_mode mode = vdev->conf.mode;

	vdev->dev->dev_id = mode == VIRT_MODE_MAC ? 0 : vdev->dev_id;
	if (mode == VIRT_MODE_SHARE)
		vdev->dev->features |= NETIF_F_VLAN_CHALLENGED;
	else
		vdev->dev->features &= ~NETIF_F_VLAN_CHALLENGED;
}

/* Only now has the device its final name. */
static int virt_dev_derive_mac(struct virt_dev *vdev)
{
	u8 addr[ETH_ALEN] __aligned(2);
	int err;

	if (vdev->conf.mode != VIRT_MODE_MAC || vdev->mac_set)
		return 0;
	err = virt_mac_derive(vdev, addr);
	if (!err)
		eth_hw_addr_set(vdev->dev, addr);
	return err;
}

static int virt_dev_init(struct net_device *dev)
{
	struct virt_dev *vdev = netdev_priv(dev);
	int err;

	netdev_lockdep_set_classes(dev);

	vdev->stats = virt_stats_alloc();
	if (!vdev->stats)
		return -ENOMEM;
	err = virt_dev_derive_mac(vdev);
	if (err)
		goto err_stats;
	ether_addr_copy(vdev->mac, dev->dev_addr);
	err = virt_dev_alloc_dev_id(vdev);
	if (err)
		goto err_stats;
	virt_dev_apply_mode(vdev);
	vdev->port->users++;
	virt_compat_netdev_hold(vdev->parent, &vdev->parent_ref);
	vdev->id = ++virt_dev_last_id;
	pr_debug("ledger: child %u created\n", vdev->id);
	return 0;

err_stats:
	free_percpu(vdev->stats);
	return err;
}

/* Before 5.18 the core waits for the references to one device of a batch
 * before it destroys the next: ours to the parent may not last until the child
 * is destroyed. Who still looks below finds a device that lasts.
 */
static void virt_dev_put_parent(struct virt_dev *vdev)
{
	struct net_device *parent = vdev->parent;

	WRITE_ONCE(vdev->parent, dev_net(vdev->dev)->loopback_dev);
	virt_compat_netdev_put(parent, &vdev->parent_ref);
}

static void virt_dev_uninit(struct net_device *dev)
{
	struct virt_dev *vdev = netdev_priv(dev);
	struct virt_port *port = vdev->port;

	/* unpublished, it was up for a while: what came then goes now */
	virt_port_forget(vdev);
	ida_free(&port->dev_ids, vdev->dev_id);
	WRITE_ONCE(vdev->port, NULL);
	virt_port_put(port);
	virt_dev_put_parent(vdev);
}

static void virt_dev_destruct(struct net_device *dev)
{
	struct virt_dev *vdev = netdev_priv(dev);

	pr_debug("ledger: child %u destroyed\n", vdev->id);
	kfree(rcu_dereference_protected(vdev->allow, true));
	free_percpu(vdev->stats);
}

/* Brings the counts that we hold on the parent in line with the child's flags.
 * A child in mode share has no use for a promiscuous parent.
 */
static void virt_dev_sync_flags(struct virt_dev *vdev, bool up)
{
	bool allmulti = up && vdev->dev->flags & IFF_ALLMULTI;
	bool promisc = up && virt_dev_is_promisc(vdev) &&
		       vdev->conf.mode != VIRT_MODE_SHARE;

	if (allmulti != vdev->allmulti &&
	    !dev_set_allmulti(vdev->parent, allmulti ? 1 : -1))
		vdev->allmulti = allmulti;
	if (promisc != vdev->promisc &&
	    !dev_set_promiscuity(vdev->parent, promisc ? 1 : -1))
		vdev->promisc = promisc;
}

/* The parent's own filter must let the child's MAC address pass. */
static int virt_dev_list_mac(struct virt_dev *vdev, bool up)
{
	bool list = up && vdev->conf.mode == VIRT_MODE_MAC;
	int err = 0;

	if (list == vdev->mac_listed)
		return 0;
	if (list)
		err = dev_uc_add(vdev->parent, vdev->mac);
	else
		dev_uc_del(vdev->parent, vdev->mac);
	if (!err)
		vdev->mac_listed = list;
	return err;
}

static u8 virt_dev_detours(const struct virt_dev *vdev)
{
	u8 detours = 0;

	if (virt_dev_crosses_netns(vdev))
		detours |= VIRT_DETOUR_FAR;
	if (vdev->port->hooked)
		detours |= VIRT_DETOUR_HOOK;
	if (vdev->port->crowd)
		detours |= VIRT_DETOUR_SIBLINGS;
	if (virt_dev_is_promisc(vdev) && vdev->conf.mode == VIRT_MODE_MAC)
		detours |= VIRT_DETOUR_LEARN;
	if (vdev->watched)
		detours |= VIRT_DETOUR_GUARD;
	if (vdev->netpoll)
		detours |= VIRT_DETOUR_NETPOLL;
	return detours;
}

/**
 * virt_dev_update_ways() - note in short what the data path wants to know
 * @vdev: a child that changed, or something around it
 *
 * Context: Process, RTNL held; while the device opens, before IFF_UP is set.
 */
void virt_dev_update_ways(struct virt_dev *vdev)
{
	enum virt_mode mode = vdev->conf.mode;
	bool plain = netif_running(vdev->dev) && !virt_dev_crosses_netns(vdev);

	WRITE_ONCE(vdev->plain, plain);
	WRITE_ONCE(vdev->plain_share, plain && mode == VIRT_MODE_SHARE);
	WRITE_ONCE(vdev->detours, virt_dev_detours(vdev));
	WRITE_ONCE(vdev->host_key, mode == VIRT_MODE_STEAL ?
				   U64_MAX : vdev->port->mac_key);
}

static int virt_dev_open(struct net_device *dev)
{
	struct virt_dev *vdev = netdev_priv(dev);
	int err;

	err = virt_dev_list_mac(vdev, true);
	if (err)
		return err;
	virt_dev_sync_flags(vdev, true);
	virt_dev_update_ways(vdev);
	return 0;
}

static int virt_dev_stop(struct net_device *dev)
{
	struct virt_dev *vdev = netdev_priv(dev);

	virt_dev_update_ways(vdev);
	if (!netdev_uc_empty(dev))
		dev_uc_unsync(vdev->parent, dev);
	dev_mc_unsync(vdev->parent, dev);
	/* what goes from the list while it is down is not told */
	virt_mac_flush_extra(vdev);
	virt_dev_sync_flags(vdev, false);
	virt_dev_list_mac(vdev, false);
	return 0;
}

static void virt_dev_own_mac(struct virt_dev *vdev, const u8 *mac)
{
	ether_addr_copy(vdev->mac, mac);
	eth_hw_addr_set(vdev->dev, mac);
	/* with it the link-local address that it may have */
	virt_addr_check_allowed(vdev);
}

static int virt_dev_set_mac(struct net_device *dev, void *addr)
{
	struct virt_dev *vdev = netdev_priv(dev);
	const struct sockaddr *to = addr;
	const u8 *mac = to->sa_data;
	int err;

	if (vdev->conf.mode != VIRT_MODE_MAC)
		return -EOPNOTSUPP;
	if (!is_valid_ether_addr(mac))
		return -EADDRNOTAVAIL;
	if (ether_addr_equal(mac, vdev->mac)) {
		eth_hw_addr_set(dev, mac);
		return 0;
	}
	if (vdev->guarded && !virt_guard_may(vdev))
		return -EPERM;
	if (ether_addr_equal(mac, vdev->parent->dev_addr))
		return -EADDRINUSE;
	err = virt_mac_add(vdev, mac, VIRT_MAC_OWN);
	if (err)
		return err;
	if (vdev->mac_listed) {
		err = dev_uc_add(vdev->parent, mac);
		if (err)
			goto err_mac;
		dev_uc_del(vdev->parent, vdev->mac);
	}
	virt_mac_del(vdev, vdev->mac, VIRT_MAC_OWN);
	virt_dev_own_mac(vdev, mac);
	vdev->mac_set = true;
	return 0;

err_mac:
	virt_mac_del(vdev, mac, VIRT_MAC_OWN);
	return err;
}

static void virt_dev_change_rx_flags(struct net_device *dev, int change)
{
	if (!(dev->flags & IFF_UP))
		return;
	virt_dev_update_ways(netdev_priv(dev));
	virt_dev_sync_flags(netdev_priv(dev), true);
}

static void virt_dev_set_rx_mode(struct net_device *dev)
{
	DECLARE_BITMAP(filter, 1 << VIRT_MC_FILTER_BITS) = {};
	struct virt_dev *vdev = netdev_priv(dev);
	struct netdev_hw_addr *ha;

	netdev_for_each_mc_addr(ha, dev)
		__set_bit(virt_group_hash(ha->addr), filter);
	bitmap_copy(vdev->mc_filter, filter, 1 << VIRT_MC_FILTER_BITS);

	if (virt_dev_mode(vdev) == VIRT_MODE_MAC &&
	    (vdev->listed || !netdev_uc_empty(dev)))
		virt_mac_sync_list(vdev);
	if (vdev->lists_paused)
		return;
	/* what is synced stays in the list until it is unsynced */
	if (!READ_ONCE(vdev->guarded) && !netdev_uc_empty(dev))
		dev_uc_sync(vdev->parent, dev);
	dev_mc_sync(vdev->parent, dev);
}

static int virt_dev_change_mtu(struct net_device *dev, int mtu)
{
	struct virt_dev *vdev = netdev_priv(dev);

	WRITE_ONCE(dev->mtu, mtu);
	vdev->mtu_set = true;
	return 0;
}

static netdev_features_t virt_dev_fix_features(struct net_device *dev,
					       netdev_features_t features)
{
	const struct virt_dev *vdev = netdev_priv(dev);
	netdev_features_t inherited;

	/* forwarding turns LRO off above the parent first */
	inherited = vdev->parent->features & VIRT_DEV_INHERITED &
		    (features | ~NETIF_F_LRO);
	return (features & ~VIRT_DEV_INHERITED) | inherited;
}

static int virt_dev_get_iflink(const struct net_device *dev)
{
	const struct virt_dev *vdev = netdev_priv(dev);

	return READ_ONCE(vdev->parent->ifindex);
}

static int virt_dev_vlan_add(struct net_device *dev, __be16 proto, u16 vid)
{
	const struct virt_dev *vdev = netdev_priv(dev);

	return vlan_vid_add(vdev->parent, proto, vid);
}

static int virt_dev_vlan_del(struct net_device *dev, __be16 proto, u16 vid)
{
	const struct virt_dev *vdev = netdev_priv(dev);

	vlan_vid_del(vdev->parent, proto, vid);
	return 0;
}

#ifdef CONFIG_NET_POLL_CONTROLLER
/* The parent is polled for what its children send. */
static void virt_dev_poll(struct net_device *dev)
{
}

VIRT_COMPAT_NETPOLL_SETUP(virt_dev_netpoll_setup, virt_netpoll_setup)
#endif

VIRT_COMPAT_HWTSTAMP(virt_dev_eth_ioctl, virt_hwtstamp_get, virt_hwtstamp_set)

static const struct net_device_ops virt_dev_netdev_ops = {
	.ndo_init		= virt_dev_init,
	.ndo_uninit		= virt_dev_uninit,
	.ndo_open		= virt_dev_open,
	.ndo_stop		= virt_dev_stop,
	.ndo_start_xmit		= virt_tx_start_xmit,
	.ndo_features_check	= passthru_features_check,
	.ndo_change_rx_flags	= virt_dev_change_rx_flags,
	.ndo_set_rx_mode	= virt_dev_set_rx_mode,
	.ndo_set_mac_address	= virt_dev_set_mac,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_change_mtu		= virt_dev_change_mtu,
	.ndo_get_stats64	= virt_stats_fetch,
	.ndo_fix_features	= virt_dev_fix_features,
	.ndo_get_iflink		= virt_dev_get_iflink,
	.ndo_vlan_rx_add_vid	= virt_dev_vlan_add,
	.ndo_vlan_rx_kill_vid	= virt_dev_vlan_del,
	VIRT_COMPAT_HWTSTAMP_OPS(virt_dev_eth_ioctl, virt_hwtstamp_get,
				 virt_hwtstamp_set),
#ifdef CONFIG_NET_POLL_CONTROLLER
	.ndo_poll_controller	= virt_dev_poll,
	.ndo_netpoll_setup	= virt_dev_netpoll_setup,
	.ndo_netpoll_cleanup	= virt_netpoll_cleanup,
#endif
};

/**
 * virt_dev_is_child() - is this device one of ours
 * @dev: any device
 *
 * Return: true when netdev_priv(@dev) is a struct virt_dev.
 */
bool virt_dev_is_child(const struct net_device *dev)
{
	return dev->netdev_ops == &virt_dev_netdev_ops;
}

/**
 * virt_dev_setup() - prepare a fresh net_device
 * @dev: from alloc_netdev(), its private part zeroed
 */
void virt_dev_setup(struct net_device *dev)
{
	struct virt_dev *vdev = netdev_priv(dev);

	ether_setup(dev);
	vdev->dev = dev;
	INIT_LIST_HEAD(&vdev->addrs);
	INIT_LIST_HEAD(&vdev->macs);
	dev->netdev_ops = &virt_dev_netdev_ops;
	dev->ethtool_ops = &virt_ethtool_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = virt_dev_destruct;
	/* we change the skb on its way to the parent */
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_NO_QUEUE | IFF_UNICAST_FLT |
			   IFF_LIVE_ADDR_CHANGE;
	dev->max_mtu = ETH_MAX_MTU;
	netif_keep_dst(dev);
	virt_compat_set_lltx(dev);
}

static void virt_dev_inherit_limits(struct virt_dev *vdev)
{
	struct net_device *parent = vdev->parent;
	struct net_device *dev = vdev->dev;

	virt_compat_inherit_tso_max(dev, parent);
	dev->needed_headroom = parent->needed_headroom +
			       parent->hard_header_len - ETH_HLEN;
	dev->needed_tailroom = parent->needed_tailroom;
}

static int virt_dev_check_mtu(struct virt_dev *vdev,
			      struct netlink_ext_ack *extack)
{
	if (vdev->parent->mtu < ETH_MIN_MTU) {
		NL_SET_ERR_MSG(extack,
			       "the parent's MTU is below 68: give it a larger one");
		return -EINVAL;
	}
	if (vdev->dev->mtu <= vdev->parent->mtu)
		return 0;
	virt_compat_extack(extack, "the MTU is larger than the parent's",
			   "mtu %u is larger than that of %s, which is %u",
			   vdev->dev->mtu, vdev->parent->name,
			   vdev->parent->mtu);
	return -EINVAL;
}

/* The MAC address that the user chose must be free. */
static int virt_dev_check_mac(struct virt_dev *vdev,
			      struct netlink_ext_ack *extack)
{
	const u8 *mac = vdev->dev->dev_addr;

	if (!vdev->mac_set)
		return 0;
	if (ether_addr_equal(mac, vdev->parent->dev_addr)) {
		NL_SET_ERR_MSG(extack,
			       "that is the parent's MAC address: use mode share");
		return -EADDRINUSE;
	}
	if (virt_mac_in_use(vdev->port, mac)) {
		NL_SET_ERR_MSG(extack,
			       "another child of the parent has this MAC address");
		return -EADDRINUSE;
	}
	return 0;
}

/* Takes over from the parent what registration wants to see. */
static int virt_dev_inherit(struct virt_dev *vdev,
			    struct netlink_ext_ack *extack)
{
	struct net_device *parent = vdev->parent;
	struct net_device *dev = vdev->dev;
	int err;

	if (!vdev->mtu_set)
		dev->mtu = parent->mtu;
	err = virt_dev_check_mtu(vdev, extack);
	if (!err)
		err = virt_dev_check_mac(vdev, extack);
	if (err)
		return err;
	dev->max_mtu = parent->mtu;

	if (!vdev->mac_set) {
		eth_hw_addr_set(dev, parent->dev_addr);
		dev->addr_assign_type = NET_ADDR_STOLEN;
	}
	dev->hw_features = VIRT_DEV_OFFLOADS | NETIF_F_LRO;
	dev->features |= VIRT_DEV_OFFLOADS | NETIF_F_GSO_ENCAP_ALL |
			 (parent->features & VIRT_DEV_INHERITED);
	dev->vlan_features = VIRT_DEV_OFFLOADS | NETIF_F_HIGHDMA;
	dev->hw_enc_features = VIRT_DEV_OFFLOADS | NETIF_F_GSO_ENCAP_ALL;
	virt_dev_inherit_limits(vdev);
	return 0;
}

static int virt_dev_register(struct virt_dev *vdev,
			     struct netlink_ext_ack *extack)
{
	int err;

	err = virt_dev_inherit(vdev, extack);
	if (err)
		return err;
	netif_carrier_off(vdev->dev);
	err = register_netdevice(vdev->dev);
	if (err)
		return err;
	err = netdev_upper_dev_link(vdev->parent, vdev->dev, extack);
	if (err) {
		if (err == -EMLINK)
			NL_SET_ERR_MSG(extack,
				       "too many devices are stacked below");
		goto err_unregister;
	}
	if (vdev->conf.mode == VIRT_MODE_MAC)
		err = virt_mac_add(vdev, vdev->dev->dev_addr, VIRT_MAC_OWN);
	if (err)
		goto err_unlink;
	err = virt_port_add_child(vdev->port, vdev, extack);
	if (err)
		goto err_child;
	return 0;

err_child:
	virt_port_del_child(vdev);
err_unlink:
	netdev_upper_dev_unlink(vdev->parent, vdev->dev);
err_unregister:
	/* frames that found it meanwhile are waited for */
	unregister_netdevice(vdev->dev);
	return err;
}

/**
 * virt_dev_create() - make a child
 * @dev: prepared by virt_dev_setup(), not registered
 * @parent: the device below
 * @conf: its settings
 * @extack: says why not
 *
 * Context: Process, RTNL held.
 * Return: 0, or a negative errno with nothing left behind; @dev is then the
 * caller's to free with free_netdev().
 */
int virt_dev_create(struct net_device *dev, struct net_device *parent,
		    const struct virt_conf *conf,
		    struct netlink_ext_ack *extack)
{
	struct virt_dev *vdev = netdev_priv(dev);
	struct virt_port *port;
	int err;

	ASSERT_RTNL();
	port = virt_port_hold(parent, extack);
	if (IS_ERR(port))
		return PTR_ERR(port);

	vdev->parent = parent;
	vdev->port = port;
	vdev->conf = *conf;
	err = virt_port_check_mode(port, vdev, conf, extack);
	if (!err)
		err = virt_dev_register(vdev, extack);
	if (!err) {
		virt_dev_follow_operstate(vdev);
		linkwatch_fire_event(dev);
		/* netdev_info() would format it twice over */
		pr_info("%s: created on %s, mode %s\n", dev->name,
			parent->name, virt_link_mode_word(conf->mode));
	}
	virt_port_put(port);
	return err;
}

/* The MAC address is another one in another mode. */
static int virt_dev_change_mode(struct virt_dev *vdev, enum virt_mode mode,
				struct netlink_ext_ack *extack)
{
	struct net_device *dev = vdev->dev;
	u8 addr[ETH_ALEN] __aligned(2);
	int err = 0;

	ether_addr_copy(addr, vdev->parent->dev_addr);
	if (mode == VIRT_MODE_MAC) {
		err = virt_mac_derive(vdev, addr);
		if (!err)
			err = virt_mac_add(vdev, addr, VIRT_MAC_OWN);
		if (!err && dev->flags & IFF_UP)
			err = dev_uc_add(vdev->parent, addr);
		if (err)
			goto err_flush;
		vdev->mac_listed = dev->flags & IFF_UP;
	} else {
		virt_dev_list_mac(vdev, false);
	}

	WRITE_ONCE(vdev->conf.mode, mode);
	vdev->mac_set = false;
	virt_dev_apply_mode(vdev);
	virt_dev_own_mac(vdev, addr);
	call_netdevice_notifiers(NETDEV_CHANGEADDR, dev);
	virt_dev_sync_flags(vdev, dev->flags & IFF_UP);
	if (mode != VIRT_MODE_MAC) {
		/* frames on their way out may still learn */
		virt_dev_update_ways(vdev);
		synchronize_net();
		virt_mac_flush(vdev);
		return 0;
	}
	if (dev->flags & IFF_UP) {
		netif_addr_lock_bh(dev);
		virt_mac_sync_list(vdev);
		netif_addr_unlock_bh(dev);
	}
	return 0;

err_flush:
	NL_SET_ERR_MSG(extack,
		       "no MAC address could be had for the child: give it one");
	virt_mac_flush(vdev);
	return err;
}

static int virt_dev_check_change(struct virt_dev *vdev,
				 const struct virt_conf *conf,
				 struct netlink_ext_ack *extack)
{
	int err;

	if (conf->mode == vdev->conf.mode)
		return 0;
	err = virt_port_check_mode(vdev->port, vdev, conf, extack);
	if (!err && conf->mode == VIRT_MODE_SHARE)
		err = virt_addr_check_share(vdev, extack);
	if (!err && vdev->has_upper) {
		NL_SET_ERR_MSG(extack,
			       "devices on top of it need its mode: remove them first");
		err = -EBUSY;
	}
	return err;
}

/* All but the mode, one by one: frames see no half of a value. */
static void virt_dev_store_flags(struct virt_dev *vdev,
				 const struct virt_conf *conf)
{
	WRITE_ONCE(vdev->conf.guard, conf->guard);
	WRITE_ONCE(vdev->conf.arp, conf->arp);
	WRITE_ONCE(vdev->conf.host, conf->host);
	WRITE_ONCE(vdev->conf.isolate, conf->isolate);
	WRITE_ONCE(vdev->conf.flood, conf->flood);
}

/**
 * virt_dev_change() - give a living child other settings
 * @vdev: the child
 * @conf: all of its settings, changed or not
 * @extack: says why not
 *
 * Context: Process, RTNL held.
 * Return: 0, or a negative errno and nothing has changed.
 */
int virt_dev_change(struct virt_dev *vdev, const struct virt_conf *conf,
		    struct netlink_ext_ack *extack)
{
	struct virt_conf before = vdev->conf;
	int err;

	ASSERT_RTNL();
	err = virt_dev_check_change(vdev, conf, extack);
	if (err)
		return err;
	/* the hook can be refused, and is easier undone than the mode */
	virt_dev_store_flags(vdev, conf);
	err = virt_port_apply(vdev->port, vdev, extack);
	if (!err && conf->mode != before.mode) {
		err = virt_dev_change_mode(vdev, conf->mode, extack);
		if (!err)
			err = virt_port_apply(vdev->port, vdev, extack);
		/* only a child that was in mode steal needs the hook just now,
		 * and back to that leads no obstacle
		 */
		if (err && before.mode == VIRT_MODE_STEAL)
			virt_dev_change_mode(vdev, before.mode, NULL);
	}
	if (!err)
		return 0;
	virt_dev_store_flags(vdev, &before);
	virt_port_apply(vdev->port, vdev, NULL);
	return err;
}

/**
 * virt_dev_follow_uppers() - see what stands on a child
 * @vdev: a registered child
 *
 * Context: Process, RTNL held.
 */
void virt_dev_follow_uppers(struct virt_dev *vdev)
{
	struct net_device *upper;
	struct list_head *iter;
	bool found = false;

	ASSERT_RTNL();
	netdev_for_each_upper_dev_rcu(vdev->dev, upper, iter)
		found |= !virt_tunnel_is_tunnel(upper);
	WRITE_ONCE(vdev->has_upper, found);
}

/**
 * virt_dev_follow_operstate() - carrier and operstate are the parent's
 * @vdev: a registered child
 *
 * Context: Process, RTNL held.
 */
void virt_dev_follow_operstate(struct virt_dev *vdev)
{
	/* a device that is down may keep its carrier */
	if (vdev->parent->flags & IFF_UP)
		netif_stacked_transfer_operstate(vdev->parent, vdev->dev);
	else
		netif_carrier_off(vdev->dev);
}

/**
 * virt_dev_follow_mtu() - take over the parent's MTU, or its upper limit
 * @vdev: a registered child
 *
 * A child whose MTU the user has set keeps it as long as the parent's is not
 * smaller.
 *
 * Context: Process, RTNL held.
 */
void virt_dev_follow_mtu(struct virt_dev *vdev)
{
	unsigned int mtu = max_t(unsigned int, vdev->parent->mtu, ETH_MIN_MTU);
	bool mtu_set = vdev->mtu_set;

	vdev->dev->max_mtu = mtu;
	if (!mtu_set || vdev->dev->mtu > mtu)
		dev_set_mtu(vdev->dev, mtu);
	vdev->mtu_set = mtu_set;
}

/**
 * virt_dev_follow_mac() - take over the parent's MAC, but in mode mac
 * @vdev: a registered child
 *
 * Context: Process, RTNL held.
 */
void virt_dev_follow_mac(struct virt_dev *vdev)
{
	if (vdev->conf.mode == VIRT_MODE_MAC)
		return;
	virt_dev_own_mac(vdev, vdev->parent->dev_addr);
	call_netdevice_notifiers(NETDEV_CHANGEADDR, vdev->dev);
}

/**
 * virt_dev_follow_features() - take over offloads and limits of the parent
 * @vdev: a registered child
 *
 * Context: Process, RTNL held.
 */
void virt_dev_follow_features(struct virt_dev *vdev)
{
	virt_dev_inherit_limits(vdev);
	netdev_update_features(vdev->dev);
}

/**
 * virt_dev_follow_flags() - have of the parent's flags what the child is due
 * @vdev: a registered child
 *
 * Context: Process, RTNL held; the parent's own lock not held.
 */
void virt_dev_follow_flags(struct virt_dev *vdev)
{
	virt_dev_sync_flags(vdev, vdev->dev->flags & IFF_UP);
}

/**
 * virt_dev_follow_guard() - extra MACs are let go, or had again
 * @vdev: a registered child that is guarded now and was not, or the reverse
 *
 * Its flags follow by virt_dev_follow_flags().
 *
 * Context: Process, RTNL held.
 */
void virt_dev_follow_guard(struct virt_dev *vdev)
{
	struct net_device *dev = vdev->dev;
	bool up = dev->flags & IFF_UP;

	if (vdev->guarded) {
		dev_uc_unsync(vdev->parent, dev);
		/* frames on their way out may still learn */
		if (up)
			synchronize_net();
		virt_mac_flush_extra(vdev);
	} else if (up) {
		netif_addr_lock_bh(dev);
		virt_dev_set_rx_mode(dev);
		netif_addr_unlock_bh(dev);
	}
}

/**
 * virt_dev_follow_netns() - the parent came to another namespace
 * @vdev: a registered child, which may be somewhere else
 *
 * Context: Process, RTNL held.
 */
void virt_dev_follow_netns(struct virt_dev *vdev)
{
	virt_dev_update_ways(vdev);
	virt_port_count(vdev);
}

/**
 * virt_dev_pause_lists() - take a child's addresses off the parent's lists
 * @vdev: a registered child, whose parent is about to change namespace
 *
 * The core empties those lists on the way.
 *
 * Context: Process, RTNL held.
 */
void virt_dev_pause_lists(struct virt_dev *vdev)
{
	ASSERT_RTNL();
	/* a group joined meanwhile would be emptied with the list */
	netif_addr_lock_bh(vdev->dev);
	vdev->lists_paused = true;
	netif_addr_unlock_bh(vdev->dev);
	dev_uc_unsync(vdev->parent, vdev->dev);
	dev_mc_unsync(vdev->parent, vdev->dev);
	virt_dev_list_mac(vdev, false);
}

/**
 * virt_dev_resume_lists() - undo virt_dev_pause_lists()
 * @vdev: a registered child
 *
 * Context: Process, RTNL held.
 */
void virt_dev_resume_lists(struct virt_dev *vdev)
{
	bool up = vdev->dev->flags & IFF_UP;

	ASSERT_RTNL();
	virt_dev_list_mac(vdev, up);
	netif_addr_lock_bh(vdev->dev);
	vdev->lists_paused = false;
	if (up) {
		if (!vdev->guarded)
			dev_uc_sync(vdev->parent, vdev->dev);
		dev_mc_sync(vdev->parent, vdev->dev);
	}
	netif_addr_unlock_bh(vdev->dev);
}
