// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as the output of fio, stress-ng or a kernel test, as vmstat, as a console,
 * as what tracefs says, as a list of events. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "decode/console.h"
#include "decode/metric.h"
#include "decode/tracefs.h"
#include "plan/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct finding findings[CONSOLE_MAX_FINDINGS];
	const char *text = (const char *)data + 1;
	struct metrics m = {};
	struct error err;
	char *list;

	if (!size)
		return 0;
	size--;
	switch (data[0] % 8) {
	case 0:
		fio_metrics(text, size, &m, &err);
		break;
	case 1:
		stress_ng_metrics(text, size, &m, &err);
		break;
	case 2:
		vmstat_metrics(text, size / 2, text + size / 2, size - size / 2, data[0] & 4, &m, &err);
		break;
	case 3:
		hist_trigger_metrics("kmem:x", text, size, &m, &err);
		break;
	case 4:
		ring_stats_metrics("0", text, size, &m, &err);
		break;
	case 5:
		if (plan_events_parse(text, size, "x.list", &list, &err) == 0)
			free(list);
		break;
	case 6:
		tap_metrics("x", text, size, &m, &err);
		break;
	default:
		console_scan(text, size, findings);
	}
	metrics_release(&m);
	return 0;
}
