/* SPDX-License-Identifier: GPL-2.0-only */
/* tunparams.c: the module parameters of a tunnel.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_TUNPARAMS_H
#define _VIRT_TUNPARAMS_H

#include <linux/types.h>

struct virt_tunnel_conf;

bool virt_tunparams_given(void);
const char *virt_tunparams_dst_word(void);
int virt_tunparams_read(struct virt_tunnel_conf *conf);
int virt_tunparams_start(int ifindex);

#endif /* _VIRT_TUNPARAMS_H */
