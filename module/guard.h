/* SPDX-License-Identifier: GPL-2.0-only */
/* guard.c: what the parent's side lets a child do.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_GUARD_H
#define _VIRT_GUARD_H

#include <linux/types.h>

struct netlink_ext_ack;
struct nlattr;
struct sk_buff;
struct virt_allow;
struct virt_demux_key;
struct virt_dev;

bool virt_guard_may(const struct virt_dev *vdev);
bool virt_guard_update(struct virt_dev *vdev);
struct virt_allow *virt_guard_parse(const struct nlattr *attr,
				    struct netlink_ext_ack *extack);
void virt_guard_set_allow(struct virt_dev *vdev, struct virt_allow *allow);
int virt_guard_fill(struct sk_buff *skb, const struct virt_dev *vdev);
size_t virt_guard_get_size(const struct virt_dev *vdev);
bool virt_guard_allows(const struct virt_dev *vdev,
		       const struct virt_demux_key *key);
bool virt_guard_passes_rcu(const struct virt_dev *vdev, struct sk_buff **pskb);

#endif /* _VIRT_GUARD_H */
