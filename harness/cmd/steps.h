/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps: the kernels of a series, the one without any patch first, each with one patch
 * more; of patches/, of somebody's patches on the same base or on a commit of a git tree,
 * or of a tree as it is, which is one step.
 */
#ifndef CMD_STEPS_H
#define CMD_STEPS_H

#include "build/kernel.h"

struct steps {
	struct paths paths; /* those of the project, but for the series and its base */
	char **kernels; /* names for plans that are read with these paths */
	char **subjects; /* of the last patch of each; "" for the first */
	size_t nr;
};

/*
 * @series: as review takes it (directory, mbox, patch; with @tree a range A..B in that git
 * tree), or the path of a kernel tree; NULL: patches/.
 */
int steps_open(const char *series, const char *tree, struct steps *ret, struct error *err);
/* Build what is missing, step by step and for both architectures before the next: the
 * work tree moves forward only, and make compiles what a patch touches. */
int steps_build(const struct steps *s, const enum arch *arches, size_t nr_arches,
		struct error *err);
void steps_release(struct steps *s);

#endif
