/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * paths_plan: configs/plan/paths.yaml, which says how a guest has to be for exact counts
 * of single operations, for other kernels, architectures and events.
 */
#ifndef CMD_PATHS_PLAN_H
#define CMD_PATHS_PLAN_H

#include "build/paths.h"
#include "plan/plan.h"

int paths_plan(const char *name, const struct paths *paths, const char *const *kernels,
	       size_t nr_kernels, const enum arch *arches, size_t nr_arches,
	       const char *const *events, size_t nr_events, struct plan **ret, struct error *err);

#endif
