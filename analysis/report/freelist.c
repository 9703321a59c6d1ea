// SPDX-License-Identifier: GPL-2.0-or-later
/* The shape of the free lists when the work was done: free memory by the size of its blocks. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "report/private.h"

#define PREFIX "buddy."
#define MAX_FIGURES 12
#define MAX_ORDERS 16
#define PAGE_MIB (4096.0 / (1 << 20))

static bool is_of(const struct query_metric *m, const char *name, long *ret_order)
{
	if (strcmp(m->name, name) != 0 || strncmp(m->label, "order=", 6) != 0)
		return false;
	*ret_order = strtol(m->label + 6, NULL, 10);
	return *ret_order >= 0 && *ret_order < MAX_ORDERS;
}

static void points(const struct query_metrics *m, const char *name, struct svg_line *line)
{
	long order;

	for (size_t i = 0; i < m->nr && line->nr < MAX_ORDERS; i++)
		if (is_of(&m->v[i], name, &order)) {
			line->x[line->nr] = (double)order;
			line->y[line->nr++] = m->v[i].d * (double)(1 << order) * PAGE_MIB;
		}
}

/* A zone is drawn where something is free in it, and kernels differ or there is just one. */
static bool says_something(const struct svg_line *lines, size_t nr)
{
	bool differs = nr == 1, any = false;

	for (size_t l = 0; l < nr; l++)
		for (size_t i = 0; i < lines[l].nr; i++) {
			any |= lines[l].y[i] > 0;
			differs |= i < lines[0].nr && lines[l].y[i] != lines[0].y[i];
		}
	return any && differs;
}

static void plot(struct report *r, const struct report_kernels *g, const char *name)
{
	struct svg_line lines[SVG_MAX_LINES];
	char *title = xasprintf("free lists of zone %s: %s", name + strlen(PREFIX), g->group->title);

	for (size_t k = 0; k < g->nr; k++) {
		lines[k] = (struct svg_line){ .name = g->names[k], .x = xcalloc(MAX_ORDERS, sizeof(double)),
					      .y = xcalloc(MAX_ORDERS, sizeof(double)) };
		points(&g->metrics[k], name, &lines[k]);
	}
	if (says_something(lines, g->nr)) {
		svg_plot(r->out, &(struct svg_plot){ .title = title, .x_label = "order of the blocks",
						     .y_label = "MiB free in blocks of that order, at the end",
						     .dots = true, .lines = lines, .nr = g->nr });
		r->nr_figures++;
	}
	for (size_t k = 0; k < g->nr; k++) {
		free(lines[k].x);
		free(lines[k].y);
	}
	free(title);
}

/* Names are the store's pointers. */
static bool is_first(const struct query_metrics *m, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (m->v[i].name == m->v[at].name)
			return false;
	return true;
}

static void plot_zones(struct report *r, const struct report_kernels *g)
{
	const struct query_metrics *m = &g->metrics[0];

	for (size_t i = 0; i < m->nr && r->nr_figures < g->max_figures; i++)
		if (strncmp(m->v[i].name, PREFIX, strlen(PREFIX)) == 0 && is_first(m, i))
			plot(r, g, m->v[i].name);
}

int report_freelists(struct report *r, struct error *err)
{
	return report_by_kernel(r, "Shape of the free lists (first seed)", MAX_FIGURES, "none, or the same in all kernels",
				plot_zones, err);
}
