/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trace: one line of a list of events (configs/events/NAME.list), in the form
 * that plan, cell, job and agent share. After comments and needless blanks are
 * gone a line is one of
 *
 *   kmem:mm_page_alloc                     into the ring buffer
 *   kmem:mm_page_alloc hist:keys=order     counted in the kernel by a hist trigger
 *   ?kmem:mm_page_split                    left out by kernels that lack it
 *   synth lat u64 ns; int order            a synthetic event, "synthetic:lat"
 *   buffer 4194304                         bytes of ring buffer for each CPU
 *   lossy                                  lost events do not make the run invalid
 *
 * Syntax of hist triggers and synthetic events: the kernel's
 * Documentation/trace/histogram.rst; it is the kernel that judges them.
 */
#ifndef PROTO_TRACE_H
#define PROTO_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#define TRACE_MAX_LINES 64
#define TRACE_LINE_MAX 480 /* with NUL */
#define TRACE_NAME_MAX 64
#define TRACE_BUFFER_MIN (64ull << 10)
#define TRACE_BUFFER_MAX (256ull << 20)
#define TRACE_BUFFER_DEFAULT (4ull << 20)

enum trace_kind { TRACE_RING, TRACE_HIST, TRACE_SYNTH, TRACE_BUFFER, TRACE_LOSSY };

struct trace_line {
	enum trace_kind kind;
	bool optional;
	char system[TRACE_NAME_MAX], event[TRACE_NAME_MAX]; /* of RING and HIST */
	const char *text; /* HIST: the trigger, SYNTH: the definition; into the line */
	uint64_t bytes; /* of BUFFER */
};

/* Parse @line, which @ret points into. Returns NULL, or what is wrong with it. */
const char *trace_line_parse(const char *line, struct trace_line *ret);

#endif
