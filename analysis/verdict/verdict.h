/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict: what plans claim (`verdict:`), held against the figures of their cells.
 *
 * A claim is checked in every cell of its plan that its conditions select, and
 * holds when it holds in each. A figure that is not there makes it neither true
 * nor false: such a claim has no data, and that is not success. Everything comes
 * from the store; plain structs that own their strings.
 */
#ifndef VERDICT_VERDICT_H
#define VERDICT_VERDICT_H

#include <stdbool.h>
#include <stdio.h>

#include "store/query.h"

enum verdict_state { VERDICT_HOLDS, VERDICT_FAILS, VERDICT_NO_DATA };

/* A claim in one cell. */
struct verdict_cell {
	char *hash;
	char *title; /* the axes in which the claim's cells differ; "" when there is just one */
	enum verdict_state state;
	char *figures; /* the check with its figures put in: "812.3 > 640"; "" without data */
	char *why; /* VERDICT_NO_DATA: what is missing */
};

struct verdict_claim {
	char *claim, *check;
	char *where; /* "arch=i386, kernel=base"; "" for all cells */
	enum verdict_state state; /* the worst of its cells: fails, no data, holds */
	struct verdict_cell *cells; /* none: no such cell has run; no data */
	size_t nr_cells;
};

struct verdict {
	char *plan, *statement;
	struct verdict_claim *claims; /* in the plan's order */
	size_t nr_claims;
	size_t count[VERDICT_NO_DATA + 1]; /* claims, by state */
	size_t nr_missing; /* cells of the plan that have not run */
};

struct verdicts {
	struct verdict *v; /* plans that claim something */
	size_t nr;
};

/* Of plan @plan, or of all when it is NULL. A plan the store does not know is ERROR_INPUT. */
int verdicts_build(struct store *s, const char *plan, struct verdicts *ret, struct error *err);
void verdicts_release(struct verdicts *v);
/* Does every claim hold, of cells that have all run? */
bool verdicts_all_hold(const struct verdicts *v);
/* "holds", "fails", "no data". */
const char *verdict_state_name(enum verdict_state state);

void verdicts_text(const struct verdicts *v, FILE *to);
/* [{"plan","statement","missing","claims":[{"claim","where","check","state",
 * "cells":[{"cell","title","state","figures","why"}]}]}] */
void verdicts_json(const struct verdicts *v, FILE *to);

#endif
