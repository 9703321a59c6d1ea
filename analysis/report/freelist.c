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

static void plot(struct report *r, const struct report_group *g, const struct query_metrics *m,
		 const char *const *kernels, size_t nr, const char *name)
{
	struct svg_line lines[SVG_MAX_LINES];
	char *title = xasprintf("free lists of zone %s: %s", name + strlen(PREFIX), g->title);

	for (size_t k = 0; k < nr; k++) {
		lines[k] = (struct svg_line){ .name = kernels[k], .x = xcalloc(MAX_ORDERS, sizeof(double)),
					      .y = xcalloc(MAX_ORDERS, sizeof(double)) };
		points(&m[k], name, &lines[k]);
	}
	if (says_something(lines, nr)) {
		svg_plot(r->out, &(struct svg_plot){ .title = title, .x_label = "order of the blocks",
						     .y_label = "MiB free in blocks of that order, at the end",
						     .dots = true, .lines = lines, .nr = nr });
		r->nr_figures++;
	}
	for (size_t k = 0; k < nr; k++) {
		free(lines[k].x);
		free(lines[k].y);
	}
	free(title);
}

static int plot_group(struct report *r, const struct report_group *g, const char **kernels,
		      size_t nr_kernels, size_t max, struct error *err)
{
	struct query_metrics m[SVG_MAX_LINES] = {};
	const char *names[SVG_MAX_LINES], *last = "";
	size_t nr = 0;
	int rc = 0;

	for (size_t k = 0; !rc && k < nr_kernels && nr < SVG_MAX_LINES; k++) {
		const struct query_cell *c = report_find(g, "kernel", kernels[k]);

		if (!c)
			continue;
		rc = query_metrics(r->store, c->run, &m[nr], err);
		names[nr] = kernels[k];
		nr += !rc;
	}
	/* The orders of a zone follow each other. */
	for (size_t i = 0; !rc && nr && i < m[0].nr && r->nr_figures < max; i++)
		if (strncmp(m[0].v[i].name, PREFIX, strlen(PREFIX)) == 0 && strcmp(m[0].v[i].name, last) != 0) {
			bool seen = false;

			last = m[0].v[i].name;
			for (size_t j = 0; j < i; j++)
				seen |= m[0].v[j].name == last;
			if (!seen)
				plot(r, g, m, names, nr, last);
		}
	for (size_t k = 0; k < nr; k++)
		query_metrics_release(&m[k]);
	return rc;
}

int report_freelists(struct report *r, struct error *err)
{
	static const char *const but[] = { "kernel", "seed", "plan", NULL };
	const char **kernels;
	const size_t nr_kernels = report_values(&r->cells, "kernel", &kernels);
	const size_t begin = r->nr_figures, max = begin + MAX_FIGURES;
	struct report_group *groups;
	size_t nr = report_groups(&r->cells, but, &groups);
	int rc = 0;

	strbuf_adds(r->out, "<h3>Shape of the free lists (first seed)</h3><div class=\"figures\">\n");
	for (size_t i = 0; !rc && i < nr && r->nr_figures < max; i++)
		rc = plot_group(r, &groups[i], kernels, nr_kernels, max, err);
	strbuf_adds(r->out, "</div>\n");
	if (r->nr_figures == begin)
		strbuf_adds(r->out, "<p class=\"dim\">none, or the same in all kernels</p>");
	report_groups_free(groups, nr);
	free(kernels);
	return rc;
}
