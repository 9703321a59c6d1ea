// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a store, read the way list, show and compare read it. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "compare/compare.h"
#include "store/query.h"
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_run(struct store *s, int64_t run)
{
	struct query_metrics m;
	struct query_samples q;
	struct error err;
	char *text;

	if (query_metrics(s, run, &m, &err) == 0)
		query_metrics_release(&m);
	if (query_samples(s, run, "*", &q, &err) == 0)
		query_samples_release(&q);
	if (query_findings(s, run, &text, &err) == 0)
		free(text);
	if (query_run_facts(s, run, &text, &err) == 0)
		free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[64];
	struct query_cells cells;
	struct store *s;
	struct error err;
	FILE *f;

	if (!*path)
		snprintf(path, sizeof(path), "/dev/shm/highwater-fuzz-%d", (int)getpid());
	f = fopen(path, "w");
	if (!f)
		abort();
	fwrite(data, 1, size, f);
	fclose(f);
	if (store_open(path, false, &s, &err) == 0) {
		if (query_cells(s, &cells, &err) == 0) {
			for (size_t i = 0; i < cells.nr && i < 8; i++)
				read_run(s, cells.v[i].run);
			query_cells_release(&cells);
		}
		store_close(s);
	}
	unlink(path);
	return 0;
}
