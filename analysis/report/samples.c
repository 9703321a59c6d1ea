// SPDX-License-Identifier: GPL-2.0-or-later
/* How figures went over the workload's window: lines over kernels, fragmentation as heat. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "report/private.h"

#define COLUMNS 80
#define MAX_ROWS 48
#define MAX_POINTS 400
#define MAX_EVENTS 200

/* What is drawn, where it moves. */
static const char *const drawn[] = {
	"vmstat.nr_free_pages",	  "vmstat.nr_active_file",   "vmstat.nr_inactive_file",
	"vmstat.pgscan_direct",	  "vmstat.pgscan_kswapd",    "vmstat.workingset_refault_file",
	"vmstat.pswpin",	  "vmstat.pswpout",	     "vmstat.allocstall_normal",
	"vmstat.compact_stall",	  "frag.area",
};

/* One series by time; more points than can be seen are thinned. */
static int load(struct report *r, const struct query_cell *c, const char *name, struct svg_line *line,
		struct error *err)
{
	struct query_samples q;
	size_t every;

	if (query_samples(r->store, c->run, name, &q, err))
		return -1;
	every = q.nr / MAX_POINTS + 1;
	line->x = xcalloc(q.nr / every + 2, sizeof(double));
	line->y = xcalloc(q.nr / every + 2, sizeof(double));
	for (size_t i = 0; i < q.nr; i++) {
		/* The first label only: a line is one figure of one zone. */
		if (strcmp(q.v[i].label, q.v[0].label) != 0)
			break;
		if (i % every)
			continue;
		line->x[line->nr] = (double)q.v[i].t_ns / 1e6;
		line->y[line->nr++] = (double)q.v[i].value;
	}
	query_samples_release(&q);
	return 0;
}

/* Counters whose steps are events: somebody had to wait, or was killed. */
static const char *const stalls[] = {
	"vmstat.allocstall_normal", "vmstat.allocstall_dma32", "vmstat.allocstall_movable",
	"vmstat.allocstall_high", "vmstat.compact_stall", "vmstat.oom_kill",
};

/* When they rose in @c, at most MAX_EVENTS; the caller frees. */
static int load_events(struct report *r, const struct query_cell *c, double **ret, size_t *ret_nr,
		       struct error *err)
{
	*ret = xcalloc(MAX_EVENTS, sizeof(**ret));
	*ret_nr = 0;
	for (size_t k = 0; k < sizeof(stalls) / sizeof(stalls[0]); k++) {
		struct query_samples q;

		if (query_samples(r->store, c->run, stalls[k], &q, err)) {
			free(*ret);
			return -1;
		}
		for (size_t i = 1; i < q.nr && *ret_nr < MAX_EVENTS; i++)
			if (q.v[i].value > q.v[i - 1].value)
				(*ret)[(*ret_nr)++] = (double)q.v[i].t_ns / 1e6;
		query_samples_release(&q);
	}
	return 0;
}

static bool moves(const struct svg_line *lines, size_t nr)
{
	for (size_t l = 0; l < nr; l++)
		if (lines[l].nr > 2)
			return true;
	return false;
}

/* A series ends with its last change: it holds until the last change of any. */
static void extend(struct svg_line *lines, size_t nr)
{
	double end = 0;

	for (size_t l = 0; l < nr; l++)
		if (lines[l].nr)
			end = fmax(end, lines[l].x[lines[l].nr - 1]);
	for (size_t l = 0; l < nr; l++)
		if (lines[l].nr && lines[l].x[lines[l].nr - 1] < end) {
			lines[l].x[lines[l].nr] = end;
			lines[l].y[lines[l].nr] = lines[l].y[lines[l].nr - 1];
			lines[l].nr++;
		}
}

static int plot(struct report *r, const struct report_group *g, const char **kernels,
		size_t nr_kernels, const char *name, const double *events,
		size_t nr_events, const char *of, struct error *err)
{
	struct svg_line lines[SVG_MAX_LINES] = {};
	size_t nr = 0;
	char *title = xasprintf("%s: %s", name, g->title);
	char *unit = nr_events ? xasprintf("%s; marks on top: %s waited for memory or compaction, or killed", query_unit(name), of) :
				 xstrdup(query_unit(name));
	int rc = 0;

	for (size_t k = 0; !rc && k < nr_kernels && nr < SVG_MAX_LINES; k++) {
		const struct query_cell *c = report_find(g, "kernel", kernels[k]);

		if (!c)
			continue;
		lines[nr].name = kernels[k];
		lines[nr].step = true;
		rc = load(r, c, name, &lines[nr], err);
		nr++;
	}
	if (!rc && moves(lines, nr)) {
		extend(lines, nr);
		svg_plot(r->out, &(struct svg_plot){ .title = title, .x_label = "guest time, ms",
						     .y_label = unit, .lines = lines, .nr = nr,
						     .events = events, .nr_events = nr_events });
		r->nr_figures++;
	}
	for (size_t i = 0; i < nr; i++) {
		free(lines[i].x);
		free(lines[i].y);
	}
	free(unit);
	free(title);
	return rc;
}

static void fill_row(const struct query_samples *q, size_t begin, size_t end, int64_t t_end, double *row)
{
	size_t at = begin;

	for (size_t c = 0; c < COLUMNS; c++) {
		double t = ((double)c + 0.5) / COLUMNS * (double)t_end;

		while (at + 1 < end && (double)q->v[at + 1].t_ns <= t)
			at++;
		row[c] = (double)q->v[at].t_ns <= t ? (double)q->v[at].value : NAN;
	}
}

/* The unusable index by zone and order over time. */
static int heat(struct report *r, const struct report_group *g, const char *kernel, struct error *err)
{
	const struct query_cell *c = report_find(g, "kernel", kernel);
	struct query_samples q;
	char *names[MAX_ROWS], *title;
	double *v;
	size_t nr = 0;
	int64_t t_end = 1;

	if (!c)
		return 0;
	if (query_samples(r->store, c->run, "frag.unusable.*", &q, err))
		return -1;
	v = xcalloc((size_t)MAX_ROWS * COLUMNS, sizeof(*v));
	for (size_t i = 0; i < q.nr; i++)
		t_end = q.v[i].t_ns > t_end ? q.v[i].t_ns : t_end;
	for (size_t i = 0, end; i < q.nr && nr < MAX_ROWS; i = end) {
		const char *label = strchr(q.v[i].label, '=');

		for (end = i; end < q.nr && strcmp(q.v[end].label, q.v[i].label) == 0 &&
			      strcmp(q.v[end].name, q.v[i].name) == 0;
		     end++)
			;
		names[nr] = xasprintf("%s %s", q.v[i].name + strlen("frag.unusable."),
				      label ? label + 1 : q.v[i].label);
		fill_row(&q, i, end, t_end, &v[nr++ * COLUMNS]);
	}
	title = xasprintf("unusable free memory by zone and order, 1/1000, %s: %s", kernel, g->title);
	if (nr > 1) {
		svg_heat(r->out, title, (const char *const *)names, nr, COLUMNS, v, 1000,
			 (double)t_end / 1e6);
		r->nr_figures++;
	}
	for (size_t i = 0; i < nr; i++)
		free(names[i]);
	free(title);
	free(v);
	query_samples_release(&q);
	return 0;
}

/* The marks of all figures of a group are those of its last kernel: the one with the most patches. */
static int plot_lines(struct report *r, const struct report_group *g, const char **kernels,
		      size_t nr_kernels, struct error *err)
{
	const char *of = NULL;
	const struct query_cell *c = NULL;
	double *events = NULL;
	size_t nr_events = 0;
	int rc = 0;

	for (size_t k = 0; k < nr_kernels; k++)
		if (report_find(g, "kernel", kernels[k])) {
			of = kernels[k];
			c = report_find(g, "kernel", of);
		}
	if (c && load_events(r, c, &events, &nr_events, err))
		return -1;
	for (size_t i = 0; !rc && i < sizeof(drawn) / sizeof(drawn[0]); i++)
		if (r->nr_figures < REPORT_MAX_FIGURES)
			rc = plot(r, g, kernels, nr_kernels, drawn[i], events, nr_events, of, err);
	free(events);
	return rc;
}

static int plot_group(struct report *r, const struct report_group *g, const char **kernels,
		      size_t nr_kernels, struct error *err)
{
	if (plot_lines(r, g, kernels, nr_kernels, err))
		return -1;
	for (size_t k = 0; k < nr_kernels; k++)
		if (r->nr_figures < REPORT_MAX_FIGURES && heat(r, g, kernels[k], err))
			return -1;
	return 0;
}

int report_samples(struct report *r, struct error *err)
{
	static const char *const but[] = { "kernel", "seed", "plan", NULL };
	const char **kernels;
	const size_t nr_kernels = report_values(&r->cells, "kernel", &kernels), begin = r->nr_figures;
	struct report_group *groups;
	size_t nr = report_groups(&r->cells, but, &groups);
	int rc = 0;

	strbuf_adds(r->out, "<h3>Over the workload's window (first seed)</h3><div class=\"figures\">\n");
	for (size_t i = 0; !rc && i < nr && r->nr_figures < REPORT_MAX_FIGURES; i++)
		if (groups[i].nr && query_axis_value(groups[i].cells[0], "sample") &&
		    !query_axis_is(groups[i].cells[0], "sample", "none"))
			rc = plot_group(r, &groups[i], kernels, nr_kernels, err);
	strbuf_adds(r->out, "</div>\n");
	if (r->nr_figures == begin)
		strbuf_adds(r->out, "<p class=\"dim\">none: a plan with sample: has them</p>");
	else if (r->nr_figures >= REPORT_MAX_FIGURES)
		strbuf_addf(r->out, "<p class=\"dim\">The first %d figures; choose cells with --where for others.</p>",
			    REPORT_MAX_FIGURES);
	report_groups_free(groups, nr);
	free(kernels);
	return rc;
}
