/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * samples: how the kernel's figures went over the workload's window: the
 * snapshot before it (time 0), the samples, and the snapshot after it.
 *
 * A series holds a value until its next row: only changes are kept.
 */
#ifndef DECODE_SAMPLES_H
#define DECODE_SAMPLES_H

#include "decode/metric.h"

struct sample {
	uint64_t t_ns; /* since the first snapshot */
	size_t series; /* of the struct samples */
	int64_t value;
};

struct series {
	char name[80], label[64];
	int64_t base; /* of a counter: its value before the window */
	int64_t last;
};

struct samples {
	struct series *series;
	size_t nr_series;
	struct sample *v; /* in order of time */
	size_t nr;
	uint64_t end_ns; /* of the last snapshot */
	size_t nr_taken; /* between the two snapshots */
};

/* Runs without a cadence have none: @ret is empty. */
int samples_decode(const void *frames, size_t len, struct samples *ret, struct error *err);
void samples_release(struct samples *s);

/*
 * Append what the samples come to: "frag.area", the mean over time of the mean over
 * orders of each zone's unusable index; "frag.differs" of the sample where it is most;
 * "process.peak_rss", the largest Rss of each process that was seen.
 */
int samples_metrics(const struct samples *s, struct metrics *m, struct error *err);

/*
 * The files that are sampled beside vmstat and buddyinfo, as rows. @path names a
 * process ("/proc/12/stat", label "pid=12").
 */
int meminfo_metrics(const char *text, size_t len, struct metrics *m, struct error *err);
int diskstats_metrics(const char *text, size_t len, struct metrics *m, struct error *err);
int pressure_metrics(const char *what, const char *text, size_t len, struct metrics *m,
		     struct error *err);
int zoneinfo_metrics(const char *text, size_t len, struct metrics *m, struct error *err);
int pagetypeinfo_metrics(const char *text, size_t len, struct metrics *m, struct error *err);
int process_stat_metrics(const char *path, const char *text, size_t len, struct metrics *m,
			 struct error *err);
int smaps_rollup_metrics(const char *path, const char *text, size_t len, struct metrics *m,
			 struct error *err);
/* Of their rows: one that only grows, so that its change is the figure. */
bool procfs_is_counter(const char *name);

/* A file of a snapshot or sample that is none of vmstat, buddyinfo and extfrag: its rows
 * as the kernel has them. 0 rows when @path is not known. */
int procfs_metrics(const char *path, const char *text, size_t len, struct metrics *m,
		   struct error *err);

#endif
