/* SPDX-License-Identifier: GPL-2.0-only */
/* link.c: the link kind "virt" of rtnetlink.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_LINK_H
#define _VIRT_LINK_H

#include <linux/if_virt.h>
#include <net/rtnetlink.h>

extern struct rtnl_link_ops virt_link_ops;

const char *virt_link_mode_word(enum virt_mode mode);
int virt_link_init(void);
void virt_link_exit(void);

#endif /* _VIRT_LINK_H */
