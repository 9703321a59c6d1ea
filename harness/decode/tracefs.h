/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tracefs: what the kernel's tracing files say, as metrics. Formats:
 * Documentation/trace/histogram.rst, kernel/trace/trace_events_hist.c
 * (hist_trigger_show) and trace.c (tracing_stats_read).
 */
#ifndef DECODE_TRACEFS_H
#define DECODE_TRACEFS_H

#include "decode/metric.h"

/*
 * The file "hist" of event @event ("kmem:mm_page_alloc"): each row becomes a
 * metric "hist.EVENT" labelled by its keys ("order=0,migratetype=1") with the
 * hit count, and "hist.EVENT.VALUE" for further values; each table gets
 * "hist.EVENT.hits" (the sum) and "hist.EVENT.dropped" (what it had no room for),
 * labelled by the names of its keys. Rows that do not fit the kernel's own totals
 * are an error.
 */
int hist_trigger_metrics(const char *event, const char *text, size_t len, struct metrics *m,
			 struct error *err);

/* The file "stats" of CPU @cpu: trace.entries, .overrun, .commit_overrun, .dropped, .read. */
int ring_stats_metrics(const char *cpu, const char *text, size_t len, struct metrics *m,
		       struct error *err);

/* The file "kprobe_profile": trace.probe_missed of each probe: calls it did not record,
 * because too many were under way or within another probe. */
int kprobe_profile_metrics(const char *text, size_t len, struct metrics *m, struct error *err);

/*
 * Were events lost, and not as the list allows ("lossy")? Says where in @why.
 * A hist trigger loses what its table has no room for ("size=").
 */
bool trace_lost(const struct metrics *m, char *why, size_t size);

#endif
