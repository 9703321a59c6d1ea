/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * results: a results directory, opened for writing: made if need be, locked
 * against other harnesses, swept of what a dead one left, its store open and
 * holding every run directory there is.
 */
#ifndef CMD_RESULTS_H
#define CMD_RESULTS_H

#include <stddef.h>

#include "store/store.h"

struct results {
	const char *dir;
	struct store *store;
	int lock;
	size_t nr_recovered; /* runs that were on disk and not in the store */
	size_t nr_damaged; /* run directories that cannot be read; they are left alone */
	char damage[512]; /* what is wrong with the first of them */
};

int results_open(const char *dir, struct results *ret, struct error *err);
void results_close(struct results *r);
/* A warning on stderr when there are damaged runs. */
void results_warn(const struct results *r);

#endif
