// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The host's file: one line a fact, addresses in hex, each kind sorted.
 *
 *   k ADDR        the kernel begins here, user addresses are below
 *   f ADDR KIND   a function
 *   x ADDR        an instruction that may fault
 */
#include <inttypes.h>
#include <stdlib.h>

#include "plugin/plugin.h"

static uint64_t kernel_base;
static struct function *functions;
static uint64_t *fixups;
static size_t nr_functions, nr_fixups;

static void *grow(void *p, size_t nr, size_t size)
{
	if (nr & (nr - 1))
		return p;
	p = realloc(p, (nr ? 2 * nr : 1) * size);
	if (!p)
		plugin_die("out of memory");
	return p;
}

bool symbols_load(const char *path)
{
	FILE *in = fopen(path, "re");
	char line[128];

	while (in && fgets(line, sizeof(line), in)) {
		uint64_t addr;
		char kind = '-', what;

		if (sscanf(line, "%c %" SCNx64 " %c", &what, &addr, &kind) < 2)
			continue;
		if (what == 'k') {
			kernel_base = addr;
		} else if (what == 'f') {
			functions = grow(functions, nr_functions, sizeof(*functions));
			functions[nr_functions++] = (struct function){ addr, kind };
		} else if (what == 'x') {
			fixups = grow(fixups, nr_fixups, sizeof(*fixups));
			fixups[nr_fixups++] = addr;
		}
	}
	if (in)
		fclose(in);
	return kernel_base && nr_functions;
}

bool symbols_is_kernel(uint64_t addr)
{
	return addr >= kernel_base;
}

bool symbols_can_fault(uint64_t addr)
{
	size_t lo = 0, hi = nr_fixups;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (fixups[mid] < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < nr_fixups && fixups[lo] == addr;
}

uint32_t symbols_find(uint64_t addr)
{
	size_t lo = 0, hi = nr_functions;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (functions[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? (uint32_t)lo - 1 : 0;
}

const struct function *symbols_function(uint32_t i)
{
	return &functions[i];
}
