// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a report computes itself, planted: where two kernels change places over a tunable,
 * how two tunables interact; and a store that is damaged at any page. (The page as a person
 * uses it: t/guest/report.t.)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../synth.h"
#include "test.h"

#include "compare/compare.h"
#include "report/report.h"
#include "store/query.h"

#define NR(a) (sizeof(a) / sizeof((a)[0]))

struct scratch {
	char dir[64];
	char *db;
};

static int setup(void **state)
{
	struct scratch *s = xcalloc(1, sizeof(*s));

	strcpy(s->dir, "/tmp/highwater-report.XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	s->db = xasprintf("%s/store.sqlite", s->dir);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scratch *s = *state;
	struct error err;

	io_remove_tree(s->dir, &err);
	free(s->db);
	free(s);
	return 0;
}

struct point {
	const char *kernel;
	int seed, swappiness, scale;
	int64_t insns;
};

static void put(struct store *s, int64_t id, const struct point *p)
{
	char seed[16], swappiness[16], scale[16], hash[65];
	const char *const axes[][2] = {
		{ "kernel", p->kernel }, { "arch", "i386" },	   { "clock", "insn" },
		{ "seed", seed },	 { "workload", "fault" },  { "vm.swappiness", swappiness },
		{ "plan", "t" },	 { "vm.scale", scale },
	};
	struct error err;
	int rc;

	snprintf(seed, sizeof(seed), "%d", p->seed);
	snprintf(swappiness, sizeof(swappiness), "%d", p->swappiness);
	snprintf(scale, sizeof(scale), "%d", p->scale);
	snprintf(hash, sizeof(hash), "%064d", (int)id);
	rc = db_run(s->db, &err, "INSERT INTO cell VALUES(?, ?)", "is", id, hash) ||
	     db_run(s->db, &err, "INSERT INTO run VALUES(?, ?, 1, 'ok', '', 'd', 'tcg', '', 1, 1, '{}')", "ii",
		    id, id) ||
	     db_run(s->db, &err, "INSERT OR IGNORE INTO metric_name VALUES(1, 'insns_per_fault')", "") ||
	     db_run(s->db, &err, "INSERT INTO metric VALUES(?, 0, 1, '', ?)", "ii", id, p->insns);
	for (size_t i = 0; !rc && i < NR(axes); i++)
		rc = db_run(s->db, &err, "INSERT INTO axis VALUES(?, ?, ?, 'guest')", "iss", id, axes[i][0],
			    axes[i][1]);
	if (rc)
		fail_msg("%s", err.msg);
}

static char *page_of(struct scratch *s, const struct point *points, size_t nr)
{
	const struct report_options o = { .results = s->dir, .title = "t" };
	struct strbuf page = STRBUF_INIT;
	struct store *store;
	struct error err;

	unlink(s->db);
	assert_int_equal(store_open(s->db, true, &store, &err), 0);
	for (size_t i = 0; i < nr; i++)
		put(store, (int64_t)i + 1, &points[i]);
	if (report_page(store, &o, &page, &err))
		fail_msg("%s", err.msg);
	store_close(store);
	return strbuf_detach(&page);
}

/* base stays at 1000; series falls from above by one for each step of swappiness. */
static void crossover(void **state)
{
	static const int at[] = { 0, 20, 60, 100 };
	static const struct {
		int equal; /* where series is as base */
		const char *says;
	} planted[] = {
		{ 50, "base and series change places near 50" },
		{ 60, "base and series change places near 60" }, /* at a value that has run */
		{ 500, "no crossover" },
	};
	struct point p[2 * NR(at)];

	for (size_t k = 0; k < NR(planted); k++) {
		char *page;

		for (size_t i = 0; i < NR(at); i++) {
			p[2 * i] = (struct point){ "base", 1, at[i], 10, 1000 };
			p[2 * i + 1] = (struct point){ "series", 1, at[i], 10, 1000 + planted[k].equal - at[i] };
		}
		page = page_of(*state, p, NR(p));
		assert_non_null(strstr(page, planted[k].says));
		free(page);
	}
	/* Lines that only meet. */
	for (size_t i = 0; i < NR(at); i++)
		p[2 * i + 1].insns = 1000 + abs(60 - at[i]);
	{
		char *page = page_of(*state, p, NR(p));

		assert_non_null(strstr(page, "no crossover"));
		assert_null(strstr(page, "change places"));
		free(page);
	}
}

/* 7 more where both tunables are at their most, and only there. */
static size_t grid(struct point *p, int seeds, int most)
{
	static const int a[] = { 0, 60, 200 }, b[] = { 10, 100 };
	size_t nr = 0;

	for (int seed = 1; seed <= seeds; seed++)
		for (size_t i = 0; i < NR(a); i++)
			for (size_t j = 0; j < NR(b); j++)
				p[nr++] = (struct point){ "series", seed, a[i], b[j],
							  1000 + a[i] + 3 * b[j] + 17 * seed +
								  (i == 2 && j == 1 ? most : 0) };
	return nr;
}

static void interaction(void **state)
{
	struct point p[60];
	char *page = page_of(*state, p, grid(p, 1, 7));

	assert_non_null(strstr(page, "interaction +7, exact for the one seed"));
	free(page);
	page = page_of(*state, p, grid(p, 6, 7));
	assert_non_null(strstr(page, "interaction +7, 95 % +7 to +7, p 0.031, 6 seeds"));
	free(page);
	page = page_of(*state, p, grid(p, 6, 0));
	assert_non_null(strstr(page, "interaction +0, 95 % +0 to +0, p 1, 6 seeds"));
	free(page);
	/* A corner that has not run. */
	page = page_of(*state, p, grid(p, 1, 7) - 1);
	assert_non_null(strstr(page, "no interaction known: a corner has not run"));
	free(page);
}

static int read_all(const char *db, const char *dir, struct error *err)
{
	const struct compare_options o = { .axes = { { "kernel", { "base", "series" }, 2 } }, .nr_axes = 1 };
	const struct report_options ro = { .results = dir, .title = "t" };
	struct strbuf page = STRBUF_INIT;
	struct compare c;
	struct store *s;
	int rc = store_open(db, false, &s, err);

	if (rc)
		return rc;
	rc = compare_build(s, &o, &c, err);
	if (!rc) {
		compare_release(&c);
		rc = report_page(s, &ro, &page, err);
	}
	strbuf_release(&page);
	store_close(s);
	return rc;
}

/* Each page of the file in turn is garbage: that is said, as the input's fault, or the page
 * is not needed; and the file stays as it is. */
static void damaged_pages(void **state)
{
	struct scratch *s = *state;
	struct synth synth = { .dir = s->dir, .runs = 80, .metrics = 2 };
	struct strbuf good = STRBUF_INIT, after = STRBUF_INIT;
	size_t refused = 0, pages;
	struct error err;

	assert_int_equal(synth_make(&synth, &err), 0);
	assert_int_equal(io_read_file(s->db, 1 << 26, &good, &err), 0);
	assert_int_equal(read_all(s->db, s->dir, &err), 0);
	pages = good.len / 4096;
	assert_true(pages > 20);
	for (size_t i = 0; i < pages; i += i < 20 ? 1 : 5) {
		char keep[4096];
		int rc;

		memcpy(keep, &good.buf[i * 4096], sizeof(keep));
		for (size_t b = 0; b < sizeof(keep); b++)
			good.buf[i * 4096 + b] = (char)(b * 167 + i);
		assert_int_equal(io_write_file(s->db, good.buf, good.len, &err), 0);
		rc = read_all(s->db, s->dir, &err);
		if (rc && (err.kind != ERROR_INPUT || !strstr(err.msg, "damaged")))
			fail_msg("page %zu: %s", i, err.msg);
		refused += rc != 0;
		strbuf_reset(&after);
		assert_int_equal(io_read_file(s->db, 1 << 26, &after, &err), 0);
		assert_int_equal(after.len, good.len);
		assert_memory_equal(after.buf, good.buf, good.len);
		memcpy(&good.buf[i * 4096], keep, sizeof(keep));
	}
	assert_true(refused > 10);
	strbuf_release(&good);
	strbuf_release(&after);
}

#define WITH_SCRATCH(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(crossover),
		WITH_SCRATCH(interaction),
		WITH_SCRATCH(damaged_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
