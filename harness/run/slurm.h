/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slurm: a cluster's batch system, through its own commands (sbatch, squeue,
 * scancel, scontrol), found in PATH. Options that are a site's business
 * (partition, account, ...) are sbatch's environment variables (SBATCH_*).
 *
 * A job array is known by its name alone, so that one that was submitted just
 * before its harness died is found again.
 */
#ifndef RUN_SLURM_H
#define RUN_SLURM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"
#include "lib/strbuf.h"

/* The largest array a default Slurm takes (MaxArraySize 1001). */
#define SLURM_ARRAY_MAX 1000

struct slurm_request {
	const char *name;
	const char *script; /* path of the script; its task is $SLURM_ARRAY_TASK_ID, 1..nr_tasks */
	const char *log; /* pattern of the log files, with %a for the task */
	size_t nr_tasks;
	unsigned int at_once; /* 0: as many as the cluster runs */
	unsigned int cpus;
	uint64_t memory_bytes;
	unsigned int minutes;
	bool exclusive; /* a node of its own, for the wall clock */
};

int slurm_submit(const struct slurm_request *r, struct error *err);

/* Tasks of an array that Slurm still knows of. */
struct slurm_load {
	size_t waiting, running;
	size_t held; /* of those that wait: Slurm itself holds them after a failed launch */
};
int slurm_load(const char *name, struct slurm_load *ret, struct error *err);
/* Pure: lines "STATE|REASON" of squeue. */
void slurm_count(const char *text, struct slurm_load *ret);

int slurm_cancel(const char *name, struct error *err);
/* Let tasks that Slurm holds try again. */
int slurm_release(const char *name, struct error *err);

/* Append @s as one word of a shell. */
void slurm_quote(const char *s, struct strbuf *out);

#endif
