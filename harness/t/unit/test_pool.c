// SPDX-License-Identifier: GPL-2.0-or-later
/* Every item is worked on once, with any number of threads, each with its own things. */
#include <stdatomic.h>
#include <stdlib.h>

#include "test.h"

#include "lib/pool.h"
#include "lib/xalloc.h"

#define ITEMS 5000

static atomic_int started, stopped;

static void *start(void)
{
	started++;
	return xcalloc(1, sizeof(int));
}

static void stop(void *own)
{
	stopped++;
	free(own);
}

/* @own is this thread's alone, or a sanitiser says so. */
static void work(void *arg, void *own, void *item)
{
	atomic_int *sum = arg;
	int *mine = own, *n = item;

	++*mine;
	*n += 1;
	*sum += 1;
}

static void every_item_once(void **state)
{
	static const struct pool_ops ops = { .start = start, .stop = stop, .work = work };
	static const unsigned int threads[] = { 1, 2, 5, 0, 100000 };
	static int items[ITEMS];

	(void)state;
	for (size_t t = 0; t < sizeof(threads) / sizeof(threads[0]); t++)
		for (int nr = 0; nr <= ITEMS; nr = 3 * nr + 1) {
			atomic_int sum = 0;
			struct pool *p;

			started = stopped = 0;
			p = pool_new(&ops, &sum, threads[t]);
			for (int i = 0; i < nr; i++) {
				items[i] = 0;
				pool_put(p, &items[i]);
			}
			pool_finish(p);
			assert_int_equal(sum, nr);
			assert_int_equal(started, stopped);
			for (int i = 0; i < nr; i++)
				assert_int_equal(items[i], 1);
		}
}

static void double_it(void *arg, void *own, void *item)
{
	int *n = item;

	assert_null(arg);
	assert_null(own);
	*n *= 2;
}

static void nothing_of_ones_own(void **state)
{
	static const struct pool_ops ops = { .work = double_it };
	struct pool *p = pool_new(&ops, NULL, 3);
	int n = 21;

	(void)state;
	pool_put(p, &n);
	pool_finish(p);
	assert_int_equal(n, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_item_once),
		cmocka_unit_test(nothing_of_ones_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
