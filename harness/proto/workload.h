/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * workload: what can run in a guest, as a table that plan (host) and agent
 * (guest) share. A new workload is a row here and a file in guest/workload/.
 */
#ifndef PROTO_WORKLOAD_H
#define PROTO_WORKLOAD_H

#include <stddef.h>
#include <stdint.h>

enum param_kind {
	PARAM_COUNT, /* decimal, min..max */
	PARAM_SIZE, /* bytes; K, M, G, T allowed in a plan; min..max */
	PARAM_CHOICE, /* one of @choices, separated by '|' */
	PARAM_WORD, /* letters, digits, '-', '_' and '.'; at most 64 */
};

struct param_desc {
	const char *name;
	enum param_kind kind;
	uint64_t min, max;
	const char *choices;
	const char *value; /* default, or NULL: the plan must give it */
	const char *help;
};

/* Architectures a workload makes sense on. */
#define WORKLOAD_I386 1u
#define WORKLOAD_X86_64 2u
#define WORKLOAD_ANY 3u

struct workload_desc {
	const char *name;
	const char *help;
	unsigned int arches; /* WORKLOAD_* */
	const char *tool; /* userland layer of vm-images/ it needs, or NULL */
	const char *file_param; /* parameter that names a file configs/TOOL/VALUE.TOOL, or NULL */
	const struct param_desc *params; /* ends with a NULL name */
};

extern const struct workload_desc workload_table[]; /* ends with a NULL name */

/* NULL when there is none. */
const struct workload_desc *workload_find(const char *name);
const struct param_desc *workload_param(const struct workload_desc *w, const char *name);

/*
 * Check @text as a value of @p and write its normal form (sizes in bytes) to
 * @out. Returns 0 or -EINVAL, -ERANGE, -E2BIG (does not fit @size).
 */
int param_normalize(const struct param_desc *p, const char *text, char *out, size_t size);

#endif
