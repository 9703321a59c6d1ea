// SPDX-License-Identifier: GPL-2.0-or-later
/* Nothing: what boot, snapshots and power-off cost by themselves. */
#include "guest/workload.h"

static void run(const struct job *job)
{
	(void)job;
}

const struct workload workload_null = { .name = "null", .run = run };
