/* SPDX-License-Identifier: GPL-2.0-only */
/* The words for the module's numbers, in C for the ip plugin and in C++.
 *
 * The switches have no default: a constant that has no word fails the build.
 * What is larger than the last of them is no value of its enum.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_WORDS_H
#define _VIRT_WORDS_H

#include <linux/if_virt.h>
#include <stddef.h>

/* The word of `ip link ... mode`; NULL for what is no mode. */
static inline const char *virt_mode_word(unsigned int mode)
{
	if (mode > __VIRT_MODE_MAX)
		return NULL;
	switch ((enum virt_mode)mode) {
	case VIRT_MODE_SHARE:
		return "share";
	case VIRT_MODE_STEAL:
		return "steal";
	case VIRT_MODE_MAC:
		return "mac";
	case VIRT_MODE_TUNNEL:
		return "tunnel";
	case __VIRT_MODE_MAX:
		break;
	}
	return NULL;
}

/* The word of `ip link ... arp`; NULL for what is none. */
static inline const char *virt_arp_word(unsigned int arp)
{
	if (arp > __VIRT_ARP_MAX)
		return NULL;
	switch ((enum virt_arp)arp) {
	case VIRT_ARP_OWN:
		return "own";
	case VIRT_ARP_ALL:
		return "all";
	case __VIRT_ARP_MAX:
		break;
	}
	return NULL;
}

/* The word of `ip link ... guard`; NULL for what is none. */
static inline const char *virt_guard_word(unsigned int guard)
{
	if (guard > __VIRT_GUARD_MAX)
		return NULL;
	switch ((enum virt_guard)guard) {
	case VIRT_GUARD_AUTO:
		return "auto";
	case VIRT_GUARD_ON:
		return "on";
	case VIRT_GUARD_OFF:
		return "off";
	case __VIRT_GUARD_MAX:
		break;
	}
	return NULL;
}

/* The word of `ip link ... payload`; NULL for what is none. */
static inline const char *virt_payload_word(unsigned int payload)
{
	if (payload > __VIRT_PAYLOAD_MAX)
		return NULL;
	switch ((enum virt_payload)payload) {
	case VIRT_PAYLOAD_ETHER:
		return "ether";
	case VIRT_PAYLOAD_IP:
		return "ip";
	case __VIRT_PAYLOAD_MAX:
		break;
	}
	return NULL;
}

/* The word of `ip link ... tx`; NULL for what is none. */
static inline const char *virt_txmode_word(unsigned int txmode)
{
	if (txmode > __VIRT_TXMODE_MAX)
		return NULL;
	switch ((enum virt_txmode)txmode) {
	case VIRT_TXMODE_UDP:
		return "udp";
	case VIRT_TXMODE_NETPOLL:
		return "netpoll";
	case __VIRT_TXMODE_MAX:
		break;
	}
	return NULL;
}

/* The word of `ip link ... rx`; NULL for what is none. */
static inline const char *virt_rxmode_word(unsigned int rxmode)
{
	if (rxmode > __VIRT_RXMODE_MAX)
		return NULL;
	switch ((enum virt_rxmode)rxmode) {
	case VIRT_RXMODE_UDP:
		return "udp";
	case VIRT_RXMODE_FILTER:
		return "filter";
	case __VIRT_RXMODE_MAX:
		break;
	}
	return NULL;
}

/* The word of `ip link ... df`; NULL for what is none. */
static inline const char *virt_df_word(unsigned int df)
{
	if (df > __VIRT_DF_MAX)
		return NULL;
	switch ((enum virt_df)df) {
	case VIRT_DF_UNSET:
		return "unset";
	case VIRT_DF_SET:
		return "set";
	case VIRT_DF_INHERIT:
		return "inherit";
	case __VIRT_DF_MAX:
		break;
	}
	return NULL;
}

/* The word of `ip link ... sport`; NULL for what is none. */
static inline const char *virt_sport_word(unsigned int sport)
{
	if (sport > __VIRT_SPORT_MAX)
		return NULL;
	switch ((enum virt_sport)sport) {
	case VIRT_SPORT_FIXED:
		return "fixed";
	case VIRT_SPORT_HASH:
		return "hash";
	case __VIRT_SPORT_MAX:
		break;
	}
	return NULL;
}

/* The name of a counter; NULL for what is no counter. */
static inline const char *virt_stat_word(unsigned int stat)
{
	if (stat > __VIRT_STAT_MAX)
		return NULL;
	switch ((enum virt_stat)stat) {
	case VIRT_STAT_RX_DOWN:
		return "rx_down";
	case VIRT_STAT_RX_NOMEM:
		return "rx_nomem";
	case VIRT_STAT_TX_PARENT:
		return "tx_parent";
	case VIRT_STAT_ADDR_SUSPENDED:
		return "addr_suspended";
	case VIRT_STAT_TX_SHORT:
		return "tx_short";
	case VIRT_STAT_TX_ISOLATED:
		return "tx_isolated";
	case VIRT_STAT_TX_LOCAL:
		return "tx_local";
	case VIRT_STAT_TX_NOMEM:
		return "tx_nomem";
	case VIRT_STAT_RX_BACKLOG:
		return "rx_backlog";
	case VIRT_STAT_BC_OVERFLOW:
		return "bc_overflow";
	case VIRT_STAT_ADDR_REFUSED:
		return "addr_refused";
	case VIRT_STAT_TX_GUARD:
		return "tx_guard";
	case VIRT_STAT_RX_SHORT:
		return "rx_short";
	case VIRT_STAT_RX_BAD_SRC:
		return "rx_bad_src";
	case VIRT_STAT_RX_LOOP:
		return "rx_loop";
	case VIRT_STAT_RX_ECN:
		return "rx_ecn";
	case VIRT_STAT_RX_FILTER:
		return "rx_filter";
	case VIRT_STAT_TX_NO_ROUTE:
		return "tx_no_route";
	case VIRT_STAT_TX_NO_PEER:
		return "tx_no_peer";
	case VIRT_STAT_TX_LOOP:
		return "tx_loop";
	case VIRT_STAT_TX_TOO_BIG:
		return "tx_too_big";
	case VIRT_STAT_TX_FILTER:
		return "tx_filter";
	case VIRT_STAT_PEER_LOST:
		return "peer_lost";
	case VIRT_STAT_PEER_LEARNT:
		return "peer_learnt";
	case VIRT_STAT_PEER_ERROR:
		return "peer_error";
	case VIRT_STAT_PAD:
	case __VIRT_STAT_MAX:
		break;
	}
	return NULL;
}

#endif /* _VIRT_WORDS_H */
