/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of stats/ share; nobody else includes it. */
#ifndef STATS_PRIVATE_H
#define STATS_PRIVATE_H

#include <stdint.h>

#include <gsl/gsl_rng.h>

#include "stats/stats.h"

struct stats {
	gsl_rng *rng;
	/* Resamples of the paired design: how often each of @n values is in each. */
	size_t n, nr;
	float *weights; /* [n][nr] */
	float *sums, *squares; /* [nr] */
	double *t, *tail; /* [nr] */
	uint32_t *coins; /* of random sign flips */
	size_t nr_coins;
	/* Null distribution of Mann and Whitney's U: P(U <= u). */
	size_t rank_n, rank_m;
	double *rank_cdf; /* [n * m + 1] */
};

/* Start the generator again, so that no row depends on those before it. */
void stats_rewind(struct stats *s);
int stats_by_value(const void *a, const void *b);

#endif
