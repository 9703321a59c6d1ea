/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace: the raw events of a run (proto/trace.h), one by one, for guests of both
 * word sizes.
 *
 * Ring buffer pages are documented by the kernel in events/header_page and
 * events/header_event and in include/linux/ring_buffer.h. Every length is
 * checked before use; what does not fit is an error and ends the reading.
 * All texts and events point into the bytes given to trace_open().
 */
#ifndef DECODE_TRACE_H
#define DECODE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode/metric.h"
#include "lib/strbuf.h"

#define TRACE_MAX_FORMATS 128

struct trace_text {
	const char *p;
	size_t len;
};

/* An event of the run, and the text of its format file. */
struct trace_format {
	char system[64], event[64];
	struct trace_text text;
	uint32_t id; /* common_type */
	uint64_t nr; /* counted by trace_count() */
};

struct trace {
	const unsigned char *p; /* chunks */
	size_t len, at;
	uint32_t seq;
	struct trace_text header_page, header_event, cmdlines, uname;
	struct trace_format formats[TRACE_MAX_FORMATS];
	size_t nr_formats;
	unsigned int long_bytes; /* of the guest: 4 or 8 */
	size_t page_bytes;
	uint32_t nr_cpus; /* highest seen + 1 */
	/* the page at hand */
	const unsigned char *page, *next, *end;
	uint32_t cpu;
	uint64_t ts;
	uint64_t nr_missed; /* pages before which events were lost */
};

struct trace_event {
	uint32_t cpu;
	uint64_t ts; /* of the trace clock: CLOCK_MONOTONIC, ns */
	uint32_t id; /* common_type */
	const unsigned char *data;
	size_t len;
};

/* A page of one CPU's buffer, as the kernel wrote it. */
struct trace_page {
	uint32_t cpu;
	const unsigned char *p; /* trace.page_bytes of them */
};

/* Take formats out of @frames. Nothing recorded is fine: there are no events then. */
int trace_open(struct trace *t, const void *frames, size_t frames_len, const void *trace,
	       size_t trace_len, struct error *err);
/* 1: @ret is the next, 0: the end, -1: @err. Pages of one CPU come in order. */
int trace_next_page(struct trace *t, struct trace_page *ret, struct error *err);
int trace_next_event(struct trace *t, struct trace_event *ret, struct error *err);
/* The format of event @id, or NULL. */
struct trace_format *trace_find_format(struct trace *t, uint32_t id);

struct latencies;

/*
 * Count the events into "events.SYSTEM:EVENT" rows, and add the latencies
 * (latency.h) that events and histograms give. @m holds the rows of the same
 * run's frames: the sum must be what the kernel says was read ("trace.read").
 * @ret_latencies: the whole histograms, or NULL where only the rows are wanted.
 */
int trace_metrics(const void *frames, size_t frames_len, const void *trace, size_t trace_len,
		  struct metrics *m, struct latencies *ret_latencies, struct error *err);

/* The run as a trace.dat of version 6 (trace-cmd.dat(5)), for trace-cmd and KernelShark. */
int trace_dat(const void *frames, size_t frames_len, const void *trace, size_t trace_len,
	      struct strbuf *out, struct error *err);

#endif
