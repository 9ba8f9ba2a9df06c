/* SPDX-License-Identifier: GPL-2.0-only */
/* dhcp.c: replies for children that have no address yet.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_DHCP_H
#define _VIRT_DHCP_H

#include <linux/types.h>

struct sk_buff;
struct virt_dev;
struct virt_port;

void virt_dhcp_note(struct virt_dev *vdev, const struct sk_buff *skb,
		    int offset);
struct virt_dev *virt_dhcp_lookup(struct virt_port *port,
				  const struct sk_buff *skb, int offset);
void virt_dhcp_forget(struct virt_dev *vdev);

#endif /* _VIRT_DHCP_H */
