// SPDX-License-Identifier: GPL-2.0-or-later
/* Claims against a store: what holds, what fails, and what lacks the figures to say so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

#include "frames_of.h"
#include "lib/io.h"
#include "lib/xalloc.h"
#include "store/store.h"
#include "verdict/verdict.h"

struct scratch {
	char dir[64];
	struct store *store;
};

static int setup(void **state)
{
	struct scratch *s = xcalloc(1, sizeof(*s));
	struct error err;
	char *db;

	strcpy(s->dir, "/tmp/highwater-verdict.XXXXXX");
	if (!mkdtemp(s->dir))
		return -1;
	db = xasprintf("%s/store.sqlite", s->dir);
	assert_int_equal(store_open(db, true, &s->store, &err), 0);
	free(db);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scratch *s = *state;
	struct error err;

	store_close(s->store);
	io_remove_tree(s->dir, &err);
	free(s);
	return 0;
}

static void write_file(const char *dir, const char *name, const void *data, size_t len)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct error err;

	assert_int_equal(io_write_file(path, data, len, &err), 0);
	free(path);
}

/* A run of cell "dddd...", with one metric line. */
static void put(struct scratch *s, char digit, const char *arch, const char *kernel,
		const char *pages, const char *status, const char *metric)
{
	char id[65] = {};
	struct strbuf frames = STRBUF_INIT;
	struct error err;
	char *dir, *facts;

	memset(id, digit, 64);
	dir = xasprintf("%s/runs/%s/1", s->dir, id);
	assert_int_equal(io_mkdirs(dir, &err), 0);
	add_frame(&frames, FRAME_METRIC, 0, metric);
	add_frame(&frames, FRAME_BYE, 1, "ok");
	write_file(dir, "frames", frames.buf, frames.len);
	write_file(dir, "console", "", 0);
	facts = xasprintf("{\"plan\":\"t\",\"kernel\":\"%s\",\"arch\":\"%s\",\"clock\":\"insn\","
			  "\"workload\":\"fault\",\"status\":\"%s\",\"detail\":\"why\",\"digest\":\"d\","
			  "\"accelerator\":\"tcg\",\"swap\":\"none\",\"events\":\"none\",\"seed\":1,"
			  "\"memory_bytes\":268435456,\"vcpus\":1,\"wall_s\":1.5,"
			  "\"params\":{\"pages\":\"%s\"},\"tunables\":{}}",
			  kernel, arch, status, pages);
	write_file(dir, "facts.json", facts, strlen(facts));
	if (store_ingest_run(s->store, dir, &err))
		fail_msg("%s", err.msg);
	strbuf_release(&frames);
	free(facts);
	free(dir);
}

/* Keep a plan that makes @claims, YAML, of two kernels, architectures and sizes. */
static void claim(struct scratch *s, const char *claims, const char *const *cells, size_t nr)
{
	char *text = xasprintf("name: t\nkernel: [base, series]\narch: [i386, x86_64]\nmemory: 256M\n"
			       "workload: {name: fault, pages: [1024, 2048]}\nverdict:\n%s",
			       claims);
	struct plan *plan;
	struct error err;

	if (plan_parse(text, strlen(text), "p.yaml", "configs", &plan, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(store_put_plan(s->store, plan, cells, nr, &err), 0);
	plan_free(plan);
	free(text);
}

static struct verdicts build(struct scratch *s)
{
	struct verdicts v;
	struct error err;

	if (verdicts_build(s->store, "t", &v, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(v.nr, 1);
	return v;
}

static void check_cell(const struct verdict_cell *c, enum verdict_state state, const char *title,
		       const char *text)
{
	assert_string_equal(c->title, title);
	assert_string_equal(state == VERDICT_NO_DATA ? c->why : c->figures, text);
	assert_int_equal(c->state, state);
}

/* Every state, in several cells; the figures stand in the check. */
static void states(void **state)
{
	struct scratch *s = *state;
	struct verdicts v;
	const struct verdict_claim *c;

	put(s, 'a', "i386", "base", "1024", "ok", "insns hot 10\n");
	put(s, 'b', "x86_64", "base", "1024", "ok", "insns hot 7.5\n");
	claim(s,
	      "  - {claim: a, check: '{insns hot} >= 7.5 and {@memory} == 256M'}\n"
	      "  - {claim: b, check: '{insns hot} < {insns hot | arch=x86_64} * 1.2', where: {arch: i386}}\n"
	      "  - {claim: c, check: '{insns hot} > 8'}\n"
	      "  - {claim: d, check: '{insns} > 8'}\n"
	      "  - {claim: e, check: '{insns hot} > {insns hot | kernel=series}'}\n"
	      "  - {claim: f, check: '{insns hot} > 0', where: {pages: 2048}}\n"
	      "  - {claim: g, check: '{insns hot} / ({@pages} - 1K) > 1', where: {arch: [i386], pages: 1024}}\n",
	      NULL, 0);
	v = build(s);
	assert_int_equal(v.v[0].nr_claims, 7);
	c = v.v[0].claims;
	assert_int_equal(c[0].nr_cells, 2);
	check_cell(&c[0].cells[0], VERDICT_HOLDS, "i386", "10 >= 7.5 and 268435456 == 256M");
	check_cell(&c[0].cells[1], VERDICT_HOLDS, "x86_64", "7.500 >= 7.5 and 268435456 == 256M");
	assert_int_equal(c[0].state, VERDICT_HOLDS);
	assert_int_equal(c[1].nr_cells, 1);
	check_cell(&c[1].cells[0], VERDICT_FAILS, "", "10 < 7.500 * 1.2");
	assert_string_equal(c[1].where, "arch=i386");
	assert_int_equal(c[2].state, VERDICT_FAILS);
	check_cell(&c[2].cells[0], VERDICT_HOLDS, "i386", "10 > 8");
	check_cell(&c[2].cells[1], VERDICT_FAILS, "x86_64", "7.500 > 8");
	check_cell(&c[3].cells[0], VERDICT_NO_DATA, "i386", "{insns}: no such figure");
	assert_int_equal(c[3].state, VERDICT_NO_DATA);
	check_cell(&c[4].cells[0], VERDICT_NO_DATA, "i386",
		   "{insns hot | kernel=series}: no such cell has run");
	assert_int_equal(c[5].nr_cells, 0);
	assert_int_equal(c[5].state, VERDICT_NO_DATA);
	check_cell(&c[6].cells[0], VERDICT_NO_DATA, "", "a division by zero");
	assert_int_equal(v.v[0].count[VERDICT_HOLDS], 1);
	assert_int_equal(v.v[0].count[VERDICT_FAILS], 2);
	assert_int_equal(v.v[0].count[VERDICT_NO_DATA], 4);
	assert_false(verdicts_all_hold(&v));
	verdicts_release(&v);
}

/* A run that crashed has no figures, whatever it emitted before. */
static void crashed(void **state)
{
	struct scratch *s = *state;
	struct verdicts v;

	put(s, 'a', "i386", "base", "1024", "panic", "insns - 10\n");
	claim(s, "  - {claim: a, check: '{insns} == 10'}\n", NULL, 0);
	v = build(s);
	check_cell(&v.v[0].claims[0].cells[0], VERDICT_NO_DATA, "", "{insns}: panic");
	verdicts_release(&v);
}

/* The plan's cells are those of its last run, in its order: not what it had once. */
static void cells_of_the_plan(void **state)
{
	struct scratch *s = *state;
	char a[65] = {}, b[65] = {}, c[65] = {};
	const char *const two[] = { b, a };
	const char *const missing[] = { a, c };
	struct verdicts v;

	memset(a, 'a', 64);
	memset(b, 'b', 64);
	memset(c, 'c', 64);
	put(s, 'a', "i386", "base", "1024", "ok", "insns - 10\n");
	put(s, 'b', "i386", "base", "2048", "ok", "insns - 20\n");
	put(s, 'd', "i386", "base", "4096", "ok", "insns - 40\n");
	claim(s, "  - {claim: a, check: '{insns} * 100 < {@pages} and {insns} <= 20 or {insns} == 10'}\n",
	      two, 2);
	v = build(s);
	assert_int_equal(v.v[0].claims[0].nr_cells, 2);
	check_cell(&v.v[0].claims[0].cells[0], VERDICT_HOLDS, "pages=2048",
		   "20 * 100 < 2048 and 20 <= 20 or 20 == 10");
	assert_true(verdicts_all_hold(&v));
	verdicts_release(&v);
	/* Claims may change without a run; what has not run is not green. */
	claim(s, "  - {claim: a, check: '{insns} == 10'}\n", missing, 2);
	v = build(s);
	assert_int_equal(v.v[0].claims[0].state, VERDICT_HOLDS);
	assert_int_equal(v.v[0].nr_missing, 1);
	assert_false(verdicts_all_hold(&v));
	verdicts_release(&v);
}

/* Two cells that a figure could mean give no number. */
static void ambiguous(void **state)
{
	struct scratch *s = *state;
	struct verdicts v;

	put(s, 'a', "i386", "base", "1024", "ok", "insns - 10\n");
	put(s, 'b', "x86_64", "base", "1024", "ok", "insns - 20\n");
	put(s, 'c', "x86_64", "base", "1024", "ok", "insns - 30\n");
	claim(s, "  - {claim: a, check: '{insns} < {insns | arch=x86_64}', where: {arch: i386}}\n", NULL, 0);
	v = build(s);
	check_cell(&v.v[0].claims[0].cells[0], VERDICT_NO_DATA, "",
		   "{insns | arch=x86_64}: more than one cell");
	verdicts_release(&v);
}

static void unknown_plan(void **state)
{
	struct scratch *s = *state;
	struct verdicts v;
	struct error err;

	assert_int_equal(verdicts_build(s->store, "u", &v, &err), -1);
	assert_string_equal(err.msg, "the store knows no plan 'u'");
	assert_int_equal(verdicts_build(s->store, NULL, &v, &err), 0);
	assert_int_equal(v.nr, 0);
	verdicts_release(&v);
}

static void renders(void **state)
{
	struct scratch *s = *state;
	struct verdicts v;
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	put(s, 'a', "i386", "base", "1024", "ok", "insns - 10\n");
	put(s, 'b', "x86_64", "base", "1024", "ok", "insns - 20\n");
	claim(s, "  - {claim: a <b>, check: '{insns} < 15'}\n", NULL, 0);
	v = build(s);
	verdicts_text(&v, to);
	verdicts_json(&v, to);
	fclose(to);
	assert_non_null(strstr(text, "  FAILS    a <b>\n           {insns} < 15\n"
				     "             i386    10 < 15\n"
				     "             x86_64  20 < 15  <-- fails\n"
				     "1 claims: 0 hold, 1 fail, 0 without data\n"));
	assert_non_null(strstr(text, "\"figures\": \"20 < 15\""));
	free(text);
	verdicts_release(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(states, setup, teardown),
		cmocka_unit_test_setup_teardown(crashed, setup, teardown),
		cmocka_unit_test_setup_teardown(cells_of_the_plan, setup, teardown),
		cmocka_unit_test_setup_teardown(ambiguous, setup, teardown),
		cmocka_unit_test_setup_teardown(unknown_plan, setup, teardown),
		cmocka_unit_test_setup_teardown(renders, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
