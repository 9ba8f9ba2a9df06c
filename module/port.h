/* SPDX-License-Identifier: GPL-2.0-only */
/* port.c: our state on a parent.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_PORT_H
#define _VIRT_PORT_H

struct net_device;
struct netlink_ext_ack;
struct virt_conf;
struct virt_dev;
struct virt_port;

struct virt_port *virt_port_get_rtnl(const struct net_device *parent);
struct virt_port *virt_port_get_rcu(const struct net_device *parent);
struct virt_port *virt_port_hold(struct net_device *parent,
				 struct netlink_ext_ack *extack);
void virt_port_put(struct virt_port *port);
int virt_port_check_mode(const struct virt_port *port,
			 const struct virt_dev *vdev,
			 const struct virt_conf *conf,
			 struct netlink_ext_ack *extack);
int virt_port_add_child(struct virt_port *port, struct virt_dev *vdev,
			struct netlink_ext_ack *extack);
void virt_port_update_ways(struct virt_port *port);
void virt_port_tidy(struct virt_port *port);
void virt_port_follow_mac(struct virt_port *port);
void virt_port_count(struct virt_dev *vdev);
int virt_port_apply(struct virt_port *port, struct virt_dev *vdev,
		    struct netlink_ext_ack *extack);
void virt_port_forget(struct virt_dev *vdev);
void virt_port_del_child(struct virt_dev *vdev);

#endif /* _VIRT_PORT_H */
