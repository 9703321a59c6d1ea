/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel: the name of a kernel, SOURCE[@N][+VARIANT...].
 *
 * SOURCE is "base" (pristine mainline), "series" (base and all of patches/) or
 * the path of a kernel tree (has a '/'). "@N" takes the first N patches and is
 * for "series" only. A VARIANT is configs/kernel/VARIANT.config.
 */
#ifndef PLAN_KERNEL_H
#define PLAN_KERNEL_H

#include <stddef.h>

#include "lib/error.h"

#define KERNEL_MAX_VARIANTS 8
#define KERNEL_ALL_PATCHES (-1)

enum kernel_source { KERNEL_BASE, KERNEL_SERIES, KERNEL_TREE };

struct kernel_name {
	enum kernel_source source;
	int nr_patches; /* 0 for base and trees; KERNEL_ALL_PATCHES */
	char *tree; /* path, or NULL */
	char *variants[KERNEL_MAX_VARIANTS];
	size_t nr_variants;
};

/* @configs as in plan.h: a variant without its file is an error. */
int kernel_name_parse(const char *text, const char *configs, struct kernel_name *ret,
		      struct error *err);
void kernel_name_release(struct kernel_name *k);

#endif
