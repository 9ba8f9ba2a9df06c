/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints virt_rx, virt_tx and virt_drop: what a child counts, as it
 * happens.
 *
 * Copyright (C) The virt authors
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM virt

#if !defined(_VIRT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _VIRT_TRACE_H

#include <linux/netdevice.h>
#include <linux/tracepoint.h>

DECLARE_EVENT_CLASS(virt_frame,
	TP_PROTO(const struct net_device *dev, unsigned int len),
	TP_ARGS(dev, len),
	TP_STRUCT__entry(
		__array(char, name, IFNAMSIZ)
		__field(int, ifindex)
		__field(unsigned int, len)
	),
	TP_fast_assign(
		memcpy(__entry->name, dev->name, IFNAMSIZ);
		__entry->ifindex = dev->ifindex;
		__entry->len = len;
	),
	TP_printk("dev=%s ifindex=%d len=%u", __entry->name,
		  __entry->ifindex, __entry->len)
);

DEFINE_EVENT(virt_frame, virt_rx,
	TP_PROTO(const struct net_device *dev, unsigned int len),
	TP_ARGS(dev, len)
);

DEFINE_EVENT(virt_frame, virt_tx,
	TP_PROTO(const struct net_device *dev, unsigned int len),
	TP_ARGS(dev, len)
);

TRACE_EVENT(virt_drop,
	TP_PROTO(const struct net_device *dev, const char *cause),
	TP_ARGS(dev, cause),
	TP_STRUCT__entry(
		__array(char, name, IFNAMSIZ)
		__field(int, ifindex)
		__array(char, cause, 24)
	),
	TP_fast_assign(
		memcpy(__entry->name, dev->name, IFNAMSIZ);
		__entry->ifindex = dev->ifindex;
		strscpy(__entry->cause, cause, sizeof(__entry->cause));
	),
	TP_printk("dev=%s ifindex=%d cause=%s", __entry->name,
		  __entry->ifindex, __entry->cause)
);

#endif /* _VIRT_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
