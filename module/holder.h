/* SPDX-License-Identifier: GPL-2.0-only */
/* holder.c: who else has a parent.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_HOLDER_H
#define _VIRT_HOLDER_H

struct net_device;
struct netlink_ext_ack;

int virt_holder_check(struct net_device *parent,
		      struct netlink_ext_ack *extack);

#endif /* _VIRT_HOLDER_H */
