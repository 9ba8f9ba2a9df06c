/* SPDX-License-Identifier: GPL-2.0-only */
/* The options of `ip link ... type virt`, in C for the ip plugin and in C++.
 *
 * All that reads, prints or explains options goes by this table.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_LINK_OPTIONS_H
#define _VIRT_LINK_OPTIONS_H

#include "words.h"

#include <assert.h>

enum virt_option_type {
	VIRT_OPTION_WORD,	/* u8, JSON string */
	VIRT_OPTION_SWITCH,	/* u8, JSON bool: on or off */
	VIRT_OPTION_NUMBER,	/* u32, JSON number */
	VIRT_OPTION_STATE,	/* u32, JSON number: shown, never set */
	VIRT_OPTION_PREFIXES,	/* struct virt_prefix each, JSON string */
	VIRT_OPTION_FLAG,	/* u8, JSON bool: a word without a value */
	VIRT_OPTION_INHERIT,	/* u32, JSON string: number or "inherit" */
	VIRT_OPTION_DEVICE,	/* u32, ifindex: JSON string, the name */
	VIRT_OPTION_ADDRESS,	/* 4 or 16 bytes, JSON string */
	VIRT_OPTION_PREFIX,	/* the same and a byte of bits that count */
	VIRT_OPTION_TYPES,	/* u16 each, JSON string: ethertypes */
	VIRT_OPTION_SHOWN,	/* an address, shown, never set */
};

/* Whether an option is of those whose value is not one number. */
static inline int virt_option_is_text(enum virt_option_type type)
{
	return type == VIRT_OPTION_INHERIT || type == VIRT_OPTION_ADDRESS ||
	       type == VIRT_OPTION_PREFIX || type == VIRT_OPTION_PREFIXES ||
	       type == VIRT_OPTION_TYPES || type == VIRT_OPTION_SHOWN;
}

/* Whether an option can be set. */
static inline int virt_option_is_set(enum virt_option_type type)
{
	return type != VIRT_OPTION_STATE && type != VIRT_OPTION_SHOWN;
}

static inline const char *virt_switch_word(unsigned int on)
{
	return on == 0 ? "off" : on == 1 ? "on" : NULL;
}

/* `name VALUE` in a command is the attribute attr of IFLA_INFO_DATA. */
struct virt_option {
	const char *name;
	unsigned int attr;
	enum virt_option_type type;
	/* The word of a u8; NULL from the first number on that has none. */
	const char *(*word)(unsigned int number);
	const char *help;
};

/* In the order in which they are printed. */
static const struct virt_option virt_options[] = {
	{ "mode", IFLA_VIRT_MODE, VIRT_OPTION_WORD, virt_mode_word,
	  "frames by IP address, all, by own MAC, or in UDP" },
	{ "host", IFLA_VIRT_HOST, VIRT_OPTION_SWITCH, virt_switch_word,
	  "reach PARENT's own host and be reached" },
	{ "isolate", IFLA_VIRT_ISOLATE, VIRT_OPTION_SWITCH, virt_switch_word,
	  "keep apart from the other children of PARENT" },
	{ "flood", IFLA_VIRT_FLOOD, VIRT_OPTION_SWITCH, virt_switch_word,
	  "hear frames for unknown MACs if promiscuous" },
	{ "arp", IFLA_VIRT_ARP, VIRT_OPTION_WORD, virt_arp_word,
	  "hear requests for own addresses, or unknown ones too" },
	{ "bclim", IFLA_VIRT_BCLIM, VIRT_OPTION_NUMBER, NULL,
	  "receivers of a group frame before PARENT queues it" },
	{ "guard", IFLA_VIRT_GUARD, VIRT_OPTION_WORD, virt_guard_word,
	  "keep it to its MAC: auto is for other user namespaces" },
	{ "allow", IFLA_VIRT_ALLOW, VIRT_OPTION_PREFIXES, NULL,
	  "keep it to addresses of these, or any" },
	{ "remote", IFLA_VIRT_REMOTE, VIRT_OPTION_ADDRESS, NULL,
	  "tunnel: the peer" },
	{ "local", IFLA_VIRT_LOCAL, VIRT_OPTION_ADDRESS, NULL,
	  "address of our own, or any" },
	{ "port", IFLA_VIRT_PORT, VIRT_OPTION_NUMBER, NULL,
	  "UDP port of our own (50000)" },
	{ "rport", IFLA_VIRT_RPORT, VIRT_OPTION_NUMBER, NULL,
	  "the peer's (the same)" },
	{ "dev", IFLA_VIRT_DEV, VIRT_OPTION_DEVICE, NULL,
	  "device or VRF to go by, or none" },
	{ "payload", IFLA_VIRT_PAYLOAD, VIRT_OPTION_WORD, virt_payload_word,
	  "frames or bare IP packets" },
	{ "tx", IFLA_VIRT_TX, VIRT_OPTION_WORD, virt_txmode_word,
	  "by the IP stack, or past it" },
	{ "rx", IFLA_VIRT_RX, VIRT_OPTION_WORD, virt_rxmode_word,
	  "by the IP stack, or past it" },
	{ "keepalive", IFLA_VIRT_KEEPALIVE, VIRT_OPTION_NUMBER, NULL,
	  "seconds between probes of the peer, 0: none" },
	{ "any", IFLA_VIRT_ANY, VIRT_OPTION_FLAG, NULL,
	  "after keepalive: silence counts for every peer" },
	{ "ttl", IFLA_VIRT_TTL, VIRT_OPTION_INHERIT, NULL,
	  "of the datagrams (64)" },
	{ "tos", IFLA_VIRT_TOS, VIRT_OPTION_INHERIT, NULL,
	  "of the datagrams (inherit)" },
	{ "df", IFLA_VIRT_DF, VIRT_OPTION_WORD, virt_df_word,
	  "do not fragment the datagrams" },
	{ "udpcsum", IFLA_VIRT_UDPCSUM, VIRT_OPTION_SWITCH, virt_switch_word,
	  "checksums in the datagrams (on)" },
	{ "filter", IFLA_VIRT_FILTER, VIRT_OPTION_TYPES, NULL,
	  "what to send: all, ktunnel, or ethertypes" },
	{ "strict", IFLA_VIRT_STRICT, VIRT_OPTION_SWITCH, virt_switch_word,
	  "only from rport" },
	{ "learn", IFLA_VIRT_LEARN, VIRT_OPTION_PREFIX, NULL,
	  "the peer may be any in PREFIX, or off" },
	{ "hold", IFLA_VIRT_HOLD, VIRT_OPTION_NUMBER, NULL,
	  "seconds of silence before another is learnt (10)" },
	{ "sport", IFLA_VIRT_SPORT, VIRT_OPTION_WORD, virt_sport_word,
	  "the port of our own, or one for each flow" },
	{ "mark", IFLA_VIRT_MARK, VIRT_OPTION_NUMBER, NULL,
	  "of the datagrams" },
	{ "peer", IFLA_VIRT_PEER, VIRT_OPTION_SHOWN, NULL, NULL },
	{ "peer_port", IFLA_VIRT_PEER_PORT, VIRT_OPTION_STATE, NULL, NULL },
	{ "seen_ms", IFLA_VIRT_SEEN, VIRT_OPTION_STATE, NULL, NULL },
	{ "rtt_us", IFLA_VIRT_RTT, VIRT_OPTION_STATE, NULL, NULL },
	{ "loss_permille", IFLA_VIRT_LOSS, VIRT_OPTION_STATE, NULL, NULL },
	{ "suspended", IFLA_VIRT_SUSPENDED, VIRT_OPTION_STATE, NULL, NULL },
};

enum { VIRT_OPTIONS = sizeof(virt_options) / sizeof(virt_options[0]) };

static_assert(VIRT_OPTIONS == IFLA_VIRT_MAX,
	      "each attribute has its line in the table");

#endif /* _VIRT_LINK_OPTIONS_H */
