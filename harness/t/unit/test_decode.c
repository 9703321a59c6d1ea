// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes of a guest to frames, metrics, findings and outcomes: good, truncated, hostile. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "collect/region.h"
#include "decode/console.h"
#include "decode/difference.h"
#include "decode/frames.h"
#include "decode/metric.h"
#include "decode/outcome.h"
#include "frames_of.h"
#include "lib/io.h"
#include "lib/strbuf.h"
#include "proto/region.h"

/* Three whole frames come back; every cut is noticed and never read past. */
static void frames_whole_and_cut(void **state)
{
	struct strbuf b = STRBUF_INIT;
	struct frames f;
	struct frame frame;

	(void)state;
	add_frame(&b, FRAME_PHASE, 0, "mount");
	add_frame(&b, FRAME_METRIC, 1, "insns - 12\n");
	add_frame(&b, FRAME_BYE, 2, "ok");
	frames_init(&f, b.buf, b.len);
	for (int i = 0; i < 3; i++)
		assert_int_equal(frames_next(&f, &frame), 1);
	assert_int_equal(frame.len, 2);
	assert_int_equal(frames_next(&f, &frame), 0);
	for (size_t cut = 0; cut < b.len; cut++) {
		/* A copy of just that size: ASan sees any read behind it. */
		char *copy = malloc(cut ? cut : 1);
		int rc;

		memcpy(copy, b.buf, cut);
		frames_init(&f, copy, cut);
		while ((rc = frames_next(&f, &frame)) > 0)
			;
		assert_true(rc == 0 || f.problem[0]);
		assert_true(f.seq < 3);
		free(copy);
	}
	strbuf_release(&b);
}

/* A single flipped bit anywhere never passes for a frame. */
static void frames_flipped_bits(void **state)
{
	struct strbuf b = STRBUF_INIT;

	(void)state;
	add_frame(&b, FRAME_METRIC, 0, "insns - 123456\n");
	for (size_t bit = 0; bit < 8 * (b.len - 1); bit++) {
		struct frames f;
		struct frame frame;

		b.buf[bit / 8] ^= (char)(1 << bit % 8);
		frames_init(&f, b.buf, b.len);
		/* Padding is not covered by the crc and carries nothing. */
		if (bit / 8 < sizeof(struct frame_header) + 15)
			assert_int_equal(frames_next(&f, &frame), -1);
		b.buf[bit / 8] ^= (char)(1 << bit % 8);
	}
	strbuf_release(&b);
}

static const struct metric *find(const struct metrics *m, const char *name, const char *label)
{
	for (size_t i = 0; i < m->nr; i++)
		if (strcmp(m->v[i].name, name) == 0 && strcmp(m->v[i].label, label) == 0)
			return &m->v[i];
	fail_msg("no metric %s %s", name, label);
	return NULL;
}

static void metrics_of_a_run(void **state)
{
	struct strbuf b = STRBUF_INIT;
	struct metrics m;
	struct error err;

	(void)state;
	add_frame(&b, FRAME_HELLO, 0, "release 7\nmachine x86_64\n");
	add_frame(&b, FRAME_SNAPSHOT, 1, "begin /proc/vmstat\nnr_free_pages 10\npgfault 100\n");
	add_frame(&b, FRAME_METRIC, 2, "insns_per_fault - 2891.750\n");
	add_frame(&b, FRAME_METRIC, 3, "refaults stream2 115232\n");
	add_frame(&b, FRAME_SNAPSHOT, 4, "end /proc/vmstat\nnr_free_pages 7\npgfault 142\n");
	add_frame(&b, 999, 5, "from a newer agent");
	assert_int_equal(metrics_decode(b.buf, b.len, &m, &err), 0);
	assert_int_equal(m.nr, 4);
	assert_true(find(&m, "insns_per_fault", "")->d == 2891.75);
	assert_true(find(&m, "refaults", "stream2")->exact);
	assert_int_equal(find(&m, "refaults", "stream2")->i, 115232);
	assert_int_equal(find(&m, "vmstat.nr_free_pages", "")->i, 7); /* a state */
	assert_int_equal(find(&m, "vmstat.pgfault", "")->i, 42); /* a counter */
	metrics_release(&m);
	strbuf_release(&b);
}

/* Counters of a 32-bit kernel wrap; of a 64-bit one they must not run backwards. */
static void vmstat_wraps_on_i386_only(void **state)
{
	static const char begin[] = "pgfault 4294967290\n", end[] = "pgfault 4\n";
	struct metrics m = {};
	struct error err;

	(void)state;
	assert_int_equal(vmstat_metrics(begin, strlen(begin), end, strlen(end), true, &m, &err), 0);
	assert_int_equal(m.v[0].i, 10);
	assert_int_equal(vmstat_metrics(begin, strlen(begin), end, strlen(end), false, &m, &err), -1);
	assert_non_null(strstr(err.msg, "runs backwards"));
	metrics_release(&m);
}

/* What is no number never becomes one. */
static void hostile_metrics(void **state)
{
	static const char *const rows[] = {
		"insns - nan\n",  "insns - inf\n",  "insns - 0x10\n", "insns - \n", "insns -\n",
		"insns\n",	  "- - -\n",	    "insns - 1 2\n",  "\n",	    "insns - 1e999\n",
		"insns - 1\nx\n", "insns - 1",	    " - 1\n",	      "insns - 12a\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct strbuf b = STRBUF_INIT;
		struct metrics m;
		struct error err;

		add_frame(&b, FRAME_METRIC, 0, rows[i]);
		assert_int_equal(metrics_decode(b.buf, b.len, &m, &err), -1);
		strbuf_release(&b);
	}
}

static void hostile_snapshots(void **state)
{
	static const char *const pairs[][2] = {
		{ "a 1\n", "b 1\n" }, { "a 1\n", "a 1\nb 2\n" }, { "a 1\n", "a x\n" },
		{ "a 1\n", "a 1" },   { "a\n", "a\n" },		 { "a -1\n", "a -1\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct metrics m = {};
		struct error err;

		assert_int_equal(vmstat_metrics(pairs[i][0], strlen(pairs[i][0]), pairs[i][1],
						strlen(pairs[i][1]), true, &m, &err),
				 -1);
		metrics_release(&m);
	}
}

static const char fio_json[] =
	"fio: note\n{\"fio version\":\"fio-3.33\",\"jobs\":[{\"jobname\":\"r\",\"error\":0,"
	"\"read\":{\"total_ios\":16,\"io_bytes\":65536,\"iops\":2.5,\"bw_bytes\":9,"
	"\"clat_ns\":{\"mean\":7.5,\"max\":9,\"percentile\":{\"99.000000\":8}}},"
	"\"write\":{\"total_ios\":0}}]}";

static void fio_output(void **state)
{
	struct metrics m = {};
	struct error err;

	(void)state;
	assert_int_equal(fio_metrics(fio_json, strlen(fio_json), &m, &err), 0);
	assert_int_equal(find(&m, "fio.read.ios", "r")->i, 16);
	assert_true(find(&m, "fio.read.iops", "r")->d == 2.5);
	assert_int_equal(find(&m, "fio.read.clat_p99", "r")->i, 8);
	for (size_t i = 0; i < m.nr; i++)
		assert_null(strstr(m.v[i].name, "write"));
	metrics_release(&m);
	/* Cut anywhere it is an error, not fewer numbers. */
	for (size_t cut = 0; cut < strlen(fio_json); cut++) {
		assert_int_equal(fio_metrics(fio_json, cut, &m, &err), -1);
		metrics_release(&m);
	}
}

static void fio_reports_an_error(void **state)
{
	static const char text[] = "{\"jobs\":[{\"jobname\":\"r\",\"error\":5}]}";
	struct metrics m = {};
	struct error err;

	(void)state;
	assert_int_equal(fio_metrics(text, strlen(text), &m, &err), -1);
	assert_non_null(strstr(err.msg, "error in job 'r'"));
	metrics_release(&m);
}

static void stress_ng_output(void **state)
{
	static const char text[] =
		"---\nsystem-info:\n  x: 1\nmetrics:\n    - stressor: vm\n      bogo-ops: 2000\n"
		"      bogo-ops-per-second-usr-sys-time: 10.5\n      bogo-ops-per-second-real-time: 9.5\n"
		"      wall-clock-time: 1.0\n      user-time: 0.5\n      system-time: 0.25\n...\n";
	struct metrics m = {};
	struct error err;

	(void)state;
	assert_int_equal(stress_ng_metrics(text, strlen(text), &m, &err), 0);
	assert_int_equal(find(&m, "stress-ng.bogo-ops", "vm")->i, 2000);
	assert_true(find(&m, "stress-ng.system-time", "vm")->d == 0.25);
	metrics_release(&m);
	assert_int_equal(stress_ng_metrics("metrics: []", 11, &m, &err), -1);
	assert_int_equal(stress_ng_metrics("- [", 3, &m, &err), -1);
	assert_int_equal(stress_ng_metrics("", 0, &m, &err), -1);
	metrics_release(&m);
}

static const char ktap[] = "KTAP version 1\n1..2\n    KTAP version 1\n    # Subtest: mm_vmscan\n"
			   "    1..3\n    ok 1 a\n    ok 2 b # SKIP no swap\n    not ok 3 c\n"
			   "# mm_vmscan: pass:1 fail:1 skip:1 total:3\nnot ok 1 mm_vmscan\n"
			   "    1..1\n    ok 1 d\nok 2 other\n";

static void kernel_tests(void **state)
{
	static const char tap[] = "TAP version 13\n1..4\nok 1 a\n# note\nok 2 # SKIP b\nnot ok 3 c\r\n"
				  "ok 4 # XFAIL d\n# Totals: pass:1\n";
	struct metrics m = {};
	struct error err;

	(void)state;
	assert_int_equal(tap_metrics("mm_tunables", tap, strlen(tap), &m, &err), 0);
	assert_int_equal(find(&m, "tap.pass", "mm_tunables")->i, 1);
	assert_int_equal(find(&m, "tap.fail", "mm_tunables")->i, 1);
	assert_int_equal(find(&m, "tap.skip", "mm_tunables")->i, 2);
	metrics_release(&m);
	/* Sums of a nested block are no tests. */
	assert_int_equal(tap_metrics("kunit", ktap, strlen(ktap), &m, &err), 0);
	assert_int_equal(find(&m, "tap.pass", "kunit")->i, 2);
	assert_int_equal(find(&m, "tap.fail", "kunit")->i, 1);
	assert_int_equal(find(&m, "tap.skip", "kunit")->i, 1);
	metrics_release(&m);
	/* Cut anywhere it is an error, not fewer tests. */
	for (size_t cut = 0; cut < strlen(ktap); cut++) {
		assert_int_equal(tap_metrics("kunit", ktap, cut, &m, &err), -1);
		assert_int_equal(m.nr, 0);
	}
}

/* Tests that do not add up. */
static void hostile_tap(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "ok 1 a\n", "without a plan" },
		{ "1..1\nok 2 a\n", "has result 2" },
		{ "1..1\nok 1 a\nok 2 b\n", "has result 2" },
		{ "1..2\nok 1 a\n", "ended early" },
		{ "1..1\n", "ended early" },
		{ "1..x\n", "plan of no number" },
		{ "1..1\nok a\n", "without a number" },
		{ "1..1\nok 9999999999999 a\n", "without a number" },
		{ "1..1\n1..1\nok 1 a\n", "where none belongs" },
		{ "    1..1\n    ok 1 a\n", "ended early" },
		{ "1..1\n        1..1\n", "where none belongs" },
		{ "1..1\n    1..2\n    ok 1 a\nok 1 b\n", "ended early" },
		{ "1..1\n    1..1\n    not ok 1 a\nok 1 b\n", "calls a failed block ok" },
		{ "1..1\n                                1..1\n", "nested too deep" },
		{ "no test at all\n", "no plan" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct metrics m = {};
		struct error err;

		assert_int_equal(tap_metrics("t", cases[i].text, strlen(cases[i].text), &m, &err), -1);
		if (!strstr(err.msg, cases[i].why))
			fail_msg("'%s' is not in '%s'", cases[i].why, err.msg);
	}
}

static void console_findings(void **state)
{
	static const char text[] = "[    0.1] all is well\n"
				   "[    1.2] BUG: unable to handle page fault for address: 0\r\n"
				   "[    1.3] Kernel panic - not syncing: Fatal \x01 exception";
	struct finding f[CONSOLE_MAX_FINDINGS];

	(void)state;
	assert_int_equal(console_scan(text, strlen(text), f), 2);
	assert_string_equal(f[0].kind, "oops");
	assert_string_equal(f[0].line, "BUG: unable to handle page fault for address: 0");
	assert_string_equal(f[1].kind, "panic");
	assert_string_equal(f[1].line, "Kernel panic - not syncing: Fatal ? exception");
	assert_int_equal(console_scan("", 0, f), 0);
}

static void check_outcome(struct strbuf *frames, const char *console, struct schedule_exit e,
			  const char *problem, const char *status, const char *detail)
{
	struct outcome_evidence ev = {
		.exit = &e,
		.frames = frames->buf ? frames->buf : "",
		.frames_len = frames->len,
		.region_problem = problem,
		.console = console,
		.console_len = strlen(console),
	};
	struct outcome o;

	outcome_decide(&ev, &o);
	assert_string_equal(o.status, status);
	if (!strstr(o.detail, detail))
		fail_msg("'%s' is not in '%s'", detail, o.detail);
}

/* Every way a run can end has its word, and its evidence in the detail. */
static void outcomes(void **state)
{
	const struct schedule_exit fine = {}, late = { .timed_out = true, .signal = 9, .exit_code = -1 },
				   killed = { .signal = 11, .exit_code = -1 }, exit1 = { .exit_code = 1 };
	struct strbuf ok = STRBUF_INIT, cut = STRBUF_INIT, failed = STRBUF_INIT, lies = STRBUF_INIT;
	struct strbuf none = STRBUF_INIT;

	(void)state;
	add_frame(&ok, FRAME_PHASE, 0, "work");
	add_frame(&ok, FRAME_BYE, 1, "ok");
	add_frame(&cut, FRAME_PHASE, 0, "work");
	add_frame(&failed, FRAME_FAIL, 0, "this kernel has no sysctl 'vm.x'");
	add_frame(&failed, FRAME_BYE, 1, "fail");
	add_frame(&lies, FRAME_METRIC, 0, "insns - many\n");
	add_frame(&lies, FRAME_BYE, 1, "ok");

	check_outcome(&ok, "", fine, "", "ok", "");
	check_outcome(&cut, "", fine, "", "died", "without a word, in phase 'work'");
	check_outcome(&failed, "", fine, "", "failed", "no sysctl 'vm.x'");
	check_outcome(&lies, "", fine, "", "garbage", "'many'");
	check_outcome(&ok, "", fine, "the region was full", "garbage", "the region was full");
	check_outcome(&cut, "", late, "", "timeout", "in phase 'work'");
	check_outcome(&cut, "", killed, "", "died", "signal 11");
	check_outcome(&none, "", exit1, "", "died", "exit code 1");
	check_outcome(&cut, "Kernel panic - not syncing: x\n", fine, "", "panic", "not syncing: x");
	check_outcome(&ok, "WARNING: CPU: 0\n", fine, "", "oops", "WARNING");
	check_outcome(&cut, "Out of memory: Killed process 7\n", fine, "", "oom", "process 7");
	check_outcome(&ok, "Out of memory: Killed process 7\n", fine, "", "ok", "");
	strbuf_release(&ok);
	strbuf_release(&cut);
	strbuf_release(&failed);
	strbuf_release(&lies);
}

static void region_of_any_kind(void **state)
{
	char path[] = "/tmp/highwater-region.XXXXXX";
	struct strbuf region = STRBUF_INIT, out = STRBUF_INIT;
	struct region_header h;
	char problem[256];
	struct error err;

	(void)state;
	close(mkstemp(path));
	assert_int_equal(region_create(path, (struct region_size){ 1 << 16, 0 }, "job", 3, &err), 0);
	assert_int_equal(io_read_file(path, 1 << 20, &region, &err), 0);
	assert_int_equal(region.len, 1 << 16);
	region_frames(region.buf, region.len, &out, problem, sizeof(problem));
	assert_string_equal(problem, "the agent never took the job");
	/* Every field of the header replaced by every nasty value: no read outside. */
	for (size_t at = 0; at + 8 <= sizeof(h); at += 4) {
		static const uint64_t nasty[] = { 0, 1, 0xffffffff, 1ull << 16, ~0ull, 1ull << 63 };

		for (size_t i = 0; i < sizeof(nasty) / sizeof(nasty[0]); i++) {
			char old[8];

			memcpy(old, region.buf + at, 8);
			memcpy(region.buf + at, &nasty[i], 8);
			strbuf_reset(&out);
			region_frames(region.buf, region.len, &out, problem, sizeof(problem));
			assert_true(out.len <= region.len);
			memcpy(region.buf + at, old, 8);
		}
	}
	strbuf_reset(&out);
	region_frames(region.buf, 100, &out, problem, sizeof(problem));
	assert_string_equal(problem, "the region has 100 bytes only");
	assert_int_equal(region_create(path, (struct region_size){ 1 << 16, 0 }, region.buf, 1 << 15, &err), -1);
	unlink(path);
	strbuf_release(&region);
	strbuf_release(&out);
}

/* Two runs that differ: the first metric or line is named. */
static void differences(void **state)
{
	struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
	struct run_bytes x, y;
	char where[256];

	(void)state;
	add_frame(&a, FRAME_METRIC, 0, "insns - 12\n");
	add_frame(&b, FRAME_METRIC, 0, "insns - 13\n");
	x = (struct run_bytes){ a.buf, a.len, "one\ntwo\n", 8 };
	y = x;
	assert_true(difference_none(&x, &y, where, sizeof(where)));
	y.console = "one\ntoo\n";
	assert_false(difference_none(&x, &y, where, sizeof(where)));
	assert_string_equal(where, "console, line 2: 'two' and 'too'");
	y = (struct run_bytes){ b.buf, b.len, x.console, x.console_len };
	assert_false(difference_none(&x, &y, where, sizeof(where)));
	assert_non_null(strstr(where, "METRIC 'insns - 12', line 1: 'insns - 12' and 'insns - 13'"));
	y.frames_len = 0;
	assert_false(difference_none(&x, &y, where, sizeof(where)));
	assert_string_equal(where, "one has 1 frames, the other 0");
	strbuf_release(&a);
	strbuf_release(&b);
}

static void registry(void **state)
{
	(void)state;
	assert_string_equal(metric_describe("insns")->unit, "insns");
	assert_int_equal(metric_describe("fio.read.iops")->better, HIGHER);
	assert_string_equal(metric_describe("vmstat.nr_dirty")->definition,
			    "/proc/vmstat, at the end of the work");
	assert_string_equal(metric_describe("who knows")->unit, "?");
}

static void perf_stat_rows(void **state)
{
	static const char csv[] = "# started on Thu Jan  1 00:00:07 2026\n\n"
				  "4937,,minor-faults,86000000,100.00,,\n"
				  "<not supported>,,cycles,0,100.00,,\n"
				  "4761,,kmem:mm_page_alloc,86000000,100.00,,\n";
	static const char *const bad[] = {
		"4937,,minor-faults,86000000,100.00,,", "4937,,minor-faults,86000000,50.12,,\n",
		"<not counted>,,minor-faults,0,0.00,,\n", "4937\n", "-1,,minor-faults,1,100.00,,\n",
		"4937,,,1,100.00\n",
	};
	struct metrics m = {};
	struct error err;

	(void)state;
	assert_int_equal(perf_stat_metrics(csv, strlen(csv), &m, &err), 0);
	assert_int_equal(m.nr, 2);
	assert_string_equal(m.v[1].label, "kmem:mm_page_alloc");
	assert_int_equal(m.v[1].i, 4761);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(perf_stat_metrics(bad[i], strlen(bad[i]), &m, &err), -1);
	metrics_release(&m);
}

/* A header of 104 bytes, two samples and a record of three lost ones. */
static size_t make_perf_data(unsigned char *at)
{
	const uint64_t sections[] = { 104, 72, 0, 0, 104, 16 + 16 + 24 };
	const uint64_t lost[] = { 7, 3 };
	static const char magic[8] = { 'P', 'E', 'R', 'F', 'I', 'L', 'E', '2' };

	memset(at, 0, 160);
	memcpy(at, magic, sizeof(magic));
	memcpy(at + 8, sections, sizeof(sections));
	at[104] = at[120] = 9;
	at[110] = at[126] = 16;
	at[136] = 2;
	at[142] = 24;
	memcpy(at + 144, lost, sizeof(lost));
	return 160;
}

static void perf_data_counts(void **state)
{
	unsigned char data[160];
	const size_t len = make_perf_data(data);
	struct metrics m = {};
	struct error err;

	(void)state;
	assert_int_equal(perf_data_metrics((char *)data, len, &m, &err), 0);
	assert_string_equal(m.v[0].name, "perf.samples");
	assert_int_equal(m.v[0].i, 2);
	assert_int_equal(m.v[1].i, 3);
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(perf_data_metrics((char *)data, cut, &m, &err), -1);
	data[110] = 0; /* a record of no length would be walked for ever */
	assert_int_equal(perf_data_metrics((char *)data, len, &m, &err), -1);
	data[110] = 200;
	assert_int_equal(perf_data_metrics((char *)data, len, &m, &err), -1);
	data[0] = 'Q';
	assert_int_equal(perf_data_metrics((char *)data, len, &m, &err), -1);
	metrics_release(&m);
}

/* It is found in a run's frames, whole; damage and absence are told apart. */
static void perf_data_is_found(void **state)
{
	static const char name[] = "perf.data\n";
	char payload[sizeof(name) - 1 + 160];
	struct strbuf frames = STRBUF_INIT;
	const char *data;
	struct error err;
	uint32_t seq = 0;
	size_t len;

	(void)state;
	memcpy(payload, name, sizeof(name) - 1);
	make_perf_data((unsigned char *)payload + sizeof(name) - 1);
	add_frame(&frames, FRAME_OUTPUT, seq++, "perf.txt\nx");
	assert_int_equal(perf_data_find(frames.buf, frames.len, &data, &len, &err), -1);
	assert_int_equal(err.kind, ERROR_INPUT);
	add_frame_bytes(&frames, FRAME_OUTPUT, seq++, payload, sizeof(payload));
	assert_int_equal(perf_data_find(frames.buf, frames.len, &data, &len, &err), 0);
	assert_int_equal(len, 160);
	assert_memory_equal(data, payload + sizeof(name) - 1, len);
	assert_int_equal(perf_data_find(frames.buf, frames.len - 8, &data, &len, &err), -1);
	assert_int_equal(err.kind, ERROR_FOUND);
	strbuf_reset(&frames);
	add_frame_bytes(&frames, FRAME_OUTPUT, 0, payload, sizeof(payload) - 1);
	assert_int_equal(perf_data_find(frames.buf, frames.len, &data, &len, &err), -1);
	assert_int_equal(err.kind, ERROR_FOUND);
	strbuf_release(&frames);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(perf_stat_rows),
		cmocka_unit_test(perf_data_counts),
		cmocka_unit_test(perf_data_is_found),
		cmocka_unit_test(frames_whole_and_cut),	 cmocka_unit_test(frames_flipped_bits),
		cmocka_unit_test(metrics_of_a_run),	 cmocka_unit_test(vmstat_wraps_on_i386_only),
		cmocka_unit_test(hostile_metrics),	 cmocka_unit_test(hostile_snapshots),
		cmocka_unit_test(fio_output),		 cmocka_unit_test(fio_reports_an_error),
		cmocka_unit_test(kernel_tests),		 cmocka_unit_test(hostile_tap),
		cmocka_unit_test(stress_ng_output),	 cmocka_unit_test(console_findings),
		cmocka_unit_test(outcomes),		 cmocka_unit_test(region_of_any_kind),
		cmocka_unit_test(differences),		 cmocka_unit_test(registry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
