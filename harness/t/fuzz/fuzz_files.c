// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a file of /proc, sysfs or tracefs, as the samples of a run, as what perf leaves,
 * and as what a plan requires of one. The first byte says which: 'a' and on, in
 * the order of the table.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/buddy.h"
#include "decode/samples.h"
#include "decode/tracefs.h"
#include "proto/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const paths[] = {
	"/proc/zoneinfo",	 "/proc/pagetypeinfo", "/proc/1/smaps_rollup", "/proc/1/stat", "/proc/meminfo",
	"/proc/diskstats", "/proc/pressure/io",
};

#define NR_PATHS (sizeof(paths) / sizeof(paths[0]))

/* What was understood, said again, must be understood the same. */
static void require_twice(const char *bytes, size_t size)
{
	static const char *const prefixes[] = { "unusable", "vmstat", "meminfo" };
	struct requirement r[REQUIRE_MAX], again[REQUIRE_MAX];
	char *text = strndup(bytes, size), said[128];
	size_t nr, one;

	if (text && !require_parse(text, r, &nr)) {
		if (!nr || nr > REQUIRE_MAX)
			abort();
		for (size_t i = 0; i < nr; i++) {
			snprintf(said, sizeof(said), "%s.%s %s %llu", prefixes[r[i].kind], r[i].name,
				 r[i].at_least ? ">=" : "<=", (unsigned long long)r[i].value);
			if (require_parse(said, again, &one) || one != 1 ||
			    again[0].kind != r[i].kind || again[0].order != r[i].order ||
			    again[0].value != r[i].value || again[0].at_least != r[i].at_least)
				abort();
		}
	}
	free(text);
}

static int64_t constant(const struct buddy_zone *z, size_t order)
{
	return z->v[order < z->nr_orders ? order : 0];
}

/* buddyinfo, '#', and what the kernel computed of it. */
static void extfrag_against(const char *text, size_t size)
{
	static int64_t (*const computed[])(const struct buddy_zone *z, size_t order) = {
		constant, buddy_unusable, buddy_index,
	};
	static struct buddy buddy;
	const char *mark = memchr(text, '#', size);
	struct error err;
	int64_t nr;

	if (!mark || buddy_parse(text, (size_t)(mark - text), &buddy, &err) != 0)
		return;
	for (size_t i = 0; i < buddy.nr; i++)
		buddy_area(&buddy.zones[i]);
	for (size_t i = 0; i < sizeof(computed) / sizeof(computed[0]); i++)
		extfrag_differs(&buddy, computed[i], mark + 1, size - (size_t)(mark - text) - 1, &nr, &err);
}

/* Frames of any content: their samples, and what these come to. */
static void all_samples(const char *frames, size_t size, struct metrics *m)
{
	struct samples s;
	struct error err;

	if (samples_decode(frames, size, &s, &err) == 0) {
		samples_metrics(&s, m, &err);
		samples_release(&s);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buddy index;
	const char *text = (const char *)data + 1;
	struct metrics m = {};
	struct error err;
	size_t which;

	if (!size)
		return 0;
	size--;
	which = (uint8_t)(data[0] - 'a') % (NR_PATHS + 8);
	if (which < NR_PATHS)
		procfs_metrics(paths[which], text, size, &m, &err);
	else if (which == NR_PATHS)
		buddy_metrics(text, size, &m, &err);
	else if (which == NR_PATHS + 1)
		kprobe_profile_metrics(text, size, &m, &err);
	else if (which == NR_PATHS + 4)
		perf_stat_metrics(text, size, &m, &err);
	else if (which == NR_PATHS + 5)
		perf_data_metrics(text, size, &m, &err);
	else if (which == NR_PATHS + 6)
		all_samples(text, size, &m);
	else if (which == NR_PATHS + 7)
		extfrag_parse(text, size, &index, &err);
	else if (which == NR_PATHS + 2)
		require_twice(text, size);
	else
		extfrag_against(text, size);
	/* No row without a name, none that is neither counted nor measured. */
	for (size_t i = 0; i < m.nr; i++)
		if (!*m.v[i].name || (m.v[i].exact && m.v[i].i < 0 && which < NR_PATHS))
			abort();
	metrics_release(&m);
	return 0;
}
