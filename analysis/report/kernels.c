// SPDX-License-Identifier: GPL-2.0-or-later
/* Figures with a line for each kernel. */
#include <stdlib.h>

#include "report/private.h"

static int plot_group(struct report *r, struct report_kernels *k, const char **kernels, size_t nr_kernels,
		      void (*plot)(struct report *r, const struct report_kernels *k), struct error *err)
{
	int rc = 0;

	k->nr = 0;
	for (size_t i = 0; !rc && i < nr_kernels && k->nr < SVG_MAX_LINES; i++) {
		const struct query_cell *c = report_find(k->group, "kernel", kernels[i]);

		if (!c)
			continue;
		rc = query_metrics(r->store, c->run, &k->metrics[k->nr], err);
		k->names[k->nr] = kernels[i];
		k->nr += !rc;
	}
	if (!rc && k->nr)
		plot(r, k);
	for (size_t i = 0; i < k->nr; i++)
		query_metrics_release(&k->metrics[i]);
	return rc;
}

int report_by_kernel(struct report *r, const char *heading, size_t max, const char *none,
		     void (*plot)(struct report *r, const struct report_kernels *k), struct error *err)
{
	static const char *const but[] = { "kernel", "seed", "plan", NULL };
	const char **kernels;
	const size_t nr_kernels = report_values(&r->cells, "kernel", &kernels);
	const size_t begin = r->nr_figures;
	struct report_group *groups;
	size_t nr = report_groups(&r->cells, but, &groups);
	int rc = 0;

	strbuf_addf(r->out, "<h3>%s (first seed)</h3><div class=\"figures\">\n", heading);
	for (size_t i = 0; !rc && i < nr && r->nr_figures < begin + max; i++) {
		struct report_kernels k = { .group = &groups[i], .max_figures = begin + max };

		rc = plot_group(r, &k, kernels, nr_kernels, plot, err);
	}
	strbuf_adds(r->out, "</div>\n");
	if (r->nr_figures == begin)
		strbuf_addf(r->out, "<p class=\"dim\">%s</p>", none);
	report_groups_free(groups, nr);
	free(kernels);
	return rc;
}
