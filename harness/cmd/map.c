// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/store.h"
#include "lib/io.h"
#include "map/map.h"

struct options {
	const char *run, *file, *results;
};

static const struct argp_option argp_options[] = {
	{ "output", 'o', "FILE", 0, "draw into FILE, an SVG picture; default text on standard output", 0 },
	{ "results", 'r', "DIR", 0, "results to read; default results", 0 },
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
		o->results = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (o->run)
			argp_error(state, "one run at a time; '%s' is too many", arg);
		o->run = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->run)
			argp_error(state, "a run is needed: the first digits of its cell");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int draw(const struct map *m, const char *file, struct error *err)
{
	struct strbuf svg = STRBUF_INIT;
	int rc;

	if (!file) {
		map_text(m, stdout);
		return 0;
	}
	map_svg(m, &svg);
	rc = io_write_file(file, svg.buf, svg.len, err);
	strbuf_release(&svg);
	return rc;
}

static int run(const struct options *o, struct store *s, struct error *err)
{
	char *facts, *hash;
	struct map m;
	int64_t id;
	int rc;

	if (query_facts(s, o->run, 1, &facts, &hash, &id, err))
		return -1;
	rc = map_build(s, id, &m, err);
	if (rc) {
		error_add_prefix(err, "cannot draw '%.12s'", hash);
	} else {
		rc = draw(&m, o->file, err);
		map_release(&m);
	}
	free(facts);
	free(hash);
	return rc;
}

int cmd_map(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "RUN",
		.doc = "Draw the address spaces of a guest: a process, its kernel, and the zones.\v"
		       "RUN is a run of workload layout (configs/plan/layout.yaml), by the beginning of "
		       "its cell's id as list prints it.",
	};
	struct options o = { .results = "results" };
	struct store *s;
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	rc = cmd_open_store(o.results, &s, &err);
	if (!rc) {
		rc = run(&o, s, &err);
		store_close(s);
	}
	return rc ? cmd_fail(&err) : 0;
}
