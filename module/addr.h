/* SPDX-License-Identifier: GPL-2.0-only */
/* addr.c: which child owns an IP address.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_ADDR_H
#define _VIRT_ADDR_H

struct netlink_ext_ack;
struct virt_demux_key;
struct virt_dev;
struct virt_port;

struct virt_dev *virt_addr_lookup_rcu(const struct virt_port *port,
				      const struct virt_demux_key *key);
void virt_addr_flush(struct virt_dev *vdev);
void virt_addr_check_allowed(struct virt_dev *vdev);
int virt_addr_check_share(struct virt_dev *vdev,
			  struct netlink_ext_ack *extack);
unsigned int virt_addr_count_suspended(const struct virt_dev *vdev);
int virt_addr_init(void);
void virt_addr_exit(void);

#endif /* _VIRT_ADDR_H */
