/* SPDX-License-Identifier: GPL-2.0-only */
/* link.c: the link kind "virt" of rtnetlink.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_LINK_H
#define _VIRT_LINK_H

#include <linux/if_virt.h>
#include <net/rtnetlink.h>

#include "tunnel.h"

/* A device becomes a child or a tunnel only when its mode is known. */
union virt_link_priv {
	/** @child: if virt_dev_is_child() */
	struct virt_dev child;

	/** @tunnel: if virt_tunnel_is_tunnel() */
	struct virt_tunnel tunnel;
};

extern struct rtnl_link_ops virt_link_ops;

const char *virt_link_mode_word(enum virt_mode mode);
int virt_link_init(void);
void virt_link_exit(void);

#endif /* _VIRT_LINK_H */
