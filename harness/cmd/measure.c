// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/measure.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/pipeline.h"
#include "cmd/store.h"
#include "store/query.h"

int measure_cell(struct measure *m, const struct plan *plan, char ret_id[SHA256_HEX],
		 struct error *err)
{
	const struct pipeline_options o = { .results = m->results, .jobs = 1 };
	struct pipeline_totals totals;
	struct session session;
	int rc = session_open(&session, m->paths, plan, SESSION_BUILD, cmd_say, err);

	if (rc)
		return rc;
	rc = pipeline_run(&session, plan, &o, &totals, err);
	memcpy(ret_id, session.tasks[0].id, SHA256_HEX);
	session_close(&session);
	if (rc > 0)
		return error_set(err, ERROR_FOUND, "interrupted; run the same command again to go on");
	if (rc)
		return rc;
	m->nr_runs += (unsigned int)totals.nr_run;
	if (totals.nr_failed)
		return error_set(err, ERROR_FOUND, "the run of cell '%.12s' is not ok; highwater show says why",
				 ret_id);
	return 0;
}

static int find_metric(const struct query_metrics *ms, const char *name, const char *label,
		       const char *id, double *ret, struct error *err)
{
	const struct query_metric *found = NULL;

	for (size_t i = 0; i < ms->nr; i++) {
		const struct query_metric *q = &ms->v[i];

		if (strcmp(q->name, name) != 0 || (label && strcmp(q->label, label) != 0))
			continue;
		/* Said twice and the same both times is said once. */
		if (found && strcmp(found->label, q->label) != 0)
			return error_set(err, ERROR_INPUT, "'%s' has labels ('%s', '%s', ...): say which", name,
					 found->label, q->label);
		if (found && found->d != q->d)
			return error_set(err, ERROR_INPUT, "'%s %s' has two values in one run", name, q->label);
		found = q;
	}
	if (!found)
		return error_set(err, ERROR_INPUT, "cell '%.12s' has no metric '%s%s%s'", id, name,
				 label ? " " : "", label ? label : "");
	*ret = found->d;
	return 0;
}

int measure_metric(const struct measure *m, const char *id, const char *name, const char *label,
		   double *ret, struct error *err)
{
	struct query_metrics ms;
	struct store *s;
	int rc = cmd_open_store(m->results, &s, err);

	if (rc)
		return rc;
	rc = query_cell_metrics(s, id, 1, &ms, err);
	if (!rc) {
		rc = find_metric(&ms, name, label, id, ret, err);
		query_metrics_release(&ms);
	}
	store_close(s);
	return rc;
}
