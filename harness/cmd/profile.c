// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/profiles.h"
#include "cmd/store.h"
#include "lib/io.h"
#include "lib/parse.h"
#include "lib/xalloc.h"
#include "profile/profile.h"

struct options {
	const char *results, *format, *to, *path;
	const char *const *cells; /* in argv */
	size_t nr_cells;
	size_t top;
	bool counts, again, events;
};

enum { KEY_COUNTS = 256, KEY_AGAIN, KEY_ALL, KEY_FORMAT, KEY_TOP, KEY_PATH, KEY_EVENTS };

static const struct argp_option argp_options[] = {
	{ "results", 'r', "DIR", 0, "results to read and to add to; default results", 0 },
	{ "output", 'o', "FILE", 0, "write there instead of to the terminal", 0 },
	{ "format", KEY_FORMAT, "FORMAT", 0, "text (default), json, collapsed, svg", 0 },
	{ "json", 'J', NULL, 0, "the same as --format json", 0 },
	{ "counts", KEY_COUNTS, NULL, 0, "no callers and contexts: about as fast as without a profile", 0 },
	{ "events", KEY_EVENTS, NULL, 0, "of any number of cells: what each trace event costs", 0 },
	{ "path", KEY_PATH, "NAME", 0, "only this path of workload paths", 0 },
	{ "again", KEY_AGAIN, NULL, 0, "run again, though there is a profile", 0 },
	{ "top", KEY_TOP, "N", 0, "functions to list; default 40", 0 },
	{ "all", KEY_ALL, NULL, 0, "list all functions", 0 },
	{ 0 },
};

static bool is_format(const char *s)
{
	static const char *const known[] = { "text", "json", "collapsed", "svg" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(s, known[i]) == 0)
			return true;
	return false;
}

static void check_options(struct argp_state *state, const struct options *o)
{
	const bool table = strcmp(o->format, "text") == 0 || strcmp(o->format, "json") == 0;

	if (!o->nr_cells)
		argp_error(state, "a cell is needed: the first digits of its id");
	else if (o->nr_cells > 2 && !o->events)
		argp_error(state, "one cell, or two to compare; '%s' is too many", o->cells[2]);
	else if (o->nr_cells == 2 && !o->events && !table)
		argp_error(state, "the difference of two profiles is text or json");
	else if (o->events && !table)
		argp_error(state, "what events cost is text or json");
	else if (o->events && o->counts)
		argp_error(state, "--events needs callers, which --counts leaves out");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	uint64_t n;

	switch (key) {
	case 'r':
		o->results = arg;
		return 0;
	case 'o':
		o->to = arg;
		return 0;
	case 'J':
		o->format = "json";
		return 0;
	case KEY_FORMAT:
		if (!is_format(arg))
			argp_error(state, "unknown format '%s': text, json, collapsed, svg", arg);
		o->format = arg;
		return 0;
	case KEY_COUNTS:
		o->counts = true;
		return 0;
	case KEY_PATH:
		o->path = arg;
		return 0;
	case KEY_EVENTS:
		o->events = true;
		return 0;
	case KEY_AGAIN:
		o->again = true;
		return 0;
	case KEY_ALL:
		o->top = 0;
		return 0;
	case KEY_TOP:
		if (parse_u64(arg, &n) || n < 1 || n > 1000000)
			argp_error(state, "--top '%s' is no number of functions", arg);
		o->top = (size_t)n;
		return 0;
	case ARGP_KEY_ARGS:
		o->cells = (const char *const *)state->argv + state->next;
		o->nr_cells = (size_t)(state->argc - state->next);
		return 0;
	case ARGP_KEY_END:
		check_options(state, o);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void print_one(const struct options *o, const struct profiled *a, struct strbuf *out)
{
	struct profile_head head = { a->title, a->clock, o->top };
	struct profile p;

	profile_make(&a->rows, &p);
	if (strcmp(o->format, "text") == 0)
		profile_text(&p, &head, out);
	else if (strcmp(o->format, "json") == 0)
		profile_json(&p, &head, out);
	else if (strcmp(o->format, "collapsed") == 0)
		profile_collapsed(&a->rows, out);
	else
		profile_flame(&a->rows, a->title, out);
	profile_free(&p);
}

static void print_two(const struct options *o, const struct profiled *a, const struct profiled *b,
		      struct strbuf *out)
{
	struct profile_head ha = { a->title, a->clock, o->top }, hb = { b->title, b->clock, o->top };
	struct profile pa, pb;

	profile_make(&a->rows, &pa);
	profile_make(&b->rows, &pb);
	if (strcmp(o->format, "text") == 0)
		profile_diff_text(&pa, &pb, &ha, &hb, out);
	else
		profile_diff_json(&pa, &pb, &ha, &hb, out);
	profile_free(&pa);
	profile_free(&pb);
}

static int get_functions(const struct options *o, struct store *s,
			 const struct profile_request *request, struct strbuf *out, struct error *err)
{
	struct profiled p[2] = {};
	int rc = 0;

	for (size_t i = 0; !rc && i < o->nr_cells; i++)
		rc = profile_get(s, request, o->cells[i], &p[i], err);
	if (!rc && o->nr_cells == 1)
		print_one(o, &p[0], out);
	else if (!rc)
		print_two(o, &p[0], &p[1], out);
	for (size_t i = 0; i < 2; i++)
		profiled_release(&p[i]);
	return rc;
}

static int get_events(const struct options *o, struct store *s,
		      const struct profile_request *request, struct strbuf *out, struct error *err)
{
	struct profile_events events = {};
	int rc = 0;

	for (size_t i = 0; !rc && i < o->nr_cells; i++) {
		struct profiled p;

		rc = profile_get(s, request, o->cells[i], &p, err);
		if (!rc)
			profile_events_add(&events, p.arch, &p.rows);
		profiled_release(&p);
	}
	if (!rc && !events.nr)
		rc = error_set(err, ERROR_INPUT, "no trace event was raised in %s",
			       o->nr_cells == 1 ? "this cell's window" : "the windows of these cells");
	if (!rc && strcmp(o->format, "json") == 0)
		profile_events_json(&events, out);
	else if (!rc)
		profile_events_text(&events, out);
	profile_events_release(&events);
	return rc;
}

static int run(const struct options *o, struct store *s, const struct paths *paths,
	       struct error *err)
{
	const struct profile_request request = { paths, o->results, o->counts ? "counts" : "callers",
						 o->path, o->again };
	struct strbuf out = STRBUF_INIT;
	int rc = o->events ? get_events(o, s, &request, &out, err) :
			     get_functions(o, s, &request, &out, err);

	if (!rc && o->to)
		rc = io_write_file(o->to, out.buf, out.len, err);
	else if (!rc)
		fwrite(out.buf, 1, out.len, stdout);
	strbuf_release(&out);
	return rc;
}

int cmd_profile(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "CELL...",
		.doc = "Where a cell's instructions went, function by function, exactly; of two cells, "
		       "the difference. With --events: what each trace event costs, to the ring buffer "
		       "and to a hist trigger.\v"
		       "CELL is the beginning of an id, as list and run print it. The cell is run once "
		       "more with a plugin that watches from outside; that the guest has noticed nothing "
		       "is checked by its digest. The profile is kept with the run.",
	};
	struct options o = { .results = "results", .format = "text", .top = 40 };
	struct paths paths;
	struct store *s;
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	if (paths_init(&paths, &err))
		return cmd_fail(&err);
	rc = cmd_open_store(o.results, &s, &err);
	if (!rc) {
		rc = run(&o, s, &paths, &err);
		store_close(s);
	}
	paths_release(&paths);
	return rc ? cmd_fail(&err) : 0;
}
