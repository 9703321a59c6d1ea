// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as the output of fio or stress-ng, as vmstat, as a console. */
#include <stddef.h>
#include <stdint.h>

#include "decode/console.h"
#include "decode/metric.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct finding findings[CONSOLE_MAX_FINDINGS];
	const char *text = (const char *)data + 1;
	struct metrics m = {};
	struct error err;

	if (!size)
		return 0;
	size--;
	switch (data[0] % 4) {
	case 0:
		fio_metrics(text, size, &m, &err);
		break;
	case 1:
		stress_ng_metrics(text, size, &m, &err);
		break;
	case 2:
		vmstat_metrics(text, size / 2, text + size / 2, size - size / 2, data[0] & 4, &m, &err);
		break;
	default:
		console_scan(text, size, findings);
	}
	metrics_release(&m);
	return 0;
}
