// SPDX-License-Identifier: GPL-2.0-or-later
#include "cost/cost.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

static char **copy_names(const char *const *names, size_t nr)
{
	char **copy = xcalloc(nr + 1, sizeof(*copy));

	for (size_t i = 0; i < nr; i++)
		copy[i] = xstrdup(names[i]);
	return copy;
}

static void free_names(char **names, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		free(names[i]);
	free(names);
}

/* A path's numbers of every step, architecture and mode stand together. */
static size_t numbers_a_path(const struct cost *c)
{
	return c->nr_steps * c->nr_arches * c->nr_modes;
}

void cost_init(struct cost *c, const char *const *arches, size_t nr_arches,
	       const char *const *modes, size_t nr_modes, size_t nr_steps)
{
	*c = (struct cost){ .arches = copy_names(arches, nr_arches),
			    .modes = copy_names(modes, nr_modes),
			    .nr_arches = nr_arches,
			    .nr_modes = nr_modes,
			    .nr_steps = nr_steps };
	c->steps = xcalloc(nr_steps + 1, sizeof(*c->steps));
	c->sizes = xcalloc(nr_steps * nr_arches + 1, sizeof(*c->sizes));
}

size_t cost_path(struct cost *c, const char *name)
{
	const size_t each = numbers_a_path(c);

	for (size_t i = 0; i < c->nr_paths; i++)
		if (strcmp(c->paths[i], name) == 0)
			return i;
	c->paths = xreallocarray(c->paths, c->nr_paths + 1, sizeof(*c->paths));
	c->paths[c->nr_paths] = xstrdup(name);
	c->numbers = xreallocarray(c->numbers, (c->nr_paths + 1) * each, sizeof(*c->numbers));
	memset(c->numbers + c->nr_paths * each, 0, each * sizeof(*c->numbers));
	return c->nr_paths++;
}

void cost_release(struct cost *c)
{
	free_names(c->arches, c->nr_arches);
	free_names(c->modes, c->nr_modes);
	free_names(c->paths, c->nr_paths);
	for (size_t i = 0; i < c->nr_steps; i++) {
		free(c->steps[i].name);
		free(c->steps[i].subject);
	}
	free(c->steps);
	free(c->numbers);
	free(c->sizes);
	*c = (struct cost){};
}

struct cost_number *cost_at(const struct cost *c, size_t step, size_t arch, size_t mode,
			    size_t path)
{
	return &c->numbers[((path * c->nr_steps + step) * c->nr_arches + arch) * c->nr_modes + mode];
}

struct cost_size *cost_size_at(const struct cost *c, size_t step, size_t arch)
{
	return &c->sizes[step * c->nr_arches + arch];
}

enum cost_known cost_delta(const struct cost *c, size_t patch, size_t arch, size_t mode,
			   size_t path, int64_t *ret)
{
	size_t to = patch == COST_ALL ? c->nr_steps - 1 : patch;
	size_t from = patch == COST_ALL ? 0 : patch - 1;
	const struct cost_number *a = cost_at(c, from, arch, mode, path);
	const struct cost_number *b = cost_at(c, to, arch, mode, path);

	*ret = 0;
	if (!a->there || !b->there)
		return COST_UNKNOWN;
	*ret = b->insns - a->insns;
	return a->exact && b->exact ? COST_EXACT : COST_ABOUT;
}
