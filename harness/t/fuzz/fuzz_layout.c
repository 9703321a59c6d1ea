// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as maps, page tables, zoneinfo or iomem of a guest. */
#include <stddef.h>
#include <stdint.h>

#include "decode/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kinds[] = { "maps", "page_tables", "zoneinfo", "iomem" };
	struct metrics m = {};
	struct error err;

	if (size)
		layout_metrics(kinds[data[0] % 4], (const char *)data + 1, size - 1, &m, &err);
	metrics_release(&m);
	return 0;
}
