/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists of address prefixes, "192.0.2.0/24,2001:db8::1/128", to and from
 * struct virt_prefix, in C for the ip plugin and in C++.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_PREFIXES_H
#define _VIRT_PREFIXES_H

#include <arpa/inet.h>
#include <linux/if_virt.h>
#include <stdio.h>
#include <string.h>

enum {
	/* of one prefix as text, with its comma or NUL */
	VIRT_PREFIX_TEXT = INET6_ADDRSTRLEN + 4,
	VIRT_PREFIXES_TEXT = VIRT_ALLOW_MAX * VIRT_PREFIX_TEXT,
};

/* Writes the text of count prefixes, at most as many as there may be; of a
 * family without a form, what is known.
 */
static inline void virt_prefixes_write(const struct virt_prefix *prefixes,
				       unsigned int count,
				       char text[VIRT_PREFIXES_TEXT])
{
	size_t at = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < count && i < VIRT_ALLOW_MAX; i++) {
		int family = prefixes[i].family == 6 ? AF_INET6 : AF_INET;
		char address[INET6_ADDRSTRLEN] = "";

		inet_ntop(family, prefixes[i].addr, address, sizeof(address));
		at += (size_t)snprintf(text + at, VIRT_PREFIXES_TEXT - at,
				       "%s%s/%u", i ? "," : "", address,
				       prefixes[i].length);
	}
}

/* One prefix, or an address, which is a prefix of all its bits. Cuts the text
 * at the slash. False: it is none.
 */
static inline int virt_prefix_read(char *address, struct virt_prefix *prefix)
{
	unsigned int length, bits;
	char *slash, end;

	memset(prefix, 0, sizeof(*prefix));
	slash = strchr(address, '/');
	if (slash)
		*slash++ = '\0';
	prefix->family = strchr(address, ':') ? 6 : 4;
	bits = prefix->family == 6 ? 128 : 32;
	length = bits;
	if (inet_pton(prefix->family == 6 ? AF_INET6 : AF_INET, address,
		      prefix->addr) != 1)
		return 0;
	if (slash && (strspn(slash, "0123456789") != strlen(slash) ||
		      sscanf(slash, "%3u%c", &length, &end) != 1 ||
		      length > bits))
		return 0;
	prefix->length = (__u8)length;
	return 1;
}

/* A list, or "any" for none. Returns how many, or -1 for a wrong text. */
static inline int virt_prefixes_read(const char *text,
				     struct virt_prefix prefixes[VIRT_ALLOW_MAX])
{
	int count = 0;

	if (strcmp(text, "any") == 0)
		return 0;
	for (;;) {
		size_t len = strcspn(text, ",");
		char one[VIRT_PREFIX_TEXT];

		if (count == VIRT_ALLOW_MAX || len >= sizeof(one))
			return -1;
		memcpy(one, text, len);
		one[len] = '\0';
		if (!virt_prefix_read(one, &prefixes[count++]))
			return -1;
		if (!text[len])
			return count;
		text += len + 1;
	}
}

#endif /* _VIRT_PREFIXES_H */
