// SPDX-License-Identifier: GPL-2.0-or-later
/* What plans claim, read. */
#include <stdlib.h>

#include "lib/xalloc.h"
#include "store/db.h"
#include "store/query.h"

/* Call @row for each row of @sql. */
static int each_row(struct store *s, const char *sql,
		    void (*row)(struct query_plans *p, sqlite3_stmt *st), struct query_plans *p,
		    struct error *err)
{
	sqlite3_stmt *st;
	int rc;

	if (db_prepare(s->db, &st, err, sql, ""))
		return -1;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		row(p, st);
	sqlite3_finalize(st);
	return rc == SQLITE_DONE ? 0 : db_error(s->db, err, "read the plans");
}

static char *text_of(sqlite3_stmt *st, int i)
{
	const char *text = (const char *)sqlite3_column_text(st, i);

	return xstrdup(text ? text : "");
}

static void take_plan(struct query_plans *p, sqlite3_stmt *st)
{
	p->v = xreallocarray(p->v, p->nr + 1, sizeof(*p->v));
	p->v[p->nr++] = (struct query_plan){ .id = sqlite3_column_int64(st, 0),
					     .name = text_of(st, 1),
					     .statement = text_of(st, 2) };
}

/* The plan a row belongs to, or NULL. */
static struct query_plan *plan_of(struct query_plans *p, sqlite3_stmt *st)
{
	for (size_t i = 0; i < p->nr; i++)
		if (p->v[i].id == sqlite3_column_int64(st, 0))
			return &p->v[i];
	return NULL;
}

static void take_claim(struct query_plans *p, sqlite3_stmt *st)
{
	struct query_plan *plan = plan_of(p, st);

	if (!plan)
		return;
	plan->claims = xreallocarray(plan->claims, plan->nr_claims + 1, sizeof(*plan->claims));
	plan->claims[plan->nr_claims++] =
		(struct query_claim){ text_of(st, 1), text_of(st, 2), text_of(st, 3) };
}

static void take_cell(struct query_plans *p, sqlite3_stmt *st)
{
	struct query_plan *plan = plan_of(p, st);

	if (!plan)
		return;
	plan->cells = xreallocarray(plan->cells, plan->nr_cells + 1, sizeof(*plan->cells));
	plan->cells[plan->nr_cells++] = text_of(st, 1);
}

int query_plans(struct store *s, struct query_plans *ret, struct error *err)
{
	*ret = (struct query_plans){};
	if (each_row(s, "SELECT id, name, statement FROM plan ORDER BY id", take_plan, ret, err) ||
	    each_row(s, "SELECT plan, claim, conditions, expression FROM claim ORDER BY plan, seq",
		     take_claim, ret, err) ||
	    each_row(s, "SELECT plan, hash FROM plan_cell ORDER BY plan, seq", take_cell, ret, err)) {
		query_plans_release(ret);
		return -1;
	}
	return 0;
}

void query_plans_release(struct query_plans *p)
{
	for (size_t i = 0; i < p->nr; i++) {
		struct query_plan *plan = &p->v[i];

		for (size_t j = 0; j < plan->nr_claims; j++) {
			free(plan->claims[j].claim);
			free(plan->claims[j].where);
			free(plan->claims[j].check);
		}
		for (size_t j = 0; j < plan->nr_cells; j++)
			free(plan->cells[j]);
		free(plan->claims);
		free(plan->cells);
		free(plan->name);
		free(plan->statement);
	}
	free(p->v);
	*p = (struct query_plans){};
}
