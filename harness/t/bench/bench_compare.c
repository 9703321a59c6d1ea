// SPDX-License-Identifier: GPL-2.0-or-later
/* compare over a synthetic store: 10 000 runs of 200 metrics, every one noisy. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <gsl/gsl_randist.h>

#include "compare/compare.h"
#include "lib/io.h"
#include "lib/now.h"
#include "lib/xalloc.h"
#include "store/db.h"

#define CELLS 10000
#define SEEDS 20
#define METRICS 200

static int add_cell(sqlite3 *db, gsl_rng *rng, int i, struct error *err)
{
	static const char *const kernels[] = { "base", "series" };
	int64_t id = i + 1;
	char *axes = xasprintf(
		"INSERT INTO cell VALUES(%d, '%064d'); INSERT INTO run VALUES(%d, %d, 1, 'ok', '', 'd', "
		"'tcg', '', 1, 1, '{}'); INSERT INTO axis VALUES(%d, 'kernel', '%s', 'guest'), "
		"(%d, 'seed', '%d', 'guest'), (%d, 'arch', 'i386', 'guest'), (%d, 'clock', 'insn', "
		"'guest'), (%d, 'workload', 'fault', 'guest'), (%d, 'vm.swappiness', '%d', 'tunable'), "
		"(%d, 'memory', '256M', 'guest'), (%d, 'plan', 'bench', 'guest')",
		i + 1, i, i + 1, i + 1, i + 1, kernels[i % 2], i + 1, i / 2 % SEEDS, i + 1, i + 1, i + 1,
		i + 1, i / 2 / SEEDS, i + 1, i + 1);
	int rc = db_exec(db, axes, err);
	sqlite3_stmt *st = NULL;

	free(axes);
	if (rc || db_prepare(db, &st, err, "INSERT INTO metric VALUES(?, ?, ?, '', ?)", ""))
		return -1;
	for (int m = 0; m < METRICS; m++) {
		sqlite3_bind_int64(st, 1, id);
		sqlite3_bind_int(st, 2, m);
		sqlite3_bind_int(st, 3, m + 1);
		sqlite3_bind_int64(st, 4, (int64_t)(100000 + 1000 * gsl_ran_gaussian(rng, 1)));
		sqlite3_step(st);
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
	return 0;
}

static int fill(struct store *s, struct error *err)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	int rc = db_exec(s->db, "BEGIN", err);

	for (int m = 0; !rc && m < METRICS; m++) {
		char *sql = xasprintf("INSERT INTO metric_name VALUES(%d, '%s%d')", m + 1,
				      m < METRICS / 2 ? "metric." : "vmstat.", m);

		rc = db_exec(s->db, sql, err);
		free(sql);
	}
	for (int i = 0; !rc && i < CELLS; i++)
		rc = add_cell(s->db, rng, i, err);
	gsl_rng_free(rng);
	return rc ? rc : db_exec(s->db, "COMMIT", err);
}

static int bench(const char *path, bool all, struct error *err)
{
	const struct compare_options o = { .axes = { { "kernel", { "base", "series" }, 2 } },
					   .nr_axes = 1, .all = all };
	struct rusage ru;
	struct compare c;
	struct store *s;
	double t0 = now_s(), built;
	FILE *null = fopen("/dev/null", "w");
	size_t rows = 0;

	if (!null || store_open(path, false, &s, err) || compare_build(s, &o, &c, err))
		return -1;
	built = now_s() - t0;
	compare_text(&c, null);
	for (size_t i = 0; i < c.nr_groups; i++)
		rows += c.groups[i].nr_rows;
	getrusage(RUSAGE_SELF, &ru);
	printf("compare%s: %d runs x %d metrics, %d seeds, %zu rows: %.2f s to build, %.2f s with text, %ld MiB\n",
	       all ? " --all" : "", CELLS, METRICS, SEEDS, rows, built, now_s() - t0, ru.ru_maxrss / 1024);
	compare_release(&c);
	store_close(s);
	fclose(null);
	return 0;
}

int main(void)
{
	char dir[] = "/tmp/highwater-bench.XXXXXX";
	char *path = mkdtemp(dir) ? xasprintf("%s/store.sqlite", dir) : xstrdup("");
	struct store *s = NULL;
	struct error err, ignored;
	int rc = store_open(path, true, &s, &err);

	if (!rc)
		rc = fill(s, &err);
	store_close(s);
	if (!rc)
		rc = bench(path, false, &err) || bench(path, true, &err);
	if (rc)
		fprintf(stderr, "error: %s\n", err.msg);
	io_remove_tree(dir, &ignored);
	free(path);
	return rc ? err.kind : 0;
}
