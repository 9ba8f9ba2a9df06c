/* SPDX-License-Identifier: GPL-2.0-only */
/* hook.c: what the parent's own host sends.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_HOOK_H
#define _VIRT_HOOK_H

struct netlink_ext_ack;
struct virt_port;

int virt_hook_update(struct virt_port *port, struct netlink_ext_ack *extack);
void virt_hook_detach(struct virt_port *port);

#endif /* _VIRT_HOOK_H */
