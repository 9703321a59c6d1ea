// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/pipeline.h"
#include "cmd/store.h"
#include "collect/rundir.h"
#include "lib/parse.h"
#include "verdict/verdict.h"

struct options {
	const char *plan;
	struct pipeline_options run;
};

enum { KEY_VERIFY = 256, KEY_SHARD, KEY_RETRY, KEY_SLURM, KEY_ONLY };

static const struct argp_option argp_options[] = {
	{ "output", 'o', "DIR", 0, "where results are kept; default results", 0 },
	{ "jobs", 'j', "N", 0, "guests at once; default the number of cores", 0 },
	{ "verify", KEY_VERIFY, NULL, 0, "run every insn cell twice and compare them bit by bit", 0 },
	{ "retry", KEY_RETRY, NULL, 0, "run cells again that failed before", 0 },
	{ "shard", KEY_SHARD, "I/N", 0, "only every N-th cell, starting with the I-th", 0 },
	{ "slurm", KEY_SLURM, NULL, 0, "as job arrays of Slurm; -j limits how many run at once", 0 },
	{ "only", KEY_ONLY, "ID/N", 0, "only run N of the cell with this id", 0 },
	{ 0 },
};

/* "ID/N", the way a run directory is named. */
static void parse_only(struct argp_state *state, char *arg, struct pipeline_options *o)
{
	static char id[SHA256_HEX];

	if (rundir_name(arg, id, &o->only_n))
		argp_error(state, "--only '%s' is not ID/N", arg);
	o->only = id;
}

static void parse_shard(struct argp_state *state, const char *arg, struct pipeline_options *o)
{
	uint64_t i = 0, n = 0;
	char copy[32];
	char *slash;

	snprintf(copy, sizeof(copy), "%s", arg);
	slash = strchr(copy, '/');
	if (slash)
		*slash = '\0';
	if (!slash || parse_u64(copy, &i) || parse_u64(slash + 1, &n) || i < 1 || i > n || n > 1000000)
		argp_error(state, "--shard '%s' is not I/N with 1 <= I <= N", arg);
	o->shard = (unsigned int)i;
	o->nr_shards = (unsigned int)n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	uint64_t n = 0;

	switch (key) {
	case 'o':
		o->run.results = arg;
		return 0;
	case 'j':
		if (parse_u64(arg, &n) || n < 1 || n > 4096)
			argp_error(state, "-j '%s' is not a number from 1 to 4096", arg);
		o->run.jobs = (unsigned int)n;
		return 0;
	case KEY_VERIFY:
		o->run.verify = true;
		return 0;
	case KEY_RETRY:
		o->run.retry = true;
		return 0;
	case KEY_SLURM:
		o->run.slurm = true;
		return 0;
	case KEY_ONLY:
		parse_only(state, arg, &o->run);
		return 0;
	case KEY_SHARD:
		parse_shard(state, arg, &o->run);
		return 0;
	case ARGP_KEY_ARG:
		if (o->plan)
			argp_error(state, "one plan at a time; '%s' is too many", arg);
		o->plan = arg;
		o->run.plan = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->plan)
			argp_error(state, "a plan is needed");
		if (o->run.slurm && o->run.only)
			argp_error(state, "--slurm and --only exclude each other");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void print_totals(const struct pipeline_totals *t, const struct pipeline_options *o)
{
	char wall[32], cpu[32];

	printf("%zu cells: %zu cached, %zu runs done in %s (guests used %s of CPU, the harness %.2f s), %zu not ok\n",
	       t->nr_cells, t->nr_cached, t->nr_run, cmd_duration(t->wall_s, wall, sizeof(wall)),
	       cmd_duration(t->cpu_s, cpu, sizeof(cpu)), t->harness_cpu_s, t->nr_failed);
	if (t->nr_recovered)
		printf("%zu finished runs were not in the store and are now\n", t->nr_recovered);
	if (o->verify)
		printf("verify: %zu cells identical twice, %zu different\n", t->nr_verified,
		       t->nr_different);
	printf("results: %s\n", o->results);
}

/* What the plan claims; ERROR_FOUND when not all of it holds. */
static int print_verdict(const struct plan *plan, const char *results, struct error *err)
{
	struct verdicts v;
	struct store *s;
	int rc = cmd_open_store(results, &s, err);

	if (rc)
		return rc;
	rc = verdicts_build(s, plan_name(plan), &v, err);
	store_close(s);
	if (rc)
		return rc;
	if (v.nr)
		putchar('\n');
	verdicts_text(&v, stdout);
	rc = verdicts_all_hold(&v) ? 0 : ERROR_FOUND;
	verdicts_release(&v);
	return rc;
}

/* A shard has not the cells to judge by. */
static int finish(const struct options *o, const struct plan *plan,
		  const struct pipeline_totals *totals, struct error *err)
{
	int rc = plan_nr_claims(plan) && !o->run.nr_shards ?
			 print_verdict(plan, o->run.results, err) :
			 0;

	return rc ? rc : totals->nr_failed || totals->nr_different ? ERROR_FOUND : 0;
}

static int run(const struct options *o, struct error *err)
{
	struct pipeline_totals totals;
	struct session session;
	struct paths paths;
	struct plan *plan;
	int rc;

	if (paths_init(&paths, err))
		return -1;
	rc = plan_load(o->plan, paths.configs, &plan, err);
	if (rc)
		goto out_paths;
	rc = session_open(&session, &paths, plan, SESSION_BUILD, cmd_say, err);
	if (rc)
		goto out_plan;
	rc = pipeline_run(&session, plan, &o->run, &totals, err);
	if (rc >= 0) {
		print_totals(&totals, &o->run);
		if (rc > 0)
			fprintf(stderr, "interrupted; run the same command again to go on\n");
		else
			rc = finish(o, plan, &totals, err);
	}
	session_close(&session);
out_plan:
	plan_free(plan);
out_paths:
	paths_release(&paths);
	return rc;
}

int cmd_run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "PLAN",
		.doc = "Run the cells of PLAN that have no result yet.\v"
		       "Kernels and images that are missing are built first. A cell that has run is "
		       "never run again; Ctrl-C keeps what is done. Exit code 1 when a cell is not ok "
		       "or two runs of one cell differ, or when what the plan claims (verdict:) does "
		       "not hold.",
	};
	struct options o = { .run = { .results = "results" } };
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	rc = run(&o, &err);
	return rc < 0 ? cmd_fail(&err) : rc;
}
