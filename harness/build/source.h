/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source: the pristine kernel the series is written against.
 *
 * patches/BASE says which. It comes from the first of: $HIGHWATER_SOURCE or the
 * caller's @from (a tree or a tarball), the cache, Debian's linux-source
 * package, kernel.org (only if BASE pins a SHA-256). It is kept as one commit
 * of a git repository in the cache, whose tree id is its identity; what it was
 * made from is recorded beside it and shown by every result.
 */
#ifndef BUILD_SOURCE_H
#define BUILD_SOURCE_H

#include <stdbool.h>

#include "build/git.h"
#include "build/paths.h"

/* patches/BASE: "key value" a line. Strings are owned; missing keys are NULL. */
struct base {
	char *version; /* "7.3.4" */
	char *debian_package; /* "linux-source-7.3" */
	char *debian_suites; /* tried in this order, separated by blanks */
	char *url, *sha256; /* of the tarball of kernel.org */
};

int base_load(const char *patches, struct base *ret, struct error *err);
void base_release(struct base *base);

struct source {
	char *repo; /* work tree with .git, in the cache */
	char *lock; /* taken by whoever checks out or builds */
	char *version; /* as its Makefile says */
	char *origin; /* one line: where it came from */
	char commit[GIT_ID];
	char tree[GIT_ID];
};

/* What is in the cache already; @ret->repo is NULL when nothing is. */
int source_open(const struct paths *paths, struct source *ret, struct error *err);
/* Get it if it is not there. @from may be NULL. */
int source_fetch(const struct paths *paths, const char *from, struct source *ret,
		 struct error *err);
void source_release(struct source *s);

/* "7.3.4" from the top Makefile of @tree; an error if that is no Linux tree. */
int source_tree_version(const char *tree, char **ret, struct error *err);

#endif
