// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two tunables or sizes at once: a metric over the first, a line for each value of the
 * second, and the table. Lines that are not parallel are an interaction: what one does
 * depends on the other. It is measured at the corners, by seed:
 *
 *	(most, most) - (most, least) - (least, most) + (least, least)
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "report/private.h"
#include "stats/stats.h"

#define MAX_FIGURES 12
#define MAX_VALUES 16
#define MAX_SEEDS 64

/* Values of an axis, in order. */
struct scale_of {
	const char *axis;
	double v[MAX_VALUES];
	size_t nr;
};

/* Cells of one kernel, with where each is on both axes. */
struct grid {
	const struct report_group *g;
	const char *kernel;
	struct scale_of a, b;
	struct query_metrics *m; /* by cell of the group */
	int *ia, *ib; /* by cell; -1: not of the grid */
};

static int find_value(const struct scale_of *s, double v)
{
	for (size_t i = 0; i < s->nr; i++)
		if (s->v[i] == v)
			return (int)i;
	return -1;
}

static void add_value(struct scale_of *s, double v)
{
	size_t at = s->nr;

	if (isnan(v) || s->nr == MAX_VALUES || find_value(s, v) >= 0)
		return;
	for (; at > 0 && s->v[at - 1] > v; at--)
		s->v[at] = s->v[at - 1];
	s->v[at] = v;
	s->nr++;
}

static double at_cell(const struct grid *x, size_t cell, const struct query_metric *like)
{
	const struct query_metrics *m = &x->m[cell];

	for (size_t i = 0; i < m->nr; i++)
		if (strcmp(m->v[i].name, like->name) == 0 && strcmp(m->v[i].label, like->label) == 0)
			return m->v[i].d;
	return NAN;
}

/* Mean over the seeds at (@ia, @ib); NAN: no run. */
static double mean_at(const struct grid *x, const struct query_metric *like, int ia, int ib)
{
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < x->g->nr; i++)
		if (x->ia[i] == ia && x->ib[i] == ib) {
			sum += at_cell(x, i, like);
			n++;
		}
	return n ? sum / (double)n : NAN;
}

static double at_seed(const struct grid *x, const struct query_metric *like, int ia, int ib, const char *seed)
{
	for (size_t i = 0; i < x->g->nr; i++)
		if (x->ia[i] == ia && x->ib[i] == ib && query_axis_is(x->g->cells[i], "seed", seed))
			return at_cell(x, i, like);
	return NAN;
}

/* The interaction at the corners, a number a seed. */
static size_t corners(const struct grid *x, const struct query_metric *like, double *d)
{
	const int last_a = (int)x->a.nr - 1, last_b = (int)x->b.nr - 1;
	size_t n = 0;

	for (size_t i = 0; i < x->g->nr && n < MAX_SEEDS; i++) {
		const char *seed = query_axis_value(x->g->cells[i], "seed");
		double v;

		if (x->ia[i] != 0 || x->ib[i] != 0 || !seed)
			continue;
		v = at_seed(x, like, last_a, last_b, seed) - at_seed(x, like, last_a, 0, seed) -
		    at_seed(x, like, 0, last_b, seed) + at_seed(x, like, 0, 0, seed);
		if (!isnan(v))
			d[n++] = v;
	}
	return n;
}

static char *say_interaction(const struct grid *x, const struct query_metric *like, struct stats *st)
{
	struct stats_result r;
	double d[MAX_SEEDS];
	const size_t n = corners(x, like, d);

	if (!n)
		return xasprintf("%s; no interaction known: a corner has not run", query_unit(like->name));
	if (n == 1)
		return xasprintf("%s; interaction %+.6g, exact for the one seed", query_unit(like->name), d[0]);
	stats_paired(st, d, n, &r);
	if (r.has_interval)
		return xasprintf("%s; interaction %+.6g, 95 %% %+.6g to %+.6g, p %.2g, %zu seeds",
				 query_unit(like->name), r.estimate, r.lo, r.hi, r.p, n);
	return xasprintf("%s; interaction %+.6g (%+.6g to %+.6g in %zu seeds, p %.2g)", query_unit(like->name),
			 r.estimate, r.min, r.max, n, r.p);
}

static void print_table(struct report *r, const struct grid *x, const struct query_metric *like)
{
	strbuf_adds(r->out, "<details><summary>");
	html_str(r->out, like->name);
	strbuf_adds(r->out, " as a table</summary><div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">");
	html_str(r->out, x->a.axis);
	strbuf_adds(r->out, "</th>");
	for (size_t j = 0; j < x->b.nr; j++) {
		strbuf_adds(r->out, "<th scope=\"col\" class=\"n\">");
		html_str(r->out, x->b.axis);
		strbuf_addf(r->out, "=%g</th>", x->b.v[j]);
	}
	strbuf_adds(r->out, "</tr></thead><tbody>");
	for (size_t i = 0; i < x->a.nr; i++) {
		strbuf_addf(r->out, "<tr><th scope=\"row\">%g</th>", x->a.v[i]);
		for (size_t j = 0; j < x->b.nr; j++) {
			double v = mean_at(x, like, (int)i, (int)j);

			strbuf_adds(r->out, "<td class=\"n\">");
			if (isnan(v))
				strbuf_addc(r->out, '-');
			else
				html_number(r->out, v);
			strbuf_adds(r->out, "</td>");
		}
		strbuf_adds(r->out, "</tr>");
	}
	strbuf_adds(r->out, "</tbody></table></div></details>\n");
}

static bool is_flat(const struct svg_line *lines, size_t nr)
{
	for (size_t l = 0; l < nr; l++)
		for (size_t i = 0; i < lines[l].nr; i++)
			if (lines[l].y[i] != lines[0].y[0])
				return false;
	return true;
}

static void plot(struct report *r, const struct grid *x, const struct query_metric *like, struct stats *st)
{
	struct svg_line lines[SVG_MAX_LINES] = {};
	char *names[SVG_MAX_LINES], *title, *unit = say_interaction(x, like, st);
	size_t nr = 0;

	title = xasprintf("%s%s%s over %s by %s, %s: %s", like->name, *like->label ? " " : "", like->label,
			  x->a.axis, x->b.axis, x->kernel, x->g->title);
	for (size_t j = 0; j < x->b.nr && nr < SVG_MAX_LINES; j++, nr++) {
		struct svg_line *l = &lines[nr];

		names[nr] = xasprintf("%g", x->b.v[j]);
		*l = (struct svg_line){ .name = names[nr], .x = xcalloc(MAX_VALUES, sizeof(double)),
					.y = xcalloc(MAX_VALUES, sizeof(double)) };
		for (size_t i = 0; i < x->a.nr; i++) {
			double v = mean_at(x, like, (int)i, (int)j);

			if (isnan(v))
				continue;
			l->x[l->nr] = x->a.v[i];
			l->y[l->nr++] = v;
		}
	}
	if (nr && lines[0].nr && !is_flat(lines, nr)) {
		strbuf_adds(r->out, "<div>");
		svg_plot(r->out, &(struct svg_plot){ .title = title, .x_label = x->a.axis, .y_label = unit,
						     .dots = true, .lines = lines, .nr = nr });
		print_table(r, x, like);
		strbuf_adds(r->out, "</div>");
		r->nr_figures++;
	}
	for (size_t l = 0; l < nr; l++) {
		free(lines[l].x);
		free(lines[l].y);
		free(names[l]);
	}
	free(title);
	free(unit);
}

/* Where the cells of the kernel are; false if that is no grid. */
static bool place(struct grid *x)
{
	for (size_t i = 0; i < x->g->nr; i++) {
		const struct query_cell *c = x->g->cells[i];

		if (!query_axis_is(c, "kernel", x->kernel))
			continue;
		add_value(&x->a, report_number(query_axis_value(c, x->a.axis)));
		add_value(&x->b, report_number(query_axis_value(c, x->b.axis)));
	}
	for (size_t i = 0; i < x->g->nr; i++) {
		const struct query_cell *c = x->g->cells[i];
		const bool ours = query_axis_is(c, "kernel", x->kernel);

		x->ia[i] = ours ? find_value(&x->a, report_number(query_axis_value(c, x->a.axis))) : -1;
		x->ib[i] = ours ? find_value(&x->b, report_number(query_axis_value(c, x->b.axis))) : -1;
	}
	return x->a.nr > 1 && x->b.nr > 1;
}

static int draw(struct report *r, const struct report_group *g, const char *kernel, const char *a,
		const char *b, size_t max, struct error *err)
{
	struct grid x = { .g = g, .kernel = kernel, .a = { .axis = a }, .b = { .axis = b },
			  .m = xcalloc(g->nr, sizeof(*x.m)), .ia = xcalloc(g->nr, sizeof(int)),
			  .ib = xcalloc(g->nr, sizeof(int)) };
	const bool grid = place(&x);
	struct stats *st = stats_new();
	size_t nr = 0, first = g->nr;
	int rc = 0;

	for (; grid && !rc && nr < g->nr; nr++)
		if (x.ia[nr] >= 0) {
			rc = query_metrics(r->store, g->cells[nr]->run, &x.m[nr], err);
			first = first == g->nr ? nr : first;
		}
	for (size_t i = 0; !rc && first < g->nr && i < x.m[first].nr && r->nr_figures < max; i++)
		if (report_is_swept(x.m[first].v[i].name))
			plot(r, &x, &x.m[first].v[i], st);
	for (size_t i = 0; i < g->nr; i++)
		query_metrics_release(&x.m[i]);
	stats_free(st);
	free(x.m);
	free(x.ia);
	free(x.ib);
	return rc;
}

static int draw_pair(struct report *r, const char *a, const char *b, size_t max, struct error *err)
{
	const char *const but[] = { a, b, "kernel", "seed", "plan", NULL };
	const char **kernels;
	const size_t nr_kernels = report_values(&r->cells, "kernel", &kernels);
	struct report_group *groups;
	const size_t nr = report_groups(&r->cells, but, &groups);
	int rc = 0;

	for (size_t i = 0; !rc && i < nr && r->nr_figures < max; i++)
		for (size_t k = 0; !rc && groups[i].nr > 3 && k < nr_kernels; k++)
			rc = draw(r, &groups[i], kernels[k], a, b, max, err);
	report_groups_free(groups, nr);
	free(kernels);
	return rc;
}

int report_interactions(struct report *r, struct error *err)
{
	const size_t begin = r->nr_figures, max = begin + MAX_FIGURES;
	int rc = 0;

	strbuf_adds(r->out, "<h3>Two at once: interactions</h3><p>Lines that are not parallel: what the one does "
			    "depends on the other.</p><div class=\"figures\">\n");
	for (size_t i = 0; !rc && i < r->nr_axes; i++)
		for (size_t j = i + 1; !rc && report_can_sweep(r, r->axes[i]) && j < r->nr_axes; j++)
			if (r->nr_figures < max && report_can_sweep(r, r->axes[j]))
				rc = draw_pair(r, r->axes[i], r->axes[j], max, err);
	strbuf_adds(r->out, "</div>\n");
	if (r->nr_figures == begin)
		strbuf_adds(r->out, "<p class=\"dim\">none: no two of them were varied together</p>");
	return rc;
}
