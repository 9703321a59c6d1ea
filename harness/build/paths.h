/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * paths: where the project, its caches and its guests are.
 *
 * The project root is $HIGHWATER_ROOT, or the nearest directory above the
 * binary (then above the working directory) that holds patches/series. The
 * cache is $HIGHWATER_CACHE, or highwater/ in the XDG cache. Nothing in the
 * cache is precious: every entry is named by what it was made from and
 * appears whole or not at all.
 */
#ifndef BUILD_PATHS_H
#define BUILD_PATHS_H

#include "lib/error.h"

struct paths {
	char *root;
	char *configs; /* ROOT/configs */
	char *patches; /* ROOT/patches */
	char *images; /* ROOT/vm-images */
	char *agents; /* ROOT/out/guest */
	char *plugin; /* ROOT/out/plugin/highwater.so */
	char *cache;
	char *source; /* a source's directory in place of the usual (source.h), or NULL */
};

int paths_init(struct paths *p, struct error *err);
void paths_release(struct paths *p);

#endif
