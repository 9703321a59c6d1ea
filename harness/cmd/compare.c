// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/store.h"
#include "compare/compare.h"

struct options {
	const char *results;
	struct compare_options compare;
	void (*print)(const struct compare *c, FILE *to);
	bool check;
};

enum { KEY_WHERE = 256, KEY_FORMAT, KEY_ALL, KEY_CHECK };

static const struct argp_option argp_options[] = {
	{ "output", 'o', "DIR", 0, "results to read; default results", 0 },
	{ "where", KEY_WHERE, "KEY=VALUE", 0, "only cells with this; may come often", 0 },
	{ "metrics", 'm', "GLOB", 0, "only these metrics", 0 },
	{ "format", KEY_FORMAT, "FORMAT", 0, "text (default), json, csv or changelog", 0 },
	{ "all", KEY_ALL, NULL, 0, "every row of vmstat", 0 },
	{ "jobs", 'j', "N", 0, "threads; default the number of cores; the figures are the same", 0 },
	{ "check", KEY_CHECK, NULL, 0, "exit 1 when a figure is worse than its baseline", 0 },
	{ 0 },
};

static const struct {
	const char *name;
	void (*print)(const struct compare *c, FILE *to);
} formats[] = {
	{ "text", compare_text },
	{ "json", compare_json },
	{ "csv", compare_csv },
	{ "changelog", compare_changelog },
};

static void parse_format(struct argp_state *state, struct options *o, const char *arg)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, arg) == 0) {
			o->print = formats[i].print;
			return;
		}
	argp_error(state, "unknown format '%s': text, json, csv or changelog", arg);
}

/* "AXIS=A,B,..." */
static void parse_axis(struct argp_state *state, struct compare_options *o, char *arg)
{
	char *save = NULL, *value = strchr(arg, '=');
	struct compare_axis *a = &o->axes[o->nr_axes];

	if (!value || value == arg) {
		argp_error(state, "'%s' is not AXIS=A,B", arg);
		return;
	}
	if (o->nr_axes == COMPARE_MAX_AXES)
		argp_error(state, "more than %d axes", COMPARE_MAX_AXES);
	*value++ = '\0';
	a->name = arg;
	for (value = strtok_r(value, ",", &save); value; value = strtok_r(NULL, ",", &save)) {
		if (a->nr == COMPARE_MAX_COLUMNS)
			argp_error(state, "more than %d values of '%s'", COMPARE_MAX_COLUMNS, arg);
		a->values[a->nr++] = value;
	}
	if (!a->nr || (!o->nr_axes && a->nr < 2))
		argp_error(state, "'%s' needs two values to compare: %s=A,B", arg, arg);
	o->nr_axes++;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'o':
		o->results = arg;
		return 0;
	case 'm':
		o->compare.metrics = arg;
		return 0;
	case 'j':
		o->compare.threads = cmd_number(state, "-j", arg, 4096);
		return 0;
	case KEY_WHERE:
		cmd_add_filter(state, &o->compare.where, arg);
		return 0;
	case KEY_FORMAT:
		parse_format(state, o, arg);
		return 0;
	case KEY_ALL:
		o->compare.all = true;
		return 0;
	case KEY_CHECK:
		o->check = true;
		return 0;
	case ARGP_KEY_ARG:
		parse_axis(state, &o->compare, arg);
		return 0;
	case ARGP_KEY_END:
		if (!o->compare.nr_axes)
			argp_error(state, "an axis to compare is needed: kernel=base,series");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int cmd_compare(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "AXIS=A,B [AXIS=C,D...]",
		.doc = "Compare the values of an axis, all else equal.\v"
		       "AXIS is kernel, arch, memory, a sysctl, a parameter of the workload, ... The "
		       "first value is the baseline. A second axis gives a column for each pair.",
	};
	struct options o = { .results = "results", .print = compare_text };
	struct compare c;
	struct store *s;
	struct error err;
	bool worse = false;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	rc = cmd_open_store(o.results, &s, &err);
	if (!rc) {
		rc = compare_build(s, &o.compare, &c, &err);
		if (!rc) {
			o.print(&c, stdout);
			worse = compare_any_worse(&c);
			compare_release(&c);
		}
		store_close(s);
	}
	free(o.compare.where.keys);
	free(o.compare.where.values);
	return rc ? cmd_fail(&err) : o.check && worse ? ERROR_FOUND : 0;
}
