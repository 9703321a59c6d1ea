// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/watch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot/vm.h"
#include "build/vmlinux.h"
#include "cmd/neighbour.h"
#include "collect/job.h"
#include "collect/rundir.h"
#include "lib/io.h"
#include "lib/xalloc.h"
#include "run/schedule.h"

#define TIMEOUT_S 1200
#define RAW_MAX (512u << 20)
#define FILE_BYTES (512ull << 20)
#define QEMU_ADDRESSES (12ull << 30) /* beside the guest's own; the plugin has tables */

struct watch {
	const struct session *session;
	const struct task *task;
	const char *results, *mode, *digest;
	unsigned int window;
	struct rundir dir;
	char *symbols, *out;
	struct watch_result *ret;
};

int watch_start(const struct watch_guest *g, struct rundir *dir, pid_t *ret_pid, int *ret_pidfd,
		struct error *err)
{
	const struct cell *c = g->task->cell;
	const struct region_size size = region_size_for(cell_trace_room(c));
	struct vm_limits limits = { .file_bytes = FILE_BYTES, .memory_bytes = QEMU_ADDRESSES };
	struct strbuf job = STRBUF_INIT;
	struct argv argv = {};
	struct guest_spec spec;
	int rc;

	session_guest(g->session, g->task, &spec);
	job_text(c, INSN_SHIFT, &job);
	rc = rundir_begin(g->results, g->task->id, 1, size, job.buf, job.len, dir, err);
	if (!rc)
		rc = vmlinux_write_symbols(g->v, g->symbols, err);
	if (!rc) {
		spec.region = dir->region;
		spec.region_bytes = size.bytes;
		spec.console = dir->console;
		spec.disk = dir->disk;
		spec.plugin_args = g->plugin_args;
		qemu_argv(&spec, &argv);
		if (g->gdb) {
			argv_add(&argv, "-gdb");
			argv_addf(&argv, "unix:%s,server=on,wait=off", g->gdb);
		}
		limits.file_bytes += spec.swap_bytes;
		limits.memory_bytes += spec.memory_bytes + size.bytes;
		rc = vm_start(&argv, qemu_preload(&spec), dir->qemu_log, &limits, ret_pid, ret_pidfd, err);
	}
	argv_release(&argv);
	strbuf_release(&job);
	return rc;
}

static int start(void *ctx, size_t i, pid_t *ret_pid, int *ret_pidfd, struct error *err)
{
	struct watch *w = ctx;
	char *args[5] = { xasprintf("symbols=%s", w->symbols), xasprintf("mode=%s", w->mode),
			  xasprintf("out=%s", w->out), xasprintf("window=%u", w->window), NULL };
	struct vmlinux v;
	const struct watch_guest g = { .session = w->session, .task = w->task, .results = w->results,
				       .v = &v, .symbols = w->symbols,
				       .plugin_args = (const char *const *)args };
	int rc = vmlinux_open(w->task->kernel->vmlinux, &v, err);

	(void)i;
	if (!rc) {
		rc = watch_start(&g, &w->dir, ret_pid, ret_pidfd, err);
		vmlinux_release(&v);
	}
	for (size_t a = 0; args[a]; a++)
		free(args[a]);
	return rc;
}

/* What QEMU said last: why it refuses the plugin, for one. */
static int no_counts(const struct watch *w, const struct schedule_exit *e, struct error *err)
{
	struct strbuf log = STRBUF_INIT;
	struct error ignored;
	const char *line;

	if (io_read_file(w->dir.qemu_log, 1 << 20, &log, &ignored))
		strbuf_adds(&log, "");
	line = strbuf_last_line(&log);
	if (e->timed_out)
		error_set(err, ERROR_FOUND, "the guest did not end within %d s", TIMEOUT_S);
	else
		error_set(err, ERROR_HOST, "QEMU does not run with the plugin (exit code %d, signal %d): %s",
			  e->exit_code, e->signal, *line ? line : "it said nothing");
	strbuf_release(&log);
	return -1;
}

static int done(void *ctx, size_t i, const struct schedule_exit *e, struct error *err)
{
	struct watch *w = ctx;
	struct rundir_evidence ev;
	int rc;

	(void)i;
	w->ret->cpu_s = e->cpu_s;
	w->ret->wall_s = e->wall_s;
	if (e->exit_code || !io_exists(w->out))
		return no_counts(w, e, err);
	rc = rundir_evidence(&w->dir, &ev, err);
	if (rc)
		return rc;
	if (strcmp(ev.digest, w->digest) != 0)
		rc = error_set(err, ERROR_FOUND,
			       "the guest did something else under the plugin: digest %.12s, was %.12s",
			       ev.digest, w->digest);
	strbuf_add(&w->ret->frames, ev.frames.buf, ev.frames.len);
	rundir_evidence_release(&ev);
	return rc ? rc : io_read_file(w->out, RAW_MAX, &w->ret->raw, err);
}

static void abandoned(void *ctx, size_t i)
{
	(void)ctx;
	(void)i;
}

static void progress(void *ctx, size_t nr_done, size_t nr_running)
{
	(void)ctx;
	(void)nr_done;
	(void)nr_running;
}

static int check(const struct session *s, const struct task *t, struct error *err)
{
	if (neighbour_check_clock(t->cell, t->id, err))
		return -1;
	if (!io_exists(s->builder.paths->plugin))
		return error_set(err, ERROR_INPUT, "the plugin '%s' is not built; run make",
				 s->builder.paths->plugin);
	if (t->kernel->boot && strstr(t->kernel->boot, "kaslr") && !strstr(t->kernel->boot, "nokaslr"))
		return error_set(err, ERROR_INPUT, "kernel '%s' boots with KASLR on", t->kernel->name);
	return 0;
}

int watch_cell(const struct session *s, const struct task *t, const char *results,
	       const char *mode, unsigned int window, const char *digest, struct watch_result *ret,
	       struct error *err)
{
	static const struct schedule_ops ops = { start, done, abandoned, progress };
	const struct schedule_item item = { .cpus = 1, .timeout_s = TIMEOUT_S };
	const struct schedule_limits limits = { .cpus = 1 };
	struct watch w = { .session = s, .task = t, .results = results, .mode = mode,
			   .digest = digest, .window = window, .ret = ret };
	int lock = -1, rc;

	*ret = (struct watch_result){};
	w.symbols = xasprintf("%s/tmp/%.16s.symbols", results, t->id);
	w.out = xasprintf("%s/tmp/%.16s.counts", results, t->id);
	rc = check(s, t, err);
	if (!rc) {
		lock = rundir_lock(results, err);
		rc = lock < 0 ? -1 : 0;
	}
	if (!rc)
		rc = schedule_run(&item, 1, &limits, &ops, &w, err);
	if (rc > 0)
		rc = error_set(err, ERROR_FOUND, "interrupted");
	if (w.dir.tmp)
		rundir_abandon(&w.dir);
	rundir_release(&w.dir);
	unlink(w.symbols);
	unlink(w.out);
	if (lock >= 0)
		close(lock);
	free(w.symbols);
	free(w.out);
	if (rc)
		watch_release(ret);
	return rc;
}

void watch_release(struct watch_result *r)
{
	strbuf_release(&r->raw);
	strbuf_release(&r->frames);
}
