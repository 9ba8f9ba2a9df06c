// SPDX-License-Identifier: GPL-2.0-only
/* Timestamps by hardware: a child's frames are stamped by the parent's NIC, and
 * the clock's settings are those of the NIC.
 *
 * Copyright (C) The virt authors
 */
#include "hwtstamp.h"

#include <linux/netlink.h>

#include "guard.h"
#include "virt.h"

/**
 * virt_hwtstamp_get() - what the parent stamps
 * @dev: the child
 * @config: written
 *
 * Context: Process, RTNL held.
 * Return: 0 or a negative errno.
 */
int virt_hwtstamp_get(struct net_device *dev,
		      struct virt_compat_hwtstamp *config)
{
	const struct virt_dev *vdev = netdev_priv(dev);

	return virt_compat_hwtstamp_get(vdev->parent, config);
}

/**
 * virt_hwtstamp_set() - let the parent stamp other frames
 * @dev: the child
 * @config: which ones; what the parent really does is written
 * @extack: says why not
 *
 * All that use the parent are affected, so this is a right of its side.
 *
 * Context: Process, RTNL held.
 * Return: 0 or a negative errno.
 */
int virt_hwtstamp_set(struct net_device *dev,
		      struct virt_compat_hwtstamp *config,
		      struct netlink_ext_ack *extack)
{
	const struct virt_dev *vdev = netdev_priv(dev);

	if (!virt_guard_may(vdev)) {
		NL_SET_ERR_MSG(extack,
			       "only the parent's side may set what its NIC stamps");
		return -EPERM;
	}
	return virt_compat_hwtstamp_set(vdev->parent, config, extack);
}
