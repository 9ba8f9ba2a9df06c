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
#include "lib/option_text.h"

#include <inttypes.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The room in ip's request, as its own kinds assume it. */
enum { REQUEST_MAX = 1024 };

/* An option that is not sent must not go unnoticed: it may be a guard. */
static void add(struct nlmsghdr *n, const struct virt_option *opt,
		const char *arg, const void *value, size_t len)
{
	if (addattr_l(n, REQUEST_MAX, (int)opt->attr, value, (int)len))
		invarg("it does not fit into one command of ip", arg);
}

static void add_number(struct nlmsghdr *n, const struct virt_option *opt,
		       const char *arg, uint32_t number)
{
	add(n, opt, arg, &number, sizeof(number));
}

/* The words of an option with '|' between them, for people to choose from. */
static void list_words(const struct virt_option *opt, char *list, size_t size)
{
	const char *word;

	list[0] = '\0';
	for (unsigned int i = 0; (word = opt->word(i)); i++) {
		if (i)
			strncat(list, "|", size - strlen(list) - 1);
		strncat(list, word, size - strlen(list) - 1);
	}
}

static void parse_word(const struct virt_option *opt, const char *arg,
		       struct nlmsghdr *n)
{
	char words[64], msg[128];
	const char *word;

	for (unsigned int i = 0; (word = opt->word(i)); i++) {
		if (strcmp(arg, word) == 0) {
			add(n, opt, arg, &(uint8_t){ (uint8_t)i }, 1);
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
	add_number(n, opt, arg, number);
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
	add(n, opt, arg, prefixes, (size_t)count * sizeof(*prefixes));
}

static size_t read_address(const char *arg, uint8_t *bytes)
{
	if (inet_pton(AF_INET, arg, bytes) == 1)
		return 4;
	return inet_pton(AF_INET6, arg, bytes) == 1 ? 16 : 0;
}

static void parse_address(const struct virt_option *opt, const char *arg,
			  struct nlmsghdr *n)
{
	uint8_t bytes[16] = { 0 };
	size_t len = strcmp(arg, "any") == 0 ? 4 : read_address(arg, bytes);
	char msg[128];

	if (!len) {
		snprintf(msg, sizeof(msg), "%s must be an address", opt->name);
		invarg(msg, arg);
	}
	add(n, opt, arg, bytes, len);
}

static void parse_prefix(const struct virt_option *opt, const char *arg,
			 struct nlmsghdr *n)
{
	uint8_t bytes[17] = { 0 };
	char address[64], msg[128];
	const char *slash = strchr(arg, '/');
	uint32_t bits = 0;
	size_t len;

	if (strcmp(arg, "off") == 0) {
		add(n, opt, arg, bytes, 0);
		return;
	}
	snprintf(address, sizeof(address), "%.*s",
		 slash ? (int)(slash - arg) : 63, arg);
	len = read_address(address, bytes);
	if (!len || (slash && get_u32(&bits, slash + 1, 10)) ||
	    bits > len * 8) {
		snprintf(msg, sizeof(msg), "%s must be ADDRESS/BITS or off",
			 opt->name);
		invarg(msg, arg);
	}
	bytes[len] = (uint8_t)(slash ? bits : len * 8);
	add(n, opt, arg, bytes, len + 1);
}

static void parse_inherit(const struct virt_option *opt, const char *arg,
			  struct nlmsghdr *n)
{
	uint32_t number = VIRT_INHERIT;
	char msg[128];

	if (strcmp(arg, "inherit") != 0 &&
	    (get_u32(&number, arg, 0) || number >= VIRT_INHERIT)) {
		snprintf(msg, sizeof(msg), "%s must be 0 to 255 or inherit",
			 opt->name);
		invarg(msg, arg);
	}
	add_number(n, opt, arg, number);
}

static void parse_device(const struct virt_option *opt, const char *arg,
			 struct nlmsghdr *n)
{
	uint32_t index = strcmp(arg, "none") == 0 ? 0 : if_nametoindex(arg);
	char msg[128];

	if (!index && strcmp(arg, "none") != 0) {
		snprintf(msg, sizeof(msg), "%s: there is no such device",
			 opt->name);
		invarg(msg, arg);
	}
	add_number(n, opt, arg, index);
}

/* 0 for what is no ethertype. */
static uint16_t read_ethertype(const char *word)
{
	uint32_t number;

	for (int i = 0; i < VIRT_ETHERTYPES; i++)
		if (strcmp(virt_ethertypes[i].word, word) == 0)
			return virt_ethertypes[i].number;
	if (get_u32(&number, word, 0) || number < 0x600 || number > 0xffff)
		return 0;
	return (uint16_t)number;
}

static void parse_types(const struct virt_option *opt, const char *arg,
			struct nlmsghdr *n)
{
	uint16_t types[VIRT_FILTER_MAX];
	const char *at = strcmp(arg, "all") == 0 ? NULL : arg;
	char word[32];
	int count = 0;

	while (at) {
		size_t len = strcspn(at, ",");

		if (count == VIRT_FILTER_MAX)
			invarg("filter takes 16 ethertypes at most", arg);
		snprintf(word, sizeof(word), "%.*s", (int)len, at);
		types[count] = read_ethertype(word);
		if (!types[count++])
			invarg("filter must be all, ktunnel, or ethertypes by name or number with commas",
			       arg);
		at = at[len] ? at + len + 1 : NULL;
	}
	add(n, opt, arg, types, (size_t)count * sizeof(types[0]));
}

static void (*const parse_value[])(const struct virt_option *opt,
				   const char *arg, struct nlmsghdr *n) = {
	[VIRT_OPTION_WORD] = parse_word,
	[VIRT_OPTION_SWITCH] = parse_word,
	[VIRT_OPTION_NUMBER] = parse_number,
	[VIRT_OPTION_INHERIT] = parse_inherit,
	[VIRT_OPTION_DEVICE] = parse_device,
	[VIRT_OPTION_ADDRESS] = parse_address,
	[VIRT_OPTION_PREFIX] = parse_prefix,
	[VIRT_OPTION_PREFIXES] = parse_prefixes,
	[VIRT_OPTION_TYPES] = parse_types,
};

/* In a line of its own: what is shown only, and no part of what can be pasted
 * back.
 */
static void print_apart(const char *name)
{
	print_nl();
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "      %s ", name);
}

static void print_name(const struct virt_option *opt)
{
	if (virt_option_is_set(opt->type))
		print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ",
				   opt->name);
	else
		print_apart(opt->name);
}

static void print_text(const struct virt_option *opt,
		       const struct rtattr *rta)
{
	char text[VIRT_OPTION_TEXT];

	if (!virt_option_text(opt->type, RTA_DATA(rta), RTA_PAYLOAD(rta),
			      text) ||
	    !*text)
		return;
	print_name(opt);
	print_color_string(PRINT_ANY, COLOR_NONE, opt->name, "%s ", text);
}

static void print_device(const struct virt_option *opt, uint32_t index)
{
	char name[IF_NAMESIZE] = "none";

	if (index && !if_indextoname(index, name))
		snprintf(name, sizeof(name), "if%u", index);
	print_name(opt);
	print_color_string(PRINT_ANY, COLOR_NONE, opt->name, "%s ", name);
}

static void print_flag(const struct virt_option *opt, uint8_t value)
{
	print_color_bool(PRINT_JSON, COLOR_NONE, opt->name, NULL, value);
	if (value)
		print_name(opt);
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
	print_name(opt);
	if (opt->type == VIRT_OPTION_SWITCH) {
		print_color_bool(PRINT_JSON, COLOR_NONE, opt->name, NULL,
				 value);
		print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ", word);
	} else {
		print_color_string(PRINT_ANY, COLOR_NONE, opt->name, "%s ",
				   word);
	}
}

/* A state is in the text when it says something. */
static void print_number(const struct virt_option *opt, uint32_t value)
{
	enum output_type type = PRINT_ANY;

	if (opt->type == VIRT_OPTION_STATE && !value)
		type = PRINT_JSON;
	else
		print_name(opt);
	print_color_uint(type, COLOR_NONE, opt->name, "%u ", value);
}

static void print_option(const struct virt_option *opt,
			 const struct rtattr *rta)
{
	uint32_t number;

	if (virt_option_is_text(opt->type)) {
		print_text(opt, rta);
	} else if (opt->word || opt->type == VIRT_OPTION_FLAG) {
		if (RTA_PAYLOAD(rta) < sizeof(uint8_t))
			return;
		if (opt->word)
			print_word(opt, *(const uint8_t *)RTA_DATA(rta));
		else
			print_flag(opt, *(const uint8_t *)RTA_DATA(rta));
	} else if (RTA_PAYLOAD(rta) >= sizeof(number)) {
		memcpy(&number, RTA_DATA(rta), sizeof(number));
		if (opt->type == VIRT_OPTION_DEVICE)
			print_device(opt, number);
		else
			print_number(opt, number);
	}
}

/* What to write behind the option's name, for people. */
static const char *name_value(const struct virt_option *opt, char *words,
			      size_t size)
{
	switch (opt->type) {
	case VIRT_OPTION_WORD:
	case VIRT_OPTION_SWITCH:
		list_words(opt, words, size);
		return words;
	case VIRT_OPTION_INHERIT:
		return "NUMBER|inherit";
	case VIRT_OPTION_DEVICE:
		return "DEVICE|none";
	case VIRT_OPTION_ADDRESS:
		return "ADDRESS";
	case VIRT_OPTION_PREFIX:
		return "PREFIX|off";
	case VIRT_OPTION_PREFIXES:
		return "PREFIX,...|any";
	case VIRT_OPTION_TYPES:
		return "all|ktunnel|LIST";
	case VIRT_OPTION_FLAG:
		return "";
	default:
		return "NUMBER";
	}
}

static void virt_print_help(struct link_util *lu, int argc, char **argv,
			    FILE *f)
{
	(void)argc;
	(void)argv;
	fprintf(f,
		"Usage: ip link add link PARENT [ name NAME ] type %s [ OPTIONS ]\n"
		"       ip link add name NAME type %s mode tunnel remote ADDRESS [ OPTIONS ]\n"
		"       ip link set NAME type %s OPTIONS\n"
		"\n"
		"OPTIONS:\n", lu->id, lu->id, lu->id);
	for (int i = 0; i < VIRT_OPTIONS; i++) {
		const struct virt_option *opt = &virt_options[i];
		char words[64];

		if (!virt_option_is_set(opt->type))
			continue;
		fprintf(f, "  %-9s %-23s %s\n", opt->name,
			name_value(opt, words, sizeof(words)), opt->help);
	}
}

static const struct virt_option *find_option(const char *name)
{
	for (int i = 0; i < VIRT_OPTIONS; i++)
		if (virt_option_is_set(virt_options[i].type) &&
		    strcmp(virt_options[i].name, name) == 0)
			return &virt_options[i];
	return NULL;
}

static int virt_parse_opt(struct link_util *lu, int argc, char **argv,
			  struct nlmsghdr *n)
{
	bool seen[VIRT_OPTIONS] = { false };

	for (; argc > 0; argc--, argv++) {
		const struct virt_option *opt = find_option(argv[0]);

		if (!opt) {
			if (strcmp(argv[0], "help") != 0)
				fprintf(stderr, "%s: unknown option \"%s\"\n",
					lu->id, argv[0]);
			virt_print_help(lu, argc, argv, stderr);
			return -1;
		}
		if (opt->type != VIRT_OPTION_FLAG && argc < 2)
			incomplete_command();
		if (seen[opt - virt_options])
			duparg(opt->name, argv[argc < 2 ? 0 : 1]);
		seen[opt - virt_options] = true;
		if (opt->type == VIRT_OPTION_FLAG) {
			add(n, opt, argv[0], &(uint8_t){ 1 }, 1);
			continue;
		}
		argc--;
		argv++;
		parse_value[opt->type](opt, argv[0], n);
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

/* JSON has all counters; text has those that counted, or all with -s -s. The
 * module leaves out those that are 0.
 */
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
		uint64_t count = 0;

		if (tb[stat] && RTA_PAYLOAD(tb[stat]) >= sizeof(count))
			memcpy(&count, RTA_DATA(tb[stat]), sizeof(count));
		if (count || show_stats > 1) {
			print_apart(name);
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
