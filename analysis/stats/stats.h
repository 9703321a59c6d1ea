/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stats: is there a difference, how large, how sure. Pure: numbers in, numbers
 * out, no clock and no global state; the same input gives the same bits.
 *
 * Two designs:
 *
 *   paired   one difference per seed (instruction clock). Estimate: the mean.
 *            Interval: studentised bootstrap (Efron and Tibshirani 1993, ch. 12.5)
 *            with STATS_RESAMPLES seeded resamples, every resample at n = 5;
 *            from n = 8 on widened to Student's where that reaches further, as
 *            the bootstrap alone covers too little under heavy tails. p: exact
 *            sign-flip test of the mean up to n = STATS_FLIP_EXACT, above that
 *            seeded flips, stopped early where p is large (Besag and Clifford 1991).
 *            Effect: mean / standard deviation.
 *   shift    two independent samples (wall clock). Estimate: Hodges-Lehmann, the
 *            median of all differences. Interval: its order statistics from the
 *            exact null distribution of Mann and Whitney (normal above
 *            STATS_RANK_EXACT a side). p: exact rank-sum test, conditional on ties
 *            (normal with correction for ties where that is too much work).
 *            Effect: Cliff's delta, P(v > base) - P(v < base).
 *
 * Intervals are of 95 %. No interval is given below STATS_INTERVAL_MIN samples: too
 * few to hold it (t/unit/test_stats.c simulates what is held: over normal, skewed,
 * heavy-tailed and tied data at n = 5, 10, 30, 93.1 to 96.5 % in 40 000 rounds, paired). Where nothing
 * varies there is no error to estimate: @constant, and the estimate is exact.
 */
#ifndef STATS_STATS_H
#define STATS_STATS_H

#include <stdbool.h>
#include <stddef.h>

#define STATS_ALPHA 0.05
#define STATS_INTERVAL_MIN 5
#define STATS_RESAMPLES 999
#define STATS_FLIP_EXACT 14
#define STATS_RANK_EXACT 50

struct stats_result {
	size_t n; /* pairs, or the smaller side */
	double estimate, min, max; /* min, max: of the differences; shift: the estimate */
	bool has_interval;
	double lo, hi;
	double p; /* two-sided */
	double p_min; /* the smallest p so few samples can give */
	double effect; /* infinite when constant and not 0 */
	bool constant; /* all differences the same; shift: both sides constant */
};

/* Resamples and null distributions that are the same for every row of a table. */
struct stats;
struct stats *stats_new(void);
void stats_free(struct stats *s);

/* @n >= 1 differences. */
void stats_paired(struct stats *s, const double *d, size_t n, struct stats_result *ret);
/* @nr_base, @nr >= 1; the difference is @v less @base. */
void stats_shift(struct stats *s, const double *base, size_t nr_base, const double *v, size_t nr,
		 struct stats_result *ret);

/*
 * False-discovery control (Benjamini and Hochberg 1995): the adjusted @q of @n
 * p-values; those with q <= level hold at most that share of false ones.
 */
void stats_fdr(const double *p, size_t n, double *q);
/* How many pairs, or runs a side, a test needs to be able to give @p. */
size_t stats_pairs_needed(double p);
size_t stats_runs_needed(double p);

double stats_mean(const double *v, size_t n);
/* n - 1 in the divisor; 0 for n < 2. */
double stats_deviation(const double *v, size_t n);
/* @v is left alone. */
double stats_median(const double *v, size_t n);

#endif
