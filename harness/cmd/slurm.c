// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The work of a plan as job arrays of Slurm. What must be shared between the
 * nodes is the results directory; a kernel cache that is not shared is filled
 * on the node, and the cell's id says whether it came out the same.
 *
 * Results are imported as they appear, checked like any other; a batch is
 * removed when nothing of it is outstanding. Batches that a dead harness left
 * are taken over.
 */
#include "cmd/work.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "cmd/slurm_batch.h"
#include "collect/import.h"
#include "collect/rundir.h"
#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"
#include "run/slurm.h"

#define POLL_MS 2000
#define TRIES 3 /* times an item is submitted before it is given up */
#define SETUP_MINUTES 30 /* kernel and images, where the cache is not shared */

struct cluster {
	struct work *work;
	char *dir; /* RESULTS/slurm, absolute */
	struct batch *batches;
	size_t nr;
	unsigned int *tries; /* of each item of the work */
	size_t nr_left; /* items without a result that are not given up */
	unsigned int serial;
};

static void cluster_release(struct cluster *c)
{
	for (size_t i = 0; i < c->nr; i++)
		batch_release(&c->batches[i]);
	free(c->batches);
	free(c->tries);
	free(c->dir);
}

static int cluster_init(struct cluster *c, struct work *w, struct error *err)
{
	char absolute[PATH_MAX];

	*c = (struct cluster){ .work = w, .nr_left = w->nr };
	if (!realpath(w->o->results, absolute))
		return error_errno(err, ERROR_HOST, errno, "cannot find '%s'", w->o->results);
	c->dir = xasprintf("%s/slurm", absolute);
	c->tries = xcalloc(w->nr + 1, sizeof(*c->tries));
	return 0;
}

static const struct work_item *find_item(const struct work *w, const char *id, unsigned int n)
{
	for (size_t i = 0; i < w->nr; i++)
		if (w->items[i].n == n && strcmp(w->items[i].task->id, id) == 0)
			return &w->items[i];
	return NULL;
}

static struct batch *add_batch(struct cluster *c, const char *name)
{
	c->batches = xreallocarray(c->batches, c->nr + 1, sizeof(*c->batches));
	batch_init(&c->batches[c->nr], c->dir, name);
	return &c->batches[c->nr++];
}

/* A batch that an earlier harness left. */
static int load_batch(struct cluster *c, const char *name, struct error *err)
{
	struct batch *b = add_batch(c, name);

	if (batch_load(b, err))
		return -1;
	for (size_t i = 0; i < b->nr; i++)
		b->entries[i].item = find_item(c->work, b->entries[i].id, b->entries[i].n);
	return 0;
}

static int load_batches(struct cluster *c, struct error *err)
{
	DIR *d = opendir(c->dir);
	int rc = 0;

	for (struct dirent *e = d ? readdir(d) : NULL; !rc && e; e = readdir(d))
		if (e->d_name[0] != '.')
			rc = load_batch(c, e->d_name, err);
	if (d)
		closedir(d);
	return rc;
}

static double fact_number(const json_t *facts, const char *key)
{
	return json_number_value(json_object_get(facts, key));
}

/* Tell of a run that has come in, from what it says of itself. */
static void tell(struct work *w, const struct work_item *item, const char *final)
{
	char *path = xasprintf("%s/facts.json", final);
	json_t *facts = json_load_file(path, 0, NULL);
	const char *status = json_string_value(json_object_get(facts, "status"));
	const char *detail = json_string_value(json_object_get(facts, "detail"));

	work_done(w, item, status ? status : "garbage", detail ? detail : "",
		  fact_number(facts, "wall_s"), fact_number(facts, "cpu_s"));
	json_decref(facts);
	free(path);
}

/* Take the result of task @i of @b if it is there. */
static int collect_entry(struct cluster *c, struct batch *b, size_t i, struct error *err)
{
	struct entry *e = &b->entries[i];
	char *there = xasprintf("%s/%zu/runs/%s/%u", b->dir, i + 1, e->id, e->n), *final = NULL;
	enum import_state state;
	int rc = 0;

	if (!e->done && !e->refused && io_exists(there)) {
		rc = import_run(there, c->work->o->results, &state, &final, err);
		if (rc && err->kind == ERROR_INPUT) {
			progress_line(&c->work->progress, "refused  %s", err->msg);
			e->refused = true;
			free(there);
			free(final);
			return 0;
		}
		if (!rc && (state == IMPORT_NEW || state == IMPORT_REPLACED))
			rc = store_ingest_run(c->work->results.store, final, err);
		if (!rc) {
			e->done = true;
			if (e->item) {
				tell(c->work, e->item, final);
				c->nr_left--;
			}
		}
	}
	free(there);
	free(final);
	return rc;
}

static int collect(struct cluster *c, struct error *err)
{
	for (size_t i = 0; i < c->nr; i++)
		for (size_t j = 0; j < c->batches[i].nr; j++)
			if (collect_entry(c, &c->batches[i], j, err))
				return -1;
	return 0;
}

static void forget(struct cluster *c, size_t i)
{
	batch_release(&c->batches[i]);
	c->batches[i] = c->batches[--c->nr];
}

/* All of @b ask for what @cell asks for. */
static int submit(struct cluster *c, const struct batch *b, const struct cell *cell,
		  struct error *err)
{
	char *script = xasprintf("%s/script", b->dir), *log = xasprintf("%s/log-%%a", b->dir);
	const struct slurm_request r = {
		.name = b->name,
		.script = script,
		.log = log,
		.nr_tasks = b->nr,
		.at_once = c->work->o->jobs,
		.cpus = cell->clock == CLOCK_WALL ? cell->vcpus : 1,
		.memory_bytes = work_memory_bytes(cell),
		.minutes = work_timeout_s(cell) / 60 + 1 + SETUP_MINUTES,
		.exclusive = cell->clock == CLOCK_WALL,
	};
	int rc = batch_write(b, c->work->session->builder.paths, c->work->o->plan,
			     c->work->o->retry, err);

	if (!rc)
		rc = slurm_submit(&r, err);
	free(script);
	free(log);
	return rc;
}

/* Cells of one array ask for the same of a node. */
static bool same_request(const struct cell *a, const struct cell *b)
{
	return work_memory_bytes(a) == work_memory_bytes(b) &&
	       work_timeout_s(a) == work_timeout_s(b) && a->clock == b->clock &&
	       (a->clock == CLOCK_INSN || a->vcpus == b->vcpus);
}

static bool is_outstanding(const struct cluster *c, const struct work_item *item)
{
	for (size_t i = 0; i < c->nr; i++)
		for (size_t j = 0; j < c->batches[i].nr; j++)
			if (c->batches[i].entries[j].item == item)
				return true;
	return false;
}

/* Put @first and what is like it into new batch @b. */
static void fill_batch(struct cluster *c, struct batch *b, size_t first, bool *wanted)
{
	const struct work *w = c->work;

	for (size_t i = first; i < w->nr && b->nr < SLURM_ARRAY_MAX; i++) {
		if (!wanted[i] ||
		    !same_request(w->items[first].task->cell, w->items[i].task->cell))
			continue;
		batch_add(b, w->items[i].task->id, w->items[i].n, &w->items[i]);
		wanted[i] = false;
		c->tries[i]++;
	}
}

/* Submit every item that no batch holds and that may still be tried. */
static int submit_missing(struct cluster *c, struct error *err)
{
	struct work *w = c->work;
	bool *wanted = xcalloc(w->nr + 1, sizeof(*wanted));
	int rc = 0;

	for (size_t i = 0; i < w->nr; i++)
		wanted[i] = c->tries[i] < TRIES && !is_outstanding(c, &w->items[i]);
	for (size_t i = 0; !rc && i < w->nr; i++) {
		struct batch *b;
		char *name;

		if (!wanted[i])
			continue;
		name = xasprintf("highwater-%ld-%ld-%u", (long)time(NULL), (long)getpid(), ++c->serial);
		b = add_batch(c, name);
		free(name);
		fill_batch(c, b, i, wanted);
		rc = submit(c, b, w->items[i].task->cell, err);
		if (!rc)
			progress_line(&w->progress, "submitted %zu runs as job '%s'", b->nr, b->name);
	}
	free(wanted);
	return rc;
}

/* Slurm no longer knows @b: what has no result is tried again, or given up. */
static int bury(struct cluster *c, size_t at, struct error *err)
{
	struct batch *b = &c->batches[at];
	bool keep_logs = false;
	int rc = 0;

	for (size_t i = 0; i < b->nr; i++) {
		const struct entry *e = &b->entries[i];

		if (e->done || !e->item)
			continue;
		if (c->tries[e->item - c->work->items] < TRIES)
			continue;
		progress_line(&c->work->progress,
			      "no result from Slurm for %.12s after %d tries; the last log is '%s/log-%zu'",
			      e->id, TRIES, b->dir, i + 1);
		c->work->totals->nr_failed++;
		c->nr_left--;
		keep_logs = true;
	}
	if (keep_logs)
		batch_retire(b);
	else
		rc = io_remove_tree(b->dir, err);
	forget(c, at);
	return rc;
}

/* How the arrays fare; the dead are buried. */
static int look(struct cluster *c, size_t *ret_running, struct error *err)
{
	*ret_running = 0;
	for (size_t i = c->nr; i-- > 0;) {
		struct batch *b = &c->batches[i];
		struct slurm_load load;

		if (slurm_load(b->name, &load, err))
			return -1;
		*ret_running += load.running;
		if (load.held && (b->releases++ < TRIES ? slurm_release : slurm_cancel)(b->name, err))
			return -1;
		if (load.running || load.waiting) {
			b->quiet = 0;
			continue;
		}
		/* The last results may need a moment to be seen here. */
		if ((batch_is_finished(b) || ++b->quiet > 2) && bury(c, i, err))
			return -1;
	}
	return 0;
}

static int cancel_all(struct cluster *c, struct error *err)
{
	for (size_t i = 0; i < c->nr; i++)
		if (slurm_cancel(c->batches[i].name, err))
			return -1;
	return collect(c, err) ? -1 : 1;
}

static int watch(struct cluster *c, int signal_fd, struct error *err)
{
	struct pollfd fd = { .fd = signal_fd, .events = POLLIN };

	for (;;) {
		size_t running;

		if (collect(c, err) || look(c, &running, err))
			return -1;
		if (c->nr_left && submit_missing(c, err))
			return -1;
		if (!c->nr_left && !c->nr)
			return 0;
		progress_draw(&c->work->progress, c->work->nr - c->nr_left, running);
		if (poll(&fd, 1, POLL_MS) > 0)
			return cancel_all(c, err);
	}
}

int slurm_execute(struct work *w, struct error *err)
{
	struct cluster c;
	sigset_t old;
	int signal_fd, rc;

	if (cluster_init(&c, w, err))
		return -1;
	signal_fd = proc_catch_stop(&old, err);
	rc = signal_fd < 0 ? -1 : 0;
	if (!rc)
		rc = load_batches(&c, err);
	if (!rc)
		rc = watch(&c, signal_fd, err);
	if (signal_fd >= 0)
		close(signal_fd);
	sigprocmask(SIG_SETMASK, &old, NULL);
	cluster_release(&c);
	return rc;
}

int slurm_collect(struct work *w, struct error *err)
{
	struct cluster c;
	int rc = cluster_init(&c, w, err);

	if (rc)
		return rc;
	rc = load_batches(&c, err);
	if (!rc)
		rc = collect(&c, err);
	for (size_t i = 0; !rc && i < c.nr; i++)
		if (c.batches[i].nr && batch_is_finished(&c.batches[i]))
			rc = io_remove_tree(c.batches[i].dir, err);
	cluster_release(&c);
	return rc;
}
