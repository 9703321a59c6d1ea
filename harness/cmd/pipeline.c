// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/pipeline.h"

#include <stdlib.h>

#include "cmd/work.h"
#include "lib/io.h"
#include "lib/now.h"
#include "lib/xalloc.h"

static int execute(struct work *w, struct error *err)
{
	int rc;

	if (!w->nr)
		return 0;
	progress_init(&w->progress, stderr, w->nr, (double)w->nr);
	rc = w->o->slurm ? slurm_execute(w, err) : local_execute(w, err);
	progress_end(&w->progress);
	return rc;
}

/* What the plan claims, and of which cells. */
static int keep_plan(struct work *w, const struct plan *plan, struct error *err)
{
	const size_t nr = w->session->nr_tasks;
	const char **ids = xcalloc(nr + 1, sizeof(*ids));
	int rc;

	for (size_t i = 0; i < nr; i++)
		ids[i] = w->session->tasks[i].id;
	rc = store_put_plan(w->results.store, plan, ids, nr, err);
	free(ids);
	return rc;
}

/* What the kernels were configured as, beside the runs: RESULTS/kernels/DIGEST.config. */
static int keep_configs(const struct work *w, struct error *err)
{
	char *dir = xasprintf("%s/kernels", w->o->results);
	int rc = io_mkdirs(dir, err);

	for (size_t i = 0; !rc && i < w->session->nr_kernels; i++) {
		const struct kernel *k = &w->session->kernels[i];
		char *from = xasprintf("%s/config", k->dir), *to = xasprintf("%s/%s.config", dir, k->digest);
		const char *const paths[] = { from };

		if (k->built && !io_exists(to))
			rc = io_concat(paths, 1, to, err);
		free(from);
		free(to);
	}
	free(dir);
	return rc;
}

int pipeline_run(const struct session *session, const struct plan *plan,
		 const struct pipeline_options *o, struct pipeline_totals *ret_totals,
		 struct error *err)
{
	struct work w = { .session = session, .o = o, .totals = ret_totals };
	double t0 = now_s(), cpu0 = cpu_s();
	int rc;

	*ret_totals = (struct pipeline_totals){};
	progress_init(&w.progress, stderr, 0, 0);
	if (results_open(o->results, &w.results, err))
		return -1;
	results_warn(&w.results);
	ret_totals->nr_recovered = w.results.nr_recovered;
	rc = keep_plan(&w, plan, err);
	if (!rc)
		rc = keep_configs(&w, err);
	if (!rc)
		rc = slurm_collect(&w, err);
	if (!rc)
		rc = work_find(&w, err);
	if (!rc)
		rc = execute(&w, err);
	if (!rc && o->verify)
		rc = work_verify(&w, err);
	ret_totals->wall_s = now_s() - t0;
	ret_totals->harness_cpu_s = cpu_s() - cpu0;
	results_close(&w.results);
	free(w.items);
	return rc;
}
