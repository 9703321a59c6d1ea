/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest: a step of the series as a whole kernel, run in guests.
 *
 * The work is done by this program's own run: the reviewed patches are laid out
 * as a project of their own (patches/ from the review, the rest linked), so that
 * kernels, cells and caches are those of every other run. A step of a tree given
 * by --tree is built from our work tree.
 */
#ifndef REVIEW_GUEST_H
#define REVIEW_GUEST_H

#include "lib/proc.h"
#include "plan/cell.h"
#include "review/review.h"

struct guest_plan {
	const char *arch; /* "i386", or "[i386, x86_64]" */
	const char *variant; /* "+debug", or "" */
	const char *memory; /* "256M" */
	const char *workloads; /* lines of YAML */
};

/* Build, boot, run; each cell that is not ok and a kernel that does not build becomes a
 * finding. *@ret_cells: how many ran. A host that lacks something makes @res unchecked. */
int guest_run(struct review *r, const struct review_patch *p, const struct guest_plan *plan,
	      size_t *ret_cells, struct review_result *res, struct error *err);

/* The project of the patches up to @p: its directory, the caller frees; NULL on error. */
char *guest_root(const struct review *r, const struct review_patch *p, struct error *err);
/* Run this program with @words in the project @root; what it prints in @ret. */
int guest_self(const char *root, const char *const *words, struct proc_result *ret,
	       struct error *err);
/* What this program could not do: a kernel that does not build is a finding, a host that
 * lacks something makes @res unchecked. */
void guest_failed(const struct proc_result *out, struct review_result *res);

#endif
