/* SPDX-License-Identifier: GPL-2.0-only */
/* tx.c: from a child to the wire.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_TX_H
#define _VIRT_TX_H

#include <linux/netdevice.h>

netdev_tx_t virt_tx_start_xmit(struct sk_buff *skb, struct net_device *dev);

#endif /* _VIRT_TX_H */
