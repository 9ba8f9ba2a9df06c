/* SPDX-License-Identifier: GPL-2.0-only */
/* stats.c: what a child counts.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_STATS_H
#define _VIRT_STATS_H

#include "trace.h"
#include "virt.h"

extern const char *const virt_stats_names[__VIRT_STAT_MAX];

bool virt_stats_read(const struct net_device *dev, u64 counts[__VIRT_STAT_MAX]);
struct virt_pcpu_stats __percpu *virt_stats_alloc(void);
void virt_stats_sum(const struct virt_pcpu_stats __percpu *stats,
		    struct rtnl_link_stats64 *to);
void virt_stats_fetch(struct net_device *dev, struct rtnl_link_stats64 *to);

/* The calls of the data path: inline, per CPU, with BH off. */

static inline void virt_stats_count_rx(struct virt_pcpu_stats __percpu *to,
				       unsigned int len, bool multicast)
{
	struct virt_pcpu_stats *stats = this_cpu_ptr(to);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->rx_packets);
	u64_stats_add(&stats->rx_bytes, len);
	if (multicast)
		u64_stats_inc(&stats->rx_multicast);
	u64_stats_update_end(&stats->syncp);
}

static inline void virt_stats_count_tx(struct virt_pcpu_stats __percpu *to,
				       unsigned int len)
{
	struct virt_pcpu_stats *stats = this_cpu_ptr(to);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->tx_packets);
	u64_stats_add(&stats->tx_bytes, len);
	u64_stats_update_end(&stats->syncp);
}

/* What the tracepoints take is only read where they are on. */

static inline void virt_stats_rx(struct virt_dev *vdev, unsigned int len,
				 bool multicast)
{
	virt_stats_count_rx(vdev->stats, len, multicast);
	trace_virt_rx(vdev->dev, len);
}

static inline void virt_stats_tx(struct virt_dev *vdev, unsigned int len)
{
	virt_stats_count_tx(vdev->stats, len);
	trace_virt_tx(vdev->dev, len);
}

/* The first place says whether there is anything in the others. */
static inline void virt_stats_count_cause(atomic64_t *drops,
					  enum virt_stat cause)
{
	atomic64_inc(&drops[cause]);
	if (unlikely(!atomic64_read(&drops[VIRT_STAT_PAD])))
		atomic64_set(&drops[VIRT_STAT_PAD], 1);
}

static inline void virt_stats_drop_on(const struct net_device *dev,
				      atomic64_t *drops, enum virt_stat cause)
{
	virt_stats_count_cause(drops, cause);
	trace_virt_drop(dev, virt_stats_names[cause]);
}

static inline void virt_stats_drop(struct virt_dev *vdev, enum virt_stat cause)
{
	virt_stats_drop_on(vdev->dev, vdev->drops, cause);
}

#endif /* _VIRT_STATS_H */
