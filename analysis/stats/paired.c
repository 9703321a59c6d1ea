// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

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
#define HALVINGS 60
#define FEW 4
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
	free(s->t);
	free(s->tail);
	s->n = n;
	s->nr = n == ENUMERATED ? 3125 : STATS_RESAMPLES;
	s->weights = xcalloc(n * s->nr, sizeof(*s->weights));
	s->sums = xcalloc(s->nr, sizeof(*s->sums));
	s->squares = xcalloc(s->nr, sizeof(*s->squares));
	s->t = xcalloc(s->nr, sizeof(*s->t));
	s->tail = xcalloc(s->nr, sizeof(*s->tail));
	if (n == ENUMERATED)
		enumerate(s);
	else
		draw(s);
}

/* The hot loops, once more for wider vectors where the processor has them. Not for fused
 * multiply-add: the same figures everywhere. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

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

/* s->t: (resample's mean - mean) / resample's standard error; in units of @error. */
static void studentise(struct stats *s, const double *d, double mean, double error)
{
	memset(s->sums, 0, s->nr * sizeof(*s->sums));
	memset(s->squares, 0, s->nr * sizeof(*s->squares));
	for (size_t i = 0; i < s->n; i++)
		accumulate(s->nr, &s->weights[i * s->nr], (float)((d[i] - mean) / error), s->sums,
			   s->squares);
	divide(s->nr, (double)s->n, s->sums, s->squares, s->t);
}

/* How many of all t are below @limit, by @sign. */
WIDE static long below(size_t nr, const double *t, double sign, double limit)
{
	long n = 0;

	for (size_t b = 0; b < nr; b++)
		n += sign * t[b] < limit;
	return n;
}

/*
 * The @rank smallest (by @sign) of all t. Counting is far cheaper than sorting: halve
 * an interval that holds it until few are left in it, and sort those.
 */
static double tail_of(const struct stats *s, long rank, double sign)
{
	double lo = -4, hi = 0;
	long before, upto, nr = 0;

	while ((before = below(s->nr, s->t, sign, lo)) >= rank)
		lo *= 2;
	while ((upto = below(s->nr, s->t, sign, hi)) < rank)
		hi += 4;
	for (int i = 0; i < HALVINGS && upto - before > FEW; i++) {
		double mid = lo + (hi - lo) / 2;
		long n = below(s->nr, s->t, sign, mid);

		if (n < rank) {
			lo = mid;
			before = n;
		} else {
			hi = mid;
			upto = n;
		}
	}
	for (size_t b = 0; b < s->nr; b++)
		if (sign * s->t[b] >= lo && sign * s->t[b] < hi)
			s->tail[nr++] = sign * s->t[b];
	qsort(s->tail, (size_t)nr, sizeof(*s->tail), stats_by_value);
	return sign * s->tail[rank - before - 1];
}

static void interval(struct stats *s, const double *d, struct stats_result *ret)
{
	const double tail = ret->n < SMALL ? TAIL_SMALL : TAIL;
	const double error = stats_deviation(d, ret->n) / sqrt((double)ret->n);
	const double student = error * gsl_cdf_tdist_Pinv(1 - TAIL, (double)ret->n - 1);
	long rank;

	prepare(s, ret->n);
	studentise(s, d, ret->estimate, error);
	rank = (long)floor(tail * (double)(s->nr + 1));
	ret->has_interval = true;
	ret->lo = ret->estimate - tail_of(s, rank, -1) * error;
	ret->hi = ret->estimate - tail_of(s, rank, 1) * error;
	if (ret->n >= SMALL) {
		ret->lo = fmin(ret->lo, ret->estimate - student);
		ret->hi = fmax(ret->hi, ret->estimate + student);
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

/* All 2^n flips, each one sign away from the one before (Gray code). The last
 * sign stays: flipping all gives the same distance. */
static double flip_all(const double *d, size_t n)
{
	const uint32_t nr = 1u << (n - 1);
	const double far = reach(d, n);
	double sign[STATS_FLIP_EXACT], sum = 0;
	uint32_t hits = 1;

	for (size_t i = 0; i < n; i++) {
		sign[i] = 1;
		sum += d[i];
	}
	for (uint32_t k = 1; k < nr; k++) {
		int i = __builtin_ctz(k);

		sign[i] = -sign[i];
		sum += 2 * sign[i] * d[i];
		hits += fabs(sum) >= far;
	}
	return (double)hits / (double)nr;
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
	double deviation = stats_deviation(d, n);

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
	ret->effect = ret->estimate / deviation;
	ret->p = n <= STATS_FLIP_EXACT ? flip_all(d, n) : flip_some(s, d, n);
	if (n >= STATS_INTERVAL_MIN)
		interval(s, d, ret);
}
