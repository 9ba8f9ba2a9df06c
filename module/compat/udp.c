// SPDX-License-Identifier: GPL-2.0-only
/* What became of the datagrams that our sockets have sent: before 5.11 the core
 * queues it as an error of the socket, and calls no encap_err_lookup.
 *
 * Copyright (C) The virt authors
 */
#include "udp.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)

#include <linux/errqueue.h>
#include <net/ip.h>
#include <net/ipv6.h>

static void virt_compat_udp_report(struct sock *sk)
{
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&sk->sk_error_queue))) {
		const struct sock_exterr_skb *err = SKB_EXT_ERR(skb);

		if (err->ee.ee_origin == SO_EE_ORIGIN_ICMP ||
		    err->ee.ee_origin == SO_EE_ORIGIN_ICMP6)
			virt_tunrx_count_error(sk, skb_network_header(skb) +
						   err->addr_offset, err->port);
		consume_skb(skb);
	}
}

/**
 * virt_compat_udp_errors() - have the errors of a socket counted
 * @sk: the socket, not yet set up as a tunnel's; nothing stays queued on it
 *
 * Context: Process.
 */
void virt_compat_udp_errors(struct sock *sk)
{
	sk->sk_error_report = virt_compat_udp_report;
	if (sk->sk_family == AF_INET)
		ip_sock_set_recverr(sk);
#if IS_ENABLED(CONFIG_IPV6)
	else
		ip6_sock_set_recverr(sk);
#endif
}

#endif
