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

static void plot(struct report *r, const struct report_kernels *g, const struct query_metric *like,
		 struct family family)
{
	struct svg_line lines[SVG_MAX_LINES];
	size_t enough = 0;
	char *title = xasprintf("%.*s%s%.*s by percentile: %s", (int)family.name, like->name,
				family.label ? " " : "", (int)family.label, like->label, g->group->title);

	for (size_t k = 0; k < g->nr; k++) {
		lines[k] = (struct svg_line){ .name = g->names[k], .x = xcalloc(MAX_POINTS, sizeof(double)),
					      .y = xcalloc(MAX_POINTS, sizeof(double)) };
		points(&g->metrics[k], like, family, &lines[k]);
		enough += lines[k].nr > 2;
	}
	if (enough == g->nr) {
		svg_plot(r->out, &(struct svg_plot){ .title = title, .x_label = "nines: 1 is p90, 2 is p99",
						     .y_label = query_unit(like->name), .dots = true,
						     .log_y = true, .lines = lines, .nr = g->nr });
		r->nr_figures++;
	}
	for (size_t k = 0; k < g->nr; k++) {
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

static void plot_families(struct report *r, const struct report_kernels *g)
{
	const struct query_metrics *m = &g->metrics[0];

	for (size_t i = 0; i < m->nr && r->nr_figures < g->max_figures; i++) {
		struct family family;

		if (!isnan(percentile_of(&m->v[i], &family)) && is_first(m, i, family))
			plot(r, g, &m->v[i], family);
	}
}

int report_percentiles(struct report *r, struct error *err)
{
	return report_by_kernel(r, "Latency by percentile (first seed)", MAX_FIGURES, "none", plot_families, err);
}
