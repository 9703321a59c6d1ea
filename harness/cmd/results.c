// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "collect/rundir.h"
#include "lib/io.h"
#include "lib/xalloc.h"

/* A harness that died between publishing a run and storing it, or a store that
 * was lost: the run directory is what counts. */
static int recover(void *ctx, const char *dir, struct error *err)
{
	struct results *r = ctx;
	char id[SHA256_HEX];
	enum store_state state;
	unsigned int n;

	if (rundir_name(dir, id, &n))
		return 0;
	if (store_run_state(r->store, id, n, &state, err))
		return -1;
	if (state != STORE_MISSING)
		return 0;
	if (store_ingest_run(r->store, dir, err) == 0) {
		r->nr_recovered++;
		return 0;
	}
	if (err->kind != ERROR_INPUT)
		return -1;
	if (!r->nr_damaged++)
		snprintf(r->damage, sizeof(r->damage), "%.500s", err->msg);
	return 0;
}

int results_open(const char *dir, struct results *ret, struct error *err)
{
	struct results r = { .dir = dir, .lock = -1 };
	char *db = xasprintf("%s/store.sqlite", dir);
	int rc = io_mkdirs(dir, err);

	*ret = (struct results){ .lock = -1 };
	if (!rc) {
		r.lock = rundir_lock(dir, err);
		rc = r.lock < 0 ? -1 : 0;
	}
	if (!rc)
		rc = store_open(db, true, &r.store, err);
	if (!rc)
		rc = rundir_each(dir, recover, &r, err);
	free(db);
	if (rc)
		results_close(&r);
	else
		*ret = r;
	return rc;
}

void results_close(struct results *r)
{
	store_close(r->store);
	if (r->lock >= 0)
		close(r->lock);
	*r = (struct results){ .lock = -1 };
}

void results_warn(const struct results *r)
{
	if (r->nr_damaged)
		fprintf(stderr, "warning: %zu run directories are damaged and left alone, the first: %s\n",
			r->nr_damaged, r->damage);
}
