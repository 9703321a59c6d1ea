// SPDX-License-Identifier: GPL-2.0-or-later
/* Figures with a line for each kernel. */
#include <stdlib.h>

#include "report/private.h"

int report_each_group(struct report *r, const struct report_section *s, struct error *err)
{
	static const char *const but[] = { "kernel", "seed", "plan", NULL };
	const char **kernels;
	const size_t nr_kernels = report_values(&r->cells, "kernel", &kernels);
	const size_t begin = r->nr_figures, max = begin + s->max;
	struct report_group *groups;
	size_t nr = report_groups(&r->cells, but, &groups);
	int rc = 0;

	strbuf_addf(r->out, "<h3>%s</h3><div class=\"%s\">\n", s->heading, s->class);
	for (size_t i = 0; !rc && i < nr && r->nr_figures < max; i++)
		rc = s->show(r, &groups[i], kernels, nr_kernels, max, s->arg, err);
	strbuf_adds(r->out, "</div>\n");
	if (r->nr_figures == begin)
		strbuf_addf(r->out, "<p class=\"dim\">%s</p>", s->none);
	report_groups_free(groups, nr);
	free(kernels);
	return rc;
}

struct plot {
	void (*fn)(struct report *r, const struct report_kernels *k);
};

static int plot_group(struct report *r, const struct report_group *g, const char **kernels,
		      size_t nr_kernels, size_t max, void *arg, struct error *err)
{
	struct report_kernels k = { .group = g, .max_figures = max };
	const struct plot *plot = arg;
	int rc = 0;

	for (size_t i = 0; !rc && i < nr_kernels && k.nr < SVG_MAX_LINES; i++) {
		const struct query_cell *c = report_find(g, "kernel", kernels[i]);

		if (!c)
			continue;
		rc = query_metrics(r->store, c->run, &k.metrics[k.nr], err);
		k.names[k.nr] = kernels[i];
		k.nr += !rc;
	}
	if (!rc && k.nr)
		plot->fn(r, &k);
	for (size_t i = 0; i < k.nr; i++)
		query_metrics_release(&k.metrics[i]);
	return rc;
}

int report_by_kernel(struct report *r, const char *heading, size_t max, const char *none,
		     void (*plot)(struct report *r, const struct report_kernels *k), struct error *err)
{
	struct plot p = { plot };

	return report_each_group(r, &(struct report_section){ heading, none, "figures", max, plot_group, &p },
				 err);
}
