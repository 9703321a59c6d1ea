/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pipeline: the stages put together for `run`: which cells are missing
 * (work.c), do them here (local.c) or on a cluster (slurm.c), verify. It
 * decides nothing that a stage can decide.
 */
#ifndef CMD_PIPELINE_H
#define CMD_PIPELINE_H

#include <stdbool.h>

#include "run/progress.h"
#include "run/session.h"
#include "store/store.h"

struct pipeline_options {
	const char *results;
	unsigned int jobs; /* guests at once */
	bool verify; /* run every insn cell twice and compare */
	bool retry; /* run cells again whose last run was not ok */
	unsigned int shard, nr_shards; /* 1-based; 0: all */
	bool slurm; /* as jobs of a cluster, not in guests here */
	const char *plan; /* path of the plan, for those jobs */
	const char *only; /* the id of the one cell to run, or NULL */
	unsigned int only_n; /* and which of its runs */
};

struct pipeline_totals {
	size_t nr_cells, nr_cached, nr_run, nr_failed;
	size_t nr_recovered; /* runs that a harness which died had finished and not stored */
	size_t nr_verified, nr_different; /* cells with two equal, two different runs */
	double cpu_s; /* of QEMU */
	double harness_cpu_s;
	double wall_s;
};

/*
 * @session is of @plan. 0: all done, 1: interrupted, -1: @err. Cells that fail are
 * counted, not errors.
 */
int pipeline_run(const struct session *session, const struct plan *plan,
		 const struct pipeline_options *o, struct pipeline_totals *ret_totals,
		 struct error *err);

#endif
