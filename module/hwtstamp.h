/* SPDX-License-Identifier: GPL-2.0-only */
/* hwtstamp.c: timestamps by the parent's hardware.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_HWTSTAMP_H
#define _VIRT_HWTSTAMP_H

#include "compat/hwtstamp.h"

struct netlink_ext_ack;

int virt_hwtstamp_get(struct net_device *dev,
		      struct virt_compat_hwtstamp *config);
int virt_hwtstamp_set(struct net_device *dev,
		      struct virt_compat_hwtstamp *config,
		      struct netlink_ext_ack *extack);

#endif /* _VIRT_HWTSTAMP_H */
