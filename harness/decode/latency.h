/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * latency: how long things took in the workload's window, in ns of guest time.
 *
 * From two sources. Raw events: a pair of begin and end with the same key (a
 * process, a node), the latest begin counting; or an event that carries the
 * time itself. Hist triggers: the table of a synthetic event "NAME_lat" whose
 * first key is "lat"; the kernel subtracts, the table keeps every value apart. Other keys
 * ("order") split it as fields of events do.
 * latency.def says which events make which latency.
 */
#ifndef DECODE_LATENCY_H
#define DECODE_LATENCY_H

#include "decode/metric.h"
#include "lib/hist.h"

struct latency {
	char name[48]; /* "direct_reclaim" */
	char label[40]; /* "" for all of them, or "order=3" */
	struct hist hist;
	uint64_t open; /* begins without an end, ends without a begin */
	/* The longest of those that are known one by one, the first of equals. */
	bool has_longest;
	uint64_t longest, longest_from; /* ns it took; guest time when it began */
};

struct latencies {
	struct latency *v;
	size_t nr;
};

/* Is the hist of @event ("synthetic:direct_reclaim_lat") the table of a latency? */
bool latency_is_table(const char *event);

/* A run that records nothing of the kind has none. */
int latencies_decode(const void *frames, size_t frames_len, const void *trace, size_t trace_len,
		     struct latencies *ret, struct error *err);
void latencies_release(struct latencies *l);

/* "latency.NAME" labelled p50 ... p99.99, max, mean; "latency.NAME.count", ".open". */
int latencies_metrics(const struct latencies *l, struct metrics *m, struct error *err);

#endif
