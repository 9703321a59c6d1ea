/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diag: what compilers, sparse and their like say, as records. Pure.
 *
 * "FILE:LINE[:COL]: warning: TEXT" in all its dialects. Two lists are compared
 * without their numbers, because a patch moves lines and counters: what is new is
 * what one list has more often than the other.
 */
#ifndef REVIEW_DIAG_H
#define REVIEW_DIAG_H

#include <stdbool.h>
#include <stddef.h>

struct diag {
	char *file;
	unsigned int line;
	bool error;
	char *text;
};

struct diags {
	struct diag *v;
	size_t nr;
};

void diags_parse(const char *log, struct diags *ret);
void diags_add(struct diags *d, const char *file, unsigned int line, bool error, const char *text);
void diags_release(struct diags *d);
/* Those of @after that @before has not, or has less often. Copies. */
void diags_new(const struct diags *before, const struct diags *after, struct diags *ret);

#endif
