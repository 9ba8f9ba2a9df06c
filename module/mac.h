/* SPDX-License-Identifier: GPL-2.0-only */
/* mac.c: which child has a MAC address.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_MAC_H
#define _VIRT_MAC_H

#include <linux/types.h>

struct virt_dev;
struct virt_port;

/* Why a child has a MAC address. */
enum virt_mac_kind {
	VIRT_MAC_OWN,		/* it is that of its device */
	VIRT_MAC_LISTED,	/* a device on top asks for it */
	VIRT_MAC_LEARNT,	/* frames came from it through the child */
};

struct virt_dev *virt_mac_lookup_rcu(const struct virt_port *port,
				     const u8 *addr);
bool virt_mac_sends_here_rcu(const struct virt_port *port, const u8 *addr);
bool virt_mac_in_use(const struct virt_port *port, const u8 *addr);
int virt_mac_add(struct virt_dev *vdev, const u8 *addr,
		 enum virt_mac_kind kind);
void virt_mac_del(struct virt_dev *vdev, const u8 *addr,
		  enum virt_mac_kind kind);
void virt_mac_learn(struct virt_dev *vdev, const u8 *addr);
void virt_mac_sync_list(struct virt_dev *vdev);
void virt_mac_flush_extra(struct virt_dev *vdev);
void virt_mac_flush(struct virt_dev *vdev);
int virt_mac_derive(struct virt_dev *vdev, u8 *addr);

#endif /* _VIRT_MAC_H */
