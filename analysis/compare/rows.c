// SPDX-License-Identifier: GPL-2.0-or-later
/* The metrics of a group's runs as rows of samples. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "compare/private.h"
#include "lib/xalloc.h"

/* Equal names are one pointer: the store's (store/query.h), or vmstat.c's. */
static bool is_row(const struct building *g, size_t i, const char *name, const char *label)
{
	return g->names[i] == name && strcmp(g->rows[i].label, label) == 0;
}

static void make_room(struct building *g)
{
	if (g->nr_rows < g->room)
		return;
	g->room = g->room ? 2 * g->room : 64;
	g->rows = xreallocarray(g->rows, g->room, sizeof(*g->rows));
	g->names = xreallocarray(g->names, g->room, sizeof(*g->names));
	g->samples = xreallocarray(g->samples, g->room, g->nr_columns * sizeof(*g->samples));
}

static size_t add_row(struct building *g, const char *name, const char *label)
{
	make_room(g);
	g->rows[g->nr_rows] = (struct compare_row){ .name = xstrdup(name), .label = xstrdup(label) };
	g->names[g->nr_rows] = name;
	memset(&g->samples[g->nr_rows * g->nr_columns], 0, g->nr_columns * sizeof(*g->samples));
	return g->nr_rows++;
}

size_t compare_find_row(struct building *g, const char *name, const char *label)
{
	size_t i = g->next;

	if (i < g->nr_rows && is_row(g, i, name, label))
		return g->next++;
	for (i = 0; i < g->nr_rows && !is_row(g, i, name, label); i++)
		;
	g->next = i + 1;
	return i < g->nr_rows ? i : add_row(g, name, label);
}

/* Mostly one of each cell. */
static void add_sample(struct building *g, size_t row, size_t col, struct compare_sample s)
{
	struct samples *to = &g->samples[row * g->nr_columns + col];

	if (to->nr == to->room) {
		to->room += g->nr_cells[col];
		to->v = xreallocarray(to->v, to->room, sizeof(s));
	}
	to->v[to->nr++] = s;
}

static void add_block(struct building *g, size_t i, size_t col, int64_t seed, int64_t v)
{
	size_t row = compare_find_row(g, compare_vmstat_name(i), "");

	g->rows[row].block = true;
	g->rows[row].unit = "pages or events";
	g->rows[row].better = compare_vmstat_better(i);
	add_sample(g, row, col, (struct compare_sample){ seed, true, v, (double)v });
}

/* Shown on request only: too many rows, most of them the same everywhere. */
static bool is_detail(const char *name)
{
	static const char *const details[] = { "vmstat.",     "buddy.",	  "frag.unusable.",
					       "frag.index.", "frag.differs", "zone.",
					       "pagetype.",   "pageblocks.",  "meminfo.",
					       "disk.",	      "pressure.",	  "process.",
					       "sample.file_" };

	for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++)
		if (strncmp(name, details[i], strlen(details[i])) == 0)
			return true;
	return false;
}

static bool wanted(const struct compare_options *o, const char *name)
{
	if (o->metrics && fnmatch(o->metrics, name, 0) != 0)
		return false;
	return o->all || o->metrics || !is_detail(name);
}

/* The same for every run but the first that has the metric at place @i. */
static const struct fate *fate_of(struct builder *b, size_t i, const char *name)
{
	struct fate *f;

	if (i >= b->nr_fates) {
		b->fates = xreallocarray(b->fates, i + 1, sizeof(*b->fates));
		b->fates[i] = (struct fate){};
		b->nr_fates = i + 1;
	}
	f = &b->fates[i];
	if (f->name != name) {
		*f = (struct fate){ .name = name, .wanted = wanted(b->o, name) };
		if (f->wanted) {
			f->unit = query_unit(name);
			f->better = query_better(name);
		}
		compare_vmstat_terms(name, &f->plus, &f->minus);
	}
	return f;
}

static void add_blocks(struct builder *b, struct building *g, size_t col, int64_t seed,
		       const int64_t *sums, uint64_t has)
{
	for (size_t i = 0; i < compare_vmstat_nr(); i++)
		if (b->blocks[i] && (has >> i & 1))
			add_block(g, i, col, seed, sums[i]);
}

/* Put the metrics of one cell into column @col. */
static int add_cell(struct builder *b, struct building *g, size_t col,
		    const struct query_cell *cell, struct error *err)
{
	const char *seed = query_axis_value(cell, "seed");
	/* Of two seeds that are compared, one stands against the other. */
	const int64_t seed_nr = seed && !compare_is_compared(b->o, "seed") ? atoll(seed) : 0;
	int64_t sums[64] = {};
	uint64_t has = 0;
	struct query_metrics m;

	if (!cell->run || strcmp(cell->status, "ok") != 0)
		return 0;
	if (query_metrics(b->store, cell->run, &m, err))
		return -1;
	g->next = 0;
	for (size_t i = 0; i < m.nr; i++) {
		const struct query_metric *v = &m.v[i];
		const struct fate *f = fate_of(b, i, v->name);

		if (f->wanted) {
			size_t row = compare_find_row(g, v->name, v->label);

			g->rows[row].unit = f->unit;
			g->rows[row].better = f->better;
			add_sample(g, row, col, (struct compare_sample){ seed_nr, v->exact, v->i, v->d });
		}
		has |= f->plus;
		for (uint64_t bits = f->plus; bits; bits &= bits - 1)
			sums[__builtin_ctzll(bits)] += v->i;
		for (uint64_t bits = f->minus; bits; bits &= bits - 1)
			sums[__builtin_ctzll(bits)] -= v->i;
	}
	add_blocks(b, g, col, seed_nr, sums, has);
	query_metrics_release(&m);
	return 0;
}

int compare_read_rows(struct builder *b, struct building *g, struct error *err)
{
	for (size_t col = 0; col < g->nr_columns; col++)
		for (size_t i = 0; i < g->nr_cells[col]; i++)
			if (add_cell(b, g, col, g->cells[col][i], err))
				return -1;
	return 0;
}

void compare_release_samples(struct building *g)
{
	for (size_t i = 0; i < g->nr_rows * g->nr_columns; i++)
		free(g->samples[i].v);
	free(g->samples);
	free(g->names);
	g->samples = NULL;
	g->names = NULL;
}
