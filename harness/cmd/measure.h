/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * measure: one cell, run if it has not been, and its figures.
 */
#ifndef CMD_MEASURE_H
#define CMD_MEASURE_H

#include "build/paths.h"
#include "lib/sha256.h"
#include "plan/plan.h"

struct measure {
	const struct paths *paths;
	const char *results;
	unsigned int nr_runs; /* counts the runs that were made */
};

/* @plan has one cell. A run that is not ok is ERROR_FOUND. */
int measure_cell(struct measure *m, const struct plan *plan, char ret_id[SHA256_HEX],
		 struct error *err);
/* Metric @name of that cell; @label NULL: the only one it has. */
int measure_metric(const struct measure *m, const char *id, const char *name, const char *label,
		   double *ret, struct error *err);

#endif
