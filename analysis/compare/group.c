// SPDX-License-Identifier: GPL-2.0-or-later
/* From the rows of a group to its figures, and what is said above its table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/private.h"
#include "lib/strbuf.h"
#include "lib/xalloc.h"

/* A row of the vmstat block that is zero everywhere says nothing. */
static bool is_silent(const struct building *g, size_t row)
{
	const struct samples *s = &g->samples[row * g->nr_columns];

	if (!g->rows[row].block)
		return false;
	for (size_t col = 0; col < g->nr_columns; col++)
		for (size_t i = 0; i < s[col].nr; i++)
			if (s[col].v[i].d != 0)
				return false;
	return true;
}

/* Why column @col of group @g has no number: the first status that is not ok. */
static const char *status_of(const struct building *g, size_t col)
{
	for (size_t i = 0; i < g->nr_cells[col]; i++) {
		const struct query_cell *cell = g->cells[col][i];

		if (!cell->run)
			return "not run";
		if (strcmp(cell->status, "ok") != 0)
			return cell->status;
	}
	return "-";
}

static void fill_figures(const struct builder *b, struct stats *st, struct building *g, size_t i, bool wall)
{
	struct compare_row *row = &g->rows[i];
	const struct samples *s = &g->samples[i * g->nr_columns];

	row->figures = xcalloc(g->nr_columns, sizeof(*row->figures));
	for (size_t col = 0; col < g->nr_columns; col++) {
		const size_t base = b->c->baseline[col];

		compare_summarize(s[col].v, s[col].nr, wall, &row->figures[col]);
		if (!s[col].nr)
			snprintf(row->figures[col].status, sizeof(row->figures[col].status), "%s",
				 status_of(g, col));
		else if (col != base)
			compare_difference(st, s[base].v, s[base].nr, s[col].v, s[col].nr, wall,
					   &row->figures[col]);
	}
}

/* "hot-set, memory 400M, vcpus 1": the key for people, workload first. */
static char *group_title(const struct query_cell *cell, const struct compare_options *o)
{
	static const char *const quiet[] = { "workload", "clock", "seed", "plan", "events", "vcpus" };
	const char *workload = query_axis_value(cell, "workload");
	struct strbuf t = STRBUF_INIT;

	strbuf_adds(&t, workload ? workload : "");
	for (size_t i = 0; i < cell->nr_axes; i++) {
		const struct query_axis *a = &cell->axes[i];
		bool skip = compare_is_compared(o, a->name) || strcmp(a->value, "none") == 0;

		for (size_t j = 0; j < sizeof(quiet) / sizeof(quiet[0]); j++)
			skip |= strcmp(a->name, quiet[j]) == 0;
		if (!skip)
			strbuf_addf(&t, " %s=%s", a->name, a->value);
	}
	return strbuf_detach(&t);
}

/* Accelerators, number of seeds, and whether every run was done twice. */
static char *group_note(const struct building *g, size_t *ret_seeds)
{
	size_t nr = 0, verified = 0, different = 0, most = 0;
	const char *accelerator = "";

	for (size_t col = 0; col < g->nr_columns; col++) {
		if (g->nr_cells[col] > most)
			most = g->nr_cells[col];
		for (size_t i = 0; i < g->nr_cells[col]; i++, nr++) {
			const struct query_cell *cell = g->cells[col][i];

			verified += cell->verified == 1;
			different += cell->verified == 0;
			if (*accelerator && strcmp(accelerator, cell->accelerator) != 0)
				accelerator = "tcg and kvm";
			else
				accelerator = cell->accelerator;
		}
	}
	*ret_seeds = most;
	return xasprintf("%s, %zu seed%s%s", accelerator, most, most == 1 ? "" : "s",
			 different	     ? ", TWO RUNS OF A CELL DIFFER" :
			 nr && verified == nr ? ", identical twice" :
						"");
}

static const struct query_cell *any_cell(const struct building *g)
{
	for (size_t col = 0; col < g->nr_columns; col++)
		if (g->nr_cells[col])
			return g->cells[col][0];
	return NULL;
}

void compare_finish_group(const struct builder *b, struct stats *st, struct building *g,
			  struct compare_group *ret)
{
	const struct query_cell *any = any_cell(g); /* a group is made for its first cell */
	const char *clock = query_axis_value(any, "clock");

	*ret = (struct compare_group){ .title = group_title(any, b->o), .clock = xstrdup(clock ? clock : "?") };
	ret->note = group_note(g, &ret->seeds);
	/* A group none of whose runs is ok still shows how they ended. */
	if (!g->nr_rows)
		compare_find_row(g, "(no result)", "");
	for (size_t i = 0; i < g->nr_rows; i++) {
		if (is_silent(g, i)) {
			free(g->rows[i].name);
			free(g->rows[i].label);
			continue;
		}
		fill_figures(b, st, g, i, strcmp(ret->clock, "insn") != 0);
		g->rows[ret->nr_rows++] = g->rows[i];
	}
	compare_release_samples(g);
	ret->rows = g->rows;
	g->rows = NULL;
	g->nr_rows = 0;
}
