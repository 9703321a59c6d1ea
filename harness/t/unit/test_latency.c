// SPDX-License-Identifier: GPL-2.0-or-later
/* Begins and ends to latencies, for both word sizes, and the kernel's own tables. */
#include <stdlib.h>

#include "test.h"

#include "decode/latency.h"
#include "pages_of.h"

#define COMMON \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n" \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n" \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

enum { BEGIN = 400, END, WAKE, SLEEP, THROTTLED, CALL, RETURN, QUEUE, COMPLETE, PAUSE };

static const char formats[][800] = {
	"format vmscan:mm_vmscan_direct_reclaim_begin\nname: mm_vmscan_direct_reclaim_begin\nID: 400\n"
	"format:\n" COMMON "\tfield:int order;\toffset:8;\tsize:4;\tsigned:1;\n"
	"\nprint fmt: \"order=%d\", REC->order\n",
	"format vmscan:mm_vmscan_direct_reclaim_end\nname: mm_vmscan_direct_reclaim_end\nID: 401\n"
	"format:\n" COMMON "\tfield:unsigned long nr_reclaimed;\toffset:8;\tsize:4;\tsigned:0;\n"
	"\nprint fmt: \"nr_reclaimed=%lu\", REC->nr_reclaimed\n",
	"format vmscan:mm_vmscan_kswapd_wake\nname: mm_vmscan_kswapd_wake\nID: 402\n"
	"format:\n" COMMON "\tfield:int nid;\toffset:8;\tsize:4;\tsigned:1;\n"
	"\nprint fmt: \"nid=%d\", REC->nid\n",
	"format vmscan:mm_vmscan_kswapd_sleep\nname: mm_vmscan_kswapd_sleep\nID: 403\n"
	"format:\n" COMMON "\tfield:int nid;\toffset:8;\tsize:4;\tsigned:1;\n"
	"\nprint fmt: \"nid=%d\", REC->nid\n",
	"format vmscan:mm_vmscan_throttled\nname: mm_vmscan_throttled\nID: 404\n"
	"format:\n" COMMON "\tfield:int usec_delayed;\toffset:8;\tsize:4;\tsigned:1;\n"
	"\nprint fmt: \"usec_delayed=%d\", REC->usec_delayed\n",
	"format hw:alloc_begin\nname: alloc_begin\nID: 405\n"
	"format:\n" COMMON "\tfield:u32 order;\toffset:8;\tsize:4;\tsigned:0;\n\nprint fmt: \"x\"\n",
	"format hw:alloc_end\nname: alloc_end\nID: 406\n"
	"format:\n" COMMON "\tfield:u32 order;\toffset:8;\tsize:4;\tsigned:0;\n\nprint fmt: \"x\"\n",
	"format block:block_bio_queue\nname: block_bio_queue\nID: 407\n"
	"format:\n" COMMON "\tfield:unsigned short dev;\toffset:8;\tsize:1;\tsigned:0;\n"
	"\tfield:unsigned short sector;\toffset:9;\tsize:1;\tsigned:0;\n"
	"\tfield:unsigned short nr_sector;\toffset:10;\tsize:1;\tsigned:0;\n\nprint fmt: \"x\"\n",
	"format block:block_bio_complete\nname: block_bio_complete\nID: 408\n"
	"format:\n" COMMON "\tfield:unsigned short dev;\toffset:8;\tsize:1;\tsigned:0;\n"
	"\tfield:unsigned short sector;\toffset:9;\tsize:1;\tsigned:0;\n"
	"\tfield:unsigned short nr_sector;\toffset:10;\tsize:1;\tsigned:0;\n\nprint fmt: \"x\"\n",
	"format writeback:balance_dirty_pages\nname: balance_dirty_pages\nID: 409\n"
	"format:\n" COMMON "\tfield:long pause;\toffset:8;\tsize:4;\tsigned:1;\n\nprint fmt: \"x\"\n",
};

/* Event @id of process @pid with one field, @delta ns after the last. */
static void event(struct strbuf *out, uint32_t delta, uint32_t id, uint32_t pid, uint32_t value)
{
	const uint32_t words[] = { delta << 5 | 3, id, pid, value };

	strbuf_add(out, words, sizeof(words));
}

static const struct latency *find(const struct latencies *l, const char *name, const char *label)
{
	for (size_t i = 0; i < l->nr; i++)
		if (strcmp(l->v[i].name, name) == 0 && strcmp(l->v[i].label, label) == 0)
			return &l->v[i];
	fail_msg("no latency '%s' '%s'", name, label);
	return NULL;
}

static void pairs_and_times(void **state)
{
	static const uint32_t sizes[] = { 4, 8 };

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct strbuf frames = STRBUF_INIT, trace = STRBUF_INIT, body = STRBUF_INIT;
		struct latencies l;
		struct error err;
		uint32_t seq = 0;

		pages_frames(&frames, &seq, sizes[s]);
		for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
			pages_add_frame(&frames, &seq, FRAME_OUTPUT, formats[i], strlen(formats[i]));
		event(&body, 0, END, 9, 0); /* an end without a begin */
		event(&body, 0, BEGIN, 7, 0);
		event(&body, 10, BEGIN, 8, 3); /* another process in between */
		event(&body, 30, END, 7, 1); /* 40 */
		event(&body, 70, END, 8, 1); /* 100 */
		event(&body, 0, BEGIN, 7, 3); /* ends never */
		event(&body, 5, BEGIN, 7, 3);
		event(&body, 100, END, 7, 1); /* 100: the last begin counts */
		event(&body, 0, WAKE, 1, 0);
		event(&body, 50, WAKE, 1, 0);
		event(&body, 50, SLEEP, 1, 0); /* 100: the first wake counts */
		event(&body, 0, THROTTLED, 1, 2);
		event(&body, 0, THROTTLED, 1, (uint32_t)-1); /* no time */
		pages_add(&trace, 0, 0, sizes[s], 0, (uint32_t)body.len, body.buf, body.len);
		if (latencies_decode(frames.buf, frames.len, trace.buf, trace.len, &l, &err))
			fail_msg("%s", err.msg);
		assert_int_equal(find(&l, "direct_reclaim", "")->hist.count, 3);
		assert_int_equal(find(&l, "direct_reclaim", "")->open, 2);
		assert_int_equal(find(&l, "direct_reclaim", "")->hist.min, 40);
		assert_int_equal(find(&l, "direct_reclaim", "order=0")->hist.max, 40);
		assert_int_equal(find(&l, "direct_reclaim", "order=3")->hist.count, 2);
		assert_int_equal(find(&l, "direct_reclaim", "order=3")->hist.min, 100);
		assert_int_equal(find(&l, "kswapd", "")->hist.max, 100);
		assert_int_equal(find(&l, "kswapd", "")->open, 0);
		assert_int_equal(find(&l, "throttled", "")->hist.count, 1);
		assert_int_equal(find(&l, "throttled", "")->hist.max, 2000);
		/* Of two that are as long the first; one that is longer than the trace is from 0 on. */
		assert_int_equal(find(&l, "direct_reclaim", "")->longest, 100);
		assert_int_equal(find(&l, "direct_reclaim", "")->longest_from, 10);
		assert_int_equal(find(&l, "kswapd", "")->longest_from, 215);
		assert_int_equal(find(&l, "throttled", "")->longest_from, 0);
		latencies_release(&l);
		strbuf_release(&frames);
		strbuf_release(&trace);
		strbuf_release(&body);
	}
}

/* Calls within calls, requests that are known by device and last sector, and pauses of
 * which only positive ones are any. */
static void nests_and_sums(void **state)
{
	struct strbuf frames = STRBUF_INIT, trace = STRBUF_INIT, body = STRBUF_INIT;
	struct latencies l;
	struct error err;
	uint32_t seq = 0;

	(void)state;
	pages_frames(&frames, &seq, 8);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		pages_add_frame(&frames, &seq, FRAME_OUTPUT, formats[i], strlen(formats[i]));
	event(&body, 0, CALL, 7, 3);
	event(&body, 10, CALL, 7, 0); /* within, by the same task */
	event(&body, 10, RETURN, 7, 0); /* 10 */
	event(&body, 10, RETURN, 7, 3); /* 30 */
	event(&body, 0, RETURN, 7, 0); /* of no call */
	for (int i = 0; i < 20; i++)
		event(&body, 0, CALL, 8, 0); /* end never */
	event(&body, 0, QUEUE, 1, 0x080501); /* device 1, sectors 5 to 13 */
	event(&body, 10, QUEUE, 1, 0x080502); /* the same of device 2 */
	event(&body, 40, COMPLETE, 2, 0x000d01); /* 50, at its end */
	event(&body, 10, COMPLETE, 2, 0x000d02); /* 50 */
	event(&body, 0, PAUSE, 1, (uint32_t)-3);
	event(&body, 0, PAUSE, 1, 0);
	event(&body, 0, PAUSE, 1, 4);
	pages_add(&trace, 0, 0, 8, 0, (uint32_t)body.len, body.buf, body.len);
	if (latencies_decode(frames.buf, frames.len, trace.buf, trace.len, &l, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(find(&l, "alloc", "order=3")->hist.max, 30);
	assert_int_equal(find(&l, "alloc", "order=0")->hist.max, 10);
	assert_int_equal(find(&l, "alloc", "")->hist.count, 2);
	assert_int_equal(find(&l, "alloc", "")->open, 21);
	assert_int_equal(find(&l, "bio", "")->hist.count, 2);
	assert_int_equal(find(&l, "bio", "dev=2")->hist.max, 50);
	assert_int_equal(find(&l, "bio", "")->open, 0);
	assert_int_equal(find(&l, "dirty_pause", "")->hist.count, 1);
	assert_int_equal(find(&l, "dirty_pause", "")->hist.max, 4000000);
	/* Time that a pause takes comes after its event. */
	assert_int_equal(find(&l, "dirty_pause", "")->longest, 4000000);
	assert_int_equal(find(&l, "dirty_pause", "")->longest_from, 90);
	assert_int_equal(find(&l, "alloc", "")->longest_from, 0);
	assert_int_equal(find(&l, "alloc", "order=0")->has_longest, false);
	latencies_release(&l);
	strbuf_release(&frames);
	strbuf_release(&trace);
	strbuf_release(&body);
}

static void table_of_the_kernel(void **state)
{
	static const char table[] =
		"hist synthetic:page_fault_lat\n# event histogram\n#\n# trigger info: x\n#\n\n"
		"{ lat:       1000, order:          0 } hitcount:          2\n"
		"{ lat:       1000, order:          3 } hitcount:          1\n"
		"{ lat:       5000, order:          3 } hitcount:          1\n"
		"\nTotals:\n    Hits: 4\n    Entries: 3\n    Dropped: 0\n";
	struct strbuf frames = STRBUF_INIT;
	struct latencies l;
	struct metrics m = {};
	struct error err;
	uint32_t seq = 0;

	(void)state;
	pages_add_frame(&frames, &seq, FRAME_OUTPUT, table, sizeof(table) - 1);
	assert_int_equal(latencies_decode(frames.buf, frames.len, NULL, 0, &l, &err), 0);
	assert_int_equal(l.nr, 3);
	assert_int_equal(find(&l, "page_fault", "")->hist.count, 4);
	assert_int_equal(find(&l, "page_fault", "order=0")->hist.max, 1000);
	assert_int_equal(find(&l, "page_fault", "order=3")->hist.count, 2);
	assert_false(find(&l, "page_fault", "")->has_longest); /* which it was is not known */
	assert_int_equal(latencies_metrics(&l, &m, &err), 0);
	assert_string_equal(m.v[0].name, "latency.page_fault");
	assert_string_equal(m.v[0].label, "p50");
	assert_int_equal(m.v[0].i, 1003); /* upper edge of 1000's bucket */
	assert_string_equal(m.v[5].label, "max");
	assert_int_equal(m.v[5].i, 5000);
	assert_int_equal(m.v[6].i, 2000);
	metrics_release(&m);
	latencies_release(&l);
	/* and the metrics have its totals only */
	assert_int_equal(metrics_decode(frames.buf, frames.len, &m, &err), 0);
	assert_int_equal(m.nr, 2);
	metrics_release(&m);
	strbuf_release(&frames);
}

static void odd_formats(void **state)
{
	static const char no_key[] = "format hw:fault_begin\nname: fault_begin\nID: 77\nformat:\n"
				     "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\n"
				     "print fmt: \"x\"\n";
	static const char garbage[] = "format hw:fault_begin\nID: 77\nfie(((ld";
	static const char far[] =
		"format vmscan:mm_vmscan_throttled\nname: mm_vmscan_throttled\nID: 300\nformat:\n" COMMON
		"\tfield:int usec_delayed;\toffset:9000;\tsize:4;\tsigned:1;\n\nprint fmt: \"x\"\n";
	static const struct {
		const char *text;
		int rc;
	} rows[] = { { no_key, -1 }, { garbage, -1 }, { far, -1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct strbuf frames = STRBUF_INIT, trace = STRBUF_INIT, body = STRBUF_INIT;
		struct latencies l;
		struct error err;
		uint32_t seq = 0;

		pages_add_frame(&frames, &seq, FRAME_OUTPUT, rows[i].text, strlen(rows[i].text));
		pages_frames(&frames, &seq, 8);
		event(&body, 0, 300, 1, 1);
		pages_add(&trace, 0, 0, 8, 0, (uint32_t)body.len, body.buf, body.len);
		assert_int_equal(latencies_decode(frames.buf, frames.len, trace.buf, trace.len, &l, &err),
				 rows[i].rc);
		if (!rows[i].rc)
			latencies_release(&l);
		strbuf_release(&frames);
		strbuf_release(&trace);
		strbuf_release(&body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_and_times),
		cmocka_unit_test(nests_and_sums),
		cmocka_unit_test(table_of_the_kernel),
		cmocka_unit_test(odd_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
