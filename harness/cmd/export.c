// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/store.h"
#include "export/export.h"

static const struct format {
	const char *name;
	int (*stream)(struct store *s, const struct export_options *o, FILE *to, struct error *err);
	int (*tree)(struct store *s, const struct export_options *o, const char *dir, struct error *err);
} formats[] = {
	{ "csv", export_csv, NULL },
	{ "json", export_json, NULL },
	{ "lkp", NULL, export_lkp },
	{ "mmtests", NULL, export_mmtests },
};

struct options {
	const char *results, *dir;
	struct export_options export;
	const struct format *format;
};

enum { KEY_WHERE = 256, KEY_FORMAT, KEY_HISTOGRAMS };

static const struct argp_option argp_options[] = {
	{ "output", 'o', "DIR", 0, "results to read; default results", 0 },
	{ "where", KEY_WHERE, "KEY=VALUE", 0, "only cells with this; may come often", 0 },
	{ "metrics", 'm', "GLOB", 0, "only these metrics", 0 },
	{ "format", KEY_FORMAT, "FORMAT", 0, "csv (default) or json to stdout; lkp or mmtests to --to", 0 },
	{ "histograms", KEY_HISTOGRAMS, NULL, 0, "csv and json: the buckets of latencies too", 0 },
	{ "to", 't', "DIR", 0, "the tree to make, for lkp and mmtests", 0 },
	{ 0 },
};

static const struct format *find_format(struct argp_state *state, const char *arg)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, arg) == 0)
			return &formats[i];
	argp_error(state, "unknown format '%s': csv, json, lkp or mmtests", arg);
	return &formats[0];
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'o':
		o->results = arg;
		return 0;
	case 'm':
		o->export.metrics = arg;
		return 0;
	case 't':
		o->dir = arg;
		return 0;
	case KEY_WHERE:
		cmd_add_filter(state, &o->export.where, arg);
		return 0;
	case KEY_HISTOGRAMS:
		o->export.histograms = true;
		return 0;
	case KEY_FORMAT:
		o->format = find_format(state, arg);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is too much: a tree is named with --to", arg);
		return 0;
	case ARGP_KEY_END:
		if (o->format->tree && !o->dir)
			argp_error(state, "%s needs --to DIR", o->format->name);
		if (o->format->tree && o->export.histograms)
			argp_error(state, "--histograms is for csv and json; %s has no place for them", o->format->name);
		if (o->format->stream && o->dir)
			argp_error(state, "%s goes to stdout, not to --to", o->format->name);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int cmd_export(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.doc = "Write what the results hold for other tools.\v"
		       "csv and json: every figure of every run. lkp: a tree of stats.json and matrix.json as "
		       "lkp-tests has it. mmtests: a log tree that its compare-mmtests.pl reads; README in it says "
		       "what mmtests then gets wrong.",
	};
	struct options o = { .results = "results", .format = &formats[0] };
	struct store *s;
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	rc = cmd_open_store(o.results, &s, &err);
	if (!rc) {
		rc = o.format->stream ? o.format->stream(s, &o.export, stdout, &err) :
					o.format->tree(s, &o.export, o.dir, &err);
		store_close(s);
	}
	free(o.export.where.keys);
	free(o.export.where.values);
	return rc ? cmd_fail(&err) : 0;
}
