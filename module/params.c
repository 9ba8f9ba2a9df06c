// SPDX-License-Identifier: GPL-2.0-only
/* One interface by module parameters: the short way for
 * `modprobe virt link=eth0`.
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
#include "virt.h"

static char *link;
module_param(link, charp, 0444);
MODULE_PARM_DESC(link, "parent of the interface made at load; none: make none");

static char *ifname = VIRT_KIND;
module_param(ifname, charp, 0444);
MODULE_PARM_DESC(ifname, "prefix of its name, a number follows (virt)");

static char *mode = "share";
module_param(mode, charp, 0444);
MODULE_PARM_DESC(mode, "share (default), mac or steal");

static bool wait;
module_param(wait, bool, 0444);
MODULE_PARM_DESC(wait, "the parent may appear or get its name later (N)");

/* Filled by virt_params_check(), constant afterwards. */
static struct virt_conf virt_params_conf;
static char virt_params_name[IFNAMSIZ];

/* The child that the parameters made, or NULL; RTNL. */
static struct net_device *virt_params_dev;

static int virt_params_check_mode(void)
{
	enum virt_mode m;

	virt_params_conf = virt_dev_default_conf;
	for (m = 0; m <= VIRT_MODE_MAX; m++) {
		if (!strcmp(mode, virt_link_mode_word(m))) {
			virt_params_conf.mode = m;
			return 0;
		}
	}
	pr_err("mode=%s: share, mac or steal is needed\n", mode);
	return -EINVAL;
}

static int virt_params_check_name(void)
{
	int len;

	len = snprintf(virt_params_name, sizeof(virt_params_name), "%s%%d",
		       ifname);
	/* room for at least one digit instead of the two characters */
	if (len >= sizeof(virt_params_name) || !*ifname ||
	    strpbrk(ifname, "%/: \t\n")) {
		pr_err("ifname=%s: a prefix of 1 to %zu characters without '%%', '/', ':' and blanks is needed\n",
		       ifname, sizeof(virt_params_name) - 3);
		return -EINVAL;
	}
	return 0;
}

static int virt_params_create_on(struct net_device *parent)
{
	struct netlink_ext_ack extack = {};
	struct net_device *dev;
	int err;

	dev = virt_compat_alloc_netdev(sizeof(union virt_link_priv),
				       virt_params_name, virt_dev_setup);
	if (!dev)
		return -ENOMEM;
	dev->rtnl_link_ops = &virt_link_ops;

	err = virt_dev_create(dev, parent, &virt_params_conf, &extack);
	if (err) {
		if (extack._msg)
			pr_err("link=%s: %s\n", link, extack._msg);
		else
			pr_err("link=%s: error %d\n", link, err);
		free_netdev(dev);
		return err;
	}
	virt_params_dev = dev;
	return 0;
}

static int virt_params_create(void)
{
	struct net_device *parent = __dev_get_by_name(&init_net, link);

	if (parent)
		return virt_params_create_on(parent);
	if (!wait) {
		pr_err("link=%s: there is no such interface (wait=1 waits for it)\n",
		       link);
		return -ENODEV;
	}
	pr_info("link=%s: waiting for it\n", link);
	return 0;
}

static void virt_params_work(struct work_struct *work)
{
	struct net_device *parent;

	rtnl_lock();
	parent = __dev_get_by_name(&init_net, link);
	if (parent && !virt_params_dev)
		virt_params_create_on(parent);
	rtnl_unlock();
}

static DECLARE_WORK(virt_params_creator, virt_params_work);

static int virt_params_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	switch (event) {
	case NETDEV_REGISTER:
	case NETDEV_CHANGENAME:
		if (net_eq(dev_net(dev), &init_net) && !strcmp(dev->name, link))
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
	if (err || !link)
		return err;

	if (wait) {
		err = register_netdevice_notifier(&virt_params_notifier);
		if (err)
			return err;
	}
	rtnl_lock();
	if (!virt_params_dev)
		err = virt_params_create();
	rtnl_unlock();
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
