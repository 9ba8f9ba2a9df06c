// SPDX-License-Identifier: GPL-2.0-only
/* The options of `ip link ... type virt`, as a plugin that ip loads.
 *
 * print_opt writes what parse_opt reads, in the order of one table, so that
 * output can be pasted back. Only the libc and what ip exports is used.
 *
 * Copyright (C) The virt authors
 */
#include "link_util.h"

#include "lib/words.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The room in ip's request, as its own kinds assume it. */
enum { REQUEST_MAX = 1024 };

/* One option: `name ARGUMENT` is the netlink attribute attr. */
struct option {
	const char *name;
	int attr;
	/* Adds the attribute, or ends with invarg(). */
	void (*parse)(const struct option *opt, const char *arg,
		      struct nlmsghdr *n);
	void (*print)(const struct option *opt, const struct rtattr *rta);
};

static void parse_mode(const struct option *opt, const char *arg,
		       struct nlmsghdr *n)
{
	char msg[128] = "mode must be one of:";

	for (unsigned int mode = 0; mode <= VIRT_MODE_MAX; mode++) {
		const char *word = virt_mode_word(mode);
		size_t len = strlen(msg);

		if (strcmp(arg, word) == 0) {
			addattr8(n, REQUEST_MAX, opt->attr, (uint8_t)mode);
			return;
		}
		snprintf(msg + len, sizeof(msg) - len, " %s", word);
	}
	invarg(msg, arg);
}

static void print_mode(const struct option *opt, const struct rtattr *rta)
{
	const char *word;
	char number[sizeof("255")];
	uint8_t mode;

	if (RTA_PAYLOAD(rta) < sizeof(mode))
		return;
	mode = *(const uint8_t *)RTA_DATA(rta);
	word = virt_mode_word(mode);
	if (!word) {
		/* of a newer module */
		snprintf(number, sizeof(number), "%u", mode);
		word = number;
	}
	print_color_string(PRINT_ANY, COLOR_NONE, opt->name, "mode %s ", word);
}

static const struct option options[] = {
	{ "mode", IFLA_VIRT_MODE, parse_mode, print_mode },
};

static void virt_print_help(struct link_util *lu, int argc, char **argv,
			    FILE *f)
{
	(void)argc;
	(void)argv;
	fprintf(f,
		"Usage: ip link add link PARENT [ name NAME ] type %s [ mode MODE ]\n"
		"       ip link set NAME type %s [ mode MODE ]\n"
		"\n"
		"MODE: share | steal\n"
		"  share  frames for the addresses of NAME (default)\n"
		"  steal  every frame: PARENT is deaf until NAME is deleted\n",
		lu->id, lu->id);
}

static const struct option *find_option(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

static int virt_parse_opt(struct link_util *lu, int argc, char **argv,
			  struct nlmsghdr *n)
{
	bool seen[ARRAY_SIZE(options)] = { false };

	for (; argc > 0; argc -= 2, argv += 2) {
		const struct option *opt = find_option(argv[0]);

		if (!opt) {
			if (strcmp(argv[0], "help") != 0)
				fprintf(stderr, "%s: unknown option \"%s\"\n",
					lu->id, argv[0]);
			virt_print_help(lu, argc, argv, stderr);
			return -1;
		}
		if (argc < 2)
			incomplete_command();
		if (seen[opt - options])
			duparg(opt->name, argv[1]);
		seen[opt - options] = true;
		opt->parse(opt, argv[1], n);
	}
	return 0;
}

static void virt_print_opt(struct link_util *lu, FILE *f, struct rtattr *tb[])
{
	(void)lu;
	(void)f;
	if (!tb)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (tb[options[i].attr])
			options[i].print(&options[i], tb[options[i].attr]);
}

/* JSON has all counters; text has those that counted, or all with -s -s. */
static void virt_print_xstats(struct link_util *lu, FILE *f,
			      struct rtattr *xstats)
{
	struct rtattr *tb[VIRT_STAT_MAX + 1];
	unsigned int stat;

	(void)lu;
	(void)f;
	parse_rtattr(tb, VIRT_STAT_MAX, RTA_DATA(xstats),
		     (int)RTA_PAYLOAD(xstats));
	for (stat = VIRT_STAT_PAD + 1; stat <= VIRT_STAT_MAX; stat++) {
		const char *name = virt_stat_word(stat);
		enum output_type type = PRINT_JSON;
		uint64_t count;

		if (!tb[stat] || RTA_PAYLOAD(tb[stat]) < sizeof(count))
			continue;
		memcpy(&count, RTA_DATA(tb[stat]), sizeof(count));
		if (count || show_stats > 1) {
			print_nl();
			print_color_string(PRINT_FP, COLOR_NONE, NULL,
					   "      %s ", name);
			type = PRINT_ANY;
		}
		print_color_u64(type, COLOR_NONE, name, "%" PRIu64 " ", count);
	}
}

struct link_util virt_link_util = {
	.id = "virt",
	.maxattr = IFLA_VIRT_MAX,
	.parse_opt = virt_parse_opt,
	.print_opt = virt_print_opt,
	.print_xstats = virt_print_xstats,
	.print_help = virt_print_help,
};
