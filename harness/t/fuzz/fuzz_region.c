// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a region; then whatever it calls frames. */
#include <stddef.h>
#include <stdint.h>

#include "collect/region.h"
#include "decode/metric.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf frames = STRBUF_INIT;
	char problem[256];
	struct metrics m;
	struct error err;

	region_frames(data, size, &frames, problem, sizeof(problem));
	if (metrics_decode(frames.buf, frames.len, &m, &err) == 0)
		metrics_release(&m);
	strbuf_release(&frames);
	return 0;
}
