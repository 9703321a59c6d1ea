// SPDX-License-Identifier: GPL-2.0-or-later
/* The log-linear histogram: exact where it says so, its error bound everywhere else. */
#include "test.h"

#include <stdint.h>

#include "lib/hist.h"

static void buckets_tile_the_numbers(void **state)
{
	(void)state;
	assert_int_equal(hist_low(0), 0);
	for (size_t i = 0; i + 1 < HIST_BUCKETS; i++) {
		assert_true(hist_low(i + 1) == hist_high(i) + 1);
		assert_int_equal(hist_bucket(hist_low(i)), i);
		assert_int_equal(hist_bucket(hist_high(i)), i);
		/* the stated error: a bucket is at most 1/HIST_SUB of its values wide */
		assert_true(hist_high(i) - hist_low(i) <= hist_low(i) / HIST_SUB);
	}
	assert_int_equal(hist_bucket(UINT64_MAX), HIST_BUCKETS - 1);
	assert_true(hist_high(HIST_BUCKETS - 1) == UINT64_MAX);
}

static void quantiles(void **state)
{
	struct hist h = {};

	(void)state;
	assert_int_equal(hist_quantile(&h, 0.5), 0);
	for (uint64_t v = 1; v <= 100; v++)
		hist_add(&h, v, 1);
	assert_int_equal(hist_quantile(&h, 0.5), 50);
	assert_int_equal(hist_quantile(&h, 0.99), 99);
	assert_int_equal(hist_quantile(&h, 0.999), 100);
	assert_int_equal(hist_quantile(&h, 0), 1);
	assert_int_equal(hist_quantile(&h, 1), 100);
	hist_add(&h, 1000003, 900);
	assert_int_equal(hist_quantile(&h, 0.5), 1000003);
	assert_int_equal(h.count, 1000);
	assert_int_equal(h.min, 1);
	assert_int_equal(h.max, 1000003);
	assert_true(h.sum == 5050.0 + 900.0 * 1000003.0);
	hist_release(&h);
}

static void never_low_and_hardly_high(void **state)
{
	static const uint64_t values[] = { 255, 256, 257, 12345, 999999, 1ull << 40, (1ull << 63) + 5 };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct hist h = {};
		uint64_t q;

		hist_add(&h, values[i], 3);
		hist_add(&h, UINT64_MAX, 1);
		q = hist_quantile(&h, 0.5);
		assert_true(q >= values[i]);
		assert_true(q - values[i] <= values[i] / HIST_SUB);
		hist_release(&h);
	}
}

static void merge_is_as_if_added(void **state)
{
	struct hist a = {}, b = {}, empty = {};

	(void)state;
	hist_add(&a, 5, 2);
	hist_add(&b, 1000, 1);
	hist_merge(&a, &b);
	hist_merge(&a, &empty);
	hist_merge(&empty, &a);
	assert_int_equal(empty.count, 3);
	assert_int_equal(empty.min, 5);
	assert_int_equal(empty.max, 1000);
	assert_int_equal(hist_quantile(&empty, 0.6), 5);
	hist_release(&a);
	hist_release(&b);
	hist_release(&empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_tile_the_numbers), cmocka_unit_test(quantiles),
		cmocka_unit_test(never_low_and_hardly_high), cmocka_unit_test(merge_is_as_if_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
