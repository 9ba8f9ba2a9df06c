// SPDX-License-Identifier: GPL-2.0-only
/* The module parameters of a tunnel, by our names and by those of ktunnel,
 * which was set up by parameters alone:
 *
 *	modprobe virt dst=192.0.2.2 ip=10.10.10.1 mask=255.255.255.0
 *
 * Copyright (C) The virt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tunparams.h"

#include <linux/inet.h>
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>

#include "setaddr.h"
#include "tunnel.h"

/* An empty one was not given. */
static char virt_tunparams_dst[INET6_ADDRSTRLEN];
static char virt_tunparams_ip[INET6_ADDRSTRLEN];
static char virt_tunparams_mask[INET_ADDRSTRLEN];
static char virt_tunparams_port[INET_ADDRSTRLEN];
static char virt_tunparams_txmode[INET_ADDRSTRLEN];
static char virt_tunparams_rxmode[INET_ADDRSTRLEN];

/* Both spellings write the same buffer: the last one wins. */
#define VIRT_TUNPARAM(name, meaning)					\
	module_param_string(name, virt_tunparams_##name,		\
			    sizeof(virt_tunparams_##name), 0444);	\
	MODULE_PARM_DESC(name, meaning);				\
	module_param_string(g_##name, virt_tunparams_##name,		\
			    sizeof(virt_tunparams_##name), 0444);	\
	MODULE_PARM_DESC(g_##name, "ktunnel's word for " #name)

VIRT_TUNPARAM(dst, "peer of a tunnel, which link is below then (none)");
VIRT_TUNPARAM(ip, "of the tunnel itself, which is brought up (none)");
VIRT_TUNPARAM(mask, "goes with ip: 255.255.255.0, or a number of bits");
VIRT_TUNPARAM(port, "UDP port of the tunnel and of its peer (50000)");
VIRT_TUNPARAM(txmode, "how the tunnel sends: udp (default) or netpoll");
VIRT_TUNPARAM(rxmode, "how the tunnel receives: udp (default) or filter");

/* Filled by virt_tunparams_read(), constant afterwards. */
static struct virt_ip virt_tunparams_addr;
static unsigned int virt_tunparams_bits;

/**
 * virt_tunparams_given() - do the parameters ask for a tunnel
 *
 * Return: true if so.
 */
bool virt_tunparams_given(void)
{
	return *virt_tunparams_dst;
}

/**
 * virt_tunparams_dst_word() - the parameter that asks for the tunnel
 *
 * Return: what the user gave as dst.
 */
const char *virt_tunparams_dst_word(void)
{
	return virt_tunparams_dst;
}

static bool virt_tunparams_parse_ip(const char *from, struct virt_ip *ip)
{
	if (in4_pton(from, -1, (u8 *)&ip->v4, -1, NULL))
		ip->family = AF_INET;
	else if (in6_pton(from, -1, ip->v6.s6_addr, -1, NULL))
		ip->family = AF_INET6;
	else
		return false;
	return virt_tunconf_is_unicast(ip);
}

static int virt_tunparams_read_dst(struct virt_tunnel_conf *conf)
{
	if (virt_tunparams_parse_ip(virt_tunparams_dst, &conf->remote))
		return 0;
	pr_err("dst=%s: a unicast IPv4 or IPv6 address is needed\n",
	       virt_tunparams_dst);
	return -EINVAL;
}

static int virt_tunparams_read_port(struct virt_tunnel_conf *conf)
{
	if (!*virt_tunparams_port ||
	    (!kstrtou16(virt_tunparams_port, 10, &conf->port) && conf->port))
		return 0;
	pr_err("port=%s: a number from 1 to 65535 is needed\n",
	       virt_tunparams_port);
	return -EINVAL;
}

static int virt_tunparams_read_modes(struct virt_tunnel_conf *conf)
{
	const char *tx = virt_tunparams_txmode, *rx = virt_tunparams_rxmode;

	if (!strcmp(tx, "netpoll")) {
		conf->tx = VIRT_TXMODE_NETPOLL;
	} else if (*tx && strcmp(tx, "udp")) {
		pr_err("txmode=%s: udp or netpoll is needed\n", tx);
		return -EINVAL;
	}
	if (!strcmp(rx, "filter")) {
		conf->rx = VIRT_RXMODE_FILTER;
	} else if (*rx && strcmp(rx, "udp")) {
		pr_err("rxmode=%s: udp or filter is needed\n", rx);
		return -EINVAL;
	}
	return 0;
}

static bool virt_tunparams_parse_mask(const char *from, sa_family_t family,
				      unsigned int *bits)
{
	__be32 mask;

	if (family == AF_INET && in4_pton(from, -1, (u8 *)&mask, -1, NULL)) {
		*bits = inet_mask_len(mask);
		return mask && !bad_mask(mask, 0);
	}
	return !kstrtouint(from, 10, bits) && *bits &&
	       *bits <= (family == AF_INET ? 32 : 128);
}

static int virt_tunparams_read_addr(void)
{
	const char *ip = virt_tunparams_ip, *mask = virt_tunparams_mask;

	if (!*ip && !*mask)
		return 0;
	if (!*ip || !*mask) {
		pr_err("%s=%s: ip and mask go together\n", *ip ? "ip" : "mask",
		       *ip ? ip : mask);
		return -EINVAL;
	}
	if (!virt_tunparams_parse_ip(ip, &virt_tunparams_addr)) {
		pr_err("ip=%s: a unicast IPv4 or IPv6 address is needed\n", ip);
		return -EINVAL;
	}
	if (!virt_tunparams_parse_mask(mask, virt_tunparams_addr.family,
				       &virt_tunparams_bits)) {
		pr_err("mask=%s: 255.255.255.0 or the like, or a number of bits is needed\n",
		       mask);
		return -EINVAL;
	}
	return 0;
}

static int virt_tunparams_check_stray(void)
{
	if (!*virt_tunparams_ip && !*virt_tunparams_mask &&
	    !*virt_tunparams_port && !*virt_tunparams_txmode &&
	    !*virt_tunparams_rxmode)
		return 0;
	pr_err("ip, mask, port, txmode and rxmode are for tunnels: dst=ADDRESS is missing\n");
	return -EINVAL;
}

/**
 * virt_tunparams_read() - the settings of the tunnel
 * @conf: filled if the parameters ask for one
 *
 * Context: Process, at load.
 * Return: 0, or a negative errno after one line in the log that says what is
 * wrong.
 */
int virt_tunparams_read(struct virt_tunnel_conf *conf)
{
	int err;

	if (!virt_tunparams_given())
		return virt_tunparams_check_stray();
	*conf = virt_tunnel_default_conf;
	err = virt_tunparams_read_dst(conf);
	if (!err)
		err = virt_tunparams_read_port(conf);
	if (!err)
		err = virt_tunparams_read_modes(conf);
	if (!err)
		err = virt_tunparams_read_addr();
	return err;
}

/**
 * virt_tunparams_start() - give the tunnel its address and bring it up
 * @ifindex: of the tunnel; without a parameter for the address nothing is done
 *
 * Context: Process, RTNL not held.
 * Return: 0, or a negative errno after a line in the log.
 */
int virt_tunparams_start(int ifindex)
{
	struct net_device *dev;
	int err;

	if (!virt_tunparams_addr.family)
		return 0;
	err = virt_setaddr(&init_net, ifindex, &virt_tunparams_addr,
			   virt_tunparams_bits);
	if (err) {
		pr_err("ip=%s mask=%s: the address cannot be set, error %d\n",
		       virt_tunparams_ip, virt_tunparams_mask, err);
		return err;
	}
	rtnl_lock();
	dev = __dev_get_by_index(&init_net, ifindex);
	err = dev ? dev_open(dev, NULL) : -ENODEV;
	rtnl_unlock();
	if (err)
		pr_err("ip=%s: the tunnel cannot be brought up, error %d\n",
		       virt_tunparams_ip, err);
	return err;
}
