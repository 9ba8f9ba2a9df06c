/* SPDX-License-Identifier: GPL-2.0-only */
/* egress.c: see what a device is about to send.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_COMPAT_EGRESS_H
#define _VIRT_COMPAT_EGRESS_H

#include <linux/netdevice.h>
#include <linux/netfilter.h>

/* 5.16: netfilter hooks at the egress of a device. Before, a packet tap sees
 * a clone of each frame, which leaves on the wire all the same.
 */
#define VIRT_COMPAT_EGRESS_HOOK IS_ENABLED(CONFIG_NETFILTER_EGRESS)

/** struct virt_compat_egress - a place from where frames are seen */
struct virt_compat_egress {
#if VIRT_COMPAT_EGRESS_HOOK
	/** @hook: at the egress of the device */
	struct nf_hook_ops hook;
#else
	/** @tap: on the device */
	struct packet_type tap;
#endif
};

/* In hook.c, called with BH off under RCU for each frame. A verdict of
 * netfilter: NF_STOLEN if it took the frame, else NF_ACCEPT.
 */
unsigned int virt_hook_see(struct virt_compat_egress *egress,
			   struct sk_buff *skb);

int virt_compat_egress_attach(struct virt_compat_egress *egress,
			      struct net_device *dev);
void virt_compat_egress_detach(struct virt_compat_egress *egress);
int virt_compat_egress_xmit(struct sk_buff *skb);

#endif /* _VIRT_COMPAT_EGRESS_H */
