// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/store.h"
#include "lib/io.h"
#include "report/report.h"

struct options {
	const char *file;
	struct report_options report;
	struct query_filter where;
};

enum { KEY_WHERE = 256, KEY_TITLE };

static const struct argp_option argp_options[] = {
	{ "output", 'o', "FILE", 0, "the page; default report.html", 0 },
	{ "results", 'r', "DIR", 0, "results to read; default results", 0 },
	{ "where", KEY_WHERE, "KEY=VALUE", 0, "only cells with this; may come often", 0 },
	{ "title", KEY_TITLE, "TEXT", 0, "of the page; default Highwater report", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'o':
		o->file = arg;
		return 0;
	case 'r':
		o->report.results = arg;
		return 0;
	case KEY_WHERE:
		cmd_add_filter(state, &o->where, arg);
		o->report.where = &o->where;
		return 0;
	case KEY_TITLE:
		o->report.title = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int cmd_report(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.doc = "Write the results as one self-contained HTML page.\v"
		       "Verdicts, tables, the matrix of cells, sweeps, percentiles, time series, heat maps, address spaces, flame graphs, and every "
		       "run with its console. It opens from disk and asks no network.",
	};
	struct options o = { .file = "report.html",
			     .report = { .results = "results", .title = "Highwater report" } };
	struct strbuf page = STRBUF_INIT;
	struct store *s;
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	rc = cmd_open_store(o.report.results, &s, &err);
	if (!rc) {
		rc = report_page(s, &o.report, &page, &err);
		store_close(s);
	}
	if (!rc)
		rc = io_write_file(o.file, page.buf, page.len, &err);
	if (!rc)
		printf("%s: %.1f MB\n", o.file, (double)page.len / 1e6);
	strbuf_release(&page);
	free(o.where.keys);
	free(o.where.values);
	return rc ? cmd_fail(&err) : 0;
}
