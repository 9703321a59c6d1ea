// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as the files of /proc and debugfs that snapshots and samples hold: the first byte says which. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "decode/buddy.h"
#include "decode/samples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fragmentation(const char *text, size_t size)
{
	struct buddy buddy, index;
	struct metrics m = {};
	struct error err;
	int64_t n;

	if (buddy_parse(text, size, &buddy, &err) == 0) {
		for (size_t i = 0; i < buddy.nr; i++)
			buddy_area(&buddy.zones[i]);
		extfrag_differs(&buddy, buddy_unusable, text, size, &n, &err);
		extfrag_differs(&buddy, buddy_index, text, size, &n, &err);
	}
	extfrag_parse(text, size, &index, &err);
	buddy_metrics(text, size, &m, &err);
	metrics_release(&m);
}

static void all_samples(const char *text, size_t size)
{
	struct samples s;
	struct metrics m = {};
	struct error err;

	if (samples_decode(text, size, &s, &err) == 0) {
		samples_metrics(&s, &m, &err);
		metrics_release(&m);
		samples_release(&s);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = {
		"/proc/meminfo",      "/proc/diskstats", "/proc/pressure/memory", "/proc/zoneinfo",
		"/proc/pagetypeinfo", "/proc/1/stat",	 "/proc/1/smaps_rollup",
	};
	const size_t nr = sizeof(paths) / sizeof(paths[0]);
	const char *text = (const char *)data + 1;
	struct metrics m = {};
	struct error err;

	if (!size)
		return 0;
	size--;
	if (data[0] % (nr + 2) < nr) {
		procfs_metrics(paths[data[0] % (nr + 2)], text, size, &m, &err);
		metrics_release(&m);
	} else if (data[0] % (nr + 2) == nr) {
		fragmentation(text, size);
	} else {
		all_samples(text, size);
	}
	return 0;
}
