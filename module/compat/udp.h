/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between kernels in UDP tunnels.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_COMPAT_UDP_H
#define _VIRT_COMPAT_UDP_H

#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/version.h>
#include <net/udp_tunnel.h>

/* 5.17: GRO has a header of its own */
#ifdef VIRT_HAVE_GRO_H
#include <net/gro.h>
#endif

/* 7.2, and stable releases before: sockets instead of their files */
#ifdef VIRT_HAVE_UDP_SK
#define virt_compat_udp_arg(sock) ((sock)->sk)
#else
#define virt_compat_udp_arg(sock) (sock)
#endif

static inline void virt_compat_udp_setup(struct net *net, struct socket *sock,
					 struct udp_tunnel_sock_cfg *cfg)
{
	setup_udp_tunnel_sock(net, virt_compat_udp_arg(sock), cfg);
}

static inline void virt_compat_udp_release(struct socket *sock)
{
	udp_tunnel_sock_release(virt_compat_udp_arg(sock));
}

/* 5.11: encap_err_lookup is asked for the socket that sent the datagram, too */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
void virt_compat_udp_errors(struct sock *sk);
#else
static inline void virt_compat_udp_errors(struct sock *sk)
{
}
#endif

/* In tunrx.c, called with BH off under RCU for each datagram that an ICMP
 * message is about.
 */
void virt_tunrx_count_error(const struct sock *sk, const void *daddr,
			    __be16 port);

/* 6.19: addresses without a size have a type of their own; either takes this */
static inline int virt_compat_bind(struct socket *sock, void *addr, int len)
{
	return kernel_bind(sock, addr, len);
}

/* 6.17: flags for the control block of the outer packet */
#ifdef VIRT_HAVE_IPCB_FLAGS
#define virt_compat_udp6_xmit(...) udp_tunnel6_xmit_skb(__VA_ARGS__, 0)
#else
#define virt_compat_udp6_xmit udp_tunnel6_xmit_skb
#endif

#endif /* _VIRT_COMPAT_UDP_H */
