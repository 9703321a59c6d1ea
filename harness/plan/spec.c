// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/spec.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

static void axis_release(struct axis *a)
{
	for (size_t i = 0; i < a->nr; i++)
		free(a->v[i].text);
	free(a->v);
	free(a->name);
	*a = (struct axis){};
}

static void axes_free(struct axis *a, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		axis_release(&a[i]);
	free(a);
}

static void experiment_release(struct experiment *e)
{
	size_t nr_params = 0;

	while (e->params && e->workload->params[nr_params].name)
		nr_params++;
	for (int i = 0; i < NR_AXES; i++)
		axis_release(&e->axes[i]);
	axes_free(e->params, nr_params);
	axes_free(e->tunables, e->nr_tunables);
}

void spec_release(struct spec *spec)
{
	experiment_release(&spec->defaults);
	for (size_t i = 0; i < spec->nr_experiments; i++)
		experiment_release(&spec->experiments[i]);
	for (size_t i = 0; i < spec->nr_exclusions; i++)
		axes_free(spec->exclusions[i].keys, spec->exclusions[i].nr);
	free(spec->experiments);
	free(spec->exclusions);
	free(spec->file);
	free(spec->configs);
	free(spec->name);
	*spec = (struct spec){};
}

struct place spec_place(const struct spec *spec, unsigned int line, struct error *err)
{
	return (struct place){ spec->file, line, err };
}

void axis_add(struct axis *a, struct value v)
{
	if ((a->nr & (a->nr - 1)) == 0)
		a->v = xreallocarray(a->v, a->nr ? 2 * a->nr : 1, sizeof(*a->v));
	a->v[a->nr++] = v;
}

void axis_start(struct axis *a, const char *name)
{
	axis_release(a);
	a->name = xstrdup(name);
}

static int by_text_and_line(const void *a, const void *b)
{
	const struct value *const *x = a, *const *y = b;
	int order = strcmp((*x)->text, (*y)->text);

	if (order)
		return order;
	return (*x)->line < (*y)->line ? -1 : (*x)->line > (*y)->line;
}

int axis_check(const struct axis *a, struct place at)
{
	const struct value **sorted = xcalloc(a->nr, sizeof(struct value *));
	int rc = 0;

	for (size_t i = 0; i < a->nr; i++)
		sorted[i] = &a->v[i];
	qsort(sorted, a->nr, sizeof(struct value *), by_text_and_line);
	for (size_t i = 1; i < a->nr && !rc; i++)
		if (strcmp(sorted[i - 1]->text, sorted[i]->text) == 0) {
			at.line = sorted[i]->line;
			rc = place_error(at, "%s '%s' twice", a->name, sorted[i]->text);
		}
	free(sorted);
	return rc;
}
