// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A selftest of the series (tools/testing/selftests/mm), built by
 * vm-images/kselftest.recipe. Its TAP goes to the host, which counts it
 * (decode/tap.c); a test that failed fails the cell.
 */
#include <stdio.h>

#include "guest/disk.h"
#include "guest/swap.h"
#include "guest/workload.h"

#define LOG "/tmp/kselftest.tap"

/* A RAM disk frees a slot as soon as its page is in memory; this device does not. */
static void prepare(const struct job *job)
{
	const struct disk swap = {
		.name = "testswap",
		.bytes = param_number(job, "swap_device"),
		.latency_ns = 10000,
		.holds_data = true,
	};
	char path[DISK_PATH];

	if (!swap.bytes)
		return;
	disk_make(&swap, path);
	swap_use(path, swap.bytes, true);
}

static void run(const struct job *job)
{
	const char *test = param_text(job, "test");
	char path[96], name[80];
	const char *const argv[] = { path, NULL };
	int status;

	snprintf(path, sizeof(path), "/usr/bin/%s", test);
	snprintf(name, sizeof(name), "tap %s", test);
	status = tool_run(argv, LOG);
	tool_output(name, LOG);
	tool_check(test, status, LOG);
}

const struct workload workload_kselftest = { .name = "kselftest", .prepare = prepare, .run = run };
