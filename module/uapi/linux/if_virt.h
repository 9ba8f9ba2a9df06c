/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* rtnetlink attributes of the link kind "virt".
 *
 * Copyright (C) The virt authors
 */
#ifndef _LINUX_IF_VIRT_H
#define _LINUX_IF_VIRT_H

#include <linux/types.h>

/* How a child gets its frames. The words are those of `ip link ... mode`. */
enum virt_mode {
	VIRT_MODE_SHARE,	/* by IP address, under the parent's MAC */
	VIRT_MODE_STEAL,	/* everything that the parent receives */
	__VIRT_MODE_MAX,
};

#define VIRT_MODE_MAX	(__VIRT_MODE_MAX - 1)

/* IFLA_INFO_DATA */
enum {
	IFLA_VIRT_UNSPEC,
	IFLA_VIRT_MODE,		/* u8, enum virt_mode */
	__IFLA_VIRT_MAX,
};

#define IFLA_VIRT_MAX	(__IFLA_VIRT_MAX - 1)

/* IFLA_INFO_XSTATS: one u64 attribute for each cause of a lost frame. The
 * name that users see is the constant without its prefix, in lower case.
 */
enum virt_stat {
	VIRT_STAT_PAD,
	VIRT_STAT_RX_DOWN,	/* the child is not up */
	VIRT_STAT_RX_NOMEM,	/* no memory for a private copy */
	VIRT_STAT_TX_PARENT,	/* the parent refused or dropped it */
	__VIRT_STAT_MAX,
};

#define VIRT_STAT_MAX	(__VIRT_STAT_MAX - 1)

#endif /* _LINUX_IF_VIRT_H */
