/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metric: what a run measured, as rows, and what the names mean (metric.def).
 *
 * metrics_decode() turns a run's frames into rows: what the agent measured, the
 * change of /proc/vmstat over the work, and what fio and stress-ng report. Pure;
 * bytes that are not what they claim to be are an error, never a number.
 */
#ifndef DECODE_METRIC_H
#define DECODE_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"

struct metric {
	char name[80];
	char label[64]; /* "" when there is just one */
	bool exact; /* an integer: @i; else @d */
	int64_t i;
	double d;
};

struct metrics {
	struct metric *v;
	size_t nr;
};

int metrics_decode(const void *frames, size_t len, struct metrics *ret, struct error *err);
void metrics_release(struct metrics *m);

/* Append one row; names and labels that are too long are an error. */
int metrics_add(struct metrics *m, const char *name, const char *label, const char *value,
		struct error *err);
int metrics_add_real(struct metrics *m, const char *name, const char *label, double value,
		     struct error *err);
int metrics_add_int(struct metrics *m, const char *name, const char *label, int64_t value,
		    struct error *err);

/* The parts, each for one kind of payload. */
int vmstat_metrics(const char *begin, size_t begin_len, const char *end, size_t end_len,
		   bool wraps_at_32, struct metrics *m, struct error *err);
int fio_metrics(const char *json, size_t len, struct metrics *m, struct error *err);
int stress_ng_metrics(const char *yaml, size_t len, struct metrics *m, struct error *err);
int perf_stat_metrics(const char *csv, size_t len, struct metrics *m, struct error *err);
int perf_data_metrics(const char *data, size_t len, struct metrics *m, struct error *err);
/* The perf.data that perf record left in a run's @frames, whole; points into them. None, or one
 * that is cut off, is an error. */
int perf_data_find(const void *frames, size_t frames_len, const char **ret, size_t *ret_len,
		   struct error *err);
/* TAP or KTAP of the test program or suite @subject. */
int tap_metrics(const char *subject, const char *text, size_t len, struct metrics *m,
		struct error *err);

enum better { NEITHER, HIGHER, LOWER };

struct metric_desc {
	const char *name, *unit;
	enum better better;
	const char *definition;
};

/* Never NULL: an unknown name gets the row with unit "?". */
const struct metric_desc *metric_describe(const char *name);

#endif
