// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/frames.h"
#include "proto/trace.h"

/* Bits of a page's commit word (kernel/trace/ring_buffer.c). */
#define MISSED_EVENTS (1u << 31)
#define MISSED_STORED (1u << 30)
/* type_len of an event's header word (include/linux/ring_buffer.h). */
enum { TYPE_DATA_MAX = 28, TYPE_PADDING, TYPE_TIME_EXTEND, TYPE_TIME_STAMP };
#define TIME_BITS 27
/* An absolute time stamp has 59 bits; the rest comes from what went before. */
#define STAMP_BITS 59

static uint32_t u32_at(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint64_t u64_at(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The number behind @what in @text after the first @from; false if there is none. */
static bool number_after(struct trace_text text, const char *from, const char *what,
			 uint64_t *ret)
{
	const char *p = text.len ? memmem(text.p, text.len, from, strlen(from)) : NULL;
	const char *end = p ? text.p + text.len : NULL;
	size_t digits = 0;

	p = p ? memmem(p, (size_t)(end - p), what, strlen(what)) : NULL;
	if (!p)
		return false;
	*ret = 0;
	for (p += strlen(what); p < end && *p >= '0' && *p <= '9' && digits < 9; p++, digits++)
		*ret = *ret * 10 + (uint64_t)(*p - '0');
	return digits > 0;
}

/* "format SYSTEM:EVENT" */
static int take_format(struct trace *t, const char *name, struct trace_text text,
		       struct error *err)
{
	const char *colon = strchr(name, ':');
	struct trace_format f = { .text = text };
	uint64_t id;

	if (!colon ||
	    snprintf(f.system, sizeof(f.system), "%.*s", (int)(colon - name), name) >=
		    (int)sizeof(f.system) ||
	    snprintf(f.event, sizeof(f.event), "%s", colon + 1) >= (int)sizeof(f.event) ||
	    !number_after(text, "ID:", "ID: ", &id) || id > UINT16_MAX)
		return error_set(err, ERROR_FOUND, "the format of event '%.64s' cannot be read", name);
	f.id = (uint32_t)id;
	/* An event that is recorded and counted is there twice. */
	if (trace_find_format(t, f.id))
		return 0;
	if (t->nr_formats == TRACE_MAX_FORMATS)
		return error_set(err, ERROR_FOUND, "more than %d events", TRACE_MAX_FORMATS);
	t->formats[t->nr_formats++] = f;
	return 0;
}

static int take_output(struct trace *t, const struct frame *f, struct error *err)
{
	static const char format[] = "format ";
	const struct {
		const char *name;
		struct trace_text *to;
	} texts[] = {
		{ "header_page", &t->header_page },
		{ "header_event", &t->header_event },
		{ "saved_cmdlines", &t->cmdlines },
	};
	struct trace_text body;
	char line[160];

	if (frame_split(f, line, sizeof(line), &body.p, &body.len))
		return 0;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(line, texts[i].name) == 0)
			*texts[i].to = body;
	if (strncmp(line, format, sizeof(format) - 1) != 0)
		return 0;
	return take_format(t, line + sizeof(format) - 1, body, err);
}

static int read_header_page(struct trace *t, struct error *err)
{
	uint64_t commit, offset, size;

	if (!number_after(t->header_page, "local_t commit", "size:", &commit) ||
	    !number_after(t->header_page, "char data", "offset:", &offset) ||
	    !number_after(t->header_page, "char data", "size:", &size) ||
	    (commit != 4 && commit != 8) || offset != 8 + commit || size > 1 << 20)
		return error_set(err, ERROR_FOUND, "the format of ring buffer pages cannot be read");
	t->long_bytes = (unsigned int)commit;
	t->page_bytes = (size_t)(offset + size);
	return 0;
}

int trace_open(struct trace *t, const void *frames, size_t frames_len, const void *trace,
	       size_t trace_len, struct error *err)
{
	struct frames all;
	struct frame f;
	int rc = 0;

	*t = (struct trace){ .p = trace, .len = trace_len };
	frames_init(&all, frames, frames_len);
	while (!rc && frames_next(&all, &f) > 0) {
		if (f.type == FRAME_HELLO)
			t->uname = (struct trace_text){ f.payload, f.len };
		else if (f.type == FRAME_OUTPUT)
			rc = take_output(t, &f, err);
	}
	if (!rc && trace_len)
		rc = read_header_page(t, err);
	return rc;
}

struct trace_format *trace_find_format(struct trace *t, uint32_t id)
{
	for (size_t i = 0; i < t->nr_formats; i++)
		if (t->formats[i].id == id)
			return &t->formats[i];
	return NULL;
}

static int bad(const struct trace *t, const char *what, struct error *err)
{
	return error_set(err, ERROR_FOUND, "raw events at offset %zu: %s", t->at, what);
}

int trace_next_page(struct trace *t, struct trace_page *ret, struct error *err)
{
	struct trace_chunk c;

	if (t->at == t->len)
		return 0;
	if (t->len - t->at < sizeof(c))
		return bad(t, "cut off", err);
	memcpy(&c, t->p + t->at, sizeof(c));
	if (c.magic != TRACE_CHUNK_MAGIC ||
	    c.header_crc != crc32(0, &c, offsetof(struct trace_chunk, header_crc)))
		return bad(t, "no chunk", err);
	if (c.seq != t->seq)
		return bad(t, "not the next chunk", err);
	if (c.bytes != t->page_bytes || c.bytes > t->len - t->at - sizeof(c))
		return bad(t, "a page of another size", err);
	if (c.cpu >= 4096)
		return bad(t, "a CPU that cannot be", err);
	*ret = (struct trace_page){ c.cpu, t->p + t->at + sizeof(c) };
	t->at += sizeof(c) + c.bytes;
	t->seq++;
	if (c.cpu >= t->nr_cpus)
		t->nr_cpus = c.cpu + 1;
	return 1;
}

/* Enter the next page; its commit word says how much of it is used. */
static int enter_page(struct trace *t, struct error *err)
{
	struct trace_page page;
	int more = trace_next_page(t, &page, err);
	uint32_t commit, bytes;

	if (more <= 0)
		return more;
	commit = u32_at(page.p + 8);
	bytes = commit & ~(MISSED_EVENTS | MISSED_STORED);
	if (bytes > t->page_bytes - 8 - t->long_bytes)
		return bad(t, "a page holds more than it can", err);
	t->nr_missed += !!(commit & MISSED_EVENTS);
	t->cpu = page.cpu;
	t->ts = u64_at(page.p);
	t->next = page.p + 8 + t->long_bytes;
	t->end = t->next + bytes;
	return 1;
}

/* One entry of the page: 1 and @ret if it is an event, 0 if not. */
static int take_entry(struct trace *t, struct trace_event *ret, struct error *err)
{
	const size_t left = (size_t)(t->end - t->next);
	const uint32_t word = left >= 4 ? u32_at(t->next) : 0;
	const uint32_t type = word & 31;
	/* All but short data have a second word. */
	const bool longer = type == 0 || type > TYPE_DATA_MAX;
	uint64_t delta = word >> 5, arg = longer && left >= 8 ? u32_at(t->next + 4) : 0;
	size_t head = longer ? 8 : 4, len = 4 * (size_t)type;

	if (left < head) {
		/* Padding to the end of a page has no length. */
		if (left < 4 || type != TYPE_PADDING || delta)
			return bad(t, "an event is cut off", err);
		t->next = t->end;
		return 0;
	}
	switch (type) {
	case TYPE_TIME_EXTEND:
		t->ts += delta + (arg << TIME_BITS);
		t->next += head;
		return 0;
	case TYPE_TIME_STAMP:
		t->ts = (t->ts >> STAMP_BITS << STAMP_BITS) | (delta + (arg << TIME_BITS));
		t->next += head;
		return 0;
	case TYPE_PADDING:
		/* A discarded event keeps its length; else nothing follows in this page. */
		if (delta && (arg < 4 || arg > left - 4))
			return bad(t, "padding is longer than its page", err);
		t->ts += delta;
		t->next = delta ? t->next + 4 + (arg + 3) / 4 * 4 : t->end;
		if (t->next > t->end)
			t->next = t->end;
		return 0;
	case 0:
		len = arg >= 4 ? ((size_t)arg - 4 + 3) / 4 * 4 : 0;
		if (arg < 4)
			return bad(t, "an event has no length", err);
		break;
	default:
		break;
	}
	if (len > left - head)
		return bad(t, "an event is longer than its page", err);
	t->ts += delta;
	if (len < 2)
		return bad(t, "an event is too short for its type", err);
	*ret = (struct trace_event){ .cpu = t->cpu, .ts = t->ts, .data = t->next + head, .len = len };
	ret->id = ret->data[0] | (uint32_t)ret->data[1] << 8;
	t->next += head + len;
	return 1;
}

int trace_next_event(struct trace *t, struct trace_event *ret, struct error *err)
{
	int rc = 0;

	while (!rc) {
		if (t->next == t->end) {
			rc = enter_page(t, err);
			if (rc <= 0)
				return rc;
		}
		rc = t->next == t->end ? 0 : take_entry(t, ret, err);
	}
	return rc;
}
