// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/work.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/verify.h"
#include "lib/xalloc.h"

#define TIMEOUT_S 600 /* a cell that says nothing else */
#define QEMU_OVERHEAD (384ull << 20) /* translation buffer, region, QEMU itself */

uint64_t work_memory_bytes(const struct cell *cell)
{
	return cell->memory_bytes + QEMU_OVERHEAD + cell_trace_room(cell);
}

unsigned int work_timeout_s(const struct cell *cell)
{
	return cell->timeout_s ? cell->timeout_s : TIMEOUT_S;
}

/* Runs a cell should have: two when an insn cell is to be verified. */
static unsigned int wanted(const struct work *w, const struct task *t)
{
	return w->o->verify && t->cell->clock == CLOCK_INSN ? 2 : 1;
}

static bool is_ours(const struct work *w, size_t i)
{
	const struct pipeline_options *o = w->o;

	if (o->only)
		return strcmp(w->session->tasks[i].id, o->only) == 0;
	return !o->nr_shards || i % o->nr_shards == o->shard - 1;
}

static int find_missing(struct work *w, const struct task *t, struct error *err)
{
	unsigned int first = w->o->only ? w->o->only_n : 1;
	unsigned int last = w->o->only ? w->o->only_n : wanted(w, t);
	bool missing = false;

	for (unsigned int n = first; n <= last; n++) {
		enum store_state state;

		if (store_run_state(w->results.store, t->id, n, &state, err))
			return -1;
		if (state == STORE_OK || (state == STORE_FAILED && !w->o->retry)) {
			w->totals->nr_failed += state == STORE_FAILED && n == 1;
			continue;
		}
		w->items = xreallocarray(w->items, w->nr + 1, sizeof(*w->items));
		w->items[w->nr++] = (struct work_item){ .task = t, .n = n };
		missing = true;
	}
	w->totals->nr_cached += !missing;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct task *const *x = a, *const *y = b;
	int rc = strcmp((*x)->id, (*y)->id);

	return rc ? rc : (*x > *y) - (*x < *y);
}

/*
 * Kernels of two names can be one image, a patch to documentation between them: their cells
 * are one cell, which is run once. @ret[i]: an earlier task is the same cell.
 */
static bool *find_repeated(const struct session *s)
{
	const struct task **sorted = xcalloc(s->nr_tasks + 1, sizeof(struct task *));
	bool *repeated = xcalloc(s->nr_tasks + 1, sizeof(*repeated));

	for (size_t i = 0; i < s->nr_tasks; i++)
		sorted[i] = &s->tasks[i];
	if (s->nr_tasks)
		qsort(sorted, s->nr_tasks, sizeof(struct task *), by_id);
	for (size_t i = 1; i < s->nr_tasks; i++)
		repeated[sorted[i] - s->tasks] = strcmp(sorted[i]->id, sorted[i - 1]->id) == 0;
	free(sorted);
	return repeated;
}

static int find_task(struct work *w, size_t i, bool repeated, struct error *err)
{
	const struct task *t = &w->session->tasks[i];

	/* A cell that another plan ran, or under another kernel's name, is ours too. */
	if (store_add_name(w->results.store, t->id, "kernel", t->cell->kernel, err) ||
	    store_add_name(w->results.store, t->id, "plan", t->cell->plan, err))
		return -1;
	if (!is_ours(w, i))
		return 0;
	w->totals->nr_cells++;
	w->totals->nr_cached += repeated;
	return repeated ? 0 : find_missing(w, t, err);
}

int work_find(struct work *w, struct error *err)
{
	bool *repeated = find_repeated(w->session);
	int rc = 0;

	for (size_t i = 0; !rc && i < w->session->nr_tasks; i++)
		rc = find_task(w, i, repeated[i], err);
	free(repeated);
	if (!rc && w->o->only && !w->totals->nr_cells)
		rc = error_set(err, ERROR_INPUT,
			       "no cell of the plan is '%.12s' here: kernel, guest image, compiler or QEMU are not those it was planned with",
			       w->o->only);
	return rc;
}

void work_done(struct work *w, const struct work_item *item, const char *status, const char *detail,
	       double wall_s, double cpu_s)
{
	struct strbuf title = STRBUF_INIT;

	cell_title(item->task->cell, &title);
	progress_advance(&w->progress, 1);
	progress_line(&w->progress, "%-8s %.12s %s%s (%.1f s)%s%s", status, item->task->id, title.buf,
		      item->n > 1 ? ", again" : "", wall_s, *detail ? ": " : "", detail);
	strbuf_release(&title);
	w->totals->nr_run++;
	w->totals->nr_failed += strcmp(status, "ok") != 0;
	w->totals->cpu_s += cpu_s;
}

static int verify_task(struct work *w, const struct task *t, struct error *err)
{
	struct strbuf title = STRBUF_INIT;
	char where[1024];
	int same = verify_cell(w->o->results, t->id, where, sizeof(where), err);

	if (same < 0)
		return -1;
	w->totals->nr_verified += same;
	w->totals->nr_different += !same;
	if (!same) {
		cell_title(t->cell, &title);
		progress_line(&w->progress, "differs  %.12s %s: %s", t->id, title.buf, where);
		strbuf_release(&title);
	}
	return 0;
}

int work_verify(struct work *w, struct error *err)
{
	for (size_t i = 0; i < w->session->nr_tasks; i++) {
		const struct task *t = &w->session->tasks[i];

		if (is_ours(w, i) && wanted(w, t) == 2 && verify_task(w, t, err))
			return -1;
	}
	return 0;
}
