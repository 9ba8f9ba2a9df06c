// SPDX-License-Identifier: GPL-2.0-only
/* One interface by module parameters: the short way for
 * `modprobe virt link=eth0`. Those of a tunnel are in tunparams.c.
 *
 * The parameters are read once, at load, and fill the same settings as
 * rtnetlink. With wait=1 the parent may come later, as at boot: a notifier
 * sees it come or get its name, and a work item makes the child, because the
 * notifier may run under locks of the parent.
 *
 * Copyright (C) The virt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "params.h"

#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <linux/workqueue.h>

#include "dev.h"
#include "link.h"
#include "tunnel.h"
#include "tunparams.h"
#include "virt.h"

static char *link;
module_param(link, charp, 0444);
MODULE_PARM_DESC(link, "parent of the interface made at load; none: make none");

static char *ifname;
module_param(ifname, charp, 0444);
MODULE_PARM_DESC(ifname, "prefix of its name, a number follows (virt)");

static char *g_ifname;
module_param(g_ifname, charp, 0444);
MODULE_PARM_DESC(g_ifname, "its whole name, as ktunnel's");

static char *mode;
module_param(mode, charp, 0444);
MODULE_PARM_DESC(mode, "share (default), mac or steal; tunnel (default with dst)");

static bool wait;
module_param(wait, bool, 0444);
MODULE_PARM_DESC(wait, "the parent may appear or get its name later (N)");

/* Filled by the checks, constant afterwards. */
static struct virt_conf virt_params_conf;
static struct virt_tunnel_conf virt_params_tunnel_conf;
static char virt_params_name[IFNAMSIZ];

/* The interface that the parameters made, or NULL; RTNL. */
static struct net_device *virt_params_dev;
static bool virt_params_made;

static int virt_params_check_mode(void)
{
	bool tunnel = virt_tunparams_given(), wanted;
	enum virt_mode m;

	virt_params_conf = virt_dev_default_conf;
	if (tunnel)
		virt_params_conf.mode = VIRT_MODE_TUNNEL;
	if (!mode)
		return 0;
	for (m = 0; m <= VIRT_MODE_MAX; m++)
		if (!strcmp(mode, virt_link_mode_word(m)))
			break;
	if (m > VIRT_MODE_MAX) {
		pr_err("mode=%s: share, mac, steal or tunnel is needed\n",
		       mode);
		return -EINVAL;
	}
	wanted = m == VIRT_MODE_TUNNEL;
	if (tunnel != wanted) {
		pr_err("mode=%s: dst=ADDRESS goes with mode=tunnel and no other\n",
		       mode);
		return -EINVAL;
	}
	virt_params_conf.mode = m;
	return 0;
}

static int virt_params_check_whole_name(void)
{
	if (ifname) {
		pr_err("g_ifname=%s: this or ifname is needed, not both\n",
		       g_ifname);
		return -EINVAL;
	}
	if (!dev_valid_name(g_ifname) || strchr(g_ifname, '%') ||
	    strscpy(virt_params_name, g_ifname,
		    sizeof(virt_params_name)) < 0) {
		pr_err("g_ifname=%s: a name of 1 to %zu characters without '%%', '/', ':' and blanks is needed\n",
		       g_ifname, sizeof(virt_params_name) - 1);
		return -EINVAL;
	}
	return 0;
}

static int virt_params_check_name(void)
{
	const char *prefix = ifname ?: VIRT_KIND;
	int len;

	if (g_ifname)
		return virt_params_check_whole_name();
	len = snprintf(virt_params_name, sizeof(virt_params_name), "%s%%d",
		       prefix);
	/* room for at least one digit instead of the two characters */
	if (len >= sizeof(virt_params_name) || !*prefix ||
	    strpbrk(prefix, "%/: \t\n")) {
		pr_err("ifname=%s: a prefix of 1 to %zu characters without '%%', '/', ':' and blanks is needed\n",
		       prefix, sizeof(virt_params_name) - 3);
		return -EINVAL;
	}
	return 0;
}

static int virt_params_create_tunnel(struct net_device *dev,
				     const struct net_device *below,
				     struct netlink_ext_ack *extack)
{
	struct virt_tunnel_conf conf = virt_params_tunnel_conf;
	int err;

	conf.dev = below ? below->ifindex : 0;
	err = virt_tunconf_check(&conf, extack);
	if (err)
		return err;
	virt_tunnel_setup(dev, conf.payload);
	return virt_tunnel_create(&init_net, dev, &conf, extack);
}

/* @below: the parent, or what the tunnel is bound to, or NULL. */
static int virt_params_create_on(struct net_device *below)
{
	bool tunnel = virt_params_conf.mode == VIRT_MODE_TUNNEL;
	struct netlink_ext_ack extack = {};
	struct net_device *dev;
	int err;

	if (g_ifname && __dev_get_by_name(&init_net, g_ifname)) {
		pr_err("g_ifname=%s: another interface has this name\n",
		       g_ifname);
		return -EEXIST;
	}
	dev = virt_compat_alloc_netdev(sizeof(union virt_link_priv),
				       virt_params_name, virt_dev_setup);
	if (!dev)
		return -ENOMEM;
	dev->rtnl_link_ops = &virt_link_ops;

	err = tunnel ? virt_params_create_tunnel(dev, below, &extack) :
		       virt_dev_create(dev, below, &virt_params_conf, &extack);
	if (err) {
		const char *name = tunnel ? "dst" : "link";
		const char *value = tunnel ? virt_tunparams_dst_word() : link;

		if (extack._msg)
			pr_err("%s=%s: %s\n", name, value, extack._msg);
		else
			pr_err("%s=%s: error %d\n", name, value, err);
		free_netdev(dev);
		return err;
	}
	virt_params_dev = dev;
	return 0;
}

/* RTNL held. */
static int virt_params_create(void)
{
	struct net_device *below = NULL;

	if (link) {
		below = __dev_get_by_name(&init_net, link);
		if (!below && !wait) {
			pr_err("link=%s: there is no such interface (wait=1 waits for it)\n",
			       link);
			return -ENODEV;
		}
		if (!below) {
			pr_info("link=%s: waiting for it\n", link);
			return 0;
		}
	}
	return virt_params_create_on(below);
}

/* An address is no matter of who holds RTNL. */
static int virt_params_make(void)
{
	int ifindex = 0;
	int err = 0;

	rtnl_lock();
	/* what came before is found here */
	virt_params_made = true;
	if (!virt_params_dev) {
		err = virt_params_create();
		if (virt_params_dev)
			ifindex = virt_params_dev->ifindex;
	}
	rtnl_unlock();
	if (!ifindex)
		return err;
	return virt_tunparams_start(ifindex);
}

static void virt_params_work(struct work_struct *work)
{
	virt_params_make();
}

static DECLARE_WORK(virt_params_creator, virt_params_work);

static int virt_params_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	switch (event) {
	case NETDEV_REGISTER:
	case NETDEV_CHANGENAME:
		if (virt_params_made && net_eq(dev_net(dev), &init_net) &&
		    !strcmp(dev->name, link))
			schedule_work(&virt_params_creator);
		break;
	case NETDEV_UNREGISTER:
		if (dev == virt_params_dev &&
		    dev->reg_state == NETREG_UNREGISTERING)
			virt_params_dev = NULL;
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block virt_params_notifier = {
	.notifier_call = virt_params_event,
};

/**
 * virt_params_init() - check the parameters and do what they say
 *
 * Context: Process, at load.
 * Return: 0, or a negative errno after one line in the log that says what is
 * wrong.
 */
int virt_params_init(void)
{
	int err;

	err = virt_params_check_mode();
	if (!err)
		err = virt_params_check_name();
	if (!err)
		err = virt_tunparams_read(&virt_params_tunnel_conf);
	if (err || (!link && !virt_tunparams_given()))
		return err;

	if (link && wait) {
		err = register_netdevice_notifier(&virt_params_notifier);
		if (err)
			return err;
	}
	err = virt_params_make();
	if (err)
		virt_params_exit();
	return err;
}

/** virt_params_exit() - make no more interfaces */
void virt_params_exit(void)
{
	if (link && wait) {
		unregister_netdevice_notifier(&virt_params_notifier);
		cancel_work_sync(&virt_params_creator);
	}
}
