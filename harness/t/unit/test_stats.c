// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Statistics against values that R computed, and against the truth in simulation.
 * References: R 4.2.2 Patched (2022-11-10 r83330), Debian r-base-core 4.2.2.20221110-2,
 * the call beside each.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_randist.h>

#include "test.h"

#include "stats/stats.h"

#define NR(a) (sizeof(a) / sizeof((a)[0]))

static void near(double got, double want)
{
	if (fabs(got - want) > 1e-9 * (1 + fabs(want)))
		fail_msg("%.15g, not %.15g", got, want);
}


static int setup(void **state)
{
	*state = stats_new();
	return 0;
}

static int teardown(void **state)
{
	stats_free(*state);
	return 0;
}

/* wilcox.test(v, b, exact = TRUE, conf.int = TRUE): p.value, estimate, conf.int */
static void shift_is_wilcox_test(void **state)
{
	const double b[] = { 10.2, 11.9, 9.7, 12.4, 10.8, 11.1 };
	const double v[] = { 12.6, 13.3, 11.5, 14.9, 12.0, 10.5, 13.7 };
	const double b5[] = { 1, 2.5, 3, 4, 5 }, v5[] = { 6, 7, 8, 9, 10 };
	struct stats_result r;

	stats_shift(*state, b, NR(b), v, NR(v), &r);
	near(r.p, 0.0512820512820513);
	near(r.estimate, 1.65);
	near(r.lo, -0.3);
	near(r.hi, 3.5);
	stats_shift(*state, b5, 5, v5, 5, &r);
	near(r.p, 0.00793650793650794);
	near(r.estimate, 5);
	near(r.lo, 2);
	near(r.hi, 7.5);
	near(r.effect, 1); /* all above all */
	near(r.p_min, r.p);
}

/* r <- rank(c(x, y)); s <- colSums(matrix(r[combn(11, 6)], nrow = 6));
 * mean(abs(s - 36) >= abs(sum(r[6:11]) - 36)) */
static void shift_with_ties(void **state)
{
	const double x[] = { 1, 2, 2, 3, 5 }, y[] = { 2, 4, 5, 5, 6, 7 };
	struct stats_result r;

	stats_shift(*state, x, NR(x), y, NR(y), &r);
	near(r.p, 0.0887445887445888);
}

/* set.seed(7); a <- round(rnorm(60, 100, 5), 1); b <- round(rnorm(60, 103, 5), 1);
 * wilcox.test(b, a, exact = FALSE, correct = TRUE)$p.value */
static void shift_of_many_tied(void **state)
{
	static const double a[] = {
		111.4, 94, 96.5, 97.9, 95.1, 95.3, 103.7, 99.4, 100.8, 110.9, 101.8, 113.6, 111.4,
		101.6, 109.5, 102.3, 95.5, 98.5, 100, 104.9, 104.2, 103.5, 106.5, 93.1, 106.4,
		100.9, 103.8, 103, 95.1, 98.6, 95.6, 103.6, 100.6, 99.6, 97.9, 97.2, 105, 94.5,
		99.3, 101.6, 106.1, 96.5, 98.6, 93.4, 98, 98, 106.8, 103, 100.5, 104.7, 98.7, 100,
		101.8, 108.5, 103.6, 102.4, 92.2, 101.6, 100.8, 95.5
	};
	static const double b[] = {
		103.4, 103.8, 105.7, 106.5, 104.6, 108.5, 106.8, 108.8, 109.3, 106.5, 105.2, 98.4,
		99.9, 98.7, 94.8, 96.4, 98.6, 100.2, 102.7, 115.1, 104.7, 103, 103.1, 101, 99,
		101.4, 101.3, 101.5, 94.1, 105.9, 111.2, 99.8, 106.1, 104.2, 107.2, 100.1, 108.6,
		95.3, 100.8, 102.2, 105.6, 105.9, 102.6, 97.1, 104.5, 95, 108, 108.1, 107.2, 103.6,
		100.9, 105.3, 106.2, 106.1, 98.6, 110.7, 96.8, 108.5, 107.9, 104.5
	};
	struct stats_result r;

	stats_shift(*state, a, NR(a), b, NR(b), &r);
	near(r.p, 0.00451432809626795);
}

/* f <- as.matrix(expand.grid(rep(list(c(-1, 1)), length(d))))
 * mean(abs(f %*% d) >= abs(sum(d))); mean(d) / sd(d) */
static void paired_is_exact(void **state)
{
	const double d[] = { 14, 9, -3, 22, 17, 8, 11, 2 };
	const double d5[] = { 3.1, 4.7, 2.2, 9.6, 5.0 };
	struct stats_result r;

	stats_paired(*state, d, NR(d), &r);
	near(r.p, 0.0234375);
	near(r.estimate, 10);
	near(r.effect, 1.25);
	assert_true(r.min == -3 && r.max == 22);
	stats_paired(*state, d5, NR(d5), &r);
	near(r.p, 0.0625);
	near(r.p_min, 0.0625);
}

/*
 * Five values: all resamples, so R gives the same numbers.
 *   g <- as.matrix(expand.grid(rep(list(1:5), 5))); x <- matrix(d[g], nrow = nrow(g))
 *   m <- rowMeans(x); e <- apply(x, 1, sd) / sqrt(5); e0 <- sd(d) / sqrt(5)
 *   t <- sort((m - mean(d)) / pmax(e, 0.1 * e0)); at <- floor(0.0225 * 3126)
 *   c(mean(d) - t[3126 - at] * e0, mean(d) - t[at] * e0)
 * Eight: 200 000 resamples in R, widened to t.test(d)$conf.int, against our 999.
 */
static void paired_bootstrap(void **state)
{
	const double d5[] = { 3.1, 4.7, 2.2, 9.6, 5.0 };
	const double d8[] = { 14, 9, -3, 22, 17, 8, 11, 2 };
	struct stats_result r, again;

	stats_paired(*state, d5, 5, &r);
	assert_true(r.has_interval);
	assert_true(fabs(r.lo - 2.66181414782501) < 1e-5); /* single precision */
	assert_true(fabs(r.hi - 10.2284032657923) < 1e-5);
	stats_paired(*state, d8, 8, &r);
	assert_true(fabs(r.lo - 2.622) < 0.6);
	near(r.hi, 16.6881673730377); /* Student's */
	/* Another row between does not change a bit. */
	stats_paired(*state, d5, 5, &again);
	stats_paired(*state, d8, 8, &again);
	assert_true(r.lo == again.lo && r.hi == again.hi && r.p == again.p);
}

/* More values than can be flipped exhaustively: near the p of those that can. */
static void paired_of_many(void **state)
{
	double d[20];
	struct stats_result r;

	for (size_t i = 0; i < 20; i++)
		d[i] = i % 2 ? 1.5 + (double)i : -1 - (double)i;
	stats_paired(*state, d, 20, &r);
	/* all 2^20 sums: S <- 0; for (x in d) S <- c(S + x, S - x); mean(abs(S) >= 15) */
	assert_true(fabs(r.p - 0.795007705688477) < 0.2); /* 50 hits: the error is a tenth */
	for (size_t i = 0; i < 20; i++)
		d[i] = 100 + (double)i;
	stats_paired(*state, d, 20, &r);
	near(r.p, 1e-4);
}

/* Zero variance is no error and no noise. */
static void nothing_varies(void **state)
{
	const double zero[6] = {}, same[6] = { 14, 14, 14, 14, 14, 14 };
	const double fast[5] = { .01, .01, .01, .01, .01 }, slow[5] = { .5, .5, .5, .5, .5 };
	struct stats_result r;

	stats_paired(*state, zero, 6, &r);
	assert_true(r.constant && r.estimate == 0 && r.p == 1 && r.effect == 0);
	assert_true(r.lo == 0 && r.hi == 0);
	stats_paired(*state, same, 6, &r);
	assert_true(r.constant && r.estimate == 14 && r.lo == 14 && r.hi == 14);
	near(r.p, 2.0 / 64);
	/* mmtests calls fifty times slower "not significant" here (its Stat.pm, cidiff) */
	stats_shift(*state, fast, 5, slow, 5, &r);
	assert_true(r.constant && r.lo == r.hi);
	near(r.estimate, 0.49);
	near(r.p, 2.0 / 252);
	stats_shift(*state, fast, 5, fast, 5, &r);
	assert_true(r.estimate == 0 && r.p == 1 && r.effect == 0);
}

/*
 * The published rule of mmtests since 8cd087ae: do mean +/- 1.96 sd overlap? At
 * n = 30, sd 10, 1000 against 1015 it says "not significant"; Welch's t is 5.8.
 */
static void mmtests_rule_is_wrong(void **state)
{
	double base[30], v[30];
	struct stats_result r;

	for (size_t i = 0; i < 30; i++) {
		double z = 10 * (((double)i - 14.5) / 8.8); /* sd 10 */

		base[i] = 1000 + z;
		v[(i * 7) % 30] = 1015.001 + z;
	}
	near(stats_deviation(base, 30), stats_deviation(v, 30));
	assert_true(fabs(stats_deviation(base, 30) - 10) < 0.01);
	assert_true(1000 + 1.96 * 10 > 1015 - 1.96 * 10); /* they overlap */
	stats_shift(*state, base, 30, v, 30, &r);
	assert_true(r.p < 1e-4 && r.lo > 0 && r.has_interval);
}

/* p.adjust(p, "BH") */
static void fdr_is_p_adjust(void **state)
{
	const double p[] = { 0.01, 0.02, 0.03, 0.04, 0.05, 0.001, 0.9, 0.5 };
	const double want[] = { 0.04, 0.0533333333333333, 0.06, 0.064,
				0.0666666666666667, 0.008, 0.9, 0.571428571428571 };
	double q[8];

	(void)state;
	stats_fdr(p, 8, q);
	for (size_t i = 0; i < 8; i++)
		near(q[i], want[i]);
}

static void how_many_more(void **state)
{
	(void)state;
	assert_int_equal(stats_pairs_needed(0.05), 6); /* 2 / 64 */
	assert_int_equal(stats_pairs_needed(0.001), 11);
	assert_int_equal(stats_runs_needed(0.05), 4); /* 2 / 70 */
	assert_int_equal(stats_runs_needed(0.001), 7);
}

enum shape { NORMAL, SKEWED, HEAVY, TIED, SHAPES };

/* Mean 0. */
static double draw(gsl_rng *rng, enum shape shape)
{
	switch (shape) {
	case NORMAL:
		return gsl_ran_gaussian(rng, 1);
	case SKEWED:
		return gsl_ran_exponential(rng, 1) - 1;
	case HEAVY:
		return gsl_ran_tdist(rng, 3);
	default:
		return round(2 * gsl_ran_gaussian(rng, 1)) / 2;
	}
}

/* How often the interval of a true difference of 0.5 holds it. */
static double coverage(struct stats *s, enum shape shape, size_t n, bool paired, int rounds)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double base[30], v[30];
	int held = 0;

	gsl_rng_set(rng, 42 + shape);
	for (int k = 0; k < rounds; k++) {
		struct stats_result r;

		for (size_t i = 0; i < n; i++) {
			base[i] = draw(rng, shape);
			v[i] = 0.5 + draw(rng, shape);
		}
		if (paired)
			stats_paired(s, v, n, &r);
		else
			stats_shift(s, base, n, v, n, &r);
		held += r.lo <= 0.5 + 1e-9 && r.hi >= 0.5 - 1e-9;
	}
	gsl_rng_free(rng);
	return 100.0 * held / rounds;
}

static void intervals_hold(void **state)
{
	static const char *const names[] = { "normal", "skewed", "heavy-tailed", "tied" };
	static const size_t ns[] = { 5, 10, 30 };
	const char *rounds = getenv("HIGHWATER_ROUNDS"); /* make bench asks for more */
	int bad = 0;

	for (int paired = 0; paired < 2; paired++)
		for (enum shape shape = NORMAL; shape < SHAPES; shape++)
			for (size_t i = 0; i < NR(ns); i++) {
				double held = coverage(*state, shape, ns[i], paired,
						       rounds ? atoi(rounds) : paired ? 400 : 600);

				/* two points of simulation error */
				bad += held < 91.5 || held > 98.5;
				print_message("# %s, %s, n = %zu: %.1f %%\n", paired ? "paired" : "shift",
					      names[shape], ns[i], held);
			}
	assert_int_equal(bad, 0);
}

/* The same twice, 50 metrics, 10 seeds: false alarms of a whole table are rare. */
static void a_a_gives_no_difference(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	int alarms = 0;

	for (int table = 0; table < 40; table++) {
		double p[50], q[50];
		int found = 0;

		for (size_t m = 0; m < 50; m++) {
			struct stats_result r;
			double d[10];

			for (size_t i = 0; i < 10; i++)
				d[i] = gsl_ran_lognormal(rng, 0, 1) - gsl_ran_lognormal(rng, 0, 1);
			stats_paired(*state, d, 10, &r);
			p[m] = r.p;
		}
		stats_fdr(p, 50, q);
		for (size_t m = 0; m < 50; m++)
			found += q[m] <= STATS_ALPHA;
		alarms += found > 0;
	}
	gsl_rng_free(rng);
	assert_true(alarms <= 5); /* of 40; 2 are expected at 5 % */
}

/* One table of 50 figures, the first ten of which differ: what is found, and what of it is
 * false. */
static void one_table(struct stats *s, gsl_rng *rng, bool paired, int *ret_found, int *ret_false)
{
	double p[50], q[50];

	for (size_t m = 0; m < 50; m++) {
		struct stats_result r;
		double base[12], d[12];

		for (size_t i = 0; i < 12; i++) {
			base[i] = draw(rng, m % 2 ? SKEWED : NORMAL);
			d[i] = draw(rng, m % 2 ? SKEWED : NORMAL) - (paired ? base[i] : 0) + (m < 10 ? 3 : 0);
		}
		if (paired)
			stats_paired(s, d, 12, &r);
		else
			stats_shift(s, base, 12, d, 12, &r);
		p[m] = r.p;
	}
	stats_fdr(p, 50, q);
	*ret_found = *ret_false = 0;
	for (size_t m = 0; m < 50; m++) {
		*ret_found += q[m] <= STATS_ALPHA;
		*ret_false += q[m] <= STATS_ALPHA && m >= 10;
	}
}

/* Of what a table calls different, 5 % are false in the mean, and nearly all that
 * differs is found. */
static void false_discoveries_are_held(void **state)
{
	for (int paired = 0; paired < 2; paired++) {
		gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
		double share = 0, power = 0;

		for (int table = 0; table < 200; table++) {
			int found, wrong;

			one_table(*state, rng, paired, &found, &wrong);
			share += found ? (double)wrong / found : 0;
			power += (found - wrong) / 10.0;
		}
		gsl_rng_free(rng);
		print_message("# %s: %.1f %% of the differences found are false, %.0f %% of those there are found\n",
			      paired ? "paired" : "shift", share / 2, power / 2);
		/* 4 % are expected, 40 of 50 being the same; a point of simulation error */
		assert_true(share / 2 > 0.5 && share / 2 < 5.5);
		assert_true(power / 2 > 90);
	}
}

#define WITH_STATS(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STATS(shift_is_wilcox_test),
		WITH_STATS(shift_with_ties),
		WITH_STATS(shift_of_many_tied),
		WITH_STATS(paired_is_exact),
		WITH_STATS(paired_bootstrap),
		WITH_STATS(paired_of_many),
		WITH_STATS(nothing_varies),
		WITH_STATS(mmtests_rule_is_wrong),
		WITH_STATS(fdr_is_p_adjust),
		WITH_STATS(how_many_more),
		WITH_STATS(intervals_hold),
		WITH_STATS(a_a_gives_no_difference),
		WITH_STATS(false_discoveries_are_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
