/* SPDX-License-Identifier: GPL-2.0-only */
/* What ip offers to a link kind's plugin, as iproute2 installs no header.
 *
 * Declared as in iproute2's ip/ip_common.h, include/json_print.h, utils.h and
 * libnetlink.h; the struct and all of these functions are the same from v5.10
 * to v7.1. Nothing newer, and nothing whose type changed meanwhile (matches),
 * belongs here: the plugin is one binary for all of them.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_LINK_UTIL_H
#define _VIRT_LINK_UTIL_H

#include <assert.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* ip looks for a symbol "<kind>_link_util" of this type. */
struct link_util {
	struct link_util *next;
	const char *id;
	int maxattr;
	int (*parse_opt)(struct link_util *lu, int argc, char **argv,
			 struct nlmsghdr *n);
	void (*print_opt)(struct link_util *lu, FILE *f, struct rtattr *tb[]);
	void (*print_xstats)(struct link_util *lu, FILE *f,
			     struct rtattr *xstats);
	void (*print_help)(struct link_util *lu, int argc, char **argv,
			   FILE *f);
	int (*parse_ifla_xstats)(struct link_util *lu, int argc, char **argv);
	int (*print_ifla_xstats)(struct nlmsghdr *n, void *arg);
};

static_assert(sizeof(struct link_util) == 9 * sizeof(void *),
	      "ip expects nine members of a pointer's size");

enum output_type {
	PRINT_FP = 1,	/* text only */
	PRINT_JSON = 2,
	PRINT_ANY = 4,	/* either, as the user asked */
};

enum color_attr {
	COLOR_NONE = 6,
};

extern int show_stats;	/* how often -s was given */

int print_color_string(enum output_type type, enum color_attr color,
		       const char *key, const char *fmt, const char *value);
int print_color_uint(enum output_type type, enum color_attr color,
		     const char *key, const char *fmt, unsigned int value);
int print_color_bool(enum output_type type, enum color_attr color,
		     const char *key, const char *fmt, bool value);
int print_color_u64(enum output_type type, enum color_attr color,
		    const char *key, const char *fmt, uint64_t value);
void print_nl(void);

int addattr_l(struct nlmsghdr *n, int maxlen, int type, const void *data,
	      int alen);
int get_u32(uint32_t *number, const char *arg, int base);
int parse_rtattr(struct rtattr *tb[], int max, struct rtattr *rta, int len);

/* These print one line and exit. */
void invarg(const char *msg, const char *arg) __attribute__((noreturn));
void duparg(const char *key, const char *arg) __attribute__((noreturn));
void incomplete_command(void) __attribute__((noreturn));

#endif /* _VIRT_LINK_UTIL_H */
