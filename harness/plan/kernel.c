// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/kernel.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/parse.h"
#include "lib/xalloc.h"

#define MAX_PATCHES 10000

void kernel_name_release(struct kernel_name *k)
{
	free(k->tree);
	for (size_t i = 0; i < k->nr_variants; i++)
		free(k->variants[i]);
	*k = (struct kernel_name){};
}

static int bad_variant_chars(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("-_", *p))
			return 1;
	return !*name;
}

static int take_variant(const char *text, const char *name, const char *configs,
			struct kernel_name *k, struct error *err)
{
	static const char *const suffixes[] = { "config", "boot" };
	bool there = false;

	if (bad_variant_chars(name))
		return error_set(err, ERROR_INPUT, "kernel '%s': '%s' is no name of a variant", text,
				 name);
	if (k->nr_variants == KERNEL_MAX_VARIANTS)
		return error_set(err, ERROR_INPUT, "kernel '%s': more than %d variants", text,
				 KERNEL_MAX_VARIANTS);
	for (size_t i = 0; i < k->nr_variants; i++)
		if (strcmp(k->variants[i], name) == 0)
			return error_set(err, ERROR_INPUT, "kernel '%s': variant '%s' twice", text, name);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		char *path = xasprintf("%s/kernel/%s.%s", configs, name, suffixes[i]);

		there |= io_exists(path);
		free(path);
	}
	if (!there)
		return error_set(err, ERROR_INPUT,
				 "kernel '%s': unknown variant '%s': there is no configs/kernel/%s.config "
				 "and no %s.boot",
				 text, name, name, name);
	k->variants[k->nr_variants++] = xstrdup(name);
	return 0;
}

/* SOURCE[@N] in @source, which is cut. */
static int take_source(const char *text, char *source, struct kernel_name *k, struct error *err)
{
	char *at = strchr(source, '/') ? NULL : strchr(source, '@');
	uint64_t n;

	k->nr_patches = 0;
	if (at) {
		*at++ = '\0';
		if (strcmp(source, "series") != 0)
			return error_set(err, ERROR_INPUT, "kernel '%s': '@' goes with 'series' only",
					 text);
		if (parse_u64(at, &n) || n > MAX_PATCHES)
			return error_set(err, ERROR_INPUT, "kernel '%s': '%s' is no number of patches",
					 text, at);
		k->nr_patches = (int)n;
	}
	if (strchr(source, '/')) {
		char real[PATH_MAX];

		k->source = KERNEL_TREE;
		if (!realpath(source, real))
			return error_set(err, ERROR_INPUT, "kernel '%s': there is no tree '%s'", text,
					 source);
		k->tree = xstrdup(real);
		return 0;
	}
	k->source = strcmp(source, "series") == 0 ? KERNEL_SERIES : KERNEL_BASE;
	if (k->source == KERNEL_SERIES && !at)
		k->nr_patches = KERNEL_ALL_PATCHES;
	if (k->source == KERNEL_BASE && strcmp(source, "base") != 0)
		return error_set(err, ERROR_INPUT,
				 "unknown kernel '%s': base, series[@N] or a path, then +VARIANT", text);
	return 0;
}

int kernel_name_parse(const char *text, const char *configs, struct kernel_name *ret,
		      struct error *err)
{
	char *copy = xstrdup(text);
	/* A path may hold a '+': variants start behind its last component's name. */
	char *slash = strrchr(copy, '/');
	char *rest = strchr(slash ? slash : copy, '+');
	int rc = 0;

	*ret = (struct kernel_name){};
	if (rest)
		*rest++ = '\0';
	rc = take_source(text, copy, ret, err);
	while (!rc && rest) {
		char *next = strchr(rest, '+');

		if (next)
			*next++ = '\0';
		rc = take_variant(text, rest, configs, ret, err);
		rest = next;
	}
	if (rc)
		kernel_name_release(ret);
	free(copy);
	return rc;
}
