// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "cmd/cmd.h"
#include "cmd/measure.h"
#include "cmd/neighbour.h"
#include "cmd/paths_plan.h"
#include "cmd/profiles.h"
#include "cmd/steps.h"
#include "cmd/store.h"
#include "lib/halve.h"
#include "lib/parse.h"
#include "lib/xalloc.h"
#include "profile/profile.h"

#define MAX_LOOKS 80
#define MAX_VALUES 4096
#define TOP_DEFAULT 15

struct options {
	const char *metric, *label, *good, *bad;
	const char *cell, *series, *tree, *tunable, *values, *threshold, *results;
	enum arch arch;
	bool json, no_profile;
	unsigned int top;
};

enum { KEY_GOOD = 256, KEY_BAD, KEY_CELL, KEY_SERIES, KEY_TREE, KEY_TUNABLE, KEY_VALUES,
       KEY_THRESHOLD, KEY_NO_PROFILE, KEY_TOP };

static const struct argp_option argp_options[] = {
	{ "good", KEY_GOOD, "K", 0, "kernel (series@3, 3, base, series) or value where it is still good", 0 },
	{ "bad", KEY_BAD, "K", 0, "kernel or value where it is not", 0 },
	{ "cell", KEY_CELL, "ID", 0, "what to run: this cell with other kernels or values; default the path LABEL of workload paths", 0 },
	{ "arch", 'a', "ARCH", 0, "without --cell: i386 (default) or x86_64", 0 },
	{ "series", KEY_SERIES, "SERIES", 0, "over these patches; default patches/", 0 },
	{ "tree", KEY_TREE, "DIR", 0, "SERIES is a range A..B in the git tree DIR", 0 },
	{ "tunable", KEY_TUNABLE, "KEY", 0, "over the values of a sysctl instead of patches", 0 },
	{ "values", KEY_VALUES, "V,V", 0, "only these, in this order; default all whole numbers between", 0 },
	{ "threshold", KEY_THRESHOLD, "X", 0, "what a good one may have; default half-way between the ends, which are then run first", 0 },
	{ "no-profile", KEY_NO_PROFILE, NULL, 0, "no profile of the difference", 0 },
	{ "top", KEY_TOP, "N", 0, "functions of the difference to list; default 15", 0 },
	{ "output", 'o', "DIR", 0, "where results are kept; default results", 0 },
	{ "json", 'J', NULL, 0, "as JSON", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_GOOD: o->good = arg; return 0;
	case KEY_BAD: o->bad = arg; return 0;
	case KEY_CELL: o->cell = arg; return 0;
	case KEY_SERIES: o->series = arg; return 0;
	case KEY_TREE: o->tree = arg; return 0;
	case KEY_TUNABLE: o->tunable = arg; return 0;
	case KEY_VALUES: o->values = arg; return 0;
	case KEY_THRESHOLD: o->threshold = arg; return 0;
	case KEY_NO_PROFILE: o->no_profile = true; return 0;
	case KEY_TOP: o->top = cmd_number(state, "--top", arg, 100000); return 0;
	case 'o': o->results = arg; return 0;
	case 'J': o->json = true; return 0;
	case 'a':
		if (!arch_by_name(arg, &o->arch))
			argp_error(state, "--arch '%s' is not i386 or x86_64", arg);
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num > 1)
			argp_error(state, "METRIC and its LABEL; '%s' is too many", arg);
		*(state->arg_num ? &o->label : &o->metric) = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->metric || !o->good || !o->bad) {
			argp_error(state, "a metric, --good and --bad are needed");
			return EINVAL;
		}
		if (o->tunable && (o->series || o->tree))
			argp_error(state, "patches or a tunable, not both");
		if (o->values && !o->tunable)
			argp_error(state, "--values are those of a --tunable");
		if (o->tree && !o->series)
			argp_error(state, "--tree needs --series A..B");
		if (!o->cell && (!o->label || strncmp(o->metric, "path.", 5) != 0))
			argp_error(state, "without --cell: a path.* metric and the path, as in path.insns fault");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

/* One place that was looked at. */
struct look {
	int64_t at;
	double value;
	char id[SHA256_HEX];
	bool is_end, is_bad;
};

struct bisect {
	const struct options *o;
	struct steps steps;
	int64_t values[MAX_VALUES]; /* of --values */
	size_t nr_values;
	struct plan *base; /* its one cell is what is changed */
	struct measure m;
	struct halve h;
	uint64_t apart; /* the ends */
	struct look looks[MAX_LOOKS];
	size_t nr;
};

/* What stands at place @at of the axis. */
static void name_of(const struct bisect *b, int64_t at, char *buf, size_t size)
{
	if (!b->o->tunable)
		snprintf(buf, size, "%s", b->steps.kernels[at]);
	else
		snprintf(buf, size, "%" PRId64, b->nr_values ? b->values[at] : at);
}

static int look_at(struct bisect *b, int64_t at, struct look **ret, struct error *err)
{
	struct neighbour change = {};
	struct look *l = &b->looks[b->nr];
	struct plan *plan;
	char name[4096];
	int rc;

	for (size_t i = 0; i < b->nr; i++)
		if (b->looks[i].at == at) {
			*ret = &b->looks[i];
			return 0;
		}
	name_of(b, at, name, sizeof(name));
	if (b->o->tunable) {
		change.tunable = b->o->tunable;
		change.value = name;
	} else {
		change.kernel = name;
	}
	rc = neighbour_cell(plan_cell(b->base, 0), &change, b->steps.paths.configs, &plan, err);
	if (rc)
		return rc;
	*l = (struct look){ .at = at };
	rc = measure_cell(&b->m, plan, l->id, err);
	if (!rc)
		rc = measure_metric(&b->m, l->id, b->o->metric, b->o->label, &l->value, err);
	plan_free(plan);
	if (rc)
		return rc;
	b->nr++;
	*ret = l;
	return 0;
}

/* The place of kernel or value @text. */
static int place_of(const struct bisect *b, const char *text, int64_t *ret, struct error *err)
{
	const int64_t last = (int64_t)b->steps.nr - 1;

	if (b->o->tunable) {
		if (parse_i64(text, ret))
			return error_set(err, ERROR_INPUT, "'%s' is no whole number, a value of '%s'", text,
					 b->o->tunable);
		for (size_t i = 0; i < b->nr_values; i++)
			if (b->values[i] == *ret) {
				*ret = (int64_t)i;
				return 0;
			}
		return b->nr_values ? error_set(err, ERROR_INPUT, "'%s' is not among --values", text) : 0;
	}
	if (strcmp(text, "base") == 0 || strcmp(text, "series") == 0) {
		*ret = *text == 'b' ? 0 : last;
		return 0;
	}
	if (strncmp(text, "series@", 7) == 0)
		text += 7;
	if (parse_i64(text, ret) || *ret < 0 || *ret > last)
		return error_set(err, ERROR_INPUT, "'%s' is no kernel of the series: base, series or 0 to %" PRId64,
				 text, last);
	return 0;
}

static int read_values(struct bisect *b, struct error *err)
{
	char *copy = xstrdup(b->o->values), *save = NULL;
	int rc = 0;

	for (char *p = strtok_r(copy, ",", &save); p && !rc; p = strtok_r(NULL, ",", &save)) {
		if (b->nr_values == MAX_VALUES)
			rc = error_set(err, ERROR_INPUT, "more than %d values", MAX_VALUES);
		else if (parse_i64(p, &b->values[b->nr_values++]))
			rc = error_set(err, ERROR_INPUT, "--values: '%s' is no whole number", p);
	}
	free(copy);
	return rc;
}

/* The cell that is changed: one that has run, or a path of paths.yaml. */
static int open_base(struct bisect *b, struct error *err)
{
	const struct options *o = b->o;
	const char *kernel = o->tunable ? "series" : "base", *events = "none";
	const struct neighbour as_it_was = {};
	char *facts, *hash;
	int rc;

	if (!o->cell)
		return paths_plan(&(struct paths_plan){ "bisect", &kernel, 1, &o->arch, 1, &events, 1,
							o->label },
				  &b->steps.paths, &b->base, err);
	rc = cmd_cell_facts(o->results, o->cell, &facts, &hash, err);
	if (rc)
		return rc;
	rc = neighbour_facts(facts, &as_it_was, b->steps.paths.configs, &b->base, err);
	if (!rc)
		rc = neighbour_check_clock(plan_cell(b->base, 0), hash, err);
	free(facts);
	free(hash);
	return rc;
}

/* The threshold as given, or between the ends. */
static int begin(struct bisect *b, int64_t good, int64_t bad, struct error *err)
{
	const struct options *o = b->o;
	struct look *g, *w;
	char *end;
	double t;

	if (o->threshold) {
		t = strtod(o->threshold, &end);
		if (*end || end == o->threshold)
			return error_set(err, ERROR_INPUT, "--threshold '%s' is no number", o->threshold);
		halve_init(&b->h, good, bad, t, query_better(o->metric) != QUERY_HIGHER);
		return 0;
	}
	if (look_at(b, good, &g, err) || look_at(b, bad, &w, err))
		return -1;
	if (g->value == w->value)
		return error_set(err, ERROR_INPUT, "'%s' is %.10g at both ends: there is nothing to find",
				 o->metric, g->value);
	halve_init(&b->h, good, bad, (g->value + w->value) / 2, w->value > g->value);
	g->is_end = w->is_end = true;
	w->is_bad = true;
	return 0;
}

static int search(struct bisect *b, struct error *err)
{
	struct look *l;
	int64_t at;

	while (halve_next(&b->h, &at)) {
		if (look_at(b, at, &l, err))
			return -1;
		l->is_bad = halve_take(&b->h, at, l->value);
		if (!b->o->json) {
			char name[4096];

			name_of(b, at, name, sizeof(name));
			printf("look %u: %s has %.10g, %s\n", b->h.looks, name, l->value,
			       l->is_bad ? "bad" : "good");
			fflush(stdout);
		}
	}
	return 0;
}

static void print_culprit(const struct bisect *b, const struct look *good, const struct look *bad,
			  unsigned int most)
{
	char g[4096], w[4096];

	name_of(b, good->at, g, sizeof(g));
	name_of(b, bad->at, w, sizeof(w));
	printf("%s%s%s is first bad at %s: %s has %.10g, %s %.10g (%+.10g)\n", b->o->metric,
	       b->o->label ? " " : "", b->o->label ? b->o->label : "", w, g, good->value, w, bad->value,
	       bad->value - good->value);
	if (!b->o->tunable)
		printf("%4" PRId64 "    %s\n", bad->at > good->at ? bad->at : good->at,
		       b->steps.subjects[bad->at > good->at ? bad->at : good->at]);
	printf("%u looks, at most %u for what lies %" PRIu64 " apart; %u runs were made, the others were there.\n",
	       b->h.looks, most, b->apart, b->m.nr_runs);
}

static void print_json(const struct bisect *b, const struct look *good, const struct look *bad,
		       unsigned int most)
{
	json_t *looks = json_array(), *root;
	char g[4096], w[4096];

	for (size_t i = 0; i < b->nr; i++) {
		name_of(b, b->looks[i].at, g, sizeof(g));
		json_array_append_new(looks, json_pack("{s:s, s:f, s:s, s:b, s:b}", "at", g, "value",
						       b->looks[i].value, "cell", b->looks[i].id, "end",
						       b->looks[i].is_end, "bad", b->looks[i].is_bad));
	}
	name_of(b, good->at, g, sizeof(g));
	name_of(b, bad->at, w, sizeof(w));
	root = json_pack("{s:s, s:s, s:s, s:f, s:f, s:i, s:i, s:i, s:o}", "metric", b->o->metric, "good", g,
			 "bad", w, "good_value", good->value, "bad_value", bad->value, "looks",
			 (int)b->h.looks, "most", (int)most, "runs", (int)b->m.nr_runs, "all", looks);
	if (!b->o->tunable)
		json_object_set_new(root, "subject",
				    json_string(b->steps.subjects[bad->at > good->at ? bad->at : good->at]));
	json_dumpf(root, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(root);
}

/* Where the instructions of the two neighbours went. */
static int print_difference(const struct bisect *b, const struct look *good, const struct look *bad,
			    struct error *err)
{
	const struct profile_request request = { &b->steps.paths, b->o->results, "callers",
						 b->o->cell ? NULL : b->o->label, false };
	struct profiled a = {}, c = {};
	struct strbuf out = STRBUF_INIT;
	struct store *s;
	int rc = cmd_open_store(b->o->results, &s, err);

	if (rc)
		return rc;
	rc = profile_get(s, &request, good->id, &a, err);
	if (!rc)
		rc = profile_get(s, &request, bad->id, &c, err);
	if (!rc) {
		struct profile_head ha = { a.title, a.clock, b->o->top }, hc = { c.title, c.clock, b->o->top };
		struct profile pa, pc;

		profile_make(&a.rows, &pa);
		profile_make(&c.rows, &pc);
		profile_diff_text(&pa, &pc, &ha, &hc, &out);
		printf("\n%s", out.buf);
		profile_free(&pa);
		profile_free(&pc);
	}
	profiled_release(&a);
	profiled_release(&c);
	strbuf_release(&out);
	store_close(s);
	return rc;
}

static int find(struct bisect *b, struct error *err)
{
	struct look *good, *bad;
	int64_t from, to;
	unsigned int most;

	if (place_of(b, b->o->good, &from, err) || place_of(b, b->o->bad, &to, err))
		return -1;
	if (from == to)
		return error_set(err, ERROR_INPUT, "--good and --bad are the same");
	most = halve_most(from, to);
	b->apart = (uint64_t)(from < to ? to - from : from - to);
	if (begin(b, from, to, err) || search(b, err))
		return -1;
	/* An end that was believed has no figure yet. */
	if (look_at(b, b->h.good, &good, err) || look_at(b, b->h.bad, &bad, err))
		return -1;
	if (halve_is_bad(&b->h, good->value) || !halve_is_bad(&b->h, bad->value))
		return error_set(err, ERROR_INPUT, "the threshold %.10g does not lie between the ends: %.10g and %.10g",
				 b->h.threshold, good->value, bad->value);
	if (b->o->json) {
		print_json(b, good, bad, most);
		return 0;
	}
	print_culprit(b, good, bad, most);
	return b->o->no_profile ? 0 : print_difference(b, good, bad, err);
}

static int run(const struct options *o, struct error *err)
{
	struct bisect *b = xcalloc(1, sizeof(*b));
	int rc = steps_open(o->series, o->tree, &b->steps, err);

	b->o = o;
	if (!rc) {
		b->m = (struct measure){ &b->steps.paths, o->results, 0 };
		if (o->values)
			rc = read_values(b, err);
		if (!rc)
			rc = open_base(b, err);
		if (!rc)
			rc = find(b, err);
		plan_free(b->base);
		steps_release(&b->steps);
	}
	free(b);
	return rc;
}

int cmd_bisect(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "METRIC [LABEL]",
		.doc = "The patch, or the value of a tunable, at which a metric crosses a threshold.\v"
		       "Runs one cell with one kernel (or value) after the other, half-way between good and "
		       "bad each time: one run a look, ceil(log2 N) looks for N patches. Prints the numbers on "
		       "both sides and where the difference between the two goes, function by function.",
	};
	struct options o = { .results = "results", .top = TOP_DEFAULT, .arch = ARCH_I386 };
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	rc = run(&o, &err);
	return rc < 0 ? cmd_fail(&err) : rc;
}
