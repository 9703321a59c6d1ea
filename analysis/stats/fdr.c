// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sort.h>

#include "lib/xalloc.h"
#include "stats/stats.h"

void stats_fdr(const double *p, size_t n, double *q)
{
	size_t *order = xcalloc(n + 1, sizeof(*order));
	double least = 1;

	gsl_sort_index(order, p, 1, n);
	for (size_t rank = n; rank-- > 0;) {
		double adjusted = p[order[rank]] * (double)n / (double)(rank + 1);

		least = fmin(least, adjusted);
		q[order[rank]] = least;
	}
	free(order);
}

/* All signs agree: two of the 2^n flips are as far out. */
size_t stats_pairs_needed(double p)
{
	size_t n = 1;

	while (n < 1000 && ldexp(2, -(int)n) > p)
		n++;
	return n;
}

/* All of one side above all of the other: two of the (2n over n) arrangements. */
size_t stats_runs_needed(double p)
{
	size_t n = 1;

	while (n < 500 && log(2) - gsl_sf_lnchoose(2 * (unsigned int)n, (unsigned int)n) > log(p))
		n++;
	return n;
}
