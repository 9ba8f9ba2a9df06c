// SPDX-License-Identifier: GPL-2.0-only
/* What a child counts: traffic per CPU, and every lost frame by its cause.
 *
 * Copyright (C) The virt authors
 */
#include "stats.h"

#include <linux/percpu.h>

#include "tunnel.h"

/* The names are part of the interface; enum virt_stat describes them. */
const char *const virt_stats_names[__VIRT_STAT_MAX] = {
	[VIRT_STAT_RX_DOWN]	= "rx_down",
	[VIRT_STAT_RX_NOMEM]	= "rx_nomem",
	[VIRT_STAT_TX_PARENT]	= "tx_parent",
	[VIRT_STAT_ADDR_SUSPENDED] = "addr_suspended",
	[VIRT_STAT_TX_SHORT]	= "tx_short",
	[VIRT_STAT_TX_ISOLATED]	= "tx_isolated",
	[VIRT_STAT_TX_LOCAL]	= "tx_local",
	[VIRT_STAT_TX_NOMEM]	= "tx_nomem",
	[VIRT_STAT_BC_OVERFLOW]	= "bc_overflow",
	[VIRT_STAT_RX_BACKLOG]	= "rx_backlog",
	[VIRT_STAT_ADDR_REFUSED] = "addr_refused",
	[VIRT_STAT_TX_GUARD]	= "tx_guard",
	[VIRT_STAT_RX_SHORT]	= "rx_short",
	[VIRT_STAT_RX_BAD_SRC]	= "rx_bad_src",
	[VIRT_STAT_RX_LOOP]	= "rx_loop",
	[VIRT_STAT_RX_ECN]	= "rx_ecn",
	[VIRT_STAT_RX_FILTER]	= "rx_filter",
	[VIRT_STAT_TX_NO_ROUTE]	= "tx_no_route",
	[VIRT_STAT_TX_NO_PEER]	= "tx_no_peer",
	[VIRT_STAT_TX_LOOP]	= "tx_loop",
	[VIRT_STAT_TX_TOO_BIG]	= "tx_too_big",
	[VIRT_STAT_TX_FILTER]	= "tx_filter",
	[VIRT_STAT_PEER_LOST]	= "peer_lost",
	[VIRT_STAT_PEER_LEARNT]	= "peer_learnt",
	[VIRT_STAT_PEER_ERROR]	= "peer_error",
};

static struct virt_pcpu_stats __percpu *
virt_stats_of(const struct net_device *dev)
{
	const struct virt_tunnel *tun = netdev_priv(dev);
	const struct virt_dev *vdev = netdev_priv(dev);

	return virt_tunnel_is_tunnel(dev) ? tun->stats : vdev->stats;
}

/**
 * virt_stats_read() - the counters by cause
 * @dev: a child or tunnel
 * @counts: where to put them, by enum virt_stat
 *
 * Return: false if there is nothing but zeros; @counts is not written then.
 */
bool virt_stats_read(const struct net_device *dev, u64 counts[__VIRT_STAT_MAX])
{
	const struct virt_tunnel *tun = netdev_priv(dev);
	const struct virt_dev *vdev = netdev_priv(dev);
	const struct virt_port *port;
	bool tunnel = virt_tunnel_is_tunnel(dev);
	const atomic64_t *drops = tunnel ? tun->drops : vdev->drops;
	enum virt_stat cause, elsewhere;
	u64 count;

	if (tunnel) {
		elsewhere = VIRT_STAT_RX_BAD_SRC;
		count = virt_tunnel_bad_src(tun);
	} else {
		elsewhere = VIRT_STAT_BC_OVERFLOW;
		/* who holds on to the device may ask late */
		port = READ_ONCE(vdev->port);
		count = port ? atomic64_read(&port->bc_overflow) : 0;
	}
	if (!count && !atomic64_read(&drops[VIRT_STAT_PAD]))
		return false;

	for (cause = 0; cause < __VIRT_STAT_MAX; cause++)
		counts[cause] = atomic64_read(&drops[cause]);
	counts[elsewhere] = count;
	return true;
}

/**
 * virt_stats_alloc() - make the traffic counters of an interface
 *
 * Return: counters to be freed with free_percpu(), or NULL.
 */
struct virt_pcpu_stats __percpu *virt_stats_alloc(void)
{
	struct virt_pcpu_stats __percpu *stats;
	int cpu;

	stats = alloc_percpu(struct virt_pcpu_stats);
	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->syncp);
	return stats;
}

static void virt_stats_add_cpu(const struct virt_pcpu_stats *stats,
			       struct rtnl_link_stats64 *to)
{
	u64 rx_packets, rx_bytes, multicast, tx_packets, tx_bytes;
	unsigned int start;

	do {
		start = virt_compat_fetch_begin(&stats->syncp);
		rx_packets = u64_stats_read(&stats->rx_packets);
		rx_bytes = u64_stats_read(&stats->rx_bytes);
		multicast = u64_stats_read(&stats->rx_multicast);
		tx_packets = u64_stats_read(&stats->tx_packets);
		tx_bytes = u64_stats_read(&stats->tx_bytes);
	} while (virt_compat_fetch_retry(&stats->syncp, start));

	to->rx_packets += rx_packets;
	to->rx_bytes += rx_bytes;
	to->multicast += multicast;
	to->tx_packets += tx_packets;
	to->tx_bytes += tx_bytes;
}

/**
 * virt_stats_sum() - add up the traffic of all CPUs
 * @stats: of an interface
 * @to: added to
 */
void virt_stats_sum(const struct virt_pcpu_stats __percpu *stats,
		    struct rtnl_link_stats64 *to)
{
	int cpu;

	for_each_possible_cpu(cpu)
		virt_stats_add_cpu(per_cpu_ptr(stats, cpu), to);
}

/**
 * virt_stats_fetch() - ndo_get_stats64 of a child or tunnel
 * @dev: the interface
 * @to: zeroed by the caller
 */
void virt_stats_fetch(struct net_device *dev, struct rtnl_link_stats64 *to)
{
	u64 counts[__VIRT_STAT_MAX];
	enum virt_stat cause;

	virt_stats_sum(virt_stats_of(dev), to);
	if (!virt_stats_read(dev, counts))
		return;
	/* rx_ and tx_ are lost frames, the others are events */
	for (cause = VIRT_STAT_PAD + 1; cause <= VIRT_STAT_MAX; cause++) {
		if (!counts[cause])
			continue;
		if (strstarts(virt_stats_names[cause], "rx_"))
			to->rx_dropped += counts[cause];
		else if (strstarts(virt_stats_names[cause], "tx_"))
			to->tx_dropped += counts[cause];
	}
}
