/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: a YAML file that spans axes, and the cells it expands to. Pure: reads
 * the plan and the job files it names, starts nothing.
 *
 * Every value may be a list, and a list is an axis; workload: is a list of
 * maps, tunables: a map whose values may be lists. Cells come in the order of
 * the keys below, the last varying fastest: workload, tunables, memory, swap,
 * arch, kernel, clock, seed. Errors name file and line.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <stddef.h>

#include "lib/error.h"
#include "plan/cell.h"

struct plan; /* owns every string its cells point to */

/*
 * Load and expand @path. @configs is the directory configs/ (job files of
 * tools, kernel variants). Cells that the plan's exclude: names are left out;
 * an impossible pair that is not excluded is an error.
 */
int plan_load(const char *path, const char *configs, struct plan **ret, struct error *err);
/* The same from memory, for tests and fuzzing; @name stands for the path in messages. */
int plan_parse(const char *text, size_t len, const char *name, const char *configs,
	       struct plan **ret, struct error *err);
/* Append @s as a YAML scalar that means itself, whatever it is: for plans written by code. */
void plan_add_scalar(struct strbuf *out, const char *s);
void plan_free(struct plan *plan);

const char *plan_name(const struct plan *plan);
size_t plan_nr_cells(const struct plan *plan);
const struct cell *plan_cell(const struct plan *plan, size_t i);

/* What the plan examines, in words; "" when it does not say. */
const char *plan_statement(const struct plan *plan);
/* What it claims: entries of verdict:, checked as far as can be without results. */
struct plan_claim {
	const char *claim; /* the sentence */
	const char *where; /* cells it speaks of, "axis=value\n" each; values of one axis are alternatives */
	const char *check; /* lib/expr.h */
};
size_t plan_nr_claims(const struct plan *plan);
struct plan_claim plan_claim(const struct plan *plan, size_t i);

#endif
