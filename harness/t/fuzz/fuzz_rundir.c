// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as the files of a run directory: facts.json up to the first NUL, then
 * frames. Taken into a store, and planned again as audit does. */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/replan.h"
#include "lib/io.h"
#include "lib/xalloc.h"
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[64], run[192];
static struct store *store;

static void clean_up(void)
{
	struct error err;

	store_close(store);
	io_remove_tree(dir, &err);
}

static void start(void)
{
	char *db;
	struct error err;

	snprintf(dir, sizeof(dir), "/dev/shm/highwater-fuzz-%d", (int)getpid());
	snprintf(run, sizeof(run), "%s/runs/%064d/1", dir, 0);
	db = xasprintf("%s/store.sqlite", dir);
	if (io_mkdirs(run, &err) || store_open(db, true, &store, &err))
		abort();
	free(db);
	atexit(clean_up);
}

static void put(const char *name, const uint8_t *data, size_t size)
{
	char *path = xasprintf("%s/%s", run, name);
	FILE *f = fopen(path, "w");

	if (!f)
		abort();
	fwrite(data, 1, size, f);
	fclose(f);
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	const size_t facts = nul ? (size_t)(nul - data) : size;
	struct plan *plan;
	struct error err;
	json_t *object;

	if (!store)
		start();
	put("facts.json", data, facts);
	put("frames", nul ? nul + 1 : data, nul ? size - facts - 1 : 0);
	put("console", data, size);
	store_ingest_run(store, run, &err);
	object = json_loadb((const char *)data, facts, 0, NULL);
	if (replan(object, "configs", &plan, &err) == 0)
		plan_free(plan);
	json_decref(object);
	return 0;
}
