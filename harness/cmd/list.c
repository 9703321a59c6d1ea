// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/store.h"

struct options {
	const char *results;
	struct query_filter where;
	bool json;
};

enum { KEY_WHERE = 256 };

static const struct argp_option argp_options[] = {
	{ "output", 'o', "DIR", 0, "results to read; default results", 0 },
	{ "where", KEY_WHERE, "KEY=VALUE", 0, "only cells with this; may come often", 0 },
	{ "json", 'J', NULL, 0, "as JSON", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'o':
		o->results = arg;
		return 0;
	case KEY_WHERE:
		cmd_add_filter(state, &o->where, arg);
		return 0;
	case 'J':
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char *verified_text(const struct query_cell *c)
{
	return c->verified < 0 ? "" : c->verified ? "identical twice" : "DIFFERS";
}

static const char *value(const struct query_cell *c, const char *axis)
{
	const char *v = query_axis_value(c, axis);

	return v ? v : "";
}

static void print_text(const struct query_cell *c)
{
	printf("%.12s  %-8s %-6s %-14s %-5s %s", c->hash, c->run ? c->status : "-", value(c, "arch"),
	       value(c, "kernel"), value(c, "clock"), value(c, "workload"));
	for (size_t i = 0; i < c->nr_axes; i++)
		if (strcmp(c->axes[i].kind, "guest") != 0)
			printf(" %s=%s", c->axes[i].name, c->axes[i].value);
	printf(" memory=%s seed=%s %.1f s %s\n", value(c, "memory"), value(c, "seed"), c->wall_s,
	       verified_text(c));
}

static json_t *to_json(const struct query_cell *c)
{
	json_t *axes = json_object();

	for (size_t i = 0; i < c->nr_axes; i++)
		json_object_set_new(axes, c->axes[i].name, json_string(c->axes[i].value));
	return json_pack("{s:s, s:s, s:s, s:s, s:f, s:b, s:o}", "cell", c->hash, "status", c->status,
			 "detail", c->detail, "accelerator", c->accelerator, "wall_s", c->wall_s,
			 "verified", c->verified == 1, "axes", axes);
}

static void print_cells(const struct query_cells *cells, const struct options *o)
{
	json_t *all = json_array();

	for (size_t i = 0; i < cells->nr; i++) {
		if (!query_matches(&cells->v[i], &o->where))
			continue;
		if (o->json)
			json_array_append_new(all, to_json(&cells->v[i]));
		else
			print_text(&cells->v[i]);
	}
	if (o->json) {
		json_dumpf(all, stdout, JSON_INDENT(1));
		putchar('\n');
	}
	json_decref(all);
}

int cmd_list(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.doc = "List what has run, a line a cell.",
	};
	struct options o = { .results = "results" };
	struct query_cells cells;
	struct store *s;
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	rc = cmd_open_store(o.results, &s, &err);
	if (!rc) {
		rc = query_cells(s, &cells, &err);
		if (!rc) {
			print_cells(&cells, &o);
			query_cells_release(&cells);
		}
		store_close(s);
	}
	free(o.where.keys);
	free(o.where.values);
	return rc ? cmd_fail(&err) : 0;
}
