/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slurm_batch: one job array of `run --slurm` on disk.
 *
 *   RESULTS/slurm/BATCH/    one array; BATCH is the name of its job
 *     items                 "ID N" a line: task I runs line I
 *     plan, script          what the tasks run
 *     log-I, I/             log and results directory of task I
 *
 * items is written last: without it a batch was never submitted and does not
 * count.
 */
#ifndef CMD_SLURM_BATCH_H
#define CMD_SLURM_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "build/paths.h"
#include "lib/error.h"
#include "lib/sha256.h"

struct work_item;

/* A line of items. */
struct entry {
	char id[SHA256_HEX];
	unsigned int n;
	const struct work_item *item; /* of the work at hand, or NULL */
	bool done;
	bool refused; /* what it left is damaged; it counts as no result */
};

struct batch {
	char *name, *dir;
	struct entry *entries;
	size_t nr;
	unsigned int quiet; /* polls since Slurm last knew a task of it */
	unsigned int releases; /* times its tasks were let go after a failed launch */
};

/* An empty one called @name below @dir. */
void batch_init(struct batch *b, const char *dir, const char *name);
void batch_release(struct batch *b);
void batch_add(struct batch *b, const char *id, unsigned int n, const struct work_item *item);
/* Has every run of it a result? */
bool batch_is_finished(const struct batch *b);

/* Write all that the tasks read; @plan is the path of the plan. */
int batch_write(const struct batch *b, const struct paths *paths, const char *plan, bool retry,
		struct error *err);
/* Read the entries of a batch that an earlier harness left; none when it was not submitted. */
int batch_load(struct batch *b, struct error *err);
/* Keep the logs of a batch and nothing that would be taken over. */
void batch_retire(const struct batch *b);

#endif
