// SPDX-License-Identifier: GPL-2.0-or-later
/* Where two streams of events part: in a field, in kind, at an end; what is no decision is passed over. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "pages_of.h"

#include "decode/parting.h"
#include "decode/trace_field.h"
#include "lib/xalloc.h"

static const char alloc_format[] =
	"format kmem:alloc\nname: alloc\nID: 301\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
	"\tfield:unsigned int pfn;\toffset:8;\tsize:4;\tsigned:0;\n"
	"\tfield:int order;\toffset:12;\tsize:4;\tsigned:1;\n"
	"\tfield:char comm[16];\toffset:16;\tsize:16;\tsigned:0;\n"
	"\tfield:__data_loc char[] name;\toffset:32;\tsize:4;\tsigned:0;\n";
static const char free_format[] =
	"format kmem:free\nname: free\nID: 302\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
	"\tfield:unsigned int pfn;\toffset:8;\tsize:4;\tsigned:0;\n"
	"\tfield:int order;\toffset:12;\tsize:4;\tsigned:1;\n";
static const char only_format[] =
	"format kmem:only\nname: only\nID: 303\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n";

/* "a" an allocation, "f" a free, "o" what one kernel has only; then order and pfn. */
struct event {
	char kind;
	int order;
	unsigned int pfn;
};

struct stream {
	struct strbuf frames, trace;
	struct trace t;
};

static void make(struct stream *s, const struct event *v, size_t nr, bool has_only)
{
	struct strbuf body = STRBUF_INIT;
	uint32_t seq = 0;

	*s = (struct stream){};
	pages_frames(&s->frames, &seq, 4);
	pages_add_frame(&s->frames, &seq, FRAME_OUTPUT, alloc_format, sizeof(alloc_format) - 1);
	pages_add_frame(&s->frames, &seq, FRAME_OUTPUT, free_format, sizeof(free_format) - 1);
	if (has_only)
		pages_add_frame(&s->frames, &seq, FRAME_OUTPUT, only_format, sizeof(only_format) - 1);
	for (size_t i = 0; i < nr; i++) {
		const uint16_t id = v[i].kind == 'a' ? 301 : v[i].kind == 'f' ? 302 : 303;
		uint32_t head = 9 | 10u << 5; /* 36 bytes, 10 ns later */
		unsigned char data[36] = {};

		memcpy(data, &id, sizeof(id));
		data[4] = 7; /* pid */
		memcpy(data + 8, &v[i].pfn, 4);
		memcpy(data + 12, &v[i].order, 4);
		strbuf_add(&body, &head, sizeof(head));
		strbuf_add(&body, data, sizeof(data));
	}
	pages_add(&s->trace, 0, 0, 4, 1000, (uint32_t)body.len, body.buf ? body.buf : "", body.len);
	strbuf_release(&body);
	s->t = (struct trace){};
}

static void release(struct stream *s)
{
	strbuf_release(&s->frames);
	strbuf_release(&s->trace);
}

static void part(const struct event *a, size_t nr_a, const struct event *b, size_t nr_b,
		 bool places, struct parting *p, char *text, size_t size)
{
	static struct stream x, y; /* events point into them */
	struct strbuf out = STRBUF_INIT;
	struct error err;

	release(&x);
	release(&y);
	make(&x, a, nr_a, true);
	make(&y, b, nr_b, false);
	assert_int_equal(trace_open(&x.t, x.frames.buf, x.frames.len, x.trace.buf, x.trace.len, &err), 0);
	assert_int_equal(trace_open(&y.t, y.frames.buf, y.frames.len, y.trace.buf, y.trace.len, &err), 0);
	if (parting_find(&x.t, &y.t, places, p, &err))
		fail_msg("%s", err.msg);
	*text = '\0';
	if (p->a.nr_after) {
		parting_event_text(&x.t, &p->a.after[0], &out);
		snprintf(text, size, "%s", out.buf);
	}
	strbuf_release(&out);
	if (!places) {
		release(&x);
		release(&y);
		x = y = (struct stream){};
	}
}

#define NR(v) (sizeof(v) / sizeof((v)[0]))

static void alike(void **state)
{
	static const struct event a[] = { { 'a', 0, 5 }, { 'o', 0, 0 }, { 'f', 0, 5 } };
	static const struct event b[] = { { 'a', 0, 9 }, { 'f', 0, 9 } };
	struct parting p;
	char text[256];

	(void)state;
	/* Other page frames, and an event only one has: nothing was decided otherwise. */
	part(a, NR(a), b, NR(b), false, &p, text, sizeof(text));
	assert_false(p.parted);
	assert_int_equal(p.nr_alike, 2);
	assert_int_equal(p.nr_kinds, 4); /* with the two of pages_of.h */
	part(a, NR(a), b, NR(b), true, &p, text, sizeof(text));
	assert_true(p.parted);
	assert_string_equal(p.field, "pfn");
	assert_string_equal(text, "kmem:alloc pfn=0x5 order=0 (pid 7)");
}

static void in_a_field(void **state)
{
	static const struct event a[] = { { 'a', 0, 1 }, { 'a', 0, 2 }, { 'a', 3, 3 }, { 'f', 0, 1 } };
	static const struct event b[] = { { 'a', 0, 1 }, { 'a', 0, 2 }, { 'a', -1, 3 } };
	struct parting p;
	char text[256];

	(void)state;
	part(a, NR(a), b, NR(b), true, &p, text, sizeof(text));
	assert_true(p.parted);
	assert_int_equal(p.nr_alike, 2);
	assert_string_equal(p.field, "order");
	assert_int_equal(p.a.nr_before, 2);
	assert_int_equal(p.a.nr_after, 2);
	assert_int_equal(p.b.nr_after, 1);
	assert_int_equal(p.a.before[0].ts, 1010);
	assert_int_equal(p.b.after[0].ts, 1030);
	assert_string_equal(text, "kmem:alloc pfn=0x3 order=3 (pid 7)");
}

static void in_kind_and_at_the_end(void **state)
{
	static const struct event a[] = { { 'a', 0, 1 }, { 'f', 0, 1 } };
	static const struct event b[] = { { 'a', 0, 1 }, { 'a', 0, 1 } };
	struct parting p;
	char text[256];

	(void)state;
	part(a, 2, b, 2, false, &p, text, sizeof(text));
	assert_true(p.parted);
	assert_string_equal(p.field, "");
	part(a, 2, b, 1, false, &p, text, sizeof(text));
	assert_true(p.parted);
	assert_int_equal(p.a.nr_after, 1);
	assert_int_equal(p.b.nr_after, 0);
	part(a, 0, b, 0, false, &p, text, sizeof(text));
	assert_false(p.parted);
}

/* Only the last few before it are kept, the oldest first. */
static void context(void **state)
{
	struct event a[40], b[40];
	struct parting p;
	char text[256];

	(void)state;
	for (int i = 0; i < 40; i++)
		a[i] = b[i] = (struct event){ 'a', i, 0 };
	b[30].order = 99;
	part(a, 40, b, 40, true, &p, text, sizeof(text));
	assert_int_equal(p.nr_alike, 30);
	assert_int_equal(p.a.nr_before, PARTING_BEFORE);
	assert_int_equal(p.a.before[PARTING_BEFORE - 1].ts, 1300);
	assert_int_equal(p.a.before[0].ts, 1310 - 10 * PARTING_BEFORE);
	assert_int_equal(p.b.nr_after, PARTING_AFTER);
}

static void damaged(void **state)
{
	static const struct event a[] = { { 'a', 0, 1 }, { 'f', 0, 1 } };
	static struct stream x, y;
	struct parting p;
	struct error err;

	(void)state;
	make(&x, a, 2, false);
	make(&y, a, 2, false);
	x.trace.buf[sizeof(struct trace_chunk) + 12] = (char)0x1c; /* the first event: longer than its page */
	assert_int_equal(trace_open(&x.t, x.frames.buf, x.frames.len, x.trace.buf, x.trace.len - 1, &err), 0);
	assert_int_equal(trace_open(&y.t, y.frames.buf, y.frames.len, y.trace.buf, y.trace.len, &err), 0);
	assert_int_equal(parting_find(&x.t, &y.t, false, &p, &err), -1);
	assert_int_equal(trace_open(&x.t, x.frames.buf, x.frames.len, x.trace.buf, x.trace.len, &err), 0);
	assert_int_equal(trace_open(&y.t, y.frames.buf, y.frames.len, y.trace.buf, y.trace.len, &err), 0);
	assert_int_equal(parting_find(&x.t, &y.t, false, &p, &err), -1);
	release(&x);
	release(&y);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alike),   cmocka_unit_test(in_a_field), cmocka_unit_test(in_kind_and_at_the_end),
		cmocka_unit_test(context), cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
