/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * input: a series as a developer has it, as a list of patches in order.
 *
 * A directory with a series file (quilt), a directory of *.patch, an mbox (what
 * b4 am writes), a single patch, or a git range in a tree. Mails are split and
 * ranges formatted into files below @in, because git apply reads files; the
 * order of an mbox is that of its "[PATCH n/m]" tags.
 */
#ifndef REVIEW_INPUT_H
#define REVIEW_INPUT_H

#include "build/series.h"

/* @ret_cover: text of the cover letter, or NULL; the caller frees. */
int input_load(const char *path, const char *in, struct series *ret, char **ret_cover,
	       struct error *err);
/* "A..B" in the git tree @tree. */
int input_range(const char *tree, const char *range, const char *in, struct series *ret,
		char **ret_cover, struct error *err);

#endif
