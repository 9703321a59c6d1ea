// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A log tree that mmtests' bin/compare-mmtests.pl reads: DIR/KERNEL/iter-N/, a kernel a run
 * name and a seed an iteration. tests-sysstate has the counters of /proc/vmstat before and
 * after each test (MonitorMmtestsvmstat.pm); what the workload measured is in
 * BENCH/logs/results, for the parser in shellpack/, in the generic format of
 * ExtractShellpack.pm: metric, two factors, interval, value, extra, tabs between.
 */
#include <stdlib.h>
#include <string.h>

#include "export/private.h"
#include "lib/xalloc.h"

static const char readme[] =
	"A log tree for mmtests. Once, so that mmtests knows the benchmark:\n"
	"\n"
	"    cp -r shellpack/* MMTESTS/shellpack_src/src/\n"
	"\n"
	"then, in MMTESTS:\n"
	"\n"
	"    bin/compare-mmtests.pl -d THIS -b highwater-00001 -n base,series\n"
	"    bin/compare-mmtests.pl -d THIS -b highwater-00001 -n base,series --print-monitor mmtestsvmstat\n"
	"\n"
	"INDEX says what each number stands for. highwaterup-NNNNN are the figures of the same runs of\n"
	"which more is better: mmtests knows one direction a benchmark.\n"
	"\n"
	"What mmtests makes of it is not always right; highwater compare on the same store is:\n"
	"\n"
	"- Its star (--print-significance) asks whether the means plus and minus 1.96 standard\n"
	"  deviations overlap, not standard errors: 30 runs with deviation 10 and means 1000 and 1015\n"
	"  get none (Welch's t is 5.8). Where nothing varies it compares the bare difference with\n"
	"  1: fifty times slower in seconds gets none. With one run there is never one.\n"
	"- It knows nothing of pairs: seeds are other inputs, and their spread hides differences that\n"
	"  every seed shows.\n"
	"- Means of exact counts are printed with two decimals.\n"
	"- pgscan_kswapd without a zone is booked as zone \"normal\"; zone velocities are never printed,\n"
	"  highmem's could not be (pgscan_*_high is summed as \"high\", looked up as \"highmem\").\n"
	"- Compaction cost: compact_migrate_free is never filled, so the free scanner costs nothing.\n"
	"- AutoNUMA cost lacks its last term (a stray semicolon).\n"
	"- Velocities are pages a second of guest time here; the instruction clock's second is 10^9\n"
	"  instructions.\n"
	"- Counters of /proc/vmstat begin at 0 here: the store has what a test added, not what was\n"
	"  there before.\n";

static const char parser[] = "#!/bin/sh\n# Prints what highwater export wrote: ExtractShellpack.pm reads it.\n"
			     "exec cat \"$1/results\"\n";

/* A test: cells that are equal but for kernel and seed. */
struct test {
	char *title;
};

/* KERNEL/iter-N in the making. */
struct iteration {
	char *path;
	struct strbuf sysstate;
};

struct mmtests {
	const struct export_options *o;
	struct tree tree;
	struct test *tests;
	size_t nr_tests;
	struct iteration *iterations;
	size_t nr_iterations;
};

static size_t test_of(struct mmtests *t, const struct query_cell *c)
{
	static const char *const but[] = { "kernel", "seed", "plan", NULL };
	struct strbuf title = STRBUF_INIT;

	export_axes(&title, c, but, true);
	for (size_t i = t->nr_tests; i-- > 0;)
		if (strcmp(t->tests[i].title, title.buf) == 0) {
			strbuf_release(&title);
			return i + 1;
		}
	t->tests = xreallocarray(t->tests, t->nr_tests + 1, sizeof(*t->tests));
	t->tests[t->nr_tests++].title = strbuf_detach(&title);
	return t->nr_tests;
}

static struct iteration *iteration_of(struct mmtests *t, const struct query_cell *c)
{
	const char *kernel = query_axis_value(c, "kernel"), *seed = query_axis_value(c, "seed");
	const long n = seed ? strtol(seed, NULL, 10) : 1;
	struct strbuf path = STRBUF_INIT;

	export_component(&path, kernel ? kernel : "unknown");
	strbuf_addf(&path, "/iter-%ld", n > 0 ? n - 1 : 0);
	for (size_t i = t->nr_iterations; i-- > 0;)
		if (strcmp(t->iterations[i].path, path.buf) == 0) {
			strbuf_release(&path);
			return &t->iterations[i];
		}
	t->iterations = xreallocarray(t->iterations, t->nr_iterations + 1, sizeof(*t->iterations));
	t->iterations[t->nr_iterations] = (struct iteration){ .path = strbuf_detach(&path) };
	return &t->iterations[t->nr_iterations++];
}

static const struct query_metric *find(const struct query_metrics *m, const char *name)
{
	for (size_t i = 0; i < m->nr; i++)
		if (strcmp(m->v[i].name, name) == 0)
			return &m->v[i];
	return NULL;
}

/* The state around one test: the counters begin at nothing and end with what it added. */
static void add_state(struct strbuf *out, const char *bench, const struct query_metrics *m)
{
	const struct query_metric *ns = find(m, "vtime_ns"), *insns = find(m, "insns");
	const double seconds = ns ? ns->d / 1e9 : insns ? insns->d / 1e9 : 1;

	strbuf_addf(out, "test begin :: %s 0\nfile start :: /proc/vmstat\nfile start :: /proc/zoneinfo\n"
			 "file end :: /proc/vmstat\n",
		    bench);
	for (size_t i = 0; i < m->nr; i++) {
		if (strncmp(m->v[i].name, "vmstat.", 7) != 0)
			continue;
		strbuf_addf(out, "%s ", m->v[i].name + 7);
		export_number(out, &m->v[i]);
		strbuf_addc(out, '\n');
	}
	strbuf_addf(out, "file end :: /proc/zoneinfo\ntest end :: %s 0\n"
			 "time :: %s 0.00 user 0.00 system %.6f elapsed\n",
		    bench, bench, seconds);
}

static bool is_result(const struct mmtests *t, const struct query_metric *m, bool up)
{
	static const char *const families[] = { "vmstat.", "buddy.", "frag.", "sample." };

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (strncmp(m->name, families[i], strlen(families[i])) == 0)
			return false;
	return export_wanted(t->o, m) && (query_better(m->name) == QUERY_HIGHER) == up;
}

static int add_results(struct mmtests *t, struct iteration *it, const char *bench,
		       const struct query_metrics *m, bool up, struct error *err)
{
	char *path = xasprintf("%s/%s/logs/results", it->path, bench);
	struct strbuf out = STRBUF_INIT;
	int rc = 0;

	for (size_t i = 0; i < m->nr; i++) {
		if (!is_result(t, &m->v[i], up))
			continue;
		export_component(&out, m->v[i].name);
		strbuf_addc(&out, '\t');
		export_component(&out, *m->v[i].label ? m->v[i].label : "_");
		strbuf_adds(&out, "\t_\t1\t");
		export_number(&out, &m->v[i]);
		strbuf_adds(&out, "\t_\n");
	}
	if (out.len)
		rc = tree_write(&t->tree, path, &out, false, err);
	strbuf_release(&out);
	free(path);
	return rc;
}

static int add_run(void *ctx, const struct query_cell *c, const struct query_metrics *m, struct error *err)
{
	struct mmtests *t = ctx;
	struct iteration *it;
	char bench[2][48];

	if (!m->nr)
		return 0;
	/* Numbers of one length: mmtests looks for the beginning of a name. */
	snprintf(bench[0], sizeof(bench[0]), "highwater-%05zu", test_of(t, c));
	snprintf(bench[1], sizeof(bench[1]), "highwaterup-%05zu", test_of(t, c));
	it = iteration_of(t, c);
	add_state(&it->sysstate, bench[0], m);
	return add_results(t, it, bench[0], m, false, err) || add_results(t, it, bench[1], m, true, err) ? -1 : 0;
}

static int write_text(struct tree *t, const char *path, const char *text, bool executable, struct error *err)
{
	const struct strbuf sb = { (char *)text, strlen(text), 0 };

	return tree_write(t, path, &sb, executable, err);
}

static int write_shellpack(struct tree *t, const char *name, const char *direction, struct error *err)
{
	char *yaml = xasprintf("summarise: Multiops\npreferhigher: %s\nDecimalPlaces: 2\nPlotXaxis: Iteration\n"
			       "PlotYaxis: Value\nPlotType: simple\n", direction);
	char *config = xasprintf("shellpack/%s/shellpack.yaml", name);
	char *parse = xasprintf("shellpack/%s/parse-results", name);
	int rc = write_text(t, config, yaml, false, err) || write_text(t, parse, parser, true, err);

	free(yaml);
	free(config);
	free(parse);
	return rc ? -1 : 0;
}

static int write_rest(struct mmtests *t, struct error *err)
{
	struct strbuf index = STRBUF_INIT;
	int rc = write_shellpack(&t->tree, "highwater", "0", err) ||
		 write_shellpack(&t->tree, "highwaterup", "1", err) ||
		 write_text(&t->tree, "README", readme, false, err);

	for (size_t i = 0; i < t->nr_tests; i++)
		strbuf_addf(&index, "highwater-%05zu highwaterup-%05zu %s\n", i + 1, i + 1, t->tests[i].title);
	rc = rc || tree_write(&t->tree, "INDEX", &index, false, err);
	for (size_t i = 0; !rc && i < t->nr_iterations; i++) {
		char *path = xasprintf("%s/tests-sysstate", t->iterations[i].path);

		rc = tree_write(&t->tree, path, &t->iterations[i].sysstate, false, err);
		free(path);
	}
	strbuf_release(&index);
	return rc ? -1 : 0;
}

int export_mmtests(struct store *s, const struct export_options *o, const char *dir, struct error *err)
{
	struct mmtests t = { .o = o };
	int rc;

	if (tree_begin(&t.tree, dir, err))
		return tree_end(&t.tree, -1, err);
	rc = export_walk(s, o, add_run, &t, err);
	if (!rc)
		rc = write_rest(&t, err);
	for (size_t i = 0; i < t.nr_tests; i++)
		free(t.tests[i].title);
	for (size_t i = 0; i < t.nr_iterations; i++) {
		free(t.iterations[i].path);
		strbuf_release(&t.iterations[i].sysstate);
	}
	free(t.tests);
	free(t.iterations);
	return tree_end(&t.tree, rc, err);
}
