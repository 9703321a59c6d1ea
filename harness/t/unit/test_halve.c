// SPDX-License-Identifier: GPL-2.0-or-later
/* The crossing is found wherever it is, from either side, in ceil(log2 N) looks at most. */
#include "test.h"

#include "lib/halve.h"

/* Ends @n apart, the value steps up at good + @step (or down, towards smaller numbers). */
static void find(int64_t from, int64_t n, int64_t step, bool above)
{
	for (int sign = -1; sign <= 1; sign += 2) {
		struct halve h;
		int64_t at;
		unsigned int most = halve_most(from, from + sign * n);

		halve_init(&h, from, from + sign * n, 5, above);
		while (halve_next(&h, &at)) {
			bool is_bad = (at - from) * sign >= step;

			assert_in_range((at - from) * sign, 1, n - 1);
			assert_int_equal(halve_take(&h, at, is_bad == above ? 9 : 1), is_bad);
		}
		assert_int_equal((h.bad - from) * sign, step);
		assert_int_equal((h.good - from) * sign, step - 1);
		assert_true(h.looks <= most);
	}
}

static void everywhere(void **state)
{
	(void)state;
	for (int64_t n = 1; n <= 70; n++)
		for (int64_t step = 1; step <= n; step++) {
			find(0, n, step, true);
			find(-33, n, step, false);
		}
	find(100, 1000000007, 777, true);
}

static void looks(void **state)
{
	(void)state;
	assert_int_equal(halve_most(0, 1), 0);
	assert_int_equal(halve_most(0, 2), 1);
	assert_int_equal(halve_most(0, 3), 2);
	assert_int_equal(halve_most(16, 0), 4);
	assert_int_equal(halve_most(0, 17), 5);
	assert_int_equal(halve_most(INT64_MIN, INT64_MAX), 64);
}

static void on_the_threshold(void **state)
{
	struct halve h;

	(void)state;
	halve_init(&h, 0, 4, 10, true);
	assert_false(halve_is_bad(&h, 10));
	assert_true(halve_is_bad(&h, 10.5));
	halve_init(&h, 0, 4, 10, false);
	assert_false(halve_is_bad(&h, 10));
	assert_true(halve_is_bad(&h, 9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everywhere),
		cmocka_unit_test(looks),
		cmocka_unit_test(on_the_threshold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
