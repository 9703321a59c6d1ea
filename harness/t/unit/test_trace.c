// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of events from the file to the agent, and what the kernel's tracing files say. */
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "collect/job.h"
#include "decode/tracefs.h"
#include "plan/plan.h"
#include "plan/spec.h"
#include "proto/job.h"

static void list_is_normalized(void **state)
{
	static const char text[] = "# a list\n\n  kmem:mm_page_alloc   # all\n"
				   "?kmem:mm_page_split\thist:keys=order   if zid == 1\nbuffer 1M\nlossy\n"
				   "synth lat u64 ns;\tint order\n?kprobe r64:hw/x  f\n";
	struct error err;
	char *list;

	(void)state;
	assert_int_equal(plan_events_parse(text, strlen(text), "x.list", &list, &err), 0);
	assert_string_equal(list, "kmem:mm_page_alloc\n"
				  "?kmem:mm_page_split hist:keys=order if zid == 1\n"
				  "buffer 1048576\nlossy\nsynth lat u64 ns; int order\n"
				  "?kprobe r64:hw/x f\n");
	free(list);
}

static void list_errors_name_the_line(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "", "x.list: the list is empty" },
		{ "# nothing\n", "the list is empty" },
		{ "kmem:a\nkmem\n", "x.list:2: SYSTEM:EVENT is expected" },
		{ "kmem:\n", "SYSTEM:EVENT is expected" },
		{ "../x:y\n", "SYSTEM:EVENT is expected" },
		{ "kmem:a b\n", "a hist trigger ('hist:keys=...') or nothing may follow" },
		{ "kmem:a hist:vals=x\n", "needs 'keys='" },
		{ "kmem:a hist:keys=x:pause\n", "are not for lists" },
		{ "kmem:a\nkmem:a\n", "x.list:2: the same line comes twice" },
		{ "buffer 1K\n", "a size from 64K to 256M" },
		{ "kprobe hw/a f\n", "'kprobe' wants 'p:SYSTEM/EVENT FUNCTION'" },
		{ "kprobe q:hw/a f\n", "'kprobe' wants" },
		{ "kprobe r64:hw/a\n", "'kprobe' wants" },
		{ "?kprobe p64:hw/a f\n", "'kprobe' wants" },
		{ "synth lat\n", "'synth' wants a name and fields" },
		{ "kmem:a\xc3\xa4\n", "printable ASCII" },
	};
	struct error err;
	char *list;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(plan_events_parse(rows[i].text, strlen(rows[i].text), "x.list", &list,
						   &err),
				 -1);
		if (!strstr(err.msg, rows[i].message))
			fail_msg("'%s' is not in '%s'", rows[i].message, err.msg);
	}
}

static void shipped_lists_reach_the_agent(void **state)
{
	static const char text[] = "name: t\nevents: [none, mm, mm-hist, buddy, buddy-hist, '?a:b hist:keys=c',"
				   " latency, latency-hist, fault, fault-hist]\n"
				   "workload: {name: null}\n";
	static const size_t nr_lines[] = { 0, 9, 9, 2, 2, 1, 17, 12, 4, 6 };
	struct plan *p = NULL;
	struct error err;

	(void)state;
	if (plan_parse(text, strlen(text), "p.yaml", "configs", &p, &err))
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < plan_nr_cells(p); i++) {
		struct strbuf out = STRBUF_INIT;
		struct job job;
		unsigned int line;

		job_text(plan_cell(p, i), 0, &out);
		assert_int_equal(job_parse(out.buf, out.len, &job, &line), 0);
		assert_int_equal(job.nr_trace, nr_lines[i]);
		if (i == 2) {
			assert_string_equal(job.trace[7].event, "mm_page_split");
			assert_string_equal(job.trace[7].text, "hist:keys=zid,order,block_order");
			assert_true(job.trace[7].optional);
		}
		strbuf_release(&out);
	}
	plan_free(p);
}

/* What a list says is part of the cell's identity, not only its name. */
static void list_is_in_the_identity(void **state)
{
	static const struct cell_artifacts on = { "K", "I", "c", "7.2", "q" };
	static const char text[] = "name: t\nevents: buddy\nworkload: {name: null}\n";
	struct strbuf out = STRBUF_INIT;
	struct plan *p = NULL;
	struct error err;

	(void)state;
	if (plan_parse(text, strlen(text), "p.yaml", "configs", &p, &err))
		fail_msg("%s", err.msg);
	cell_canonical(plan_cell(p, 0), &on, &out);
	assert_non_null(strstr(out.buf, "events buddy\ntrace kmem:mm_page_split\n"
					"trace kmem:mm_page_merge\nworkload null\n"));
	strbuf_release(&out);
	plan_free(p);
}

static const char *row_label(const struct metrics *m, const char *name, int64_t value)
{
	for (size_t i = 0; i < m->nr; i++)
		if (strcmp(m->v[i].name, name) == 0 && m->v[i].i == value)
			return m->v[i].label;
	return "none";
}

#define HIST_HEAD "# event histogram\n#\n# trigger info: hist:keys=x [paused]\n#\n\n"

static void hist_tables(void **state)
{
	static const char text[] =
		HIST_HEAD "{ order:          1, lat: ~ 2^10 } hitcount:          3  bytes:         12\n"
			  "{ order:          0, lat: ~ 0-9 } hitcount:          4  bytes:          0\n"
			  "\nTotals:\n    Hits: 9\n    Entries: 2\n    Dropped: 0\n"
			  "\n\n" HIST_HEAD
			  "{ common_stacktrace:\n         one+0x1/0x2\n         two+0x3/0x4\n} hitcount:          5\n"
			  "{ call_site: [c1234567] kmem_cache_alloc                             } hitcount: 6\n"
			  "{ comm: a} } hitcount:          2\n"
			  "\nTotals:\n    Hits: 13\n    Entries: 3\n    Dropped: 7\n";
	struct metrics m = {};
	struct error err;
	char why[128];

	(void)state;
	if (hist_trigger_metrics("kmem:x", text, strlen(text), &m, &err))
		fail_msg("%s", err.msg);
	assert_string_equal(row_label(&m, "hist.kmem:x", 3), "order=1,lat=2^10");
	assert_string_equal(row_label(&m, "hist.kmem:x.bytes", 12), "order=1,lat=2^10");
	assert_string_equal(row_label(&m, "hist.kmem:x", 4), "order=0,lat=0-9");
	assert_string_equal(row_label(&m, "hist.kmem:x.hits", 7), "order,lat");
	assert_string_equal(row_label(&m, "hist.kmem:x", 5), "common_stacktrace=one+0x1/0x2_two+0x3/0x4");
	assert_string_equal(row_label(&m, "hist.kmem:x", 6), "call_site=[c1234567]_kmem_cache_alloc");
	assert_string_equal(row_label(&m, "hist.kmem:x", 2), "comm=a}");
	assert_true(trace_lost(&m, why, sizeof(why)));
	assert_string_equal(why, "7 events lost: hist.kmem:x.dropped comm");
	assert_int_equal(metrics_add_int(&m, "trace.lossy", "-", 1, &err), 0);
	assert_false(trace_lost(&m, why, sizeof(why)));
	metrics_release(&m);
}

static void damaged_hist_tables(void **state)
{
	static const char *const texts[] = {
		"{ a: 1 } hitcount: 1\n\nTotals:\n    Hits: 1\n    Entries: 1\n    Dropped: 0\n",
		HIST_HEAD "{ a: 1 } hitcount: 1\n",
		HIST_HEAD "{ a: 1 } hitcount: 2\n\nTotals:\n    Hits: 1\n    Entries: 1\n    Dropped: 0\n",
		HIST_HEAD "{ a: 1 } hitcount: 1\n\nTotals:\n    Hits: 1\n    Entries: 2\n    Dropped: 0\n",
		HIST_HEAD "{ a: 1 } hitcount: x\n\nTotals:\n    Hits: 1\n    Entries: 1\n    Dropped: 0\n",
		HIST_HEAD "{ a: 1 } hitcount: 1 pc (%): 3.25\n\nTotals:\n    Hits: 1\n    Entries: 1\n"
			  "    Dropped: 0\n",
		HIST_HEAD "{ a: 1 ",
		HIST_HEAD "what\n\nTotals:\n    Hits: 0\n    Entries: 0\n    Dropped: 0\n",
		HIST_HEAD HIST_HEAD,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct metrics m = {};
		struct error err;

		assert_int_equal(hist_trigger_metrics("a:b", texts[i], strlen(texts[i]), &m, &err), -1);
		assert_non_null(strstr(err.msg, "histogram of 'a:b': "));
		metrics_release(&m);
	}
}

static void ring_stats(void **state)
{
	static const char text[] = "entries: 0\noverrun: 3\ncommit overrun: 0\nbytes: 9\n"
				   "oldest event ts:     1.2\nnow ts:     2.3\ndropped events: 0\n"
				   "read events: 5\n";
	struct metrics m = {};
	struct error err;
	char why[128];

	(void)state;
	assert_int_equal(ring_stats_metrics("1", text, strlen(text), &m, &err), 0);
	assert_string_equal(row_label(&m, "trace.entries", 0), "cpu1");
	assert_string_equal(row_label(&m, "trace.read", 5), "cpu1");
	assert_true(trace_lost(&m, why, sizeof(why)));
	assert_string_equal(why, "3 events lost: trace.overrun cpu1");
	assert_int_equal(ring_stats_metrics("1", text, strlen(text) - 1, &m, &err), -1);
	assert_int_equal(ring_stats_metrics("x", text, strlen(text), &m, &err), -1);
	metrics_release(&m);
}

/* Calls that a probe did not record are lost events. */
static void probes(void **state)
{
	static const char text[] = "  fault_begin                  100               0\n"
				   "  fault_end                     97               3\n";
	struct metrics m = {};
	struct error err;
	char why[128];

	(void)state;
	assert_int_equal(kprobe_profile_metrics(text, strlen(text), &m, &err), 0);
	assert_string_equal(row_label(&m, "trace.probe_missed", 0), "fault_begin");
	assert_true(trace_lost(&m, why, sizeof(why)));
	assert_string_equal(why, "3 events lost: trace.probe_missed fault_end");
	assert_int_equal(kprobe_profile_metrics("  a 1\n", 6, &m, &err), -1);
	assert_int_equal(kprobe_profile_metrics("  a 1 x\n", 8, &m, &err), -1);
	metrics_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_is_normalized),
		cmocka_unit_test(list_errors_name_the_line),
		cmocka_unit_test(shipped_lists_reach_the_agent),
		cmocka_unit_test(list_is_in_the_identity),
		cmocka_unit_test(probes),
		cmocka_unit_test(hist_tables),
		cmocka_unit_test(damaged_hist_tables),
		cmocka_unit_test(ring_stats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
