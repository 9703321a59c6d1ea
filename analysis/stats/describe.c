// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_statistics_double.h>

#include "lib/xalloc.h"
#include "stats/stats.h"

double stats_mean(const double *v, size_t n)
{
	return gsl_stats_mean(v, 1, n);
}

double stats_deviation(const double *v, size_t n)
{
	return n < 2 ? 0 : gsl_stats_sd(v, 1, n);
}

double stats_median(const double *v, size_t n)
{
	double *copy = xcalloc(n, sizeof(*copy)), m;

	memcpy(copy, v, n * sizeof(*copy));
	m = gsl_stats_median(copy, 1, n);
	free(copy);
	return m;
}
