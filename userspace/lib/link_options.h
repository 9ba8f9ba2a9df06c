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
};

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
	  "frames by IP address (default), all, or by own MAC" },
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
	{ "suspended", IFLA_VIRT_SUSPENDED, VIRT_OPTION_STATE, NULL, NULL },
};

enum { VIRT_OPTIONS = sizeof(virt_options) / sizeof(virt_options[0]) };

static_assert(VIRT_OPTIONS == IFLA_VIRT_MAX,
	      "each attribute has its line in the table");

#endif /* _VIRT_LINK_OPTIONS_H */
