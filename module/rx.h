/* SPDX-License-Identifier: GPL-2.0-only */
/* rx.c: from the parent to its children.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_RX_H
#define _VIRT_RX_H

#include <linux/netdevice.h>

rx_handler_result_t virt_rx_handle_frame(struct sk_buff **pskb);
unsigned int virt_rx_mc_hash(const unsigned char *addr);

#endif /* _VIRT_RX_H */
