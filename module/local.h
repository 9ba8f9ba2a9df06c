/* SPDX-License-Identifier: GPL-2.0-only */
/* local.c: between the children of a port and their host, without the wire.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_LOCAL_H
#define _VIRT_LOCAL_H

#include <linux/types.h>

struct sk_buff;
struct virt_dev;
struct virt_port;

bool virt_local_xmit(struct virt_dev *vdev, struct sk_buff *skb);
bool virt_local_xmit_host(struct virt_port *port, struct sk_buff *skb);

#endif /* _VIRT_LOCAL_H */
