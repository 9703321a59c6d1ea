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
	double student; /* Student's quantile of 97.5 % */
	/* paired.c's search for the tails of t; [nr] each. */
	double *far, *t, *low, *high;
	float *far_sums, *far_squares;
	size_t nr_low, nr_high;
	uint32_t *coins; /* of random sign flips */
	size_t nr_coins;
	/* Null distribution of Mann and Whitney's U: P(U <= u). */
	size_t rank_n, rank_m;
	double *rank_cdf; /* [n * m + 1] */
	size_t least_n, least_m;
	double least_p; /* that so many on each side can give */
};

/* The hot loops, once more for wider vectors where the processor has them. Not for fused
 * multiply-add: the same figures everywhere. (What chooses between them runs before a
 * sanitiser is ready.) */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
	!defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

/* Start the generator again, so that no row depends on those before it. */
void stats_rewind(struct stats *s);

#endif
