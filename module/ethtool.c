// SPDX-License-Identifier: GPL-2.0-only
/* What ethtool shows of a child: the parent's link, drops by cause.
 *
 * Copyright (C) The virt authors
 */
#include "ethtool.h"

#include <linux/ethtool.h>
#include <linux/rtnetlink.h>

#include "stats.h"
#include "tunnel.h"
#include "version.h"
#include "virt.h"

enum {
	/* VIRT_STAT_PAD counts nothing */
	VIRT_ETHTOOL_STATS = VIRT_STAT_MAX,
};

static void virt_ethtool_get_drvinfo(struct net_device *dev,
				     struct ethtool_drvinfo *info)
{
	strscpy(info->driver, VIRT_KIND, sizeof(info->driver));
	strscpy(info->version, VIRT_VERSION, sizeof(info->version));
}

static int virt_ethtool_get_link_ksettings(struct net_device *dev,
					   struct ethtool_link_ksettings *cmd)
{
	const struct virt_dev *vdev = netdev_priv(dev);

	if (virt_tunnel_is_tunnel(dev))
		return -EOPNOTSUPP;
	return __ethtool_get_link_ksettings(vdev->parent, cmd);
}

static int virt_ethtool_get_ts_info(struct net_device *dev,
				    struct virt_compat_ts_info *info)
{
	const struct virt_dev *vdev = netdev_priv(dev);

	if (virt_tunnel_is_tunnel(dev))
		return ethtool_op_get_ts_info(dev, info);
	return virt_compat_get_ts_info(vdev->parent, info);
}

static int virt_ethtool_get_sset_count(struct net_device *dev, int sset)
{
	return sset == ETH_SS_STATS ? VIRT_ETHTOOL_STATS : -EOPNOTSUPP;
}

static void virt_ethtool_get_strings(struct net_device *dev, u32 sset,
				     u8 *data)
{
	int i;

	if (sset != ETH_SS_STATS)
		return;
	for (i = 0; i < VIRT_ETHTOOL_STATS; i++)
		strscpy((char *)data + i * ETH_GSTRING_LEN,
			virt_stats_names[i + 1], ETH_GSTRING_LEN);
}

static void virt_ethtool_get_stats(struct net_device *dev,
				   struct ethtool_stats *stats, u64 *data)
{
	u64 counts[__VIRT_STAT_MAX] = {};

	virt_stats_read(dev, counts);
	memcpy(data, &counts[VIRT_STAT_PAD + 1],
	       VIRT_ETHTOOL_STATS * sizeof(*data));
}

const struct ethtool_ops virt_ethtool_ops = {
	.get_drvinfo		= virt_ethtool_get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= virt_ethtool_get_link_ksettings,
	.get_ts_info		= virt_ethtool_get_ts_info,
	.get_sset_count		= virt_ethtool_get_sset_count,
	.get_strings		= virt_ethtool_get_strings,
	.get_ethtool_stats	= virt_ethtool_get_stats,
};
