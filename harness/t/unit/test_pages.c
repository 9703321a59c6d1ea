// SPDX-License-Identifier: GPL-2.0-or-later
/* Raw events: every kind of entry, both word sizes, and what is not what it claims. */
#include <stdlib.h>

#include "test.h"

#include "decode/trace.h"
#include "pages_of.h"

static void word(struct strbuf *out, uint32_t v)
{
	strbuf_add(out, &v, sizeof(v));
}

/* An event of type @id with @order as its field, @delta ns after the last. */
static void event(struct strbuf *out, uint32_t delta, uint32_t id, uint32_t order)
{
	word(out, delta << 5 | 3);
	word(out, id);
	word(out, 1);
	word(out, order);
}

static const uint32_t sizes[] = { 4, 8 };

struct run {
	struct strbuf frames, trace;
	uint32_t seq, chunks;
};

static void run_release(struct run *r)
{
	strbuf_release(&r->frames);
	strbuf_release(&r->trace);
}

static void every_kind_of_entry(void **state)
{
	(void)state;
	for (size_t s = 0; s < 2; s++) {
		struct run r = {};
		struct strbuf body = STRBUF_INIT;
		static struct trace t;
		struct trace_event e;
		struct error err;

		pages_frames(&r.frames, &r.seq, sizes[s]);
		event(&body, 10, 300, 1);
		word(&body, 5u << 5 | 30); /* 5 + (1 << 27) ns later */
		word(&body, 1);
		event(&body, 0, 300, 2);
		word(&body, 3u << 5 | 29); /* discarded, 12 bytes behind the first word */
		word(&body, 12);
		word(&body, 0);
		word(&body, 0);
		word(&body, 7u << 5); /* an event of 20 bytes, length in a word of its own */
		word(&body, 24);
		word(&body, 300);
		for (uint32_t i = 0; i < 4; i++)
			word(&body, i);
		word(&body, 9u << 5 | 31); /* absolute: 9 + (8 << 27) */
		word(&body, 8);
		event(&body, 1, 5, 4);
		word(&body, 29); /* padding to the end of the page */
		pages_add(&r.trace, 0, 1, sizes[s], 1000, (uint32_t)body.len, body.buf, body.len);
		pages_add(&r.trace, 1, 0, sizes[s], 2000, (uint32_t)16, body.buf, 16);
		assert_int_equal(trace_open(&t, r.frames.buf, r.frames.len, r.trace.buf, r.trace.len, &err),
				 0);
		assert_int_equal(t.long_bytes, sizes[s]);
		assert_int_equal(trace_next_event(&t, &e, &err), 1);
		assert_int_equal(e.ts, 1010);
		assert_int_equal(e.cpu, 1);
		assert_int_equal(e.id, 300);
		assert_int_equal(e.len, 12);
		assert_int_equal(e.data[8], 1);
		assert_int_equal(trace_next_event(&t, &e, &err), 1);
		assert_int_equal(e.ts, 1015 + (1 << 27));
		assert_int_equal(trace_next_event(&t, &e, &err), 1);
		assert_int_equal(e.ts, 1015 + (1 << 27) + 3 + 7);
		assert_int_equal(e.len, 20);
		assert_int_equal(trace_next_event(&t, &e, &err), 1);
		assert_int_equal(e.ts, 10 + (8ull << 27));
		assert_string_equal(trace_find_format(&t, e.id)->system, "ftrace");
		assert_int_equal(trace_next_event(&t, &e, &err), 1);
		assert_int_equal(e.ts, 2010);
		assert_int_equal(e.cpu, 0);
		assert_int_equal(trace_next_event(&t, &e, &err), 0);
		assert_int_equal(t.nr_cpus, 2);
		strbuf_release(&body);
		run_release(&r);
	}
}

static void add_stats(struct run *r, int nr_read)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text,
		    "ring-stats 0\nentries: 0\noverrun: 0\ncommit overrun: 0\nbytes: 0\n"
		    "dropped events: 0\nread events: %d\n",
		    nr_read);
	pages_add_frame(&r->frames, &r->seq, FRAME_OUTPUT, text.buf, text.len);
	strbuf_release(&text);
}

/* The counts, and the error text or NULL. */
static void expect(const struct run *r, const char *wrong)
{
	struct metrics m = {};
	struct error err;
	int rc;

	if (metrics_decode(r->frames.buf, r->frames.len, &m, &err))
		fail_msg("%s", err.msg);
	rc = trace_metrics(r->frames.buf, r->frames.len, r->trace.buf, r->trace.len, &m, NULL, &err);
	if (!wrong && rc)
		fail_msg("%s", err.msg);
	if (wrong && (!rc || !strstr(err.msg, wrong)))
		fail_msg("'%s' is not in '%s'", wrong, rc ? err.msg : "no error");
	metrics_release(&m);
}

static void counts_are_the_kernels(void **state)
{
	struct strbuf body = STRBUF_INIT;
	struct run r = {};

	(void)state;
	pages_frames(&r.frames, &r.seq, 4);
	event(&body, 1, 300, 0);
	event(&body, 1, 300, 0);
	pages_add(&r.trace, 0, 0, 4, 0, (uint32_t)body.len, body.buf, body.len);
	add_stats(&r, 2);
	expect(&r, NULL);
	add_stats(&r, 1);
	expect(&r, "the kernel says that 3 events were read, there are 2");
	strbuf_release(&body);
	run_release(&r);
}

static void damaged_pages(void **state)
{
	static const struct {
		uint32_t words[4];
		uint32_t commit;
		const char *wrong;
	} rows[] = {
		{ { 3, 300 }, 8, "an event is longer than its page" },
		{ { 0, 3 }, 8, "an event has no length" },
		{ { 0, 0xffffffff }, 8, "an event is longer than its page" },
		{ { 0, 4 }, 8, "too short for its type" },
		{ { 30 }, 4, "cut off" },
		{ { 1 << 5 | 29, 0xffffffff }, 8, "padding is longer" },
		{ { 3, 77, 0, 0 }, 16, "an event of type 77 has no format" },
		{ { 0 }, 4090, "holds more than it can" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run r = {};

		pages_frames(&r.frames, &r.seq, 8);
		pages_add(&r.trace, 0, 0, 8, 0, rows[i].commit, rows[i].words, sizeof(rows[i].words));
		expect(&r, rows[i].wrong);
		run_release(&r);
	}
}

static void damaged_chunks(void **state)
{
	static const uint32_t none;
	struct run r = {};

	(void)state;
	pages_frames(&r.frames, &r.seq, 8);
	pages_add(&r.trace, 0, 0, 8, 0, 0, &none, 4);
	pages_add(&r.trace, 2, 0, 8, 0, 0, &none, 4);
	expect(&r, "not the next chunk");
	r.trace.len = sizeof(struct trace_chunk) + PAGE_BYTES - 8;
	expect(&r, "a page of another size");
	r.trace.buf[4] = 1;
	expect(&r, "no chunk");
	r.trace.len = 8;
	expect(&r, "cut off");
	r.frames.len = 0;
	expect(&r, "format of ring buffer pages cannot be read");
	run_release(&r);
}

/* Where trace-cmd looks: the magic, then each CPU's pages at a page of the file. */
static void dat_has_the_pages(void **state)
{
	struct strbuf body = STRBUF_INIT, out = STRBUF_INIT;
	struct run r = {};
	struct error err;
	const char *fly;
	uint64_t at[4];

	(void)state;
	pages_frames(&r.frames, &r.seq, 4);
	event(&body, 1, 300, 0);
	pages_add(&r.trace, 0, 1, 4, 0, (uint32_t)body.len, body.buf, body.len);
	pages_add(&r.trace, 1, 0, 4, 0, (uint32_t)body.len, body.buf, body.len);
	pages_add(&r.trace, 2, 1, 4, 0, (uint32_t)body.len, body.buf, body.len);
	assert_int_equal(trace_dat(r.frames.buf, r.frames.len, r.trace.buf, r.trace.len, &out, &err), 0);
	assert_memory_equal(out.buf, "\x17\x08\x44tracing6", 12);
	assert_int_equal(out.buf[13], 4);
	fly = memmem(out.buf, out.len, "flyrecord", 10);
	assert_non_null(fly);
	memcpy(at, fly + 10, sizeof(at));
	assert_int_equal(at[0] % PAGE_BYTES, 0);
	assert_int_equal(at[1], PAGE_BYTES);
	assert_int_equal(at[2], at[0] + PAGE_BYTES);
	assert_int_equal(at[3], 2 * PAGE_BYTES);
	assert_int_equal(out.len, at[2] + at[3]);
	assert_memory_equal(out.buf + at[2], r.trace.buf + sizeof(struct trace_chunk), PAGE_BYTES);
	assert_int_equal(trace_dat(r.frames.buf, r.frames.len, NULL, 0, &out, &err), -1);
	assert_int_equal(err.kind, ERROR_INPUT);
	strbuf_release(&body);
	strbuf_release(&out);
	run_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_entry), cmocka_unit_test(counts_are_the_kernels),
		cmocka_unit_test(damaged_pages),       cmocka_unit_test(damaged_chunks),
		cmocka_unit_test(dat_has_the_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
