/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profiles: a cell's profile out of the store; made if it is not there.
 */
#ifndef CMD_PROFILES_H
#define CMD_PROFILES_H

#include "build/paths.h"
#include "store/query.h"

struct profile_request {
	const struct paths *paths;
	const char *results;
	const char *mode; /* "callers" or "counts" */
	const char *path; /* one path of workload paths; NULL: the workload's window */
	bool again; /* run even if there is one */
};

struct profiled {
	struct query_profile rows;
	char *title, *arch;
	int64_t clock; /* window.ticks, or -1; -1 for a path */
};

/* @cell: the beginning of a cell's id. */
int profile_get(struct store *s, const struct profile_request *request, const char *cell,
		struct profiled *ret, struct error *err);
void profiled_release(struct profiled *p);

#endif
