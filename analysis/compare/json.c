// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>

#include "compare/compare.h"

static json_t *number(const struct compare_figure *f)
{
	if (f->status[0])
		return json_null();
	return f->exact ? json_integer((json_int_t)f->i) : json_real(f->value);
}

static json_t *figure(const struct compare_figure *f)
{
	json_t *o = json_object();

	json_object_set_new(o, "n", json_integer((json_int_t)f->n));
	json_object_set_new(o, "value", number(f));
	json_object_set_new(o, "status", json_string(f->status[0] ? f->status : "ok"));
	if (f->has_difference) {
		json_object_set_new(o, "difference", json_real(f->difference));
		json_object_set_new(o, "min", json_real(f->min));
		json_object_set_new(o, "max", json_real(f->max));
	}
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

void compare_json(const struct compare *c, FILE *to)
{
	json_t *columns = json_array(), *groups = json_array(), *all;

	for (size_t col = 0; col < c->nr_columns; col++) {
		json_t *o = json_object();

		for (size_t i = 0; i < c->o->nr_axes; i++)
			json_object_set_new(o, c->o->axes[i].name, json_string(c->columns[col][i]));
		json_array_append_new(columns, o);
	}
	for (size_t i = 0; i < c->nr_groups; i++)
		json_array_append_new(groups, group(c, &c->groups[i]));
	all = json_pack("{s:o, s:o}", "columns", columns, "groups", groups);
	json_dumpf(all, to, JSON_INDENT(1));
	fputc('\n', to);
	json_decref(all);
}
