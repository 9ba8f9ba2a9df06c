/* SPDX-License-Identifier: GPL-2.0-only */
/* Values of options that are more than a number, as text; in C for the ip
 * plugin and in C++.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_OPTION_TEXT_H
#define _VIRT_OPTION_TEXT_H

#include "link_options.h"
#include "prefixes.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
	/* room for the text of every value */
	VIRT_OPTION_TEXT = VIRT_PREFIXES_TEXT,
};

/* An ethertype and its word in a filter. */
struct virt_ethertype {
	uint16_t number;
	const char *word;
};

static const struct virt_ethertype virt_ethertypes[] = {
	{ VIRT_FILTER_KTUNNEL, "ktunnel" },
	{ 0x0800, "ipv4" },
	{ 0x0806, "arp" },
	{ 0x8100, "vlan" },
	{ 0x86dd, "ipv6" },
	{ 0x8847, "mpls" },
	{ 0x8863, "pppoe-discovery" },
	{ 0x8864, "pppoe" },
	{ 0x888e, "eapol" },
	{ 0x88a8, "qinq" },
	{ 0x88cc, "lldp" },
	{ 0x88e5, "macsec" },
};

enum {
	VIRT_ETHERTYPES = sizeof(virt_ethertypes) / sizeof(virt_ethertypes[0]),
};

static inline bool virt_address_text(const void *data, size_t len, char *text)
{
	int family = len == 4 ? AF_INET : AF_INET6;

	return (len == 4 || len == 16) &&
	       inet_ntop(family, data, text, VIRT_OPTION_TEXT) != NULL;
}

static inline bool virt_prefix_text(const void *data, size_t len, char *text)
{
	const uint8_t *bytes = (const uint8_t *)data;
	size_t used;

	if (!len || !virt_address_text(data, len - 1, text))
		return false;
	used = strlen(text);
	snprintf(text + used, VIRT_OPTION_TEXT - used, "/%u", bytes[len - 1]);
	return true;
}

static inline bool virt_inherit_text(const void *data, size_t len, char *text)
{
	uint32_t number;

	if (len != sizeof(number))
		return false;
	memcpy(&number, data, sizeof(number));
	if (number == VIRT_INHERIT)
		snprintf(text, VIRT_OPTION_TEXT, "inherit");
	else
		snprintf(text, VIRT_OPTION_TEXT, "%u", number);
	return true;
}

static inline const char *virt_ethertype_word(uint16_t number)
{
	for (int i = 0; i < VIRT_ETHERTYPES; i++)
		if (virt_ethertypes[i].number == number)
			return virt_ethertypes[i].word;
	return NULL;
}

static inline bool virt_types_text(const void *data, size_t len, char *text)
{
	size_t used = 0;

	if (len % 2 || len > 2 * VIRT_FILTER_MAX)
		return false;
	snprintf(text, VIRT_OPTION_TEXT, "all");
	for (size_t i = 0; i < len && used < VIRT_OPTION_TEXT; i += 2) {
		const char *comma = i ? "," : "";
		const char *word;
		uint16_t number;

		memcpy(&number, (const char *)data + i, sizeof(number));
		word = virt_ethertype_word(number);
		if (word)
			used += (size_t)snprintf(text + used,
						 VIRT_OPTION_TEXT - used,
						 "%s%s", comma, word);
		else
			used += (size_t)snprintf(text + used,
						 VIRT_OPTION_TEXT - used,
						 "%s0x%04x", comma, number);
	}
	return true;
}

static inline bool virt_prefixes_text(const void *data, size_t len, char *text)
{
	struct virt_prefix prefixes[VIRT_ALLOW_MAX];

	if (len % sizeof(prefixes[0]) || len > sizeof(prefixes))
		return false;
	memcpy(prefixes, data, len);
	virt_prefixes_write(prefixes, (unsigned int)(len / sizeof(prefixes[0])),
			    text);
	return true;
}

/* Writes VIRT_OPTION_TEXT bytes at most; false for what is no such value. */
static inline bool virt_option_text(enum virt_option_type type,
				    const void *data, size_t len, char *text)
{
	switch (type) {
	case VIRT_OPTION_ADDRESS:
	case VIRT_OPTION_SHOWN:
		return virt_address_text(data, len, text);
	case VIRT_OPTION_PREFIX:
		return virt_prefix_text(data, len, text);
	case VIRT_OPTION_PREFIXES:
		return virt_prefixes_text(data, len, text);
	case VIRT_OPTION_INHERIT:
		return virt_inherit_text(data, len, text);
	case VIRT_OPTION_TYPES:
		return virt_types_text(data, len, text);
	default:
		return false;
	}
}

#endif /* _VIRT_OPTION_TEXT_H */
