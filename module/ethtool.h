/* SPDX-License-Identifier: GPL-2.0-only */
/* ethtool.c: what ethtool shows of a child.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_ETHTOOL_H
#define _VIRT_ETHTOOL_H

#include <linux/ethtool.h>

extern const struct ethtool_ops virt_ethtool_ops;

#endif /* _VIRT_ETHTOOL_H */
