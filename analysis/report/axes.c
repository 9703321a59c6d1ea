// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "report/private.h"

/* Cells of a plan come in order: look at the last ones first. */
static bool is_known(const char *const *v, size_t nr, const char *value)
{
	while (nr-- > 0)
		if (v[nr] == value || strcmp(v[nr], value) == 0)
			return true;
	return false;
}

size_t report_axes(const struct query_cells *c, const char ***ret)
{
	const char **v = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < c->nr; i++)
		for (size_t j = 0; j < c->v[i].nr_axes; j++) {
			const char *name = c->v[i].axes[j].name;

			if (is_known(v, nr, name))
				continue;
			v = xreallocarray(v, nr + 1, sizeof(*v));
			v[nr++] = name;
		}
	*ret = v;
	return nr;
}

size_t report_values(const struct query_cells *c, const char *axis, const char ***ret)
{
	const char **v = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < c->nr; i++)
		for (size_t j = 0; j < c->v[i].nr_axes; j++) {
			const struct query_axis *a = &c->v[i].axes[j];

			if (strcmp(a->name, axis) != 0 || is_known(v, nr, a->value))
				continue;
			v = xreallocarray(v, nr + 1, sizeof(*v));
			v[nr++] = a->value;
		}
	*ret = v;
	return nr;
}

char *report_title(const struct query_cell *cell, const char *const *but)
{
	const char *workload = query_axis_value(cell, "workload");
	struct strbuf sb = STRBUF_INIT;

	strbuf_adds(&sb, workload ? workload : "?");
	for (size_t i = 0; i < cell->nr_axes; i++) {
		const struct query_axis *a = &cell->axes[i];
		bool skip = strcmp(a->name, "workload") == 0 || strcmp(a->value, "none") == 0 ||
			    (strcmp(a->name, "vcpus") == 0 && strcmp(a->value, "1") == 0);

		for (size_t k = 0; but[k]; k++)
			skip |= strcmp(but[k], a->name) == 0;
		if (!skip)
			strbuf_addf(&sb, " %s=%s", a->name, a->value);
	}
	return strbuf_detach(&sb);
}

size_t report_groups(const struct query_cells *c, const char *const *but, struct report_group **ret)
{
	struct report_group *v = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < c->nr; i++) {
		char *title;
		size_t g;

		if (!c->v[i].run || strcmp(c->v[i].status, "ok") != 0)
			continue;
		title = report_title(&c->v[i], but);
		/* Cells of a plan come in order: mostly it is among the last. */
		for (g = nr; g > 0 && strcmp(v[g - 1].title, title) != 0; g--)
			;
		if (g == 0) {
			v = xreallocarray(v, nr + 1, sizeof(*v));
			v[nr++] = (struct report_group){ .title = title };
			g = nr;
		} else {
			free(title);
		}
		v[g - 1].cells = xreallocarray(v[g - 1].cells, v[g - 1].nr + 1,
					       sizeof(struct query_cell *));
		v[g - 1].cells[v[g - 1].nr++] = &c->v[i];
	}
	*ret = v;
	return nr;
}

void report_groups_free(struct report_group *v, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(v[i].title);
		free(v[i].cells);
	}
	free(v);
}

const struct query_cell *report_find(const struct report_group *g, const char *axis, const char *value)
{
	for (size_t i = 0; i < g->nr; i++)
		if (query_axis_is(g->cells[i], axis, value))
			return g->cells[i];
	return NULL;
}
