// SPDX-License-Identifier: GPL-2.0-or-later
/* Latency by percentile: metrics whose names end in p50, p99, ...; a line a kernel. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "report/private.h"

#define MAX_FIGURES 18
#define MAX_POINTS 32

/* "fio.read.clat_p99.9": 99.9, and the length of "fio.read.clat"; else NAN. */
static double percentile_of(const char *name, size_t *ret_len)
{
	const char *at = NULL;
	char *end;
	double p;

	for (const char *c = name; *c; c++)
		if ((*c == '_' || *c == '.') && c[1] == 'p' && isdigit((unsigned char)c[2]))
			at = c;
	if (!at)
		return NAN;
	p = strtod(at + 2, &end);
	*ret_len = (size_t)(at - name);
	return *end || p <= 0 || p >= 100 ? NAN : p;
}

static void points(const struct query_metrics *m, const struct query_metric *like, size_t len,
		   struct svg_line *line)
{
	for (size_t i = 0; i < m->nr && line->nr < MAX_POINTS; i++) {
		size_t other = 0;
		double p = percentile_of(m->v[i].name, &other);

		if (isnan(p) || other != len || strncmp(m->v[i].name, like->name, len) != 0 ||
		    strcmp(m->v[i].label, like->label) != 0)
			continue;
		line->x[line->nr] = -log10(1 - p / 100);
		line->y[line->nr++] = m->v[i].d;
	}
}

static void plot(struct report *r, const struct report_group *g, const struct query_metrics *m,
		 const char *const *names, size_t nr, const struct query_metric *like, size_t len)
{
	struct svg_line lines[SVG_MAX_LINES];
	size_t enough = 0;
	char *title = xasprintf("%.*s%s%s by percentile: %s", (int)len, like->name, *like->label ? " " : "",
				like->label, g->title);

	for (size_t k = 0; k < nr; k++) {
		lines[k] = (struct svg_line){ .name = names[k], .x = xcalloc(MAX_POINTS, sizeof(double)),
					      .y = xcalloc(MAX_POINTS, sizeof(double)) };
		points(&m[k], like, len, &lines[k]);
		enough += lines[k].nr > 2;
	}
	if (enough == nr) {
		svg_plot(r->out, &(struct svg_plot){ .title = title, .x_label = "nines: 1 is p90, 2 is p99",
						     .y_label = query_unit(like->name), .dots = true,
						     .log_y = true, .lines = lines, .nr = nr });
		r->nr_figures++;
	}
	for (size_t k = 0; k < nr; k++) {
		free(lines[k].x);
		free(lines[k].y);
	}
	free(title);
}

/* Every family once: at the first of its percentiles. */
static bool is_first(const struct query_metrics *m, size_t at, size_t len)
{
	for (size_t i = 0; i < at; i++) {
		size_t other = 0;

		if (!isnan(percentile_of(m->v[i].name, &other)) && other == len &&
		    strncmp(m->v[i].name, m->v[at].name, len) == 0 &&
		    strcmp(m->v[i].label, m->v[at].label) == 0)
			return false;
	}
	return true;
}

static int plot_group(struct report *r, const struct report_group *g, const char **kernels,
		      size_t nr_kernels, size_t max, struct error *err)
{
	struct query_metrics m[SVG_MAX_LINES] = {};
	const char *names[SVG_MAX_LINES];
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
	for (size_t i = 0; !rc && nr && i < m[0].nr && r->nr_figures < max; i++) {
		size_t len = 0;

		if (!isnan(percentile_of(m[0].v[i].name, &len)) && is_first(&m[0], i, len))
			plot(r, g, m, names, nr, &m[0].v[i], len);
	}
	for (size_t k = 0; k < nr; k++)
		query_metrics_release(&m[k]);
	return rc;
}

int report_percentiles(struct report *r, struct error *err)
{
	static const char *const but[] = { "kernel", "seed", "plan", NULL };
	const char **kernels;
	const size_t nr_kernels = report_values(&r->cells, "kernel", &kernels);
	const size_t begin = r->nr_figures, max = begin + MAX_FIGURES;
	struct report_group *groups;
	size_t nr = report_groups(&r->cells, but, &groups);
	int rc = 0;

	strbuf_adds(r->out, "<h3>Latency by percentile (first seed)</h3><div class=\"figures\">\n");
	for (size_t i = 0; !rc && i < nr && r->nr_figures < max; i++)
		rc = plot_group(r, &groups[i], kernels, nr_kernels, max, err);
	strbuf_adds(r->out, "</div>\n");
	if (r->nr_figures == begin)
		strbuf_adds(r->out, "<p class=\"dim\">none</p>");
	report_groups_free(groups, nr);
	free(kernels);
	return rc;
}
