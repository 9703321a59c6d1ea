/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * series: patches/series applied to the base, as commits in the source's
 * repository. Applying works on an index of its own, so no file of the work
 * tree is touched until a kernel is built from it; what has been applied once
 * is found again by the digest of base and patches.
 */
#ifndef BUILD_SERIES_H
#define BUILD_SERIES_H

#include <stddef.h>

#include "build/source.h"

struct patch {
	char *file; /* full path */
	char *subject; /* without "[PATCH n/m] " */
	char *text;
	size_t len;
};

struct series {
	struct patch *v;
	size_t nr;
};

int series_load(const char *patches, struct series *ret, struct error *err);
void series_release(struct series *s);

/*
 * The commit and tree of base plus the first @nr patches. A patch that does
 * not apply is an ERROR_INPUT that names it and shows the rejected hunk.
 */
int series_apply(const struct source *src, const struct series *s, size_t nr, char commit[GIT_ID],
		 char tree[GIT_ID], struct error *err);

#endif
