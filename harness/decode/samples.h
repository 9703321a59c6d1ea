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

/* Append what the samples come to: "frag.area", the mean over time of the mean
 * over orders of each zone's unusable index. */
int samples_metrics(const struct samples *s, struct metrics *m, struct error *err);

/* procfs.c: the files that are sampled beside vmstat and buddyinfo, as rows. */
int meminfo_metrics(const char *text, size_t len, struct metrics *m, struct error *err);
int diskstats_metrics(const char *text, size_t len, struct metrics *m, struct error *err);
int pressure_metrics(const char *what, const char *text, size_t len, struct metrics *m,
		     struct error *err);

#endif
