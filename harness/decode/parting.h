/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parting: the first event at which the raw events of two runs part.
 *
 * Events go in order, one stream against the other. Only kinds of events that both
 * runs record are looked at, and of these the fields that are numbers and that both
 * have. Where something lies (pfn, page, ptr, ...) follows from how large a kernel is,
 * so it is no decision and not compared, unless asked for.
 */
#ifndef DECODE_PARTING_H
#define DECODE_PARTING_H

#include "decode/trace.h"

#define PARTING_BEFORE 6
#define PARTING_AFTER 6

struct parting_side {
	struct trace_event before[PARTING_BEFORE]; /* alike on both sides, oldest first */
	struct trace_event after[PARTING_AFTER]; /* the first is the one that differs */
	size_t nr_before, nr_after; /* nr_after 0: the stream has ended */
};

struct parting {
	bool parted;
	uint64_t nr_alike; /* events before it */
	size_t nr_kinds; /* of events that are compared */
	char field[64]; /* the first that differs; "" when the events are of two kinds */
	struct parting_side a, b;
};

/* @a and @b are open and at their beginning; events in @ret point into their bytes. */
int parting_find(struct trace *a, struct trace *b, bool places_too, struct parting *ret,
		 struct error *err);
/* "kmem:mm_page_alloc order=0 ... (pid 12)" */
void parting_event_text(struct trace *t, const struct trace_event *e, struct strbuf *out);

#endif
