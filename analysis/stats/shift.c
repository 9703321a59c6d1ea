// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "lib/xalloc.h"
#include "stats/private.h"

#define TAIL 0.025
#define TIED_EXACT 40 /* values on both sides; beyond that the normal approximation */

/*
 * P(U <= u) for @n and @m samples without ties: arrangements counted by
 * c(u; n, m) = c(u - m; n - 1, m) + c(u; n, m - 1) (Mann and Whitney 1947), as the
 * coefficients of the Gaussian binomial.
 */
static void prepare(struct stats *s, size_t n, size_t m)
{
	const size_t last = n * m;
	double *c, sum = 0, total;

	if (s->rank_n == n && s->rank_m == m)
		return;
	free(s->rank_cdf);
	c = s->rank_cdf = xcalloc(last + 1, sizeof(*c));
	s->rank_n = n;
	s->rank_m = m;
	c[0] = 1;
	for (size_t k = 1; k <= n; k++) {
		/* times (1 - x^(m + k)) / (1 - x^k) */
		for (size_t u = last; u >= m + k; u--)
			c[u] -= c[u - m - k];
		for (size_t u = k; u <= last; u++)
			c[u] += c[u - k];
	}
	total = exp(gsl_sf_lnchoose((unsigned int)(n + m), (unsigned int)n));
	for (size_t u = 0; u <= last; u++) {
		sum += c[u];
		c[u] = sum / total;
	}
}

/* How many differences at each end lie outside of the interval: as many as keep
 * at least 95 % within (R's wilcox.test does the same). */
static size_t outside(struct stats *s, size_t n, size_t m)
{
	double nm = (double)(n * m);
	size_t k = 0;

	if (n > STATS_RANK_EXACT || m > STATS_RANK_EXACT) {
		double at = nm / 2 + gsl_cdf_ugaussian_Pinv(TAIL) *
					     sqrt(nm * (double)(n + m + 1) / 12);

		return at > 1 ? (size_t)at - 1 : 0;
	}
	prepare(s, n, m);
	while (s->rank_cdf[k] <= TAIL)
		k++;
	return k > 0 ? k - 1 : 0;
}

struct pooled {
	double value;
	bool second;
};

static int by_pooled(const void *a, const void *b)
{
	const struct pooled *x = a, *y = b;

	return x->value < y->value ? -1 : x->value > y->value;
}

/*
 * Twice the ranks of the pooled values (mid-ranks are halves). Returns twice the
 * rank sum of the second sample; *@ret_ties: sum of t^3 - t over groups of equals.
 */
static uint32_t rank(struct pooled *all, size_t nr, uint32_t *ranks, double *ret_ties)
{
	uint32_t sum = 0;

	qsort(all, nr, sizeof(*all), by_pooled);
	*ret_ties = 0;
	for (size_t i = 0, end; i < nr; i = end) {
		double t;

		for (end = i; end < nr && all[end].value == all[i].value; end++)
			;
		t = (double)(end - i);
		*ret_ties += t * t * t - t;
		for (size_t j = i; j < end; j++) {
			ranks[j] = (uint32_t)(i + end + 1);
			sum += all[j].second ? ranks[j] : 0;
		}
	}
	return sum;
}

/* to[]: how many subsets have each sum; from[]: those that become so by one more rank. */
WIDE static void add_rank(size_t nr, double *restrict to, const double *restrict from)
{
	for (size_t sum = 0; sum < nr; sum++)
		to[sum] += from[sum];
}

/* Given these ranks, how likely is a rank sum of @m of them as far from the middle
 * as @seen? Counts every subset by size and sum (Streitberg and Roehmel 1986). */
static double count_subsets(const uint32_t *ranks, size_t nr, size_t m, uint32_t seen)
{
	const size_t top = nr * (nr + 1);
	const double middle = (double)m * (double)(nr + 1), far = fabs((double)seen - middle);
	double *c = xcalloc((m + 1) * (top + 1), sizeof(*c)), hits = 0, all = 0;
	size_t most = 0; /* the sum of all ranks so far */

	c[0] = 1;
	for (size_t i = 0; i < nr; i++) {
		/* Too small a subset could not be filled with the ranks that are left. */
		for (size_t k = m < i + 1 ? m : i + 1; k > 0 && k + nr - i > m; k--)
			add_rank(most + 1, &c[k * (top + 1) + ranks[i]], &c[(k - 1) * (top + 1)]);
		most += ranks[i];
	}
	for (size_t sum = 0; sum <= top; sum++) {
		double nr_sum = c[m * (top + 1) + sum];

		all += nr_sum;
		if (fabs((double)sum - middle) >= far)
			hits += nr_sum;
	}
	free(c);
	return hits / all;
}

static double normal_p(double u, double n, double m, double ties)
{
	double all = n + m, z;
	double variance = n * m / 12 * (all + 1 - ties / (all * (all - 1)));

	if (variance <= 0)
		return 1;
	z = fmax(0, fabs(u - n * m / 2) - 0.5) / sqrt(variance);
	return fmin(1, 2 * gsl_cdf_ugaussian_Q(z));
}

/* p of @v less @by against @base; *@ret_effect: Cliff's delta. */
static double test(struct stats *s, const double *base, size_t n, const double *v, size_t m,
		   double by, double *ret_effect)
{
	struct pooled *all = xcalloc(n + m, sizeof(*all));
	uint32_t *ranks = xcalloc(n + m, sizeof(*ranks)), sum;
	double ties, u, p;

	for (size_t i = 0; i < n + m; i++)
		all[i] = (struct pooled){ i < n ? base[i] : v[i - n] - by, i >= n };
	sum = rank(all, n + m, ranks, &ties);
	u = ((double)sum - (double)(m * (m + 1))) / 2; /* pairs with v above, ties half */
	*ret_effect = 2 * u / (double)(n * m) - 1;
	if (ties == 0 && n <= STATS_RANK_EXACT && m <= STATS_RANK_EXACT) {
		prepare(s, n, m);
		p = fmin(1, 2 * s->rank_cdf[(size_t)fmin(u, (double)(n * m) - u)]);
	} else if (n + m <= TIED_EXACT) {
		p = count_subsets(ranks, n + m, m, sum);
	} else {
		p = normal_p(u, (double)n, (double)m, ties);
	}
	free(all);
	free(ranks);
	return p;
}

static bool is_constant(const double *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (v[i] != v[0])
			return false;
	return true;
}

/*
 * Among equal differences the order statistics reach too far: narrow the interval
 * to what the test, which knows of ties, does not reject. @d is in order.
 */
static void narrow(struct stats *s, const double *base, size_t n, const double *v, size_t m,
		   const double *d, struct stats_result *ret)
{
	size_t first = 0, last = n * m - 1;
	double effect;

	while (d[first] < ret->lo)
		first++;
	while (d[last] > ret->hi)
		last--;
	while (d[first] < ret->estimate && test(s, base, n, v, m, d[first], &effect) <= STATS_ALPHA)
		for (double at = d[first]; d[first] == at;)
			first++;
	while (d[last] > ret->estimate && test(s, base, n, v, m, d[last], &effect) <= STATS_ALPHA)
		for (double at = d[last]; d[last] == at;)
			last--;
	ret->lo = fmin(d[first], ret->estimate);
	ret->hi = fmax(d[last], ret->estimate);
}

static bool has_equals(const double *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			if (v[i] == v[j])
				return true;
	return false;
}

/* @d: all differences, in order. */
static void interval(struct stats *s, const double *base, size_t n, const double *v, size_t m,
		     const double *d, struct stats_result *ret)
{
	const size_t all = n * m, k = outside(s, n, m);

	ret->has_interval = true;
	ret->lo = d[k];
	ret->hi = d[all - 1 - k];
	if (!ret->constant && (has_equals(base, n) || has_equals(v, m)))
		narrow(s, base, n, v, m, d, ret);
}

/* All of one side above all of the other. The logarithms of factorials take longer than
 * many a test, and most rows of a table are of the same two numbers. */
static double least_p(struct stats *s, size_t n, size_t m)
{
	if (s->least_n != n || s->least_m != m) {
		s->least_n = n;
		s->least_m = m;
		s->least_p = 2 * exp(-gsl_sf_lnchoose((unsigned int)(n + m), (unsigned int)m));
	}
	return s->least_p;
}

void stats_shift(struct stats *s, const double *base, size_t nr_base, const double *v, size_t nr,
		 struct stats_result *ret)
{
	const size_t all = nr_base * nr;
	double *d = xcalloc(all, sizeof(*d));

	*ret = (struct stats_result){ .n = nr_base < nr ? nr_base : nr };
	ret->constant = is_constant(base, nr_base) && is_constant(v, nr);
	for (size_t i = 0; i < nr_base; i++)
		for (size_t j = 0; j < nr; j++)
			d[i * nr + j] = v[j] - base[i];
	gsl_sort(d, 1, all);
	ret->estimate = gsl_stats_median_from_sorted_data(d, 1, all);
	ret->min = ret->max = ret->estimate;
	ret->p_min = least_p(s, nr_base, nr);
	ret->p = test(s, base, nr_base, v, nr, 0, &ret->effect);
	if (ret->n >= STATS_INTERVAL_MIN)
		interval(s, base, nr_base, v, nr, d, ret);
	free(d);
}
