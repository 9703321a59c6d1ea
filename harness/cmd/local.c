// SPDX-License-Identifier: GPL-2.0-or-later
/* The work of a plan in guests on this host: boot, collect, judge, publish, ingest. */
#include "cmd/work.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "boot/vm.h"
#include "collect/facts.h"
#include "collect/job.h"
#include "collect/rundir.h"
#include "decode/outcome.h"
#include "lib/now.h"
#include "lib/xalloc.h"

#define CONSOLE_BYTES (32ull << 20) /* a guest that prints more is stopped */
#define QEMU_ADDRESSES (8ull << 30) /* its translation buffer is up to 2 GiB */
#define HOST_RESERVE (1ull << 30)

/* A run in progress. */
struct guest {
	struct rundir dir;
	struct argv argv;
	char *cmdline;
	char started[32];
};

struct local {
	struct work *work;
	struct guest *guests; /* one for each item of the work */
	double cpu_before; /* of the harness, at the last run's end */
};

static int start(void *ctx, size_t i, pid_t *ret_pid, int *ret_pidfd, struct error *err)
{
	struct local *l = ctx;
	const struct work_item *item = &l->work->items[i];
	struct guest *g = &l->guests[i];
	struct strbuf job = STRBUF_INIT, cmdline = STRBUF_INIT;
	struct vm_limits limits = { .file_bytes = CONSOLE_BYTES, .memory_bytes = QEMU_ADDRESSES };
	struct guest_spec spec;
	time_t now = time(NULL);
	struct tm tm;
	struct region_size size = region_size_for(cell_trace_room(item->task->cell));
	int rc;

	session_guest(l->work->session, item->task, &spec);
	job_text(item->task->cell, INSN_SHIFT, &job);
	rc = rundir_begin(l->work->o->results, item->task->id, item->n, size, job.buf, job.len,
			  &g->dir, err);
	strbuf_release(&job);
	if (rc)
		return -1;
	spec.region = g->dir.region;
	spec.region_bytes = size.bytes;
	spec.console = g->dir.console;
	spec.disk = g->dir.disk;
	if (spec.swap == SWAP_DISK && rundir_add_disk(&g->dir, spec.swap_bytes, err))
		return -1;
	qemu_cmdline(&spec, &cmdline);
	g->cmdline = strbuf_detach(&cmdline);
	qemu_argv(&spec, &g->argv);
	strftime(g->started, sizeof(g->started), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	limits.file_bytes += spec.swap_bytes;
	limits.memory_bytes += work_memory_bytes(item->task->cell);
	return vm_start(&g->argv, qemu_preload(&spec), g->dir.qemu_log, &limits, ret_pid, ret_pidfd, err);
}

static void guest_release(struct guest *g)
{
	rundir_release(&g->dir);
	argv_release(&g->argv);
	free(g->cmdline);
	g->cmdline = NULL;
}

static void abandoned(void *ctx, size_t i)
{
	struct local *l = ctx;

	rundir_abandon(&l->guests[i].dir);
	guest_release(&l->guests[i]);
}

/* Collect, judge, publish and ingest one run. */
static int take(struct local *l, const struct task *task, struct guest *g,
		const struct schedule_exit *e, struct outcome *ret_outcome, struct error *err)
{
	struct rundir_evidence ev;
	struct strbuf canonical = STRBUF_INIT;
	struct outcome_evidence oe = { .exit = e };
	struct facts facts = { .session = l->work->session, .task = task, .argv = &g->argv,
			       .cmdline = g->cmdline, .started = g->started, .exit = e };
	double cpu = cpu_s();
	char *json;
	int rc;

	if (rundir_evidence(&g->dir, &ev, err))
		return -1;
	oe.frames = ev.frames.buf;
	oe.frames_len = ev.frames.len;
	oe.trace = ev.trace.buf;
	oe.trace_len = ev.trace.len;
	oe.region_problem = ev.problem;
	oe.console = ev.console.buf;
	oe.console_len = ev.console.len;
	oe.qemu_log = ev.qemu_log.buf;
	outcome_decide(&oe, ret_outcome);
	facts.status = ret_outcome->status;
	facts.detail = ret_outcome->detail;
	facts.digest = ev.digest;
	facts.harness_cpu_s = cpu - l->cpu_before;
	l->cpu_before = cpu;
	session_canonical(l->work->session, task, &canonical);
	json = facts_json(&facts, err);
	rc = json ? rundir_finish(&g->dir, &ev, canonical.buf, json, err) : -1;
	if (!rc)
		rc = store_ingest_run(l->work->results.store, g->dir.final, err);
	free(json);
	strbuf_release(&canonical);
	rundir_evidence_release(&ev);
	return rc;
}

static int done(void *ctx, size_t i, const struct schedule_exit *e, struct error *err)
{
	struct local *l = ctx;
	const struct work_item *item = &l->work->items[i];
	struct outcome outcome;
	int rc = take(l, item->task, &l->guests[i], e, &outcome, err);

	if (!rc)
		work_done(l->work, item, outcome.status, outcome.detail, e->wall_s, e->cpu_s);
	guest_release(&l->guests[i]);
	return rc;
}

static void draw(void *ctx, size_t nr_done, size_t nr_running)
{
	struct local *l = ctx;

	progress_draw(&l->work->progress, nr_done, nr_running);
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

int local_execute(struct work *w, struct error *err)
{
	static const struct schedule_ops ops = { start, done, abandoned, draw };
	struct local l = { .work = w, .cpu_before = cpu_s() };
	struct schedule_item *sched = xcalloc(w->nr + 1, sizeof(*sched));
	struct schedule_limits limits = limits_of(w->o);
	int rc;

	l.guests = xcalloc(w->nr + 1, sizeof(*l.guests));
	for (size_t i = 0; i < w->nr; i++) {
		const struct cell *c = w->items[i].task->cell;

		sched[i] = (struct schedule_item){
			.cpus = c->clock == CLOCK_WALL ? c->vcpus : 1,
			.memory_bytes = work_memory_bytes(c),
			.timeout_s = work_timeout_s(c),
			.alone = c->clock == CLOCK_WALL,
		};
	}
	rc = schedule_run(sched, w->nr, &limits, &ops, &l, err);
	free(l.guests);
	free(sched);
	return rc;
}
