/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xalloc: allocation that cannot return NULL.
 *
 * A harness that is out of memory cannot do better than say so and stop with
 * exit code 3; what has finished is on disk already. The caller owns what is
 * returned and frees it with free(). The guest has its own rules and does not
 * use this.
 */
#ifndef LIB_XALLOC_H
#define LIB_XALLOC_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t nr, size_t size);
void *xrealloc(void *p, size_t size);
/* Grow an array of @size-byte items to hold @nr of them; overflow ends the program. */
void *xreallocarray(void *p, size_t nr, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t len);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
