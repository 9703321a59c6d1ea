// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "build/vmlinux.h"
#include "cmd/cmd.h"
#include "cmd/paths_plan.h"
#include "cmd/pipeline.h"
#include "cmd/steps.h"
#include "cmd/store.h"
#include "cost/cost.h"
#include "lib/io.h"
#include "lib/xalloc.h"
#include "store/query.h"

#define BUDGET_MAX (1u << 20)
#define MODES 3
/* An operation in this many has to cost just as much for the number to be exact, and this many
 * in all: a few may be alike by chance. */
#define ALIKE_SHARE 16
#define ALIKE_LEAST 16

static const struct {
	const char *name, *events;
} modes[MODES] = { { "off", "none" }, { "ring", "mm" }, { "hist", "mm-hist" } };

static const struct {
	const char *name;
	void (*print)(const struct cost *c, const struct budget *b, struct strbuf *out);
} formats[] = { { "text", cost_text }, { "json", cost_json }, { "ktap", cost_ktap } };

struct options {
	const char *series, *tree, *budget;
	struct pipeline_options run;
	void (*print)(const struct cost *c, const struct budget *b, struct strbuf *out);
	enum arch arches[NR_ARCHES];
	size_t nr_arches;
	size_t modes[MODES];
	size_t nr_modes;
};

enum { KEY_TREE = 256, KEY_BUDGET, KEY_ARCH, KEY_EVENTS };

static const struct argp_option argp_options[] = {
	{ "output", 'o', "DIR", 0, "where results are kept; default results", 0 },
	{ "jobs", 'j', "N", 0, "guests at once; default the number of cores", 0 },
	{ "tree", KEY_TREE, "DIR", 0, "SERIES is a range A..B in the git tree DIR", 0 },
	{ "arch", KEY_ARCH, "A,B", 0, "only these; default i386,x86_64", 0 },
	{ "events", KEY_EVENTS, "M,M", 0, "off (default), ring, hist", 0 },
	{ "budget", KEY_BUDGET, "FILE", 0, "what patches may add; exit 1 when one adds more", 0 },
	{ "format", 'f', "FORMAT", 0, "text (default), json, ktap", 0 },
	{ "json", 'J', NULL, 0, "the same as --format json", 0 },
	{ 0 },
};

static void parse_arches(struct argp_state *state, struct options *o, char *arg)
{
	char *save = NULL;

	o->nr_arches = 0;
	for (char *p = strtok_r(arg, ",", &save); p; p = strtok_r(NULL, ",", &save)) {
		if (o->nr_arches == NR_ARCHES || !arch_by_name(p, &o->arches[o->nr_arches])) {
			argp_error(state, "--arch '%s' is not i386 or x86_64", p);
			return;
		}
		o->nr_arches++;
	}
}

static void parse_modes(struct argp_state *state, struct options *o, char *arg)
{
	char *save = NULL;

	o->nr_modes = 0;
	for (char *p = strtok_r(arg, ",", &save); p; p = strtok_r(NULL, ",", &save)) {
		size_t m = 0;

		while (m < MODES && strcmp(p, modes[m].name) != 0)
			m++;
		if (m == MODES || o->nr_modes == MODES) {
			argp_error(state, "--events '%s' is not off, ring or hist", p);
			return;
		}
		o->modes[o->nr_modes++] = m;
	}
}

static void parse_format(struct argp_state *state, struct options *o, const char *arg)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, arg) == 0) {
			o->print = formats[i].print;
			return;
		}
	argp_error(state, "unknown format '%s': text, json, ktap", arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'o': o->run.results = arg; return 0;
	case 'j': o->run.jobs = cmd_number(state, "-j", arg, 4096); return 0;
	case KEY_TREE: o->tree = arg; return 0;
	case KEY_ARCH: parse_arches(state, o, arg); return 0;
	case KEY_EVENTS: parse_modes(state, o, arg); return 0;
	case KEY_BUDGET: o->budget = arg; return 0;
	case 'f': parse_format(state, o, arg); return 0;
	case 'J': o->print = cost_json; return 0;
	case ARGP_KEY_ARG:
		if (o->series)
			argp_error(state, "one series at a time; '%s' is too many", arg);
		o->series = arg;
		return 0;
	case ARGP_KEY_END:
		if (o->print == cost_ktap && !o->budget)
			argp_error(state, "--format ktap needs --budget FILE");
		if (o->tree && !o->series)
			argp_error(state, "--tree needs a range A..B");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static void read_sizes(struct cost *c, const struct session *s, const struct steps *steps,
		       const struct options *o, struct error *err)
{
	for (size_t i = 0; i < s->nr_kernels; i++) {
		const struct kernel *k = &s->kernels[i];
		struct vmlinux v;

		if (vmlinux_open(k->vmlinux, &v, err))
			continue;
		for (size_t step = 0; step < steps->nr; step++)
			for (size_t a = 0; a < o->nr_arches; a++)
				if (o->arches[a] == k->arch && strcmp(steps->kernels[step], k->name) == 0)
					*cost_size_at(c, step, a) = (struct cost_size){
						true, (int64_t)v.size.text, (int64_t)v.size.rodata,
						(int64_t)v.size.data, (int64_t)v.size.bss };
		vmlinux_release(&v);
	}
}

/* Where the cell stands; false when it is none of ours. */
static bool place(const struct cell *cell, const struct steps *steps, const struct options *o,
		  size_t *step, size_t *arch, size_t *mode)
{
	for (*step = 0; *step < steps->nr; (*step)++)
		if (strcmp(cell->kernel, steps->kernels[*step]) == 0)
			break;
	for (*arch = 0; *arch < o->nr_arches; (*arch)++)
		if (o->arches[*arch] == cell->arch)
			break;
	for (*mode = 0; *mode < o->nr_modes; (*mode)++)
		if (strcmp(cell->events, modes[o->modes[*mode]].events) == 0)
			break;
	return *step < steps->nr && *arch < o->nr_arches && *mode < o->nr_modes;
}

static void take_metrics(struct cost *c, const struct query_metrics *m, size_t step, size_t arch,
			 size_t mode)
{
	int64_t alike = 0, doubt = 0;

	for (size_t i = 0; i < m->nr; i++) {
		const struct query_metric *q = &m->v[i];
		struct cost_number *n;

		if (strncmp(q->name, "path.", 5) != 0 || strcmp(q->name, "path.absent") == 0)
			continue;
		n = cost_at(c, step, arch, mode, cost_path(c, q->label));
		if (strcmp(q->name, "path.insns") == 0) {
			n->there = true;
			n->insns = q->i;
		} else if (strcmp(q->name, "path.alike") == 0) {
			alike = q->i;
		} else if (strcmp(q->name, "path.doubt") == 0) {
			doubt = q->i;
		} else if (strcmp(q->name, "path.ops") == 0) {
			n->exact = !doubt && alike >= ALIKE_LEAST && alike * ALIKE_SHARE >= q->i;
			doubt = 0;
		} else if (strcmp(q->name, "path.batch") == 0) {
			n->batch = q->d;
		}
	}
}

/* @ret_failed counts the cells that gave no figures, which is said. */
static int read_cell(struct cost *c, struct store *s, const struct task *t, size_t step,
		     size_t arch, size_t mode, size_t *ret_failed, struct error *err)
{
	struct query_metrics m;
	enum store_state state;

	if (store_run_state(s, t->id, 1, &state, err))
		return -1;
	if (state != STORE_OK) {
		fprintf(stderr, "warning: cell '%.12s' (%s %s, events %s) is not ok; highwater show says why\n",
			t->id, arch_name(t->cell->arch), t->cell->kernel, t->cell->events);
		++*ret_failed;
		return 0;
	}
	if (query_cell_metrics(s, t->id, 1, &m, err))
		return -1;
	take_metrics(c, &m, step, arch, mode);
	query_metrics_release(&m);
	return 0;
}

static int fill(struct cost *c, const struct session *session, const struct steps *steps,
		const struct options *o, size_t *ret_failed, struct error *err)
{
	struct store *s;
	int rc = cmd_open_store(o->run.results, &s, err);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < session->nr_tasks; i++) {
		const struct task *t = &session->tasks[i];
		size_t step, arch, mode;

		if (place(t->cell, steps, o, &step, &arch, &mode))
			rc = read_cell(c, s, t, step, arch, mode, ret_failed, err);
	}
	store_close(s);
	return rc;
}

static void start(struct cost *c, const struct steps *steps, const struct options *o)
{
	const char *a[NR_ARCHES], *m[MODES];

	for (size_t i = 0; i < o->nr_arches; i++)
		a[i] = arch_name(o->arches[i]);
	for (size_t i = 0; i < o->nr_modes; i++)
		m[i] = modes[o->modes[i]].name;
	cost_init(c, a, o->nr_arches, m, o->nr_modes, steps->nr);
	for (size_t i = 0; i < steps->nr; i++) {
		c->steps[i].name = xstrdup(steps->kernels[i]);
		c->steps[i].subject = xstrdup(steps->subjects[i]);
	}
}

static int print(const struct cost *c, const struct budget *b, const struct options *o,
		 struct error *err)
{
	struct strbuf out = STRBUF_INIT;

	if (b && budget_check_names(b, c, o->budget, err))
		return -1;
	o->print(c, b, &out);
	fwrite(out.buf, 1, out.len, stdout);
	strbuf_release(&out);
	return b && budget_broken(b, c) ? ERROR_FOUND : 0;
}

/* Run what is missing, then read all. */
static int measure(const struct options *o, const struct steps *steps, const struct plan *plan,
		   const struct budget *b, struct error *err)
{
	struct pipeline_totals totals;
	struct session session;
	struct cost c;
	size_t failed = 0;
	int rc = session_open(&session, &steps->paths, plan, SESSION_BUILD, cmd_say, err);

	if (rc)
		return rc;
	rc = pipeline_run(&session, plan, &o->run, &totals, err);
	if (rc > 0) {
		fprintf(stderr, "interrupted; run the same command again to go on\n");
	} else if (!rc) {
		fprintf(stderr, "%zu cells: %zu cached, %zu runs done\n", totals.nr_cells,
			totals.nr_cached, totals.nr_run);
		start(&c, steps, o);
		rc = fill(&c, &session, steps, o, &failed, err);
		if (!rc) {
			read_sizes(&c, &session, steps, o, err);
			rc = print(&c, b, o, err);
		}
		cost_release(&c);
	}
	session_close(&session);
	return rc ? rc : failed ? ERROR_FOUND : 0;
}

static int with_steps(const struct options *o, const struct steps *steps, const struct budget *b,
		      struct error *err)
{
	const char *events[MODES];
	struct plan *plan;
	int rc;

	for (size_t i = 0; i < o->nr_modes; i++)
		events[i] = modes[o->modes[i]].events;
	rc = paths_plan(&(struct paths_plan){ "cost", (const char *const *)steps->kernels, steps->nr,
					      o->arches, o->nr_arches, events, o->nr_modes, NULL },
			&steps->paths, &plan, err);
	if (rc)
		return rc;
	rc = steps_build(steps, o->arches, o->nr_arches, err);
	if (!rc)
		rc = measure(o, steps, plan, b, err);
	plan_free(plan);
	return rc;
}

static int read_budget(const char *path, struct budget *ret, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	int rc = io_read_file(path, BUDGET_MAX, &text, err);

	if (!rc)
		rc = budget_parse(text.buf ? text.buf : "", text.len, path, ret, err);
	strbuf_release(&text);
	return rc;
}

static int run(const struct options *o, struct error *err)
{
	struct budget b = {};
	struct steps steps;
	int rc = o->budget ? read_budget(o->budget, &b, err) : 0;

	if (rc)
		return rc;
	rc = steps_open(o->series, o->tree, &steps, err);
	if (!rc) {
		rc = with_steps(o, &steps, o->budget ? &b : NULL, err);
		steps_release(&steps);
	}
	budget_release(&b);
	return rc;
}

int cmd_cost(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "[SERIES]",
		.doc = "What each patch of a series adds to each path of memory management, in "
		       "instructions per operation, exactly, and to the size of the kernel.\v"
		       "SERIES is what review takes: a directory of patches, an mbox, a patch, with --tree a "
		       "range; or the path of a kernel tree, held against the base; default patches/. Builds "
		       "the kernels it lacks, each patch on the ones before, and runs the workload paths "
		       "(configs/plan/paths.yaml) on each. Nothing is built or run twice. A line of a budget is "
		       "PATCH ARCH EVENTS PATH LIMIT: '* * off fault +4', at most 4 more; 'all i386 * * =0'. "
		       "Exit code 1 when a patch adds more than that, or a cell fails.",
	};
	struct options o = { .run = { .results = "results" }, .print = cost_text, .nr_modes = 1,
			     .arches = { ARCH_I386, ARCH_X86_64 }, .nr_arches = NR_ARCHES };
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	rc = run(&o, &err);
	return rc < 0 ? cmd_fail(&err) : rc;
}
