/* SPDX-License-Identifier: GPL-2.0-only */
/* dev.c: the net_device of a child.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_DEV_H
#define _VIRT_DEV_H

#include <linux/types.h>

struct net_device;
struct netlink_ext_ack;
struct virt_conf;
struct virt_dev;

extern const struct virt_conf virt_dev_default_conf;

bool virt_dev_is_child(const struct net_device *dev);
void virt_dev_setup(struct net_device *dev);
int virt_dev_create(struct net_device *dev, struct net_device *parent,
		    const struct virt_conf *conf,
		    struct netlink_ext_ack *extack);
int virt_dev_change(struct virt_dev *vdev, const struct virt_conf *conf,
		    struct netlink_ext_ack *extack);
void virt_dev_update_ways(struct virt_dev *vdev);
void virt_dev_follow_uppers(struct virt_dev *vdev);
void virt_dev_follow_operstate(struct virt_dev *vdev);
void virt_dev_follow_mtu(struct virt_dev *vdev);
void virt_dev_follow_mac(struct virt_dev *vdev);
void virt_dev_follow_features(struct virt_dev *vdev);
void virt_dev_follow_flags(struct virt_dev *vdev);
void virt_dev_follow_guard(struct virt_dev *vdev);
void virt_dev_follow_netns(struct virt_dev *vdev);
void virt_dev_pause_lists(struct virt_dev *vdev);
void virt_dev_resume_lists(struct virt_dev *vdev);

#endif /* _VIRT_DEV_H */
