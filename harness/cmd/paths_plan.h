/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * paths_plan: configs/plan/paths.yaml, which says how a guest has to be for exact counts
 * of single operations, for other kernels, architectures and events.
 */
#ifndef CMD_PATHS_PLAN_H
#define CMD_PATHS_PLAN_H

#include "build/paths.h"
#include "plan/plan.h"

struct paths_plan {
	const char *name; /* of the plan */
	const char *const *kernels;
	size_t nr_kernels;
	const enum arch *arches;
	size_t nr_arches;
	const char *const *events; /* lists of events, or "none" */
	size_t nr_events;
	const char *path; /* the only one, or NULL: all */
};

int paths_plan(const struct paths_plan *p, const struct paths *paths, struct plan **ret,
	       struct error *err);

#endif
