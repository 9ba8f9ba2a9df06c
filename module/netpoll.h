/* SPDX-License-Identifier: GPL-2.0-only */
/* netpoll.c: messages of the kernel, over a child.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_NETPOLL_H
#define _VIRT_NETPOLL_H

#include <linux/netdevice.h>

struct virt_dev;

int virt_netpoll_setup(struct net_device *dev);
void virt_netpoll_cleanup(struct net_device *dev);
netdev_tx_t virt_netpoll_xmit(struct virt_dev *vdev, struct sk_buff *skb);

#endif /* _VIRT_NETPOLL_H */
