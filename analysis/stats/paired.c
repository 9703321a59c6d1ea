// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>

#include "lib/xalloc.h"
#include "stats/private.h"

#define ENUMERATED 5 /* 5^5 resamples are all there are */
#define SMALL 8 /* below: the bootstrap alone */
/* The bootstrap of few samples covers a little less than it says; a tail of 2.25 %
 * instead of 2.5 % makes up for it (simulated in t/unit/test_stats.c). */
#define TAIL_SMALL 0.0225
#define TAIL 0.025
/* A resample that hardly varies says nothing of the error: no less than this part. */
#define LEAST_ERROR 0.1
#define FLIPS 9999
/* Where to look for the tails of t: beyond this part of Student's, then nearer. */
#define FIRST_LIMIT 0.8
#define NEARER 0.7
#define NEAREST 0.05
#define LAX (1 - 1e-6) /* the search rounds otherwise than t itself */
#define FLIPS_ENOUGH 50

/* Resample @b of five values is @b written in base five. */
static void enumerate(struct stats *s)
{
	for (size_t b = 0; b < s->nr; b++) {
		size_t rest = b;

		for (size_t i = 0; i < s->n; i++, rest /= s->n)
			s->weights[(rest % s->n) * s->nr + b] += 1;
	}
}

static void draw(struct stats *s)
{
	stats_rewind(s);
	for (size_t b = 0; b < s->nr; b++)
		for (size_t i = 0; i < s->n; i++)
			s->weights[gsl_rng_uniform_int(s->rng, s->n) * s->nr + b] += 1;
}

static void prepare(struct stats *s, size_t n)
{
	if (s->n == n)
		return;
	free(s->weights);
	free(s->sums);
	free(s->squares);
	free(s->far);
	free(s->far_sums);
	free(s->far_squares);
	free(s->t);
	free(s->low);
	free(s->high);
	s->n = n;
	s->nr = n == ENUMERATED ? 3125 : STATS_RESAMPLES;
	s->weights = xcalloc(n * s->nr, sizeof(*s->weights));
	s->sums = xcalloc(s->nr, sizeof(*s->sums));
	s->squares = xcalloc(s->nr, sizeof(*s->squares));
	s->far = xcalloc(s->nr, sizeof(*s->far));
	s->far_sums = xcalloc(s->nr, sizeof(*s->far_sums));
	s->far_squares = xcalloc(s->nr, sizeof(*s->far_squares));
	s->t = xcalloc(s->nr, sizeof(*s->t));
	s->low = xcalloc(s->nr, sizeof(*s->low));
	s->high = xcalloc(s->nr, sizeof(*s->high));
	s->student = gsl_cdf_tdist_Pinv(1 - TAIL, (double)n - 1);
	if (n == ENUMERATED)
		enumerate(s);
	else
		draw(s);
}

/* One value's part in the sums of all resamples. Single precision holds a quantile
 * to a millionth of the interval, in half the time; the compiler vectorises this. */
WIDE static void accumulate(size_t nr, const float *restrict w, float x, float *restrict sums,
		       float *restrict squares)
{
	const float xx = x * x;

	for (size_t b = 0; b < nr; b++) {
		sums[b] += w[b] * x;
		squares[b] += w[b] * xx;
	}
}

/* Positive where the mean of a resample is @limit of its errors or more from 0: without a
 * root and a quotient, of which there would be two for each resample. */
WIDE static void mark_far(size_t nr, double n, double limit, const float *restrict sums,
			  const float *restrict squares, double *restrict far)
{
	const double least = LEAST_ERROR * LEAST_ERROR, part = 1 / n, error = 1 / (n - 1);

	for (size_t b = 0; b < nr; b++) {
		double m = (double)sums[b] * part, v = ((double)squares[b] * part - m * m) * error;

		far[b] = m * m - limit * limit * (v > least ? v : least);
	}
}

/* t: mean / error of each resample, from its sums. */
WIDE static void divide(size_t nr, double n, const float *restrict sums, const float *restrict squares,
			double *restrict t)
{
	for (size_t b = 0; b < nr; b++) {
		double m = (double)sums[b] / n, v = (double)squares[b] / n - m * m;
		double e = sqrt((v > 0 ? v : 0) / (n - 1));

		t[b] = m / (e > LEAST_ERROR ? e : LEAST_ERROR);
	}
}

/* s->sums, s->squares: of every resample of (@d - @mean) / @error. */
static void resample(struct stats *s, const double *d, double mean, double error)
{
	memset(s->sums, 0, s->nr * sizeof(*s->sums));
	memset(s->squares, 0, s->nr * sizeof(*s->squares));
	for (size_t i = 0; i < s->n; i++)
		accumulate(s->nr, &s->weights[i * s->nr], (float)((d[i] - mean) / error), s->sums,
			   s->squares);
}

/* s->t: of the resamples that mark_far() finds at @limit; returns how many. */
static size_t far_t(struct stats *s, double limit)
{
	size_t nr = 0;

	mark_far(s->nr, (double)s->n, limit, s->sums, s->squares, s->far);
	for (size_t b = 0; b < s->nr; b++) {
		s->far_sums[nr] = s->sums[b];
		s->far_squares[nr] = s->squares[b];
		nr += s->far[b] > 0;
	}
	divide(nr, (double)s->n, s->far_sums, s->far_squares, s->t);
	return nr;
}

/* Part the @nr t into s->low[] and, negated, s->high[]. How many are beyond @limit, on
 * the side that has fewer of them? */
static size_t split(struct stats *s, size_t nr, double limit)
{
	size_t below = 0, above = 0;

	s->nr_low = s->nr_high = 0;
	for (size_t i = 0; i < nr; i++) {
		const double t = s->t[i];

		s->low[s->nr_low] = t;
		s->high[s->nr_high] = -t;
		s->nr_low += t < 0;
		s->nr_high += t >= 0;
		below += t < -limit;
		above += t > limit;
	}
	return below < above ? below : above;
}

/*
 * The @rank smallest and the @rank largest t. Only what is far out is looked at: at least
 * @rank on both sides beyond a limit that starts at @limit and is lowered until they are.
 */
static void tails_of(struct stats *s, size_t rank, double limit, double *ret_low, double *ret_high)
{
	while (limit > NEAREST && split(s, far_t(s, limit * LAX), limit) < rank)
		limit *= NEARER;
	if (limit <= NEAREST) {
		s->nr_low = s->nr_high = s->nr;
		divide(s->nr, (double)s->n, s->sums, s->squares, s->low);
		for (size_t b = 0; b < s->nr; b++)
			s->high[b] = -s->low[b];
	}
	*ret_low = gsl_stats_select(s->low, 1, s->nr_low, rank - 1);
	*ret_high = -gsl_stats_select(s->high, 1, s->nr_high, rank - 1);
}

static void interval(struct stats *s, const double *d, double deviation, struct stats_result *ret)
{
	const double tail = ret->n < SMALL ? TAIL_SMALL : TAIL;
	const double error = deviation / sqrt((double)ret->n);
	double low, high;

	prepare(s, ret->n);
	resample(s, d, ret->estimate, error);
	tails_of(s, (size_t)floor(tail * (double)(s->nr + 1)), FIRST_LIMIT * s->student, &low, &high);
	ret->has_interval = true;
	ret->lo = ret->estimate - high * error;
	ret->hi = ret->estimate - low * error;
	if (ret->n >= SMALL) {
		ret->lo = fmin(ret->lo, ret->estimate - error * s->student);
		ret->hi = fmax(ret->hi, ret->estimate + error * s->student);
	}
}

/* Sums that are equal but for the rounding of their order count as equal. */
static double reach(const double *d, size_t n)
{
	double sum = 0, all = 0;

	for (size_t i = 0; i < n; i++) {
		sum += d[i];
		all += fabs(d[i]);
	}
	return fabs(sum) - 1e-12 * all;
}

/* All sums so far once more with @x taken away, behind them; and with @x added, in place. */
WIDE static void flip_one(size_t nr, double x, double *restrict sums, double *restrict less)
{
	for (size_t k = 0; k < nr; k++) {
		less[k] = sums[k] - x;
		sums[k] += x;
	}
}

WIDE static long count_far(size_t nr, const double *sums, double far)
{
	long n = 0;

	for (size_t k = 0; k < nr; k++)
		n += fabs(sums[k]) >= far;
	return n;
}

/* All 2^n flips. The last sign stays: flipping all gives the same distance. */
static double flip_all(const double *d, size_t n)
{
	double sums[1u << (STATS_FLIP_EXACT - 1)];
	size_t nr = 1;

	sums[0] = d[n - 1];
	for (size_t i = 0; i + 1 < n; i++, nr *= 2)
		flip_one(nr, d[i], sums, sums + nr);
	return (double)count_far(nr, sums, reach(d, n)) / (double)nr;
}

/* A bit for every value in every flip: the same for every row. */
static const uint32_t *coins(struct stats *s, size_t n)
{
	const size_t words = (n + 31) / 32 * FLIPS;

	if (words != s->nr_coins) {
		s->coins = xreallocarray(s->coins, words, sizeof(*s->coins));
		s->nr_coins = words;
		stats_rewind(s);
		for (size_t i = 0; i < words; i++)
			s->coins[i] = (uint32_t)gsl_rng_get(s->rng);
	}
	return s->coins;
}

/* sums[g][bits]: of four values from 4 * @g on, minus where the bit is clear. */
static size_t sum_fours(const double *d, size_t n, double (*sums)[16])
{
	size_t g;

	for (g = 0; 4 * g < n; g++)
		for (unsigned int bits = 0; bits < 16; bits++) {
			sums[g][bits] = 0;
			for (size_t i = 4 * g; i < n && i < 4 * g + 4; i++)
				sums[g][bits] += bits >> (i % 4) & 1 ? d[i] : -d[i];
		}
	return g;
}

static double flip_some(struct stats *s, const double *d, size_t n)
{
	const double far = reach(d, n);
	const uint32_t *coin = coins(s, n);
	double(*sums)[16] = xcalloc((n + 3) / 4, sizeof(*sums));
	const size_t nr = sum_fours(d, n, sums);
	int hits = 0, k = 0;

	while (k < FLIPS && hits < FLIPS_ENOUGH) {
		uint32_t bits = 0;
		double sum = 0;

		for (size_t g = 0; g < nr; g++, bits >>= 4) {
			if (g % 8 == 0)
				bits = *coin++;
			sum += sums[g][bits & 15];
		}
		hits += fabs(sum) >= far;
		k++;
	}
	free(sums);
	return hits == FLIPS_ENOUGH ? (double)hits / k : (double)(hits + 1) / (FLIPS + 1);
}

void stats_paired(struct stats *s, const double *d, size_t n, struct stats_result *ret)
{
	double deviation;

	*ret = (struct stats_result){ .n = n, .min = d[0], .max = d[0], .p = 1 };
	for (size_t i = 1; i < n; i++) {
		ret->min = fmin(ret->min, d[i]);
		ret->max = fmax(ret->max, d[i]);
	}
	ret->constant = ret->min == ret->max;
	ret->estimate = ret->constant ? d[0] : stats_mean(d, n);
	ret->p_min = n <= STATS_FLIP_EXACT ? ldexp(2, -(int)n) : 1.0 / (FLIPS + 1);
	if (ret->constant) {
		ret->lo = ret->hi = d[0];
		ret->has_interval = n >= STATS_INTERVAL_MIN;
		ret->effect = d[0] == 0 ? 0 : copysign(INFINITY, d[0]);
		ret->p = d[0] == 0 ? 1 : fmax(ldexp(2, -(int)n), ret->p_min);
		return;
	}
	deviation = gsl_stats_sd_m(d, 1, n, ret->estimate);
	ret->effect = ret->estimate / deviation;
	ret->p = n <= STATS_FLIP_EXACT ? flip_all(d, n) : flip_some(s, d, n);
	if (n >= STATS_INTERVAL_MIN)
		interval(s, d, deviation, ret);
}
