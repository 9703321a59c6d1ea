/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * neighbour: one cell as a plan of its own, changed in one point or in none. The
 * exact tools run a cell again, or its neighbours.
 */
#ifndef CMD_NEIGHBOUR_H
#define CMD_NEIGHBOUR_H

#include "plan/plan.h"
#include "run/session.h"

struct neighbour {
	const char *kernel; /* NULL: as it was, for each */
	const char *arch;
	const char *events; /* a list's name, or "none" */
	const char *tunable, *value; /* one more, or another value */
};

/* Exact tools refuse a cell of the wall clock; @id for the message. */
int neighbour_check_clock(const struct cell *cell, const char *id, struct error *err);
/* A plan with the one cell that @facts (facts.json) describes. */
int neighbour_facts(const char *facts, const struct neighbour *change, const char *configs,
		 struct plan **ret, struct error *err);
int neighbour_cell(const struct cell *cell, const struct neighbour *change, const char *configs,
		struct plan **ret, struct error *err);

/*
 * Open a session whose only task must have the id @hash, with kernel and image in the
 * cache: the same bytes as then. The kernel is found by its name, or, when that stands
 * for another one now (somebody's series), by its digest. Otherwise the error says what
 * differs from @canonical.
 */
int neighbour_session(struct session *s, const struct paths *paths, const struct plan *plan,
		   const char *hash, const char *canonical, struct error *err);

#endif
