// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "lib/xalloc.h"

static size_t count(const struct compare *c)
{
	size_t nr = 0;

	for (size_t g = 0; g < c->nr_groups; g++)
		nr += c->groups[g].nr_rows * c->nr_columns;
	return nr;
}

/* All figures of the comparison, in the order of the tables. */
static struct compare_figure **list(const struct compare *c)
{
	struct compare_figure **all = xcalloc(count(c) + 1, sizeof(struct compare_figure *));
	size_t nr = 0;

	for (size_t g = 0; g < c->nr_groups; g++)
		for (size_t r = 0; r < c->groups[g].nr_rows; r++)
			for (size_t col = 0; col < c->nr_columns; col++)
				all[nr++] = &c->groups[g].rows[r].figures[col];
	return all;
}

/*
 * The smallest p these samples can give did not suffice: how many more could? The
 * figure's rank among the @m says how small its p would have to be.
 */
static size_t how_many_more(const struct compare_figure *f, size_t m, bool wall)
{
	double rank = f->q > 0 ? f->p * (double)m / f->q : 1;
	double p = STATS_ALPHA * (rank < 1 ? 1 : rank) / (double)m;
	size_t needed = wall ? stats_runs_needed(p) : stats_pairs_needed(p);

	return needed > f->n_pairs ? needed - f->n_pairs : 1;
}

static void judge(struct compare_figure *f, size_t m, bool wall)
{
	if (f->few) {
		f->verdict = COMPARE_FEW;
		f->more = COMPARE_WALL_MIN - f->n_pairs;
	} else if (!f->has_difference) {
		f->verdict = COMPARE_NONE;
	} else if (!f->tested) {
		f->verdict = f->difference == 0 ? COMPARE_EQUAL : COMPARE_EXACT;
	} else if (f->q <= STATS_ALPHA) {
		f->verdict = COMPARE_DIFFERS;
	} else if (f->p_min > STATS_ALPHA || f->p <= f->p_min * (1 + 1e-9)) {
		f->verdict = COMPARE_FEW;
		f->more = how_many_more(f, m, wall);
	} else {
		f->verdict = COMPARE_UNSHOWN;
	}
}

void compare_judge(struct compare *c)
{
	struct compare_figure **all = list(c);
	const size_t nr = count(c);
	double *p = xcalloc(nr + 1, sizeof(*p)), *q = xcalloc(nr + 1, sizeof(*q));
	size_t m = 0, at = 0;

	for (size_t i = 0; i < nr; i++)
		if (all[i]->tested)
			p[m++] = all[i]->p;
	stats_fdr(p, m, q);
	for (size_t i = 0; i < nr; i++)
		if (all[i]->tested)
			all[i]->q = q[at++];
	at = 0;
	for (size_t g = 0; g < c->nr_groups; g++)
		for (size_t k = 0; k < c->groups[g].nr_rows * c->nr_columns; k++)
			judge(all[at++], m, strcmp(c->groups[g].clock, "insn") != 0);
	free(all);
	free(p);
	free(q);
}

const char *compare_verdict_name(enum compare_verdict v)
{
	static const char *const names[] = {
		[COMPARE_NONE] = "",
		[COMPARE_EXACT] = "exact",
		[COMPARE_EQUAL] = "equal",
		[COMPARE_DIFFERS] = "differs",
		[COMPARE_UNSHOWN] = "no difference shown",
		[COMPARE_FEW] = "not enough data",
	};

	return names[v];
}

int compare_direction(const struct compare_row *row, const struct compare_figure *f)
{
	if ((f->verdict != COMPARE_EXACT && f->verdict != COMPARE_DIFFERS) ||
	    row->better == QUERY_NEITHER || f->difference == 0)
		return 0;
	return (f->difference > 0) == (row->better == QUERY_HIGHER) ? 1 : -1;
}

bool compare_any_worse(const struct compare *c)
{
	for (size_t g = 0; g < c->nr_groups; g++)
		for (size_t r = 0; r < c->groups[g].nr_rows; r++)
			for (size_t col = 0; col < c->nr_columns; col++) {
				const struct compare_row *row = &c->groups[g].rows[r];

				if (compare_direction(row, &row->figures[col]) < 0)
					return true;
			}
	return false;
}
