// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "lib/xalloc.h"

static double *values_of(const struct compare_sample *v, size_t nr)
{
	double *d = xcalloc(nr, sizeof(*d));

	for (size_t i = 0; i < nr; i++)
		d[i] = v[i].d;
	return d;
}

void compare_summarize(const struct compare_sample *v, size_t nr, bool wall,
		       struct compare_figure *ret)
{
	double *d;

	*ret = (struct compare_figure){ .n = nr };
	if (!nr)
		return;
	d = values_of(v, nr);
	ret->exact = nr == 1 && v[0].exact;
	ret->i = v[0].i;
	ret->value = nr == 1 ? d[0] : wall ? stats_median(d, nr) : stats_mean(d, nr);
	free(d);
}

static void take(struct compare_figure *ret, const struct stats_result *r)
{
	ret->has_difference = true;
	ret->difference = r->estimate;
	ret->min = r->min;
	ret->max = r->max;
	ret->has_interval = r->has_interval;
	ret->lo = r->lo;
	ret->hi = r->hi;
	ret->p = r->p;
	ret->p_min = r->p_min;
	ret->effect = r->effect;
}

static void shift(struct stats *st, const struct compare_sample *base, size_t nr_base,
		  const struct compare_sample *v, size_t nr, struct compare_figure *ret)
{
	struct stats_result r;
	double *a, *b;

	ret->n_pairs = nr < nr_base ? nr : nr_base;
	ret->few = ret->n_pairs < COMPARE_WALL_MIN;
	if (ret->few)
		return;
	a = values_of(base, nr_base);
	b = values_of(v, nr);
	stats_shift(st, a, nr_base, b, nr, &r);
	take(ret, &r);
	ret->tested = !r.constant || r.estimate != 0;
	free(a);
	free(b);
}

static bool varies(const struct compare_sample *v, size_t nr)
{
	for (size_t i = 1; i < nr; i++)
		if (v[i].d != v[0].d)
			return true;
	return false;
}

/* Seeds are other inputs: only equal seeds are compared. */
static size_t pair(const struct compare_sample *base, size_t nr_base,
		   const struct compare_sample *v, size_t nr, double *d)
{
	size_t n = 0, j = 0;

	for (size_t i = 0; i < nr; i++)
		/* Both are mostly in the same order: look on from the last one. */
		for (size_t k = 0; k < nr_base; k++, j++)
			if (base[j % nr_base].seed == v[i].seed) {
				d[n++] = v[i].d - base[j++ % nr_base].d;
				break;
			}
	return n;
}

void compare_difference(struct stats *st, const struct compare_sample *base, size_t nr_base,
			const struct compare_sample *v, size_t nr, bool wall,
			struct compare_figure *ret)
{
	struct stats_result r;
	double *d;

	if (!nr || !nr_base)
		return;
	if (wall) {
		shift(st, base, nr_base, v, nr, ret);
		return;
	}
	d = xcalloc(nr, sizeof(*d));
	ret->n_pairs = pair(base, nr_base, v, nr, d);
	if (ret->n_pairs) {
		stats_paired(st, d, ret->n_pairs, &r);
		take(ret, &r);
		/* What no seed moves, on either side, is exact and not a sample. */
		ret->tested = ret->n_pairs > 1 && !(r.constant && r.estimate == 0) &&
			      (ret->n_pairs < 3 || varies(base, nr_base) || varies(v, nr));
	}
	free(d);
}

double compare_percent(double base, double difference, enum query_better better)
{
	if (difference == 0)
		return 0;
	if (base == 0)
		return (difference > 0) == (better != QUERY_LOWER) ? INFINITY : -INFINITY;
	return (better == QUERY_LOWER ? -100 : 100) * difference / fabs(base);
}
