// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "lib/io.h"
#include "lib/xalloc.h"
#include "run/session.h"
#include "store/store.h"

struct options {
	const char *plan, *results;
	bool json, summary;
};

/* Seconds a cell takes where nothing of its kind has run yet. */
#define GUESS_S 8.0

static const struct argp_option argp_options[] = {
	{ "output", 'o', "DIR", 0, "results to look into; default results", 0 },
	{ "summary", 's', NULL, 0, "no list of cells", 0 },
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
	case 's':
		o->summary = true;
		return 0;
	case 'J':
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->plan)
			argp_error(state, "one plan at a time; '%s' is too many", arg);
		o->plan = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->plan)
			argp_error(state, "a plan is needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char *const state_names[] = { "unbuilt", "missing", "ok", "not ok" };
enum look { LOOK_UNBUILT, LOOK_MISSING, LOOK_OK, LOOK_FAILED, NR_LOOKS };

static int look(struct store *store, const struct task *t, enum look *ret, struct error *err)
{
	enum store_state state = STORE_MISSING;

	if (!t->id[0]) {
		*ret = LOOK_UNBUILT;
		return 0;
	}
	if (store && store_run_state(store, t->id, 1, &state, err))
		return -1;
	*ret = state == STORE_OK ? LOOK_OK : state == STORE_FAILED ? LOOK_FAILED : LOOK_MISSING;
	return 0;
}

/* The store of @results, or NULL when there is none yet. */
static int open_store(const char *results, struct store **ret, struct error *err)
{
	char *db = xasprintf("%s/store.sqlite", results);
	int rc = 0;

	*ret = NULL;
	if (io_exists(db))
		rc = store_open(db, false, ret, err);
	free(db);
	return rc;
}

static void print_cell(const struct task *t, enum look l, json_t *cells, const struct options *o)
{
	struct strbuf title = STRBUF_INIT;

	cell_title(t->cell, &title);
	if (o->json)
		json_array_append_new(cells, json_pack("{s:s, s:s, s:s}", "id", t->id, "state",
						       state_names[l], "title", title.buf));
	else if (!o->summary)
		printf("%-12.12s  %-7s  %s\n", t->id[0] ? t->id : "-", state_names[l], title.buf);
	strbuf_release(&title);
}

static void print_kernels(const struct session *s)
{
	for (size_t i = 0; i < s->nr_kernels; i++)
		if (!s->kernels[i].built)
			printf("to build: kernel '%s' for %s\n", s->kernels[i].name,
			       arch_name(s->kernels[i].arch));
}

static int print_plan(const struct session *s, struct store *store, const struct options *o,
		      struct error *err)
{
	size_t count[NR_LOOKS] = {};
	json_t *cells = json_array();
	double each = GUESS_S, left;
	char buf[32];

	for (size_t i = 0; i < s->nr_tasks; i++) {
		enum look l;

		if (look(store, &s->tasks[i], &l, err)) {
			json_decref(cells);
			return -1;
		}
		count[l]++;
		print_cell(&s->tasks[i], l, cells, o);
	}
	if (store && store_mean_wall_s(store, &each, err)) {
		json_decref(cells);
		return -1;
	}
	left = each * (double)(count[LOOK_MISSING] + count[LOOK_UNBUILT]);
	if (o->json) {
		json_t *all = json_pack("{s:I, s:I, s:I, s:f, s:o}", "cells", (json_int_t)s->nr_tasks,
					"cached", (json_int_t)count[LOOK_OK] + (json_int_t)count[LOOK_FAILED],
					"unbuilt", (json_int_t)count[LOOK_UNBUILT], "estimate_s", left,
					"list", cells);

		json_dumpf(all, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(all);
		return 0;
	}
	json_decref(cells);
	print_kernels(s);
	printf("%zu cells: %zu have run (%zu not ok), %zu to run, about %s of guest time one after the other\n",
	       s->nr_tasks, count[LOOK_OK] + count[LOOK_FAILED], count[LOOK_FAILED],
	       count[LOOK_MISSING] + count[LOOK_UNBUILT], cmd_duration(left, buf, sizeof(buf)));
	return 0;
}

static int show_plan(const struct options *o, struct error *err)
{
	struct store *store = NULL;
	struct session session;
	struct paths paths;
	struct plan *plan;
	int rc;

	if (paths_init(&paths, err))
		return -1;
	rc = plan_load(o->plan, paths.configs, &plan, err);
	if (!rc) {
		rc = session_open(&session, &paths, plan, SESSION_LOOK, NULL, err);
		if (!rc) {
			rc = open_store(o->results, &store, err);
			if (!rc)
				rc = print_plan(&session, store, o, err);
			store_close(store);
			session_close(&session);
		}
		plan_free(plan);
	}
	paths_release(&paths);
	return rc;
}

int cmd_plan(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "PLAN",
		.doc = "List the cells of PLAN, which of them have run, and about how long the rest "
		       "will take. Builds and runs nothing.",
	};
	struct options o = { .results = "results" };
	struct error err;

	cmd_parse(&argp, argc, argv, &o);
	return show_plan(&o, &err) ? cmd_fail(&err) : 0;
}
