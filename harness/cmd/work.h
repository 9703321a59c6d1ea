/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * work: what of a plan is still to run, and what has become of it. Shared by
 * the two that carry it out: guests on this host (cmd/local.c) and jobs of a
 * cluster (cmd/slurm.c).
 */
#ifndef CMD_WORK_H
#define CMD_WORK_H

#include "cmd/pipeline.h"
#include "cmd/results.h"

/* One run to make: a task, and whether it is the first or the second time. */
struct work_item {
	const struct task *task;
	unsigned int n;
};

struct work {
	const struct session *session;
	const struct pipeline_options *o;
	struct results results;
	struct progress progress;
	struct work_item *items;
	size_t nr;
	struct pipeline_totals *totals;
};

/* List the runs that are missing; counts the cells and those that have run. */
int work_find(struct work *w, struct error *err);
/* A run is in the store: a line for people, and the totals. */
void work_done(struct work *w, const struct work_item *item, const char *status, const char *detail,
	       double wall_s, double cpu_s);
/* Compare the two runs of every cell that has two; say where they part. */
int work_verify(struct work *w, struct error *err);

/* What a run needs of a host: memory with all that QEMU takes, seconds of wall time. */
uint64_t work_memory_bytes(const struct cell *cell);
unsigned int work_timeout_s(const struct cell *cell);

/* The two ways to do the work. 0: all done, 1: interrupted, -1: @err. */
int local_execute(struct work *w, struct error *err);
int slurm_execute(struct work *w, struct error *err);
/* Bring in what jobs of an earlier harness have finished. */
int slurm_collect(struct work *w, struct error *err);

#endif
