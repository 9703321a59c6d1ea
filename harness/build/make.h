/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * make: one kernel build, from a checked-out tree to a finished cache entry.
 * For kernel.c, which holds the lock.
 */
#ifndef BUILD_MAKE_H
#define BUILD_MAKE_H

#include "build/kernel.h"

int make_kernel(struct builder *b, const struct kernel_name *name, struct kernel *k,
		struct error *err);

/* The first lines of a build log that say what is wrong, at most @max lines;
 * the caller frees. Pure. */
char *make_first_errors(const char *log, unsigned int max);

#endif
