// SPDX-License-Identifier: GPL-2.0-or-later
/* A metric over the values of a tunable, a parameter or a size; a line a kernel. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/parse.h"
#include "lib/xalloc.h"
#include "report/private.h"

#define MAX_SWEEPS 24
#define MAX_POINTS 64

/* The metrics of a group's cells, and where each cell is on the axis. */
struct loaded {
	const struct report_group *g;
	struct query_metrics *m;
	double *x; /* NAN: no number */
};

double report_number(const char *value)
{
	uint64_t bytes;
	char *end;
	double v;

	if (!value)
		return NAN;
	v = strtod(value, &end);
	if (end != value && !*end)
		return v;
	return parse_size(value, &bytes) ? NAN : (double)bytes;
}

bool report_is_swept(const char *name)
{
	static const char *const families[] = { "vmstat.", "buddy.", "frag.", "sample.", "trace.",
						"hist.", "latency.", "events.", "disk.",
						"pressure.", "process." };

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (strncmp(name, families[i], strlen(families[i])) == 0)
			return false;
	return query_better(name) != QUERY_NEITHER;
}

static double value_of(const struct query_metrics *m, const struct query_metric *like)
{
	for (size_t i = 0; i < m->nr; i++)
		if (strcmp(m->v[i].name, like->name) == 0 && strcmp(m->v[i].label, like->label) == 0)
			return m->v[i].d;
	return NAN;
}

/* Means of the seeds, in order of x. */
static void points(const struct loaded *l, const char *kernel, const struct query_metric *like,
		   struct svg_line *line)
{
	size_t n[MAX_POINTS] = {};

	*line = (struct svg_line){ .name = kernel, .x = xcalloc(MAX_POINTS, sizeof(double)),
				   .y = xcalloc(MAX_POINTS, sizeof(double)) };
	for (size_t i = 0; i < l->g->nr; i++) {
		double v = value_of(&l->m[i], like);
		size_t at = 0;

		if (isnan(l->x[i]) || isnan(v) || !query_axis_is(l->g->cells[i], "kernel", kernel))
			continue;
		while (at < line->nr && line->x[at] < l->x[i])
			at++;
		if (at == line->nr || line->x[at] != l->x[i]) {
			if (line->nr == MAX_POINTS)
				continue;
			memmove(&line->x[at + 1], &line->x[at], (line->nr - at) * sizeof(double));
			memmove(&line->y[at + 1], &line->y[at], (line->nr - at) * sizeof(double));
			memmove(&n[at + 1], &n[at], (line->nr - at) * sizeof(n[0]));
			line->nr++;
			line->x[at] = l->x[i];
			line->y[at] = 0;
			n[at] = 0;
		}
		line->y[at] += (v - line->y[at]) / (double)++n[at];
	}
}

/* Where two lines over the same x change places, by straight lines between points. Where
 * they only meet they do not. */
static size_t crossovers(const struct svg_line *a, const struct svg_line *b, double *ret, size_t max)
{
	size_t nr = 0, last = 0; /* last: the point before at which they were apart */

	if (a->nr != b->nr)
		return 0;
	for (size_t i = 0; i < a->nr && nr < max; i++) {
		const double d0 = b->y[last] - a->y[last], d1 = b->y[i] - a->y[i];

		if (a->x[i] != b->x[i])
			return 0;
		if (d0 * d1 < 0)
			ret[nr++] = a->x[last] + (a->x[i] - a->x[last]) * d0 / (d0 - d1);
		if (d1 != 0)
			last = i;
	}
	return nr;
}

static bool is_flat(const struct svg_line *lines, size_t nr)
{
	for (size_t l = 0; l < nr; l++)
		for (size_t i = 1; i < lines[l].nr; i++)
			if (lines[l].y[i] != lines[l].y[0])
				return false;
	return true;
}

static void plot(struct report *r, const struct loaded *l, const char *axis, const char **kernels,
		 size_t nr_kernels, const struct query_metric *like)
{
	struct svg_line lines[SVG_MAX_LINES];
	double cross[8];
	size_t nr = 0, nr_cross;
	char *title, *unit;

	for (size_t k = 0; k < nr_kernels && nr < SVG_MAX_LINES; k++) {
		points(l, kernels[k], like, &lines[nr]);
		if (lines[nr].nr > 1) {
			nr++;
			continue;
		}
		free(lines[nr].x);
		free(lines[nr].y);
	}
	nr_cross = nr > 1 ? crossovers(&lines[0], &lines[1], cross, 8) : 0;
	title = xasprintf("%s%s%s over %s: %s", like->name, *like->label ? " " : "", like->label, axis,
			  l->g->title);
	unit = nr_cross ? xasprintf("%s; %s and %s change places near %g", query_unit(like->name),
				    lines[0].name, lines[1].name, cross[0]) :
			  xasprintf("%s; no crossover", query_unit(like->name));
	if (nr && !is_flat(lines, nr)) {
		svg_plot(r->out, &(struct svg_plot){ .title = title, .x_label = axis, .y_label = unit,
						     .dots = true, .lines = lines, .nr = nr,
						     .cross = cross, .nr_cross = nr_cross });
		r->nr_figures++;
	}
	for (size_t i = 0; i < nr; i++) {
		free(lines[i].x);
		free(lines[i].y);
	}
	free(title);
	free(unit);
}

static int sweep_group(struct report *r, const struct report_group *g, const char *axis,
		       const char **kernels, size_t nr_kernels, struct error *err)
{
	struct loaded l = { g, xcalloc(g->nr, sizeof(*l.m)), xcalloc(g->nr, sizeof(*l.x)) };
	size_t different = 0, nr = 0;
	int rc = 0;

	for (size_t i = 0; i < g->nr; i++) {
		l.x[i] = report_number(query_axis_value(g->cells[i], axis));
		different += !isnan(l.x[i]) && l.x[i] != l.x[0];
	}
	for (; different && nr < g->nr; nr++) {
		rc = query_metrics(r->store, g->cells[nr]->run, &l.m[nr], err);
		if (rc)
			break;
	}
	for (size_t i = 0; !rc && different && i < l.m[0].nr && r->nr_figures < MAX_SWEEPS; i++)
		if (report_is_swept(l.m[0].v[i].name))
			plot(r, &l, axis, kernels, nr_kernels, &l.m[0].v[i]);
	for (size_t i = 0; i < nr; i++)
		query_metrics_release(&l.m[i]);
	free(l.m);
	free(l.x);
	return rc;
}

static int sweep(struct report *r, const char *axis, struct error *err)
{
	const char *const but[] = { axis, "kernel", "seed", "plan", NULL };
	const char **kernels;
	size_t nr_kernels = report_values(&r->cells, "kernel", &kernels);
	struct report_group *groups;
	size_t nr = report_groups(&r->cells, but, &groups);
	int rc = 0;

	for (size_t i = 0; !rc && i < nr && r->nr_figures < MAX_SWEEPS; i++)
		if (groups[i].nr > 1)
			rc = sweep_group(r, &groups[i], axis, kernels, nr_kernels, err);
	report_groups_free(groups, nr);
	free(kernels);
	return rc;
}

bool report_can_sweep(struct report *r, const char *axis)
{
	static const char *const quiet[] = { "kernel", "arch", "workload", "seed", "plan", "clock", "sample" };
	const char **v;
	size_t nr = report_values(&r->cells, axis, &v), numbers = 0;

	for (size_t i = 0; i < nr; i++)
		numbers += !isnan(report_number(v[i]));
	for (size_t i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++)
		if (strcmp(quiet[i], axis) == 0)
			numbers = 0;
	free(v);
	return numbers > 1;
}

int report_sweeps(struct report *r, struct error *err)
{
	const size_t begin = r->nr_figures;
	int rc = 0;

	strbuf_adds(r->out, "<h3>Sweeps of tunables and sizes</h3><div class=\"figures\">\n");
	for (size_t i = 0; !rc && i < r->nr_axes; i++)
		if (report_can_sweep(r, r->axes[i]))
			rc = sweep(r, r->axes[i], err);
	strbuf_adds(r->out, "</div>\n");
	if (r->nr_figures == begin)
		strbuf_adds(r->out, "<p class=\"dim\">none</p>");
	return rc;
}
