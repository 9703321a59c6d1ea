/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree: the steps of a series as commits, and one work tree that goes from
 * step to step. The repository is in the cache and borrows the objects of the
 * source or of a developer's tree (git alternates), which stays as it is.
 */
#ifndef REVIEW_TREE_H
#define REVIEW_TREE_H

#include "review/review.h"

/* Find the base: of @r->o->tree and range, or the usual one. Fills base and dir, takes
 * the lock. */
int tree_open(struct review *r, struct error *err);
/* Apply the series: fills the commits and trees of the patches, or their problems. */
int tree_apply(struct review *r, struct error *err);
/* Make the work tree @commit. */
int tree_checkout(struct review *r, const char *commit, struct error *err);
/* The file @path at @commit; *@ret is NULL when there is none. The caller frees. */
int tree_file(const struct review *r, const char *commit, const char *path, char **ret,
	      struct error *err);
/* Paths at @commit with a line that matches the basic regex @pattern, below @under (NULL-
 * terminated); one a line in @out. */
int tree_grep(const struct review *r, const char *commit, const char *pattern,
	      const char *const *under, struct strbuf *out, struct error *err);
/* The ids of the files the patch touches, at @commit: text that changes when they do. */
int tree_blobs(const struct review *r, const struct review_patch *p, const char *commit,
	       struct strbuf *out, struct error *err);

#endif
