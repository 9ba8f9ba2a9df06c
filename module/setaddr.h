/* SPDX-License-Identifier: GPL-2.0-only */
/* setaddr.c: give an interface an address.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_SETADDR_H
#define _VIRT_SETADDR_H

struct net;
struct virt_ip;

int virt_setaddr(struct net *net, int ifindex, const struct virt_ip *ip,
		 unsigned int bits);

#endif /* _VIRT_SETADDR_H */
