/* SPDX-License-Identifier: GPL-2.0-only */
/* rx.c: from the parent to its children.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_RX_H
#define _VIRT_RX_H

#include <linux/netdevice.h>

#include "demux.h"

struct virt_dev;
struct virt_port;

rx_handler_result_t virt_rx_handle_frame(struct sk_buff **pskb);
bool virt_rx_is_ours(const struct virt_port *port, const struct sk_buff *skb);
void virt_rx_deliver_clone(struct virt_dev *vdev, struct sk_buff *skb);
enum virt_demux_verdict virt_rx_demux(const struct sk_buff *skb, int offset,
				      __be16 proto,
				      struct virt_demux_key *key);
struct virt_dev *virt_rx_find_share(struct virt_port *port,
				    const struct sk_buff *skb, int offset,
				    __be16 proto,
				    enum virt_demux_verdict *verdict);

#endif /* _VIRT_RX_H */
