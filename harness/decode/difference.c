// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/difference.h"

#include <stdio.h>
#include <string.h>

#include "decode/frames.h"

/* The line of @text in which byte @at lies: its number (1-based) and extent. */
static unsigned int line_at(const char *text, size_t len, size_t at, const char **ret_line,
			    size_t *ret_len)
{
	size_t start = 0, end;
	unsigned int nr = 1;

	for (size_t i = 0; i < at && i < len; i++)
		if (text[i] == '\n') {
			start = i + 1;
			nr++;
		}
	for (end = start; end < len && text[end] != '\n'; end++)
		;
	*ret_line = text + start;
	*ret_len = end - start;
	return nr;
}

static size_t first_difference(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t i = 0;

	while (i < a_len && i < b_len && a[i] == b[i])
		i++;
	return i;
}

/* "WHAT, line N: '...' and '...'" */
static void describe(const char *what, const char *a, size_t a_len, const char *b, size_t b_len,
		     char *where, size_t size)
{
	size_t at = first_difference(a, a_len, b, b_len);
	const char *la, *lb;
	size_t na, nb;
	unsigned int line = line_at(a, a_len, at, &la, &na);

	line_at(b, b_len, at, &lb, &nb);
	snprintf(where, size, "%s, line %u: '%.*s' and '%.*s'", what, line, (int)(na < 100 ? na : 100),
		 la, (int)(nb < 100 ? nb : 100), lb);
}

/* What a frame is called in a message: its type, and a snapshot's or metric's name. */
static void frame_title(const struct frame *f, char *buf, size_t size)
{
	const char *type = frame_type_name(f->type);
	size_t len = 0;

	while (len < f->len && len < 60 && f->payload[len] != '\n' && f->payload[len] >= ' ')
		len++;
	snprintf(buf, size, "frame %u %s '%.*s'", f->seq, type ? type : "?", (int)len, f->payload);
}

static bool frames_equal(const struct run_bytes *a, const struct run_bytes *b, char *where,
			 size_t size)
{
	struct frames fa, fb;
	struct frame x, y;

	frames_init(&fa, a->frames, a->frames_len);
	frames_init(&fb, b->frames, b->frames_len);
	for (;;) {
		int more_a = frames_next(&fa, &x), more_b = frames_next(&fb, &y);
		char title[128];

		if (more_a <= 0 || more_b <= 0) {
			snprintf(where, size, "one has %u frames, the other %u", fa.seq, fb.seq);
			return false;
		}
		frame_title(&x, title, sizeof(title));
		if (x.type != y.type || x.len != y.len || memcmp(x.payload, y.payload, x.len) != 0) {
			describe(title, x.payload, x.len, y.payload, y.len, where, size);
			return false;
		}
		if (x.vtime_ns != y.vtime_ns) {
			snprintf(where, size, "%s: at %llu ns and at %llu ns", title,
				 (unsigned long long)x.vtime_ns, (unsigned long long)y.vtime_ns);
			return false;
		}
	}
}

bool difference_none(const struct run_bytes *a, const struct run_bytes *b, char *where,
		     size_t size)
{
	if (a->frames_len != b->frames_len || memcmp(a->frames, b->frames, a->frames_len) != 0)
		return frames_equal(a, b, where, size);
	if (a->console_len != b->console_len ||
	    memcmp(a->console, b->console, a->console_len) != 0) {
		describe("console", a->console, a->console_len, b->console, b->console_len, where, size);
		return false;
	}
	if (a->trace_len != b->trace_len ||
	    (a->trace_len && memcmp(a->trace, b->trace, a->trace_len) != 0)) {
		snprintf(where, size, "raw events: %zu and %zu bytes, different from byte %zu",
			 a->trace_len, b->trace_len,
			 first_difference(a->trace, a->trace_len, b->trace, b->trace_len));
		return false;
	}
	where[0] = '\0';
	return true;
}
