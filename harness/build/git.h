/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * git: kernel trees are kept in git repositories of the cache, because a git
 * tree id names a source exactly and a checkout touches only what differs, so
 * that make rebuilds only what a patch changes.
 *
 * All calls run git with the user's configuration shut out and fixed names and
 * dates: the same input gives the same ids on every machine.
 */
#ifndef BUILD_GIT_H
#define BUILD_GIT_H

#include <stdbool.h>

#include "lib/error.h"
#include "lib/strbuf.h"

#define GIT_ID 41 /* 40 hex digits and NUL */

struct git {
	const char *dir; /* the work tree; git runs here */
	const char *git_dir; /* DIR/.git when NULL */
	const char *index; /* an index file other than the repository's, or NULL */
};

/* Run "git ARGS..." (NULL-terminated); a failure quotes git's last lines. */
int git_run(const struct git *g, const char *const *args, struct error *err);
/* The same; what it prints goes to @out. @ret_code, if given, takes the exit code
 * instead of making it an error. */
int git_output(const struct git *g, const char *const *args, struct strbuf *out, int *ret_code,
	       struct error *err);
/* One line of output that is an object id. */
int git_id(const struct git *g, const char *const *args, char id[GIT_ID], struct error *err);

#define GIT_ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

#endif
