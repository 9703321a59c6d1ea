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
 *   kprobe p:hw/fault_begin handle_mm_fault    a probe, "hw:fault_begin"; "r64:" at the
 *                                          return, of up to 64 calls at a time;
 *                                          "?kprobe": left out without the function
 *   buffer 4194304                         bytes of ring buffer for each CPU
 *   room 104857600                         bytes for raw events in the shared region
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
#define TRACE_ROOM_MIN (1ull << 20)
#define TRACE_ROOM_MAX (240ull << 20) /* the region's BAR must fit below 4 GiB on i386 */
#define TRACE_ROOM_DEFAULT (100ull << 20)

enum trace_kind {
	TRACE_RING,
	TRACE_HIST,
	TRACE_SYNTH,
	TRACE_KPROBE,
	TRACE_BUFFER,
	TRACE_ROOM,
	TRACE_LOSSY,
};

struct trace_line {
	enum trace_kind kind;
	bool optional;
	char system[TRACE_NAME_MAX], event[TRACE_NAME_MAX]; /* of RING and HIST */
	const char *text; /* HIST: the trigger; SYNTH, KPROBE: the definition; into the line */
	uint64_t bytes; /* of BUFFER and ROOM */
};

/*
 * Raw events: the trace area of the region holds chunks, each a header and a page
 * of a CPU's ring buffer as trace_pipe_raw gives it (format: the kernel's
 * events/header_page), numbered from 0 without gaps, 8-byte aligned. The page
 * has no checksum of its own, which would cost more than the event; what it
 * says is checked against the kernel's own count of events.
 */
#define TRACE_CHUNK_MAGIC 0x43525748u /* "HWRC" */

struct trace_chunk {
	uint32_t magic;
	uint32_t cpu;
	uint32_t bytes; /* of the page that follows, a multiple of 8 */
	uint32_t seq;
	uint32_t reserved; /* 0 */
	uint32_t header_crc; /* crc32() of the 20 bytes before it */
};

_Static_assert(sizeof(struct trace_chunk) == 24, "wire size");

/* Parse @line, which @ret points into. Returns NULL, or what is wrong with it. */
const char *trace_line_parse(const char *line, struct trace_line *ret);

#endif
