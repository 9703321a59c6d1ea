// SPDX-License-Identifier: GPL-2.0-or-later
/* The store and compare: run directories in, tables out; damage and lies refused. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <sqlite3.h>

#include "../synth.h"
#include "test.h"

#include "compare/compare.h"
#include "frames_of.h"
#include "lib/io.h"
#include "lib/xalloc.h"
#include "store/query.h"
#include "store/store.h"

struct scratch {
	char dir[64];
	char *db;
};

static int setup(void **state)
{
	struct scratch *s = xcalloc(1, sizeof(*s));

	strcpy(s->dir, "/tmp/highwater-store.XXXXXX");
	if (!mkdtemp(s->dir))
		return -1;
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

/* What a synthetic run is. */
struct run {
	char digit; /* of which the cell's id consists */
	unsigned int n;
	const char *kernel, *arch, *clock, *status;
	int seed;
	const char *metrics[4]; /* payloads of METRIC frames, "hist ..." of an OUTPUT frame */
};

static char *put_run(const struct scratch *s, const struct run *r)
{
	char id[65] = {};
	char *dir, *path, *facts;
	struct strbuf frames = STRBUF_INIT;
	struct error err;
	uint32_t seq = 0;

	memset(id, r->digit, 64);
	dir = xasprintf("%s/runs/%s/%u", s->dir, id, r->n);
	assert_int_equal(io_mkdirs(dir, &err), 0);
	for (size_t i = 0; i < 4 && r->metrics[i]; i++)
		add_frame(&frames, strncmp(r->metrics[i], "hist ", 5) == 0 ? FRAME_OUTPUT : FRAME_METRIC, seq++,
			  r->metrics[i]);
	add_frame(&frames, FRAME_BYE, seq, "ok");
	path = xasprintf("%s/frames", dir);
	assert_int_equal(io_write_file(path, frames.buf, frames.len, &err), 0);
	free(path);
	path = xasprintf("%s/console", dir);
	assert_int_equal(io_write_file(path, "WARNING: x\n", 11, &err), 0);
	free(path);
	facts = xasprintf("{\"plan\":\"t\",\"kernel\":\"%s\",\"arch\":\"%s\",\"clock\":\"%s\","
			  "\"workload\":\"fault\",\"status\":\"%s\",\"detail\":\"why\",\"digest\":\"d\","
			  "\"accelerator\":\"tcg\",\"swap\":\"none\",\"events\":\"none\",\"seed\":%d,"
			  "\"memory_bytes\":268435456,\"vcpus\":1,\"wall_s\":1.5,"
			  "\"params\":{\"pages\":\"16\"},\"tunables\":{\"vm.swappiness\":\"60\"}}",
			  r->kernel, r->arch, r->clock, r->status, r->seed);
	path = xasprintf("%s/facts.json", dir);
	assert_int_equal(io_write_file(path, facts, strlen(facts), &err), 0);
	free(path);
	free(facts);
	strbuf_release(&frames);
	return dir;
}

static struct store *open_new(const struct scratch *s)
{
	struct store *store;
	struct error err;

	if (store_open(s->db, true, &store, &err))
		fail_msg("%s", err.msg);
	return store;
}

static void ingest(struct store *store, const struct scratch *s, const struct run *r)
{
	char *dir = put_run(s, r);
	struct error err;

	if (store_ingest_run(store, dir, &err))
		fail_msg("%s", err.msg);
	free(dir);
}

/* Ingesting again gives the same rows, not more. */
static void ingest_is_repeatable(void **state)
{
	const struct run r = { 'a', 1, "base", "i386", "insn", "ok", 1, { "insns - 7\n" } };
	struct scratch *s = *state;
	struct store *store = open_new(s);
	struct query_cells cells;
	struct query_metrics m;
	enum store_state st;
	struct error err;

	for (int i = 0; i < 3; i++) {
		ingest(store, s, &r);
		assert_int_equal(query_cells(store, &cells, &err), 0);
		assert_int_equal(cells.nr, 1);
		assert_int_equal(query_metrics(store, cells.v[0].run, &m, &err), 0);
		assert_int_equal(m.nr, 1);
		assert_int_equal(m.v[0].i, 7);
		assert_string_equal(query_axis_value(&cells.v[0], "memory"), "256M");
		assert_string_equal(query_axis_value(&cells.v[0], "vm.swappiness"), "60");
		query_metrics_release(&m);
		query_cells_release(&cells);
	}
	assert_int_equal(store_run_state(store, cells.v ? "" : "zz", 1, &st, &err), 0);
	assert_int_equal(st, STORE_MISSING);
	store_close(store);
}

/* The whole histogram of a latency is kept: each exact value is in the bucket that says so,
 * none else is, no bucket is wider than stated, and quantiles are edges of buckets. */
static void latencies_are_kept_whole(void **state)
{
	static const struct {
		int64_t ns, times, order;
	} exact[] = { { 3, 5, 0 },	{ 255, 1, 0 },	  { 256, 2, 1 },
		      { 100000, 7, 0 }, { 100001, 1, 1 }, { 1000000007, 4, 0 } };
	struct run r = { 'a', 1, "base", "i386", "insn", "ok", 1, {} };
	struct scratch *s = *state;
	struct store *store = open_new(s);
	struct strbuf table = STRBUF_INIT;
	struct query_buckets b;
	struct query_metrics m;
	struct query_cells cells;
	int64_t sum = 0, all = 0, run;
	struct error err;

	strbuf_adds(&table, "hist synthetic:swap_in_lat\n# event histogram\n#\n# trigger info: x\n#\n\n");
	for (size_t i = 0; i < 6; i++) {
		strbuf_addf(&table, "{ lat: %lld, order: %lld } hitcount: %lld\n", (long long)exact[i].ns,
			    (long long)exact[i].order, (long long)exact[i].times);
		all += exact[i].times;
	}
	strbuf_addf(&table, "\nTotals:\n    Hits: %lld\n    Entries: 6\n    Dropped: 0\n", (long long)all);
	r.metrics[0] = table.buf;
	ingest(store, s, &r);
	ingest(store, s, &r);
	assert_int_equal(query_cells(store, &cells, &err), 0);
	run = cells.v[0].run;
	assert_string_equal(cells.v[0].status, "ok");
	query_cells_release(&cells);
	assert_int_equal(query_buckets(store, run, "latency.swap*", &b, &err), 0);
	for (size_t i = 0; i < b.nr; i++) {
		const bool whole = !*b.v[i].label;
		int64_t want = 0;

		assert_string_equal(b.v[i].name, "latency.swap_in");
		assert_true((double)(b.v[i].high_ns - b.v[i].low_ns) <= QUERY_BUCKET_ERROR * (double)b.v[i].low_ns);
		for (size_t k = 0; k < 6; k++)
			if (exact[k].ns >= b.v[i].low_ns && exact[k].ns <= b.v[i].high_ns &&
			    (whole || b.v[i].label[strlen("order=")] == (char)('0' + exact[k].order)))
				want += exact[k].times;
		assert_int_equal(b.v[i].count, want);
		sum += whole ? b.v[i].count : 0;
	}
	assert_int_equal(sum, all);
	assert_int_equal(query_metrics(store, run, &m, &err), 0);
	for (size_t i = 0; i < m.nr; i++)
		if (strcmp(m.v[i].label, "p50") == 0) {
			/* the 10th of 20 values */
			assert_true(m.v[i].i >= 100000 && m.v[i].i <= 100000 + 100000 / 128);
			sum = 0;
			for (size_t k = 0; k < b.nr && !*b.v[k].label; k++)
				sum += b.v[k].high_ns == m.v[i].i;
			assert_int_equal(sum, 1);
		}
	query_metrics_release(&m);
	query_buckets_release(&b);
	assert_int_equal(query_buckets(store, run, "latency.none", &b, &err), 0);
	assert_int_equal(b.nr, 0);
	query_buckets_release(&b);
	strbuf_release(&table);
	store_close(store);
}

/* A run that says ok and whose bytes do not decode is stored as garbage. */
static void liar_is_garbage(void **state)
{
	const struct run r = { 'b', 1, "base", "i386", "insn", "ok", 1, { "insns - lots\n" } };
	struct scratch *s = *state;
	struct store *store = open_new(s);
	struct query_cells cells;
	struct error err;

	ingest(store, s, &r);
	assert_int_equal(query_cells(store, &cells, &err), 0);
	assert_string_equal(cells.v[0].status, "garbage");
	assert_non_null(strstr(cells.v[0].detail, "'lots'"));
	query_cells_release(&cells);
	store_close(store);
}

static void spoil(const char *dir, const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct error err;

	if (text)
		assert_int_equal(io_write_file(path, text, strlen(text), &err), 0);
	else
		unlink(path);
	free(path);
}

/* Damaged run directories are refused, and the store stays as it was. */
static void damaged_run_directories(void **state)
{
	static const char *const facts[] = { "", "{", "[]", "{\"plan\":1}", "{\"plan\":\"x\"}" };
	const struct run r = { 'c', 1, "base", "i386", "insn", "ok", 1, { "insns - 7\n" } };
	struct scratch *s = *state;
	struct store *store = open_new(s);
	struct query_cells cells;
	struct error err;
	char *dir = put_run(s, &r);

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		spoil(dir, "facts.json", facts[i]);
		assert_int_equal(store_ingest_run(store, dir, &err), -1);
	}
	free(dir);
	dir = put_run(s, &r);
	spoil(dir, "frames", NULL);
	assert_int_equal(store_ingest_run(store, dir, &err), -1);
	assert_int_equal(store_ingest_run(store, "/tmp", &err), -1);
	assert_int_equal(store_ingest_run(store, "relative", &err), -1);
	assert_int_equal(query_cells(store, &cells, &err), 0);
	assert_int_equal(cells.nr, 0);
	free(dir);
	store_close(store);
}

/* No store, a foreign file, a newer schema: refused, and left to the byte. */
static void foreign_stores(void **state)
{
	struct scratch *s = *state;
	struct store *store = NULL;
	struct strbuf before = STRBUF_INIT, after = STRBUF_INIT;
	struct error err;
	sqlite3 *newer;

	assert_int_equal(store_open(s->db, false, &store, &err), -1);
	assert_non_null(strstr(err.msg, "there is no store"));
	assert_int_equal(io_write_file(s->db, "this is no database, but long enough to look at", 47, &err), 0);
	assert_int_equal(store_open(s->db, true, &store, &err), -1);
	assert_int_equal(err.kind, ERROR_INPUT);
	assert_int_equal(io_read_file(s->db, 1 << 20, &after, &err), 0);
	assert_string_equal(after.buf, "this is no database, but long enough to look at");
	strbuf_reset(&after);

	unlink(s->db);
	store = open_new(s);
	store_close(store);
	assert_int_equal(sqlite3_open(s->db, &newer), SQLITE_OK);
	assert_int_equal(sqlite3_exec(newer, "PRAGMA user_version=99", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(newer);
	assert_int_equal(io_read_file(s->db, 1 << 22, &before, &err), 0);
	assert_int_equal(store_open(s->db, false, &store, &err), -1);
	assert_int_equal(err.kind, ERROR_INPUT);
	assert_non_null(strstr(err.msg, "has schema 99, this program knows"));
	assert_int_equal(io_read_file(s->db, 1 << 22, &after, &err), 0);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.buf, after.buf, before.len);
	strbuf_release(&before);
	strbuf_release(&after);
}

/* The text of a comparison. */
static char *text_of(struct store *store, struct compare_options *o, struct error *err)
{
	struct compare c;
	char *text = NULL;
	size_t len;
	FILE *f;

	if (compare_build(store, o, &c, err))
		return NULL;
	f = open_memstream(&text, &len);
	compare_text(&c, f);
	fclose(f);
	compare_release(&c);
	return text;
}

static struct compare_options by_kernel(void)
{
	return (struct compare_options){ .axes = { { "kernel", { "base", "series" }, 2 } }, .nr_axes = 1 };
}

static void compare_one_seed_is_exact(void **state)
{
	const struct run a = { 'a', 1, "base", "i386", "insn", "ok", 1,
			       { "insns - 1000\n", "insns_per_fault - 100.500\n", "hot_lost - 0\n" } };
	const struct run b = { 'b', 1, "series", "i386", "insn", "ok", 1,
			       { "insns - 1014\n", "insns_per_fault - 114.500\n", "hot_lost - 0\n" } };
	struct compare_options o = by_kernel();
	struct scratch *s = *state;
	struct store *store = open_new(s);
	struct error err;
	char *text;

	ingest(store, s, &a);
	ingest(store, s, &b);
	text = text_of(store, &o, &err);
	assert_non_null(text);
	/* more instructions are worse: minus */
	assert_non_null(strstr(text, "1000           1014 (  -1.40%)"));
	assert_non_null(strstr(text, "+14.000 insns/op"));
	assert_non_null(strstr(text, "(   0.00%)")); /* zero against zero is no change */
	free(text);
	store_close(store);
}

/* Several seeds: paired differences, and a seed that one side lacks is left out. */
static void compare_pairs_by_seed(void **state)
{
	const struct compare_sample base[] = { { 1, true, 10, 10 }, { 2, true, 100, 100 } };
	const struct compare_sample other[] = { { 2, true, 104, 104 }, { 1, true, 12, 12 }, { 3, true, 9, 9 } };
	struct compare_figure f = {};
	struct stats *st = stats_new();

	(void)state;
	compare_summarize(other, 3, false, &f);
	assert_int_equal(f.n, 3);
	compare_difference(st, base, 2, other, 3, false, &f);
	assert_true(f.has_difference && f.tested && !f.has_interval);
	assert_int_equal(f.n_pairs, 2);
	assert_true(f.difference == 3 && f.min == 2 && f.max == 4);
	stats_free(st);
}

/* Few wall-clock runs give no verdict. */
static void compare_wall_needs_runs(void **state)
{
	const struct compare_sample v[5] = { { 1, false, 0, 5 }, { 2, false, 0, 1 }, { 3, false, 0, 3 },
					     { 4, false, 0, 2 }, { 5, false, 0, 4 } };
	struct compare_figure f = {};
	struct stats *st = stats_new();

	(void)state;
	compare_summarize(v, 4, true, &f);
	assert_true(f.value == 2.5);
	compare_difference(st, v, 4, v, 5, true, &f);
	assert_true(f.few && !f.has_difference);
	f = (struct compare_figure){};
	compare_difference(st, v, 5, v, 5, true, &f);
	assert_true(f.has_difference && f.difference == 0);
	stats_free(st);
}

/* Any number of threads prints the same bytes, and an error is an error. */
static void compare_in_threads(void **state)
{
	static const unsigned int threads[] = { 2, 3, 16, 0 };
	struct scratch *s = *state;
	struct synth synth = { .dir = s->dir, .runs = 1600, .metrics = 3 };
	struct compare_options o = by_kernel();
	struct store *store;
	struct error err;
	char *alone, *text;

	assert_int_equal(synth_make(&synth, &err), 0);
	assert_int_equal(store_open(s->db, false, &store, &err), 0);
	o.threads = 1;
	alone = text_of(store, &o, &err);
	assert_non_null(alone);
	assert_non_null(strstr(alone, "clock wall, tcg, 10 seeds"));
	for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
		o.threads = threads[i];
		text = text_of(store, &o, &err);
		assert_non_null(text);
		assert_string_equal(text, alone);
		free(text);
	}
	/* The last of forty groups names a metric that there is not. */
	assert_int_equal(sqlite3_exec(store->db, "PRAGMA foreign_keys=OFF; UPDATE metric SET name = 999 "
						 "WHERE run = (SELECT max(run) FROM metric)", NULL, NULL, NULL),
			 SQLITE_OK);
	o.threads = 3;
	assert_null(text_of(store, &o, &err));
	assert_string_equal(err.msg, "the store is damaged: no name for metric 999");
	assert_int_equal(err.kind, ERROR_INPUT);
	free(alone);
	store_close(store);
}

/* Any axis can be compared: of two seeds, one stands against the other. */
static void compare_two_seeds(void **state)
{
	struct compare_options o = { .axes = { { "seed", { "1", "2" }, 2 } }, .nr_axes = 1 };
	struct scratch *s = *state;
	struct store *store = open_new(s);
	struct error err;
	char *text;

	ingest(store, s, &(struct run){ 'a', 1, "base", "i386", "insn", "ok", 1, { "insns - 1000\n" } });
	ingest(store, s, &(struct run){ 'b', 1, "base", "i386", "insn", "ok", 2, { "insns - 1014\n" } });
	text = text_of(store, &o, &err);
	assert_non_null(text);
	assert_non_null(strstr(text, "kernel=base"));
	assert_non_null(strstr(text, "1000           1014 (  -1.40%)"));
	free(text);
	store_close(store);
}

/* A crash shows as a crash, never as a number. */
static void compare_shows_status(void **state)
{
	const struct run a = { 'a', 1, "base", "i386", "insn", "ok", 1, { "insns - 1000\n" } };
	const struct run b = { 'b', 1, "series", "i386", "insn", "panic", 1, { "insns - 1\n" } };
	struct compare_options o = by_kernel();
	struct scratch *s = *state;
	struct store *store = open_new(s);
	struct error err;
	char *text;

	ingest(store, s, &a);
	ingest(store, s, &b);
	text = text_of(store, &o, &err);
	assert_non_null(text);
	assert_non_null(strstr(text, "1000          panic"));
	free(text);
	store_close(store);
}

static void compare_refuses(void **state)
{
	const struct run a = { 'a', 1, "base", "i386", "insn", "ok", 1, { "insns - 1000\n" } };
	struct compare_options o = by_kernel();
	struct scratch *s = *state;
	struct store *store = open_new(s);
	struct error err;

	assert_null(text_of(store, &o, &err));
	assert_string_equal(err.msg, "the store is empty");
	ingest(store, s, &a);
	assert_null(text_of(store, &o, &err));
	assert_non_null(strstr(err.msg, "no cell has kernel=series; there are: base"));
	o.axes[0] = (struct compare_axis){ "clock", { "insn", "wall" }, 2 };
	assert_null(text_of(store, &o, &err));
	assert_int_equal(err.kind, ERROR_INPUT);
	assert_non_null(strstr(err.msg, "clocks cannot be compared"));
	store_close(store);
}

/* Another name for the same bytes: the cell stands in both columns. */
static void one_cell_two_names(void **state)
{
	const struct run a = { 'a', 1, "base", "i386", "insn", "ok", 1, { "insns - 1000\n" } };
	struct compare_options o = by_kernel();
	struct scratch *s = *state;
	struct store *store = open_new(s);
	char id[65] = {};
	struct error err;
	char *text;

	memset(id, 'a', 64);
	ingest(store, s, &a);
	assert_int_equal(store_add_name(store, id, "kernel", "series", &err), 0);
	text = text_of(store, &o, &err);
	assert_non_null(text);
	assert_non_null(strstr(text, "1000           1000 (   0.00%)"));
	free(text);
	store_close(store);
}

/* Six seeds on both kernels: insns always 14 more, hot_lost to and fro, faults fixed. */
static void ingest_seeds(struct store *store, const struct scratch *s)
{
	static const int noise[] = { 5, -3, 8, -6, 1, -4 };

	for (int i = 0; i < 12; i++) {
		const bool series = i >= 6;
		const int seed = i % 6 + 1;
		char insns[64], lost[64];
		struct run r = { (char)("0123456789ab"[i]), 1, series ? "series" : "base", "i386", "insn",
				 "ok", seed, { insns, lost, series ? "faults - 7\n" : "faults - 6\n" } };

		snprintf(insns, sizeof(insns), "insns - %d\n", 1000 + 10 * seed + (series ? 13 + seed % 3 : 0));
		snprintf(lost, sizeof(lost), "hot_lost - %d\n", 100 + (series ? noise[seed - 1] : 0));
		ingest(store, s, &r);
	}
}

static void compare_gives_verdicts(void **state)
{
	struct compare_options o = by_kernel();
	struct scratch *s = *state;
	struct store *store = open_new(s);
	struct compare c;
	struct error err;
	char *text;

	ingest_seeds(store, s);
	assert_int_equal(compare_build(store, &o, &c, &err), 0);
	assert_int_equal(c.groups[0].nr_rows, 3);
	/* p = 2 / 64 is the least of six pairs, and with two tests not enough: one more */
	assert_int_equal(c.groups[0].rows[0].figures[1].verdict, COMPARE_FEW);
	assert_int_equal(c.groups[0].rows[0].figures[1].more, 1);
	assert_int_equal(c.groups[0].rows[1].figures[1].verdict, COMPARE_UNSHOWN);
	/* no seed moves it: exact */
	assert_int_equal(c.groups[0].rows[2].figures[1].verdict, COMPARE_EXACT);
	assert_false(compare_any_worse(&c));
	compare_release(&c);
	o.metrics = "insns";
	assert_int_equal(compare_build(store, &o, &c, &err), 0);
	assert_int_equal(c.groups[0].rows[0].figures[1].verdict, COMPARE_DIFFERS);
	assert_true(c.groups[0].rows[0].figures[1].lo > 10 && c.groups[0].rows[0].figures[1].hi < 20);
	assert_true(compare_any_worse(&c));
	compare_release(&c);
	text = text_of(store, &o, &err);
	assert_non_null(strstr(text, "%)*  [-1.")); /* more instructions: worse, marked, with interval */
	free(text);
	store_close(store);
}

static void widths(const char *text, size_t max)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (len > max)
			fail_msg("%zu columns: %.*s", len, (int)len, text);
		text += len + (text[len] == '\n');
	}
}

static void check_json(const struct compare *c)
{
	json_t *all, *row, *figure;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	compare_json(c, f);
	fclose(f);
	all = json_loads(text, 0, NULL);
	assert_non_null(all);
	row = json_array_get(json_object_get(json_array_get(json_object_get(all, "groups"), 0), "rows"), 0);
	assert_string_equal(json_string_value(json_object_get(row, "name")), "insns");
	assert_string_equal(json_string_value(json_object_get(row, "better")), "lower");
	figure = json_array_get(json_object_get(row, "figures"), 1);
	assert_int_equal(json_integer_value(json_object_get(figure, "n")), 6);
	assert_string_equal(json_string_value(json_object_get(figure, "verdict")), "differs");
	assert_true(json_number_value(json_object_get(figure, "difference")) == 14);
	assert_true(json_number_value(json_object_get(figure, "lo")) < 14);
	assert_true(json_number_value(json_object_get(figure, "hi")) > 14);
	assert_true(json_number_value(json_object_get(figure, "p")) == 2.0 / 64);
	json_decref(all);
	free(text);
}

static void compare_formats(void **state)
{
	struct compare_options o = by_kernel();
	struct scratch *s = *state;
	struct store *store = open_new(s);
	struct compare c;
	struct error err;
	char *text = NULL;
	size_t len;
	FILE *f;

	ingest_seeds(store, s);
	o.metrics = "insns";
	assert_int_equal(compare_build(store, &o, &c, &err), 0);
	f = open_memstream(&text, &len);
	compare_changelog(&c, f);
	fclose(f);
	widths(text, 75);
	assert_non_null(strstr(text, "clock insn, tcg, 6 seeds\n"));
	assert_non_null(strstr(text, "Losers:\n  insns"));
	assert_non_null(strstr(text, "base")); /* the column that changes are against */
	assert_non_null(strstr(text, "Limits:\n  insn counts")); /* what it cannot show */
	assert_non_null(strstr(text, "highwater compare kernel=base,series\n"));
	free(text);
	check_json(&c);
	f = open_memstream(&text, &len);
	compare_csv(&c, f);
	fclose(f);
	assert_non_null(strstr(text, "fault arch=i386 memory=256M pages=16 vm.swappiness=60,insn,\"tcg, 6 seeds\","
				     "insns,,insns,lower,series,6,1049,ok,differs,14,"));
	free(text);
	compare_release(&c);
	store_close(store);
}

/* The same cells under both clocks: verdicts beside each other. */
static void clocks_beside_each_other(void **state)
{
	struct compare_options o = by_kernel();
	struct scratch *s = *state;
	struct store *store = open_new(s);
	struct compare c;
	struct error err;
	char *text;

	for (int i = 0; i < 10; i++) {
		char ticks[64];
		const struct run wall = { (char)("0123456789"[i]), 1, i < 5 ? "base" : "series", "i386", "wall",
					  "ok", i % 5 + 1, { ticks } };

		snprintf(ticks, sizeof(ticks), "tsc_ticks - %d\n", i < 5 ? 1000 + i : 900 + i);
		ingest(store, s, &wall);
	}
	ingest(store, s, &(struct run){ 'a', 1, "base", "i386", "insn", "ok", 1, { "insns - 100\n" } });
	ingest(store, s, &(struct run){ 'b', 1, "series", "i386", "insn", "ok", 1, { "insns - 110\n" } });
	assert_int_equal(compare_build(store, &o, &c, &err), 0);
	assert_int_equal(c.nr_groups, 2);
	assert_int_equal(c.nr_beside, 1);
	assert_true(c.beside[0].disagree); /* more instructions, less time */
	compare_release(&c);
	text = text_of(store, &o, &err);
	assert_non_null(strstr(text, "DISAGREE"));
	free(text);
	store_close(store);
}

/* A kernel built anew under the old name: its runs count, not those before. */
static void later_build_counts(void **state)
{
	struct compare_options o = by_kernel();
	struct scratch *s = *state;
	struct store *store = open_new(s);
	struct error err;
	char *text;

	ingest(store, s, &(struct run){ 'a', 1, "base", "i386", "insn", "ok", 1, { "insns - 1000\n" } });
	ingest(store, s, &(struct run){ 'b', 1, "series", "i386", "insn", "ok", 1, { "insns - 9000\n" } });
	ingest(store, s, &(struct run){ 'c', 1, "series", "i386", "insn", "ok", 1, { "insns - 1010\n" } });
	text = text_of(store, &o, &err);
	assert_non_null(strstr(text, "1000           1010 (  -1.00%)"));
	assert_non_null(strstr(text, "1 cells of older builds"));
	free(text);
	store_close(store);
}

static void percent_signs(void **state)
{
	(void)state;
	assert_true(compare_percent(100, 10, QUERY_HIGHER) == 10);
	assert_true(compare_percent(100, 10, QUERY_LOWER) == -10);
	assert_true(compare_percent(-100, 10, QUERY_HIGHER) == 10);
	assert_true(compare_percent(0, 0, QUERY_LOWER) == 0);
	assert_true(compare_percent(0, 5, QUERY_LOWER) < -1e300);
}

#define WITH_SCRATCH(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(ingest_is_repeatable),
		WITH_SCRATCH(latencies_are_kept_whole),
		WITH_SCRATCH(liar_is_garbage),
		WITH_SCRATCH(damaged_run_directories),
		WITH_SCRATCH(foreign_stores),
		WITH_SCRATCH(compare_one_seed_is_exact),
		cmocka_unit_test(compare_pairs_by_seed),
		cmocka_unit_test(compare_wall_needs_runs),
		WITH_SCRATCH(compare_in_threads),
		WITH_SCRATCH(compare_two_seeds),
		WITH_SCRATCH(compare_shows_status),
		WITH_SCRATCH(compare_refuses),
		WITH_SCRATCH(one_cell_two_names),
		WITH_SCRATCH(compare_gives_verdicts),
		WITH_SCRATCH(compare_formats),
		WITH_SCRATCH(clocks_beside_each_other),
		WITH_SCRATCH(later_build_counts),
		cmocka_unit_test(percent_signs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
