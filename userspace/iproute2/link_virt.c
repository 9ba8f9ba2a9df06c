// SPDX-License-Identifier: GPL-2.0-only
/* The options of `ip link ... type virt`, as a plugin that ip loads.
 *
 * print_opt writes what parse_opt reads, in the order of one table, so that
 * output can be pasted back. Only the libc and what ip exports is used.
 *
 * Copyright (C) The virt authors
 */
#include "link_util.h"

#include "lib/link_options.h"
#include "lib/prefixes.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

/* The room in ip's request, as its own kinds assume it. */
enum { REQUEST_MAX = 1024 };

/* The words of an option with '|' between them, for people to choose from. */
static void list_words(const struct virt_option *opt, char *list, size_t size)
{
	const char *word;

	list[0] = '\0';
	for (unsigned int i = 0; (word = opt->word(i)); i++) {
		size_t len = strlen(list);

		snprintf(list + len, size - len, i ? "|%s" : "%s", word);
	}
}

static void parse_word(const struct virt_option *opt, const char *arg,
		       struct nlmsghdr *n)
{
	char words[64], msg[128];
	const char *word;

	for (unsigned int i = 0; (word = opt->word(i)); i++) {
		if (strcmp(arg, word) == 0) {
			addattr8(n, REQUEST_MAX, (int)opt->attr, (uint8_t)i);
			return;
		}
	}
	list_words(opt, words, sizeof(words));
	snprintf(msg, sizeof(msg), "%s must be %s", opt->name, words);
	invarg(msg, arg);
}

static void parse_number(const struct virt_option *opt, const char *arg,
			 struct nlmsghdr *n)
{
	char msg[128];
	uint32_t number;

	if (get_u32(&number, arg, 10)) {
		snprintf(msg, sizeof(msg), "%s must be a number", opt->name);
		invarg(msg, arg);
	}
	addattr32(n, REQUEST_MAX, (int)opt->attr, number);
}

static void parse_prefixes(const struct virt_option *opt, const char *arg,
			   struct nlmsghdr *n)
{
	struct virt_prefix prefixes[VIRT_ALLOW_MAX];
	int count = virt_prefixes_read(arg, prefixes);
	char msg[128];

	if (count < 0) {
		snprintf(msg, sizeof(msg),
			 "%s must be any or up to %d of ADDRESS[/BITS] with commas",
			 opt->name, VIRT_ALLOW_MAX);
		invarg(msg, arg);
	}
	addattr_l(n, REQUEST_MAX, (int)opt->attr, prefixes,
		  count * (int)sizeof(*prefixes));
}

static void print_word(const struct virt_option *opt, uint8_t value)
{
	const char *word = opt->word(value);
	char number[sizeof("255")];

	if (!word) {
		/* of a newer module */
		snprintf(number, sizeof(number), "%u", value);
		word = number;
	}
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", opt->name);
	if (opt->type == VIRT_OPTION_SWITCH) {
		print_color_bool(PRINT_JSON, COLOR_NONE, opt->name, NULL,
				 value);
		print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", word);
	} else {
		print_color_string(PRINT_ANY, COLOR_NONE, opt->name, "%s ",
				   word);
	}
}

/* A state is no option to paste back: text has it when it says something. */
static void print_number(const struct virt_option *opt, uint32_t value)
{
	enum output_type type = PRINT_ANY;

	if (opt->type == VIRT_OPTION_STATE && !value)
		type = PRINT_JSON;
	else
		print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ",
				   opt->name);
	print_color_uint(type, COLOR_NONE, opt->name, "%u ", value);
}

static void print_prefixes(const struct virt_option *opt,
			   const struct rtattr *rta)
{
	unsigned int count = (unsigned int)(RTA_PAYLOAD(rta) /
					    sizeof(struct virt_prefix));
	char text[VIRT_PREFIXES_TEXT];

	if (!count)
		return;
	virt_prefixes_write(RTA_DATA(rta), count, text);
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", opt->name);
	print_color_string(PRINT_ANY, COLOR_NONE, opt->name, "%s ", text);
}

static void print_option(const struct virt_option *opt,
			 const struct rtattr *rta)
{
	uint32_t number;

	if (opt->word) {
		if (RTA_PAYLOAD(rta) >= sizeof(uint8_t))
			print_word(opt, *(const uint8_t *)RTA_DATA(rta));
	} else if (opt->type == VIRT_OPTION_PREFIXES) {
		print_prefixes(opt, rta);
	} else if (RTA_PAYLOAD(rta) >= sizeof(number)) {
		memcpy(&number, RTA_DATA(rta), sizeof(number));
		print_number(opt, number);
	}
}

static void virt_print_help(struct link_util *lu, int argc, char **argv,
			    FILE *f)
{
	(void)argc;
	(void)argv;
	fprintf(f,
		"Usage: ip link add link PARENT [ name NAME ] type %s [ OPTIONS ]\n"
		"       ip link set NAME type %s OPTIONS\n"
		"\n"
		"OPTIONS:\n", lu->id, lu->id);
	for (int i = 0; i < VIRT_OPTIONS; i++) {
		const struct virt_option *opt = &virt_options[i];
		char words[64] = "NUMBER";

		if (opt->type == VIRT_OPTION_STATE)
			continue;
		if (opt->word)
			list_words(opt, words, sizeof(words));
		if (opt->type == VIRT_OPTION_PREFIXES)
			snprintf(words, sizeof(words), "PREFIX,...|any");
		fprintf(f, "  %-7s %-16s %s\n", opt->name, words, opt->help);
	}
}

static const struct virt_option *find_option(const char *name)
{
	for (int i = 0; i < VIRT_OPTIONS; i++)
		if (virt_options[i].type != VIRT_OPTION_STATE &&
		    strcmp(virt_options[i].name, name) == 0)
			return &virt_options[i];
	return NULL;
}

static int virt_parse_opt(struct link_util *lu, int argc, char **argv,
			  struct nlmsghdr *n)
{
	bool seen[VIRT_OPTIONS] = { false };

	for (; argc > 0; argc -= 2, argv += 2) {
		const struct virt_option *opt = find_option(argv[0]);

		if (!opt) {
			if (strcmp(argv[0], "help") != 0)
				fprintf(stderr, "%s: unknown option \"%s\"\n",
					lu->id, argv[0]);
			virt_print_help(lu, argc, argv, stderr);
			return -1;
		}
		if (argc < 2)
			incomplete_command();
		if (seen[opt - virt_options])
			duparg(opt->name, argv[1]);
		seen[opt - virt_options] = true;
		if (opt->word)
			parse_word(opt, argv[1], n);
		else if (opt->type == VIRT_OPTION_PREFIXES)
			parse_prefixes(opt, argv[1], n);
		else
			parse_number(opt, argv[1], n);
	}
	return 0;
}

static void virt_print_opt(struct link_util *lu, FILE *f, struct rtattr *tb[])
{
	(void)lu;
	(void)f;
	if (!tb)
		return;
	for (int i = 0; i < VIRT_OPTIONS; i++)
		if (tb[virt_options[i].attr])
			print_option(&virt_options[i],
				     tb[virt_options[i].attr]);
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
