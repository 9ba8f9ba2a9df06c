/* SPDX-License-Identifier: GPL-2.0-only */
/* group.c: broadcast and multicast to the children of a port.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_GROUP_H
#define _VIRT_GROUP_H

#include <linux/types.h>

struct sk_buff;
struct virt_dev;
struct virt_port;

/* Who gets a frame to a group. */
enum virt_group_who {
	VIRT_GROUP_MEMBERS,	/* those whose filter has the group */
	VIRT_GROUP_SHARE,	/* those that have the parent's MAC address */
	VIRT_GROUP_FLOOD,	/* those that hear every address request */
};

unsigned int virt_group_hash(const unsigned char *addr);
void virt_group_deliver(struct virt_port *port, struct sk_buff *skb,
			const struct virt_dev *origin, bool from_host,
			enum virt_group_who who);
void virt_group_init(struct virt_port *port);
void virt_group_exit(struct virt_port *port);

#endif /* _VIRT_GROUP_H */
