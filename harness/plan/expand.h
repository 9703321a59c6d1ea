/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expand: the cells of a spec. Cells point into the spec and the expansion;
 * both live as long as the plan. Private to plan/.
 */
#ifndef PLAN_EXPAND_H
#define PLAN_EXPAND_H

#include "plan/spec.h"

struct plan_file {
	char *path, *text;
	uint64_t memory_bytes; /* what its derived sizes were made for */
};

struct expansion {
	struct cell *cells;
	size_t nr_cells;
	uint64_t nr_combinations; /* looked at, excluded ones included */
	struct plan_file *files;
	size_t nr_files;
};

int expand(struct spec *spec, struct expansion *x, struct error *err);
void expansion_release(struct expansion *x);

#endif
