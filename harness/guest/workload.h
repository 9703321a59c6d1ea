/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * workload: one file in workload/ is one workload. run() emits its metrics and
 * returns, or calls agent_fail(). prepare() brings about and asserts what the
 * measurement presupposes, before the first snapshot.
 */
#ifndef GUEST_WORKLOAD_H
#define GUEST_WORKLOAD_H

#include <stdint.h>

#include "guest/agent.h"

struct workload {
	const char *name; /* as in proto/workload.c */
	void (*prepare)(const struct job *job); /* or NULL */
	void (*run)(const struct job *job);
};

#define WORKLOAD(ident) extern const struct workload workload_##ident;
#include "guest/workload.def"
#undef WORKLOAD

const struct workload *workload_by_name(const char *name);

/* A parameter of the job; one that is missing or no number fails the cell. */
uint64_t param_number(const struct job *job, const char *key);
/*
 * What @nr operations or pages (@per: "op", "page") cost: "insns_per_op LABEL" under
 * the instruction clock, "tsc_ticks_per_op LABEL" under the wall clock.
 */
void emit_cost(const struct job *job, const char *per, const char *label, uint64_t ticks,
	       uint64_t nr);
const char *param_text(const struct job *job, const char *key);

#endif
