/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether IPsec has rules for what a namespace receives.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_COMPAT_XFRM_H
#define _VIRT_COMPAT_XFRM_H

#include <linux/xfrm.h>
#include <net/net_namespace.h>

/* 5.15, and stable releases before: a rule for what has none */
static inline bool virt_compat_xfrm_is_on(const struct net *net)
{
#ifdef CONFIG_XFRM
#ifdef VIRT_HAVE_XFRM_DEFAULT
	if (net->xfrm.policy_default[XFRM_POLICY_IN] == XFRM_USERPOLICY_BLOCK)
		return true;
#endif
	return net->xfrm.policy_count[XFRM_POLICY_IN];
#else
	return false;
#endif
}

#endif /* _VIRT_COMPAT_XFRM_H */
