// SPDX-License-Identifier: GPL-2.0-or-later
#include "proto/workload.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/parse.h"

#define KIB (1ull << 10)
#define MIB (1ull << 20)
#define GIB (1ull << 30)

static const struct param_desc no_params[] = { {} };

static const struct param_desc fault_params[] = {
	{ "pages", PARAM_COUNT, 1, 1 << 20, NULL, "16384", "pages to touch, each once" },
	{ "order", PARAM_CHOICE, 0, 0, "seq|random", "seq", "order of the touches" },
	{ "thp", PARAM_CHOICE, 0, 0, "never|always", "never", "madvise for huge pages" },
	{},
};

static const struct param_desc hot_set_params[] = {
	{ "hot", PARAM_SIZE, MIB, 64 * GIB, NULL, "150M", "size of the hot set" },
	{ "hot_passes", PARAM_COUNT, 1, 100, NULL, "3", "times it is read first" },
	{ "stream", PARAM_SIZE, MIB, 64 * GIB, NULL, "450M", "size of the stream beside it" },
	{ "stream_passes", PARAM_COUNT, 1, 100, NULL, "4", "times that is read" },
	{ "block", PARAM_SIZE, 4 * KIB, 16 * MIB, NULL, "64K", "bytes per read()" },
	{},
};

static const struct param_desc fio_params[] = {
	{ "job", PARAM_WORD, 0, 0, NULL, NULL, "a job of configs/fio/" },
	{},
};

static const struct param_desc stress_ng_params[] = {
	{ "stressor", PARAM_WORD, 0, 0, NULL, NULL, "a stressor by name: vm, mmap, ..." },
	{ "workers", PARAM_COUNT, 1, 16, NULL, "1", "instances" },
	{ "ops", PARAM_COUNT, 1, 1000000000, NULL, NULL, "bogo operations, then stop" },
	{ "bytes", PARAM_SIZE, 0, 64 * GIB, NULL, "0", "memory per instance where it has such an option; 0: its default" },
	{},
};

static const struct param_desc mm_bench_params[] = {
	{ "test", PARAM_WORD, 0, 0, NULL, "all", "a test of mm_bench, or all that the kernel can do" },
	{ "order", PARAM_COUNT, 0, 10, NULL, "0", "order of the blocks" },
	{ "batch", PARAM_COUNT, 0, 65536, NULL, "0", "operations per batch; 0: the test's default" },
	{ "iters", PARAM_COUNT, 1, 65536, NULL, "200", "batches; the median counts" },
	{ "pages", PARAM_COUNT, 0, 4096, NULL, "0", "pages of kmap_cycle and vmap; 0: the test's default" },
	{ "depth", PARAM_COUNT, 1, 8, NULL, "4", "maps that kmap_local_nested holds" },
	{},
};

const struct workload_desc workload_table[] = {
	{ "null", "boot, snapshot, power off", WORKLOAD_ANY, NULL, NULL, no_params },
	{ "fault", "anonymous page faults, instructions per fault", WORKLOAD_ANY, NULL, NULL,
	  fault_params },
	{ "hot-set", "a hot set in the page cache beside a stream", WORKLOAD_ANY, NULL, NULL,
	  hot_set_params },
	{ "fio", "the fio job of that name", WORKLOAD_ANY, "fio", "job", fio_params },
	{ "stress-ng", "one stressor, fixed operations", WORKLOAD_ANY, "stress-ng", NULL,
	  stress_ng_params },
	{ "mm_bench", "microbenchmarks in the kernel (variant +bench)", WORKLOAD_ANY, NULL, NULL,
	  mm_bench_params },
	{ "tunables", "the series' sysctls refuse what is out of range", WORKLOAD_ANY, NULL, NULL,
	  no_params },
	{ "layout", "the virtual and the physical layout, for highwater map", WORKLOAD_ANY, NULL, NULL,
	  no_params },
	{},
};

const struct workload_desc *workload_find(const char *name)
{
	for (const struct workload_desc *w = workload_table; w->name; w++)
		if (strcmp(w->name, name) == 0)
			return w;
	return NULL;
}

const struct param_desc *workload_param(const struct workload_desc *w, const char *name)
{
	for (const struct param_desc *p = w->params; p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

static bool is_word(const char *s)
{
	size_t len = strlen(s);

	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr("-_.", s[i]))
			return false;
	return len > 0 && len <= 64 && s[0] != '.' && s[0] != '-';
}

static bool is_choice(const char *choices, const char *s)
{
	size_t len = strlen(s);

	for (const char *c = choices; len; c = strchr(c, '|') + 1) {
		if (strncmp(c, s, len) == 0 && (c[len] == '|' || c[len] == '\0'))
			return true;
		if (!strchr(c, '|'))
			break;
	}
	return false;
}

int param_normalize(const struct param_desc *p, const char *text, char *out, size_t size)
{
	uint64_t v;
	int rc = 0;

	switch (p->kind) {
	case PARAM_COUNT:
	case PARAM_SIZE:
		rc = p->kind == PARAM_SIZE ? parse_size(text, &v) : parse_u64(text, &v);
		if (!rc && (v < p->min || v > p->max))
			rc = -ERANGE;
		if (!rc && snprintf(out, size, "%" PRIu64, v) >= (int)size)
			rc = -E2BIG;
		return rc;
	case PARAM_CHOICE:
		rc = is_choice(p->choices, text) ? 0 : -EINVAL;
		break;
	case PARAM_WORD:
		rc = is_word(text) ? 0 : -EINVAL;
		break;
	}
	if (!rc && snprintf(out, size, "%s", text) >= (int)size)
		rc = -E2BIG;
	return rc;
}
