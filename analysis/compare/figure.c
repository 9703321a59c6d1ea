// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "lib/xalloc.h"

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double median(const struct compare_sample *v, size_t nr)
{
	double *d = xcalloc(nr, sizeof(*d)), m;

	for (size_t i = 0; i < nr; i++)
		d[i] = v[i].d;
	qsort(d, nr, sizeof(*d), by_value);
	m = nr % 2 ? d[nr / 2] : (d[nr / 2 - 1] + d[nr / 2]) / 2;
	free(d);
	return m;
}

static double mean(const struct compare_sample *v, size_t nr)
{
	double sum = 0;

	for (size_t i = 0; i < nr; i++)
		sum += v[i].d;
	return sum / (double)nr;
}

void compare_summarize(const struct compare_sample *v, size_t nr, bool wall,
		       struct compare_figure *ret)
{
	*ret = (struct compare_figure){ .n = nr };
	if (!nr)
		return;
	ret->exact = nr == 1 && v[0].exact;
	ret->i = v[0].i;
	ret->value = wall ? median(v, nr) : mean(v, nr);
}

void compare_difference(const struct compare_sample *base, size_t nr_base,
			const struct compare_sample *v, size_t nr, bool wall,
			struct compare_figure *ret)
{
	double sum = 0;

	if (!nr || !nr_base)
		return;
	if (wall) {
		ret->few = nr < COMPARE_WALL_MIN || nr_base < COMPARE_WALL_MIN;
		ret->has_difference = !ret->few;
		ret->difference = median(v, nr) - median(base, nr_base);
		ret->min = ret->max = ret->difference;
		return;
	}
	/* Seeds are other inputs: only equal seeds are compared. */
	for (size_t i = 0; i < nr; i++)
		for (size_t j = 0; j < nr_base; j++) {
			double d = v[i].d - base[j].d;

			if (v[i].seed != base[j].seed)
				continue;
			if (!ret->n_pairs || d < ret->min)
				ret->min = d;
			if (!ret->n_pairs || d > ret->max)
				ret->max = d;
			sum += d;
			ret->n_pairs++;
		}
	ret->has_difference = ret->n_pairs > 0;
	if (ret->n_pairs)
		ret->difference = sum / (double)ret->n_pairs;
}

double compare_percent(double base, double difference, enum query_better better)
{
	if (difference == 0)
		return 0;
	if (base == 0)
		return (difference > 0) == (better != QUERY_LOWER) ? INFINITY : -INFINITY;
	return (better == QUERY_LOWER ? -100 : 100) * difference / fabs(base);
}
