// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "decode/latency.h"
#include "decode/trace.h"

/* What the kernel says was read out of its buffers, all CPUs together. */
static uint64_t kernel_count(const struct metrics *m)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < m->nr; i++)
		if (strcmp(m->v[i].name, "trace.read") == 0)
			sum += (uint64_t)m->v[i].i;
	return sum;
}

static int add_counts(const struct trace *t, struct metrics *m, struct error *err)
{
	char name[sizeof(m->v->name)];

	for (size_t i = 0; i < t->nr_formats; i++) {
		const struct trace_format *f = &t->formats[i];

		if (snprintf(name, sizeof(name), "events.%s:%s", f->system, f->event) >=
		    (int)sizeof(name))
			return error_set(err, ERROR_FOUND, "the name of event '%s' is too long", f->event);
		if (metrics_add_int(m, name, "-", (int64_t)f->nr, err))
			return -1;
	}
	return 0;
}

static int add_latencies(const void *frames, size_t frames_len, const void *trace,
			 size_t trace_len, struct metrics *m, struct latencies *ret, struct error *err)
{
	struct latencies l;
	int rc = latencies_decode(frames, frames_len, trace, trace_len, &l, err);

	if (rc)
		return rc;
	rc = latencies_metrics(&l, m, err);
	if (!rc && ret)
		*ret = l;
	else
		latencies_release(&l);
	return rc;
}

static int count_events(const void *frames, size_t frames_len, const void *trace,
			size_t trace_len, struct metrics *m, struct error *err)
{
	static struct trace t; /* large, and there is one at a time */
	struct trace_event e;
	uint64_t nr = 0;
	int more;

	if (!trace_len && !kernel_count(m))
		return 0;
	if (trace_open(&t, frames, frames_len, trace, trace_len, err))
		return -1;
	while ((more = trace_next_event(&t, &e, err)) > 0) {
		struct trace_format *f = trace_find_format(&t, e.id);

		if (!f)
			return error_set(err, ERROR_FOUND, "an event of type %" PRIu32 " has no format", e.id);
		f->nr++;
		nr++;
	}
	if (more < 0)
		return -1;
	if (nr != kernel_count(m))
		return error_set(err, ERROR_FOUND,
				 "the kernel says that %" PRIu64 " events were read, there are %" PRIu64,
				 kernel_count(m), nr);
	return add_counts(&t, m, err);
}

int trace_metrics(const void *frames, size_t frames_len, const void *trace, size_t trace_len,
		  struct metrics *m, struct latencies *ret_latencies, struct error *err)
{
	if (ret_latencies)
		*ret_latencies = (struct latencies){};
	if (count_events(frames, frames_len, trace, trace_len, m, err))
		return -1;
	return add_latencies(frames, frames_len, trace, trace_len, m, ret_latencies, err);
}
