// SPDX-License-Identifier: GPL-2.0-or-later
/* Which cells a claim speaks of, their figures, and what the check says of them. */
#include "verdict/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "lib/expr.h"
#include "lib/parse.h"
#include "lib/strbuf.h"
#include "lib/xalloc.h"

/* A plan's cells that are in the store, with the metrics of those looked at. */
struct cells {
	const struct query_cell **v;
	struct query_metrics *metrics;
	bool *loaded;
	size_t nr;
	size_t nr_missing;
};

struct judge {
	struct store *store;
	const struct query_plan *plan;
	struct cells cells;
};

/* Sizes may be written in two ways, and swap by its backing alone. */
static bool same_value(const char *wanted, const char *have)
{
	const size_t len = strlen(wanted);
	uint64_t a, b;

	if (strcmp(wanted, have) == 0 || (strncmp(wanted, have, len) == 0 && have[len] == ':'))
		return true;
	return parse_size(wanted, &a) == 0 && parse_size(have, &b) == 0 && a == b;
}

static bool has(const struct query_cell *c, const char *axis, const char *value)
{
	for (size_t i = 0; i < c->nr_axes; i++)
		if (strcmp(c->axes[i].name, axis) == 0 && same_value(value, c->axes[i].value))
			return true;
	return false;
}

/* One of the values that @where, "axis=value\n" each, has for @axis (of length @len). */
static bool has_one(const struct query_cell *c, const char *where, const char *axis, size_t len)
{
	char name[160], value[320];

	snprintf(name, sizeof(name), "%.*s", (int)len, axis);
	for (const char *p = where; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		if (strncmp(p, axis, len) != 0 || p[len] != '=')
			continue;
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(p + len + 1, "\n"), p + len + 1);
		if (has(c, name, value))
			return true;
	}
	return false;
}

static bool selected(const struct query_cell *c, const char *where)
{
	for (const char *p = where; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (!has_one(c, where, p, strcspn(p, "=\n")))
			return false;
	return true;
}

/* A cell may go by several names of one kernel: one in common is enough. */
static bool agree(const struct query_cell *a, const struct query_cell *b, const char *axis)
{
	for (size_t i = 0; i < a->nr_axes; i++)
		if (strcmp(a->axes[i].name, axis) == 0 && query_axis_is(b, axis, a->axes[i].value))
			return true;
	return false;
}

static bool is_changed(const struct expr_figure *f, const char *axis)
{
	if (strcmp(axis, "plan") == 0)
		return true;
	for (size_t i = 0; i < f->nr_changes; i++)
		if (strcmp(f->changes[i].axis, axis) == 0)
			return true;
	return false;
}

/* Is @b what @a is, but for what @f changes? */
static bool is_other(const struct query_cell *a, const struct query_cell *b,
		     const struct expr_figure *f)
{
	for (size_t i = 0; i < a->nr_axes; i++)
		if (!is_changed(f, a->axes[i].name) && !agree(a, b, a->axes[i].name))
			return false;
	for (size_t i = 0; i < b->nr_axes; i++)
		if (!is_changed(f, b->axes[i].name) && !query_axis_value(a, b->axes[i].name))
			return false;
	for (size_t i = 0; i < f->nr_changes; i++)
		if (!has(b, f->changes[i].axis, f->changes[i].value))
			return false;
	return true;
}

/* The cell that @f speaks of from @at; -1: none, -2: several. */
static long find_cell(const struct cells *c, size_t at, const struct expr_figure *f)
{
	long found = -1;

	if (!f->nr_changes)
		return (long)at;
	for (size_t i = 0; i < c->nr; i++)
		if (is_other(c->v[at], c->v[i], f)) {
			if (found >= 0)
				return -2;
			found = (long)i;
		}
	return found;
}

static void describe(const struct expr_figure *f, struct strbuf *out)
{
	strbuf_addf(out, "{%s%s%s%s", f->axis ? "@" : "", f->name, *f->label ? " " : "", f->label);
	for (size_t i = 0; i < f->nr_changes; i++)
		strbuf_addf(out, "%s%s=%s", i ? ", " : " | ", f->changes[i].axis, f->changes[i].value);
	strbuf_addc(out, '}');
}

/* Why @f has no value, to @why; 1. */
static int lacking(const struct expr_figure *f, const char *reason, struct strbuf *why)
{
	describe(f, why);
	strbuf_addf(why, ": %s", reason);
	return 1;
}

/* "2G", "ram:256M", "60". */
static int axis_number(const struct query_cell *c, const struct expr_figure *f, double *ret,
		       struct strbuf *why)
{
	const char *text = query_axis_value(c, f->name);
	const char *colon = text ? strchr(text, ':') : NULL;
	uint64_t v;

	if (!text)
		return lacking(f, "the cell has no such axis", why);
	if (parse_size(colon ? colon + 1 : text, &v))
		return lacking(f, "is no number", why);
	*ret = (double)v;
	return 0;
}

/* 0: @ret, 1: no such figure (@why), -1: @err. */
static int figure_of(struct judge *j, size_t at, const struct expr_figure *f, double *ret,
		     struct strbuf *why, struct error *err)
{
	const long i = find_cell(&j->cells, at, f);
	const struct query_cell *c = i >= 0 ? j->cells.v[i] : NULL;
	struct query_metrics *m = i >= 0 ? &j->cells.metrics[i] : NULL;

	if (!c)
		return lacking(f, i == -1 ? "no such cell has run" : "more than one cell", why);
	if (f->axis)
		return axis_number(c, f, ret, why);
	if (!c->run || strcmp(c->status, "ok") != 0)
		return lacking(f, c->run ? c->status : "has not run", why);
	if (!j->cells.loaded[i] && query_metrics(j->store, c->run, m, err))
		return -1;
	j->cells.loaded[i] = true;
	for (size_t k = 0; k < m->nr; k++)
		if (strcmp(m->v[k].name, f->name) == 0 && strcmp(m->v[k].label, f->label) == 0) {
			*ret = m->v[k].exact ? (double)m->v[k].i : m->v[k].d;
			return 0;
		}
	return lacking(f, "no such figure", why);
}

static int check_cell(struct judge *j, const struct expr *e, size_t at, struct verdict_cell *ret,
		      struct error *err)
{
	const size_t nr = expr_nr_figures(e);
	double *values = xcalloc(nr + 1, sizeof(*values));
	struct strbuf why = STRBUF_INIT, figures = STRBUF_INIT;
	struct error cause;
	bool is = false;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < nr; i++)
		rc = figure_of(j, at, expr_figure(e, i), &values[i], &why, err);
	if (rc == 0) {
		expr_substitute(e, values, &figures);
		if (expr_eval(e, values, &is, &cause)) {
			strbuf_adds(&why, cause.msg);
			rc = 1;
		}
	}
	ret->hash = xstrdup(j->cells.v[at]->hash);
	ret->state = rc ? VERDICT_NO_DATA : is ? VERDICT_HOLDS : VERDICT_FAILS;
	ret->figures = strbuf_detach(&figures);
	ret->why = strbuf_detach(&why);
	free(values);
	return rc < 0 ? -1 : 0;
}

/* Does @axis differ among the cells of @at? */
static bool varies(const struct cells *c, const size_t *at, size_t nr, const char *axis)
{
	for (size_t i = 1; i < nr; i++)
		if (!agree(c->v[at[0]], c->v[at[i]], axis))
			return true;
	return false;
}

static void add_value(struct strbuf *sb, const struct query_axis *a)
{
	char size[32];
	uint64_t v;

	if (sb->len)
		strbuf_addc(sb, ' ');
	if (strcmp(a->kind, "guest") == 0 && strcmp(a->name, "seed") != 0 &&
	    strcmp(a->name, "vcpus") != 0) {
		strbuf_adds(sb, a->value);
		return;
	}
	/* Sizes as parameters are in bytes. */
	if (strcmp(a->kind, "param") == 0 && parse_u64(a->value, &v) == 0 && v >= 1 << 20) {
		parse_size_format(v, size, sizeof(size));
		strbuf_addf(sb, "%s=%s", a->name, size);
		return;
	}
	strbuf_addf(sb, "%s=%s", a->name, a->value);
}

/* Add the axes of cell @i of the @nr at @at that vary: those of the guest, or the others. */
static void add_axes(const struct cells *c, const size_t *at, size_t nr, size_t i, bool guest,
		     struct strbuf *sb)
{
	const struct query_cell *cell = c->v[at[i]];

	for (size_t j = 0; j < cell->nr_axes; j++) {
		const struct query_axis *a = &cell->axes[j];
		const bool again = j && strcmp(a->name, cell->axes[j - 1].name) == 0;

		if ((strcmp(a->kind, "guest") == 0) == guest && strcmp(a->name, "plan") != 0 && !again &&
		    varies(c, at, nr, a->name))
			add_value(sb, a);
	}
}

static char *title_of(const struct cells *c, const size_t *at, size_t nr, size_t i)
{
	struct strbuf sb = STRBUF_INIT;

	add_axes(c, at, nr, i, true, &sb);
	add_axes(c, at, nr, i, false, &sb);
	return strbuf_detach(&sb);
}

static void worsen(struct verdict_claim *v, enum verdict_state state)
{
	if (v->state != VERDICT_FAILS && state != VERDICT_HOLDS)
		v->state = state;
}

static int check_cells(struct judge *j, const struct expr *e, const char *where,
		       struct verdict_claim *v, struct error *err)
{
	size_t *at = xcalloc(j->cells.nr + 1, sizeof(*at));
	size_t nr = 0;
	int rc = 0;

	for (size_t i = 0; i < j->cells.nr; i++)
		if (selected(j->cells.v[i], where))
			at[nr++] = i;
	v->cells = xcalloc(nr + 1, sizeof(*v->cells));
	v->state = nr ? VERDICT_HOLDS : VERDICT_NO_DATA;
	for (; !rc && v->nr_cells < nr; v->nr_cells++) {
		struct verdict_cell *c = &v->cells[v->nr_cells];

		c->title = title_of(&j->cells, at, nr, v->nr_cells);
		rc = check_cell(j, e, at[v->nr_cells], c, err);
		worsen(v, c->state);
	}
	free(at);
	return rc;
}

/* "a=b\nc=d\n" as "a=b, c=d". */
static char *where_text(const char *where)
{
	struct strbuf sb = STRBUF_INIT;

	for (const char *p = where; *p; p += strcspn(p, "\n"), p += *p == '\n')
		strbuf_addf(&sb, "%s%.*s", sb.len ? ", " : "", (int)strcspn(p, "\n"), p);
	return strbuf_detach(&sb);
}

static int check_claim(struct judge *j, const struct query_claim *c, struct verdict_claim *v,
		       struct error *err)
{
	struct expr *e;
	int rc;

	*v = (struct verdict_claim){ .claim = xstrdup(c->claim),
				     .check = xstrdup(c->check),
				     .where = where_text(c->where) };
	if (expr_parse(c->check, &e, err))
		return error_prefix(err, "the store claims '%s'", c->check);
	rc = check_cells(j, e, c->where, v, err);
	expr_free(e);
	return rc;
}

/* The cells of @plan among @all, in the plan's order. */
static void find_cells(const struct query_plan *plan, const struct query_cells *all,
		       struct cells *ret)
{
	ret->v = xcalloc(all->nr + 1, sizeof(struct query_cell *));
	for (size_t k = 0; k < plan->nr_cells; k++)
		for (size_t i = 0; i < all->nr && ret->nr < all->nr; i++)
			if (strcmp(plan->cells[k], all->v[i].hash) == 0)
				ret->v[ret->nr++] = &all->v[i];
	for (size_t i = 0; i < all->nr && !plan->nr_cells; i++)
		if (query_axis_is(&all->v[i], "plan", plan->name))
			ret->v[ret->nr++] = &all->v[i];
	ret->metrics = xcalloc(ret->nr + 1, sizeof(*ret->metrics));
	ret->loaded = xcalloc(ret->nr + 1, sizeof(*ret->loaded));
	if (plan->nr_cells > ret->nr)
		ret->nr_missing = plan->nr_cells - ret->nr;
}

static void cells_release(struct cells *c)
{
	for (size_t i = 0; i < c->nr; i++)
		query_metrics_release(&c->metrics[i]);
	free(c->metrics);
	free(c->loaded);
	free(c->v);
}

static int judge_plan(struct store *s, const struct query_plan *plan, const struct query_cells *all,
		      struct verdict *ret, struct error *err)
{
	struct judge j = { .store = s, .plan = plan };
	int rc = 0;

	find_cells(plan, all, &j.cells);
	*ret = (struct verdict){ .plan = xstrdup(plan->name),
				 .statement = xstrdup(plan->statement),
				 .claims = xcalloc(plan->nr_claims + 1, sizeof(*ret->claims)),
				 .nr_missing = j.cells.nr_missing };
	while (!rc && ret->nr_claims < plan->nr_claims) {
		struct verdict_claim *v = &ret->claims[ret->nr_claims];

		rc = check_claim(&j, &plan->claims[ret->nr_claims++], v, err);
		ret->count[v->state]++;
	}
	cells_release(&j.cells);
	return rc;
}

int verdicts_build(struct store *s, const char *plan, struct verdicts *ret, struct error *err)
{
	struct query_plans plans;
	struct query_cells cells;
	bool known = !plan;
	int rc;

	*ret = (struct verdicts){};
	if (query_plans(s, &plans, err))
		return -1;
	rc = query_cells(s, &cells, err);
	if (rc)
		goto out_plans;
	ret->v = xcalloc(plans.nr + 1, sizeof(*ret->v));
	for (size_t i = 0; !rc && i < plans.nr; i++) {
		if (plan && strcmp(plans.v[i].name, plan) != 0)
			continue;
		known = true;
		if (plans.v[i].nr_claims)
			rc = judge_plan(s, &plans.v[i], &cells, &ret->v[ret->nr++], err);
	}
	if (!rc && !known)
		rc = error_set(err, ERROR_INPUT, "the store knows no plan '%s'", plan);
	query_cells_release(&cells);
	if (rc)
		verdicts_release(ret);
out_plans:
	query_plans_release(&plans);
	return rc;
}

static void claim_release(struct verdict_claim *c)
{
	for (size_t i = 0; i < c->nr_cells; i++) {
		free(c->cells[i].hash);
		free(c->cells[i].title);
		free(c->cells[i].figures);
		free(c->cells[i].why);
	}
	free(c->cells);
	free(c->claim);
	free(c->check);
	free(c->where);
}

void verdicts_release(struct verdicts *v)
{
	for (size_t i = 0; i < v->nr; i++) {
		for (size_t k = 0; k < v->v[i].nr_claims; k++)
			claim_release(&v->v[i].claims[k]);
		free(v->v[i].claims);
		free(v->v[i].plan);
		free(v->v[i].statement);
	}
	free(v->v);
	*v = (struct verdicts){};
}

bool verdicts_all_hold(const struct verdicts *v)
{
	for (size_t i = 0; i < v->nr; i++)
		if (v->v[i].count[VERDICT_HOLDS] != v->v[i].nr_claims || v->v[i].nr_missing)
			return false;
	return true;
}

const char *verdict_state_name(enum verdict_state state)
{
	static const char *const names[] = { "holds", "fails", "no data" };

	return names[state];
}
