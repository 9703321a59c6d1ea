// SPDX-License-Identifier: GPL-2.0-or-later
/* Latency by percentile: metrics whose names or labels end in p50, p99, ...; a line a kernel. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "report/private.h"

#define MAX_FIGURES 18
#define MAX_POINTS 32

/* What a percentile belongs to: the same lengths of name and label. */
struct family {
	size_t name, label;
};

/* "p99.9" up to the end: 99.9; else NAN. */
static double number_of(const char *text)
{
	char *end;
	double p;

	if (text[0] != 'p' || !isdigit((unsigned char)text[1]))
		return NAN;
	p = strtod(text + 1, &end);
	return *end || p <= 0 || p >= 100 ? NAN : p;
}

/* "fio.read.clat_p99.9", or "latency.reclaim" with the label "order=0,p99.9": 99.9, and how
 * much of both stands before it; else NAN. */
static double percentile_of(const struct query_metric *m, struct family *ret)
{
	const char *comma = strrchr(m->label, ','), *last = comma ? comma + 1 : m->label;
	double p = number_of(last);

	*ret = (struct family){ strlen(m->name), (size_t)((comma ? comma : m->label) - m->label) };
	if (!isnan(p))
		return p;
	ret->label = strlen(m->label);
	/* From the left: "p99.9" has a point of its own. */
	for (const char *c = m->name; *c && isnan(p); c++)
		if (*c == '_' || *c == '.') {
			p = number_of(c + 1);
			ret->name = (size_t)(c - m->name);
		}
	return p;
}

static bool is_of(const struct query_metric *m, const struct query_metric *like, struct family family,
		  double *ret_p)
{
	struct family other;

	*ret_p = percentile_of(m, &other);
	return !isnan(*ret_p) && other.name == family.name && other.label == family.label &&
	       strncmp(m->name, like->name, family.name) == 0 &&
	       strncmp(m->label, like->label, family.label) == 0;
}

static void points(const struct query_metrics *m, const struct query_metric *like, struct family family,
		   struct svg_line *line)
{
	double p;

	for (size_t i = 0; i < m->nr && line->nr < MAX_POINTS; i++) {
		if (!is_of(&m->v[i], like, family, &p))
			continue;
		line->x[line->nr] = -log10(1 - p / 100);
		line->y[line->nr++] = m->v[i].d;
	}
}

static void plot(struct report *r, const struct report_group *g, const struct query_metrics *m,
		 const char *const *names, size_t nr, const struct query_metric *like,
		 struct family family)
{
	struct svg_line lines[SVG_MAX_LINES];
	size_t enough = 0;
	char *title = xasprintf("%.*s%s%.*s by percentile: %s", (int)family.name, like->name,
				family.label ? " " : "", (int)family.label, like->label, g->title);

	for (size_t k = 0; k < nr; k++) {
		lines[k] = (struct svg_line){ .name = names[k], .x = xcalloc(MAX_POINTS, sizeof(double)),
					      .y = xcalloc(MAX_POINTS, sizeof(double)) };
		points(&m[k], like, family, &lines[k]);
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
static bool is_first(const struct query_metrics *m, size_t at, struct family family)
{
	double p;

	for (size_t i = 0; i < at; i++)
		if (is_of(&m->v[i], &m->v[at], family, &p))
			return false;
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
		struct family family;

		if (!isnan(percentile_of(&m[0].v[i], &family)) && is_first(&m[0], i, family))
			plot(r, g, m, names, nr, &m[0].v[i], family);
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
