// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/pipeline.h"
#include "cmd/replan.h"
#include "cmd/store.h"
#include "cmd/verify.h"
#include "collect/rundir.h"
#include "lib/io.h"
#include "lib/parse.h"
#include "lib/xalloc.h"

struct options {
	const char *results;
	double percent;
	uint64_t seed;
	struct query_filter where;
};

enum { KEY_SAMPLE = 256, KEY_SEED, KEY_WHERE };

static const struct argp_option argp_options[] = {
	{ "output", 'o', "DIR", 0, "results to audit; default results", 0 },
	{ "sample", KEY_SAMPLE, "PERCENT", 0, "how many of the cells, at least one; default 5%", 0 },
	{ "seed", KEY_SEED, "N", 0, "which ones; default 1", 0 },
	{ "where", KEY_WHERE, "KEY=VALUE", 0, "only cells with this; may come often", 0 },
	{ 0 },
};

static void parse_percent(struct argp_state *state, const char *arg, struct options *o)
{
	char *end;

	o->percent = strtod(arg, &end);
	if (*end == '%')
		end++;
	if (end == arg || *end || !(o->percent > 0 && o->percent <= 100))
		argp_error(state, "--sample '%s' is not a share above 0 and up to 100 %%", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'o':
		o->results = arg;
		return 0;
	case KEY_SAMPLE:
		parse_percent(state, arg, o);
		return 0;
	case KEY_SEED:
		if (parse_u64(arg, &o->seed))
			argp_error(state, "--seed '%s' is not a number", arg);
		return 0;
	case KEY_WHERE:
		cmd_add_filter(state, &o->where, arg);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

struct audit {
	const struct options *o;
	const struct paths *paths;
	char *again; /* results of the second look */
	size_t nr_same, nr_different, nr_foreign;
};

/* A cell's place in the draw: its hash and the seed, hashed; any machine draws the same. */
struct draw {
	char key[SHA256_HEX];
	const struct query_cell *cell;
};

static int compare_draws(const void *a, const void *b)
{
	return strcmp(((const struct draw *)a)->key, ((const struct draw *)b)->key);
}

static bool can_audit(const struct query_cell *c, const struct options *o)
{
	const char *clock = query_axis_value(c, "clock");

	return clock && strcmp(clock, "insn") == 0 && c->run && strcmp(c->status, "ok") == 0 &&
	       query_matches(c, &o->where);
}

/* The sample, in the order drawn; the caller frees. */
static struct draw *draw_cells(const struct query_cells *cells, const struct options *o,
			       size_t *ret_nr)
{
	struct draw *d = xcalloc(cells->nr + 1, sizeof(*d));
	size_t nr = 0;

	for (size_t i = 0; i < cells->nr; i++) {
		char *text;

		if (!can_audit(&cells->v[i], o))
			continue;
		text = xasprintf("%s %llu", cells->v[i].hash, (unsigned long long)o->seed);
		sha256_bytes(text, strlen(text), d[nr].key);
		d[nr++].cell = &cells->v[i];
		free(text);
	}
	qsort(d, nr, sizeof(*d), compare_draws);
	*ret_nr = (size_t)ceil((double)nr * o->percent / 100);
	return d;
}

/* The first line in which two canonical texts differ. */
static void first_difference(const char *a, const char *b, char *where, size_t size)
{
	size_t at = 0;

	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		if (a[i] == '\n')
			at = i + 1;
	snprintf(where, size, "there '%.*s', here '%.*s'", (int)strcspn(a + at, "\n"), a + at,
		 (int)strcspn(b + at, "\n"), b + at);
}

/* What this machine would run is another cell: say in what. */
static int tell_foreign(struct audit *a, const struct query_cell *c, const struct session *s,
			const struct task *t, struct error *err)
{
	char *path = xasprintf("%s/runs/%s/1/cell", a->o->results, c->hash);
	struct strbuf there = STRBUF_INIT, here = STRBUF_INIT;
	char where[1024];
	int rc = io_read_file(path, 1 << 22, &there, err);

	if (!rc) {
		session_canonical(s, t, &here);
		first_difference(there.buf, here.buf, where, sizeof(where));
		printf("foreign  %.12s cannot be run again here: %s\n", c->hash, where);
		a->nr_foreign++;
	}
	strbuf_release(&there);
	strbuf_release(&here);
	free(path);
	return rc;
}

static int compare_runs(struct audit *a, const struct query_cell *c, struct error *err)
{
	char *there = rundir_path(a->o->results, c->hash, 1), *here = rundir_path(a->again, c->hash, 1);
	char where[1024];
	int same = verify_dirs(there, here, where, sizeof(where), err);

	free(there);
	free(here);
	if (same < 0)
		return -1;
	if (same)
		a->nr_same++;
	else
		a->nr_different++;
	printf("%s  %.12s%s%s\n", same ? "same   " : "differs", c->hash, same ? "" : " ",
	       same ? "" : where);
	return 0;
}

/* Run the cell of @plan again; 1 when interrupted. */
static int look_again(struct audit *a, const struct query_cell *c, const struct plan *plan,
		      struct error *err)
{
	struct pipeline_options po = { .results = a->again, .only = c->hash, .only_n = 1, .retry = true };
	struct pipeline_totals totals;
	struct session s;
	int rc = session_open(&s, a->paths, plan, SESSION_BUILD, cmd_say, err);

	if (rc)
		return rc;
	if (strcmp(s.tasks[s.nr_tasks - 1].id, c->hash) != 0)
		rc = tell_foreign(a, c, &s, &s.tasks[s.nr_tasks - 1], err);
	else
		rc = pipeline_run(&s, plan, &po, &totals, err) ?: compare_runs(a, c, err);
	session_close(&s);
	return rc;
}

static int audit_cell(struct audit *a, struct store *store, const struct query_cell *c,
		      struct error *err)
{
	struct plan *plan = NULL;
	char *text;
	json_t *facts;
	int rc = query_run_facts(store, c->run, &text, err);

	if (rc)
		return rc;
	facts = json_loads(text, 0, NULL);
	rc = replan(facts, a->paths->configs, &plan, err);
	if (!rc)
		rc = look_again(a, c, plan, err);
	plan_free(plan);
	json_decref(facts);
	free(text);
	return rc;
}

static int audit_cells(struct audit *a, struct store *store, const struct query_cells *cells,
		       struct error *err)
{
	size_t nr, total = 0;
	struct draw *d = draw_cells(cells, a->o, &nr);
	int rc = 0;

	for (size_t i = 0; i < cells->nr; i++)
		total += can_audit(&cells->v[i], a->o);
	if (!nr)
		rc = error_set(err, ERROR_INPUT, "no cell under the instruction clock that is ok to audit");
	for (size_t i = 0; !rc && i < nr; i++)
		rc = audit_cell(a, store, d[i].cell, err);
	if (!rc) {
		printf("audit: %zu of %zu cells run again: %zu same, %zu different, %zu cannot be run here\n",
		       nr, total, a->nr_same, a->nr_different, a->nr_foreign);
		if (a->nr_different)
			rc = ERROR_FOUND;
		else if (!a->nr_same)
			rc = error_set(err, ERROR_HOST, "nothing could be audited on this machine");
	}
	free(d);
	return rc;
}

static int audit(const struct options *o, struct error *err)
{
	struct audit a = { .o = o };
	struct query_cells cells;
	struct store *store = NULL;
	struct paths paths;
	struct error ignored;
	int rc = cmd_open_store(o->results, &store, err);

	if (rc)
		return rc;
	rc = paths_init(&paths, err);
	if (rc) {
		store_close(store);
		return rc;
	}
	a.paths = &paths;
	a.again = xasprintf("%s/audit", o->results);
	rc = io_remove_tree(a.again, err);
	if (!rc)
		rc = query_cells(store, &cells, err);
	if (!rc) {
		rc = audit_cells(&a, store, &cells, err);
		query_cells_release(&cells);
	}
	/* What differs is evidence. */
	if (!a.nr_different)
		io_remove_tree(a.again, &ignored);
	free(a.again);
	paths_release(&paths);
	store_close(store);
	return rc;
}

int cmd_audit(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.doc = "Run a sample of the cells again on this machine and compare bit for bit.\v"
		       "For results of another machine. Only cells under the instruction clock can "
		       "be audited. Exit code 1 when one differs (its second run is kept in "
		       "DIR/audit), 3 when this machine can run none of them: another compiler, QEMU or series.",
	};
	struct options o = { .results = "results", .percent = 5, .seed = 1 };
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	rc = audit(&o, &err);
	free(o.where.keys);
	free(o.where.values);
	return rc < 0 ? cmd_fail(&err) : rc;
}
