// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/pipeline.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "boot/vm.h"
#include "cmd/results.h"
#include "cmd/verify.h"
#include "collect/facts.h"
#include "collect/job.h"
#include "collect/rundir.h"
#include "decode/outcome.h"
#include "lib/io.h"
#include "lib/now.h"
#include "lib/xalloc.h"

#define CONSOLE_BYTES (32ull << 20) /* a guest that prints more is stopped */
#define TIMEOUT_S 600 /* a cell that says nothing else */
#define QEMU_OVERHEAD (384ull << 20) /* translation buffer, region, QEMU itself */
#define HOST_RESERVE (1ull << 30)

/* One run to make: a task, and whether it is the first or the second time. */
struct item {
	const struct task *task;
	unsigned int n;
	struct rundir dir;
	struct argv argv;
	char *cmdline;
	char started[32];
};

struct pipeline {
	const struct session *session;
	const struct pipeline_options *o;
	struct store *store;
	struct progress progress;
	struct item *items;
	struct schedule_item *sched;
	size_t nr;
	double cpu_before; /* of the harness, at the last run's end */
	struct pipeline_totals *totals;
};

static double own_cpu_s(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
	       (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
}

/* Runs a cell should have: two when an insn cell is to be verified. */
static unsigned int wanted(const struct pipeline *p, const struct task *t)
{
	return p->o->verify && t->cell->clock == CLOCK_INSN ? 2 : 1;
}

static bool in_shard(const struct pipeline *p, size_t i)
{
	return !p->o->nr_shards || i % p->o->nr_shards == p->o->shard - 1;
}

static void add_item(struct pipeline *p, const struct task *t, unsigned int n)
{
	struct item item = { .task = t, .n = n };
	struct schedule_item s = {
		.cpus = t->cell->clock == CLOCK_WALL ? t->cell->vcpus : 1,
		.memory_bytes = t->cell->memory_bytes + QEMU_OVERHEAD +
				cell_trace_room(t->cell),
		.timeout_s = t->cell->timeout_s ? t->cell->timeout_s : TIMEOUT_S,
		.alone = t->cell->clock == CLOCK_WALL,
	};

	p->items = xreallocarray(p->items, p->nr + 1, sizeof(item));
	p->sched = xreallocarray(p->sched, p->nr + 1, sizeof(s));
	p->items[p->nr] = item;
	p->sched[p->nr++] = s;
}

/* What the plan claims, and of which cells. */
static int keep_plan(struct pipeline *p, const struct plan *plan, struct error *err)
{
	const size_t nr = p->session->nr_tasks;
	const char **ids = xcalloc(nr + 1, sizeof(*ids));
	int rc;

	for (size_t i = 0; i < nr; i++)
		ids[i] = p->session->tasks[i].id;
	rc = store_put_plan(p->store, plan, ids, nr, err);
	free(ids);
	return rc;
}

/* List the runs that are missing. */
static int find_missing(struct pipeline *p, struct error *err)
{
	for (size_t i = 0; i < p->session->nr_tasks; i++) {
		const struct task *t = &p->session->tasks[i];
		bool missing = false;

		/* A cell that another plan ran, or under another kernel's name, is ours too. */
		if (store_add_name(p->store, t->id, "kernel", t->cell->kernel, err) ||
		    store_add_name(p->store, t->id, "plan", t->cell->plan, err))
			return -1;
		if (!in_shard(p, i))
			continue;
		p->totals->nr_cells++;
		for (unsigned int n = 1; n <= wanted(p, t); n++) {
			enum store_state state;

			if (store_run_state(p->store, t->id, n, &state, err))
				return -1;
			if (state == STORE_OK || (state == STORE_FAILED && !p->o->retry)) {
				p->totals->nr_failed += state == STORE_FAILED && n == 1;
				continue;
			}
			add_item(p, t, n);
			missing = true;
		}
		p->totals->nr_cached += !missing;
	}
	return 0;
}

static int start(void *ctx, size_t i, pid_t *ret_pid, int *ret_pidfd, struct error *err)
{
	struct pipeline *p = ctx;
	struct item *item = &p->items[i];
	struct strbuf job = STRBUF_INIT, cmdline = STRBUF_INIT;
	struct guest_spec spec;
	time_t now = time(NULL);
	struct tm tm;
	struct region_size size = region_size_for(cell_trace_room(item->task->cell));
	int rc;

	session_guest(p->session, item->task, &spec);
	job_text(item->task->cell, INSN_SHIFT, &job);
	rc = rundir_begin(p->o->results, item->task->id, item->n, size, job.buf, job.len,
			  &item->dir, err);
	strbuf_release(&job);
	if (rc)
		return -1;
	spec.region = item->dir.region;
	spec.region_bytes = size.bytes;
	spec.console = item->dir.console;
	spec.disk = item->dir.disk;
	if (spec.swap == SWAP_DISK && rundir_add_disk(&item->dir, spec.swap_bytes, err))
		return -1;
	qemu_cmdline(&spec, &cmdline);
	item->cmdline = strbuf_detach(&cmdline);
	qemu_argv(&spec, &item->argv);
	strftime(item->started, sizeof(item->started), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	return vm_start(&item->argv, item->dir.qemu_log, CONSOLE_BYTES + spec.swap_bytes, ret_pid,
			ret_pidfd, err);
}

static void item_release(struct item *item)
{
	rundir_release(&item->dir);
	argv_release(&item->argv);
	free(item->cmdline);
	item->cmdline = NULL;
}

static void abandoned(void *ctx, size_t i)
{
	struct pipeline *p = ctx;

	rundir_abandon(&p->items[i].dir);
	item_release(&p->items[i]);
}

/* Collect, judge, publish and ingest one run. */
static int take(struct pipeline *p, struct item *item, const struct schedule_exit *e,
		struct outcome *ret_outcome, struct error *err)
{
	struct rundir_evidence ev;
	struct strbuf canonical = STRBUF_INIT;
	struct outcome_evidence oe = { .exit = e };
	struct facts facts = { .session = p->session, .task = item->task, .argv = &item->argv,
			       .cmdline = item->cmdline, .started = item->started, .exit = e };
	double cpu = own_cpu_s();
	char *json;
	int rc;

	if (rundir_evidence(&item->dir, &ev, err))
		return -1;
	oe.frames = ev.frames.buf;
	oe.frames_len = ev.frames.len;
	oe.trace = ev.trace.buf;
	oe.trace_len = ev.trace.len;
	oe.region_problem = ev.problem;
	oe.console = ev.console.buf;
	oe.console_len = ev.console.len;
	outcome_decide(&oe, ret_outcome);
	facts.status = ret_outcome->status;
	facts.detail = ret_outcome->detail;
	facts.digest = ev.digest;
	facts.harness_cpu_s = cpu - p->cpu_before;
	p->cpu_before = cpu;
	session_canonical(p->session, item->task, &canonical);
	json = facts_json(&facts, err);
	rc = json ? rundir_finish(&item->dir, &ev, canonical.buf, json, err) : -1;
	if (!rc)
		rc = store_ingest_run(p->store, item->dir.final, err);
	free(json);
	strbuf_release(&canonical);
	rundir_evidence_release(&ev);
	return rc;
}

static int done(void *ctx, size_t i, const struct schedule_exit *e, struct error *err)
{
	struct pipeline *p = ctx;
	struct item *item = &p->items[i];
	struct strbuf title = STRBUF_INIT;
	struct outcome outcome;
	int rc = take(p, item, e, &outcome, err);

	if (!rc) {
		bool ok = strcmp(outcome.status, "ok") == 0;

		cell_title(item->task->cell, &title);
		progress_advance(&p->progress, 1);
		progress_line(&p->progress, "%-8s %.12s %s%s (%.1f s)%s%s", outcome.status,
			      item->task->id, title.buf, item->n > 1 ? ", again" : "", e->wall_s,
			      *outcome.detail ? ": " : "", outcome.detail);
		p->totals->nr_run++;
		p->totals->nr_failed += !ok;
		p->totals->cpu_s += e->cpu_s;
	}
	strbuf_release(&title);
	item_release(item);
	return rc;
}

static void draw(void *ctx, size_t nr_done, size_t nr_running)
{
	struct pipeline *p = ctx;

	progress_draw(&p->progress, nr_done, nr_running);
}

/* Compare the two runs of every cell that has two; say where they part. */
static int verify(struct pipeline *p, struct error *err)
{
	for (size_t i = 0; i < p->session->nr_tasks; i++) {
		const struct task *t = &p->session->tasks[i];
		char where[1024];
		int same;

		if (!in_shard(p, i) || wanted(p, t) < 2)
			continue;
		same = verify_cell(p->o->results, t->id, where, sizeof(where), err);
		if (same < 0)
			return -1;
		if (same) {
			p->totals->nr_verified++;
		} else {
			struct strbuf title = STRBUF_INIT;

			cell_title(t->cell, &title);
			progress_line(&p->progress, "differs  %.12s %s: %s", t->id, title.buf, where);
			strbuf_release(&title);
			p->totals->nr_different++;
		}
	}
	return 0;
}

static struct schedule_limits limits_of(const struct pipeline_options *o)
{
	uint64_t memory = (uint64_t)sysconf(_SC_AVPHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t all = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);

	/* Page cache counts as used but gives way: take at least half of all. */
	if (memory < all / 2)
		memory = all / 2;
	return (struct schedule_limits){
		.cpus = o->jobs ? o->jobs : (unsigned int)sysconf(_SC_NPROCESSORS_ONLN),
		.memory_bytes = memory > HOST_RESERVE ? memory - HOST_RESERVE : memory,
	};
}

int pipeline_run(const struct session *session, const struct plan *plan,
		 const struct pipeline_options *o, struct pipeline_totals *ret_totals,
		 struct error *err)
{
	static const struct schedule_ops ops = { start, done, abandoned, draw };
	struct pipeline p = { .session = session, .o = o, .totals = ret_totals };
	struct schedule_limits limits = limits_of(o);
	struct results results;
	double t0 = now_s(), cpu0 = own_cpu_s();
	int rc;

	*ret_totals = (struct pipeline_totals){};
	if (results_open(o->results, &results, err))
		return -1;
	p.store = results.store;
	ret_totals->nr_recovered = results.nr_recovered;
	results_warn(&results);
	rc = keep_plan(&p, plan, err);
	if (!rc)
		rc = find_missing(&p, err);
	progress_init(&p.progress, stderr, p.nr, (double)p.nr);
	p.cpu_before = own_cpu_s();
	if (!rc && p.nr)
		rc = schedule_run(p.sched, p.nr, &limits, &ops, &p, err);
	if (!rc && o->verify)
		rc = verify(&p, err);
	progress_end(&p.progress);
	ret_totals->wall_s = now_s() - t0;
	ret_totals->harness_cpu_s = own_cpu_s() - cpu0;
	results_close(&results);
	free(p.items);
	free(p.sched);
	return rc;
}
