// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>
#include <math.h>

#include "compare/compare.h"

static json_t *number(const struct compare_figure *f)
{
	if (f->status[0])
		return json_null();
	return f->exact ? json_integer((json_int_t)f->i) : json_real(f->value);
}

/* JSON has no infinity: null. */
static void set_real(json_t *o, const char *key, double v)
{
	json_object_set_new(o, key, isfinite(v) ? json_real(v) : json_null());
}

static json_t *figure(const struct compare_figure *f)
{
	json_t *o = json_object();

	json_object_set_new(o, "n", json_integer((json_int_t)f->n));
	json_object_set_new(o, "value", number(f));
	json_object_set_new(o, "status", json_string(f->status[0] ? f->status : "ok"));
	if (f->verdict != COMPARE_NONE)
		json_object_set_new(o, "verdict", json_string(compare_verdict_name(f->verdict)));
	if (f->has_difference) {
		set_real(o, "difference", f->difference);
		set_real(o, "min", f->min);
		set_real(o, "max", f->max);
	}
	if (f->has_interval) {
		set_real(o, "lo", f->lo);
		set_real(o, "hi", f->hi);
	}
	if (f->tested) {
		set_real(o, "p", f->p);
		set_real(o, "q", f->q);
		set_real(o, "effect", f->effect);
	}
	if (f->more)
		json_object_set_new(o, "more", json_integer((json_int_t)f->more));
	return o;
}

static json_t *row(const struct compare *c, const struct compare_row *r)
{
	static const char *const better[] = {
		[QUERY_NEITHER] = "neither",
		[QUERY_HIGHER] = "higher",
		[QUERY_LOWER] = "lower",
	};
	json_t *figures = json_array();

	for (size_t col = 0; col < c->nr_columns; col++)
		json_array_append_new(figures, figure(&r->figures[col]));
	return json_pack("{s:s, s:s, s:s, s:s, s:o}", "name", r->name, "label", r->label, "unit",
			 r->unit, "better", better[r->better], "figures", figures);
}

static json_t *group(const struct compare *c, const struct compare_group *g)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < g->nr_rows; i++)
		json_array_append_new(rows, row(c, &g->rows[i]));
	return json_pack("{s:s, s:s, s:s, s:o}", "title", g->title, "clock", g->clock, "note", g->note,
			 "rows", rows);
}

static json_t *beside(const struct compare *c, const struct compare_beside *b)
{
	const size_t col = b->column;

	return json_pack("{s:s, s:s, s:i, s:s, s:s, s:b}", "title", c->groups[b->insn].title, "metric",
			 b->insn_row->name, "column", (int)col, "insn",
			 compare_verdict_name(b->insn_row->figures[col].verdict), "wall",
			 compare_verdict_name(b->wall_row->figures[col].verdict), "disagree",
			 (int)b->disagree);
}

void compare_json(const struct compare *c, FILE *to)
{
	json_t *columns = json_array(), *groups = json_array(), *besides = json_array(), *all;

	for (size_t col = 0; col < c->nr_columns; col++) {
		json_t *o = json_object();

		for (size_t i = 0; i < c->o->nr_axes; i++)
			json_object_set_new(o, c->o->axes[i].name, json_string(c->columns[col][i]));
		json_array_append_new(columns, o);
	}
	for (size_t i = 0; i < c->nr_groups; i++)
		json_array_append_new(groups, group(c, &c->groups[i]));
	for (size_t i = 0; i < c->nr_beside; i++)
		json_array_append_new(besides, beside(c, &c->beside[i]));
	all = json_pack("{s:o, s:o, s:o}", "columns", columns, "groups", groups, "beside", besides);
	json_dumpf(all, to, JSON_INDENT(1));
	fputc('\n', to);
	json_decref(all);
}
