/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile: a run's instructions by function (store/query.h), as tables, as the
 * difference of two, as collapsed stacks and as a flame graph. Pure: takes rows,
 * returns text.
 */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include <stdbool.h>

#include "lib/strbuf.h"
#include "store/query.h"

#define PROFILE_MAX_CONTEXTS 24

struct profile_function {
	const char *name; /* into the rows */
	int64_t insns; /* its own */
	int64_t calls;
	int64_t by_context[PROFILE_MAX_CONTEXTS];
};

struct profile {
	struct profile_function *v; /* most instructions first, then by name */
	size_t nr;
	const char *contexts[PROFILE_MAX_CONTEXTS]; /* most instructions first */
	int64_t in_context[PROFILE_MAX_CONTEXTS];
	size_t nr_contexts;
	int64_t insns;
};

/* Sum up @rows, which must outlive it. */
void profile_make(const struct query_profile *rows, struct profile *ret);
void profile_free(struct profile *p);

/* What is said above a table. */
struct profile_head {
	const char *title;
	int64_t clock; /* window.ticks of the run; -1: not known */
	size_t top; /* functions to list; 0: all */
};

/* The sentence on the sum and the clock. */
void profile_clock_text(int64_t insns, int64_t clock, struct strbuf *out);
void profile_text(const struct profile *p, const struct profile_head *h, struct strbuf *out);
void profile_json(const struct profile *p, const struct profile_head *h, struct strbuf *out);
/* "frame;frame N" lines. */
void profile_collapsed(const struct query_profile *rows, struct strbuf *out);
/* A self-contained SVG; the width of a frame is its share of instructions. */
void profile_flame(const struct query_profile *rows, const char *title, struct strbuf *out);

/*
 * What events cost: for each class of trace events (the events of a class share what takes
 * them down, trace_event_raw_event_CLASS) the instructions of that function and all it calls,
 * from profiles with callers, without the interrupts in between; to the ring buffer or to a
 * hist trigger, whichever the profile shows.
 */
#define PROFILE_MAX_ARCHES 2
enum profile_way { PROFILE_RING, PROFILE_HIST, PROFILE_NR_WAYS };

struct profile_count {
	int64_t insns, calls;
};

struct profile_event {
	char *name; /* of the class */
	struct profile_count v[PROFILE_MAX_ARCHES][PROFILE_NR_WAYS];
};

struct profile_events {
	struct profile_event *v;
	size_t nr;
	char *arches[PROFILE_MAX_ARCHES];
	size_t nr_arches;
	size_t left_out; /* classes of a profile whose events went both ways, or none */
};

/* Add a run's profile; several of one architecture are summed up. @rows may go then. */
void profile_events_add(struct profile_events *e, const char *arch, const struct query_profile *rows);
void profile_events_release(struct profile_events *e);
/* By name, which sorts them. */
void profile_events_text(struct profile_events *e, struct strbuf *out);
void profile_events_json(struct profile_events *e, struct strbuf *out);

/* One function in two profiles. */
struct profile_change {
	const char *name;
	int64_t a, b; /* instructions */
	int64_t calls_a, calls_b;
	bool is_new, is_gone;
};

/* Largest change first; functions without any are left out. The caller frees. */
struct profile_change *profile_diff(const struct profile *a, const struct profile *b,
				    size_t *ret_nr);
void profile_diff_text(const struct profile *a, const struct profile *b,
		       const struct profile_head *ha, const struct profile_head *hb,
		       struct strbuf *out);
void profile_diff_json(const struct profile *a, const struct profile *b,
		       const struct profile_head *ha, const struct profile_head *hb,
		       struct strbuf *out);

#endif
