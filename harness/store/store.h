/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store: the SQLite file of a results directory (schema.sql).
 *
 * Written by one harness at a time (the lock of the results directory), read by
 * any number. WAL with synchronous=FULL: what ingest has returned from survives
 * a power cut. A file that is no store, is damaged, or is of a newer schema is
 * refused with ERROR_INPUT and left as it is.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>

#include "lib/error.h"
#include "plan/plan.h"

struct store;

int store_open(const char *path, bool create, struct store **ret, struct error *err);
void store_close(struct store *s);

enum store_state { STORE_MISSING, STORE_OK, STORE_FAILED };
int store_run_state(struct store *s, const char *cell, unsigned int n, enum store_state *ret,
		    struct error *err);

/*
 * Read the run directory @dir (ID/N) and put its rows into the store, in one
 * transaction, in place of what was there for that run. A run that says "ok"
 * and whose bytes do not decode is stored as "garbage" with the reason.
 */
int store_ingest_run(struct store *s, const char *dir, struct error *err);

/* Read the profiles of a run directory whose run is in the store ("profile.MODE"). */
int store_ingest_profiles(struct store *s, const char *dir, struct error *err);

/* Say that cell @cell also goes by @value on @axis ("kernel", "plan"). */
int store_add_name(struct store *s, const char *cell, const char *axis, const char *value,
		   struct error *err);

/*
 * Keep what @plan states and claims, in place of what was there, and, unless @cells is
 * NULL, the hashes of its @nr cells.
 */
int store_put_plan(struct store *s, const struct plan *plan, const char *const *cells, size_t nr,
		   struct error *err);

/* Mean wall seconds of the runs in the store; @ret is left alone when there are none. */
int store_mean_wall_s(struct store *s, double *ret, struct error *err);

#endif
