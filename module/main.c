// SPDX-License-Identifier: GPL-2.0-only
/* The parts of the module in the order in which they need each other.
 *
 * Copyright (C) The virt authors
 */
#include <linux/module.h>

#include "addr.h"
#include "link.h"
#include "notifier.h"
#include "params.h"
#include "tunnel.h"
#include "version.h"
#include "virt.h"

static int __init virt_main_init(void)
{
	int err;

	err = virt_addr_init();
	if (err)
		return err;
	err = virt_notifier_init();
	if (err)
		goto err_addr;
	err = virt_tunnel_init();
	if (err)
		goto err_notifier;
	err = virt_link_init();
	if (err)
		goto err_tunnel;
	err = virt_params_init();
	if (err)
		goto err_link;
	return 0;

err_link:
	virt_link_exit();
err_tunnel:
	virt_tunnel_exit();
err_notifier:
	virt_notifier_exit();
err_addr:
	virt_addr_exit();
	return err;
}
module_init(virt_main_init);

static void __exit virt_main_exit(void)
{
	virt_params_exit();
	virt_link_exit();
	virt_tunnel_exit();
	virt_notifier_exit();
	virt_addr_exit();
}
module_exit(virt_main_exit);

MODULE_DESCRIPTION("Extra network interfaces on a parent NIC");
MODULE_AUTHOR("The virt authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(VIRT_VERSION);
MODULE_ALIAS_RTNL_LINK(VIRT_KIND);
