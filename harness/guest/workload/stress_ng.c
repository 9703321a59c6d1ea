// SPDX-License-Identifier: GPL-2.0-or-later
/* The real stress-ng, one stressor, a fixed number of operations. */
#include <inttypes.h>
#include <stdio.h>

#include "guest/clock.h"
#include "guest/workload.h"

#define YAML "/tmp/stress-ng.yaml"
#define LOG "/tmp/stress-ng.txt"

static void run(const struct job *job)
{
	const char *name = param_text(job, "stressor");
	char stressor[96], ops_name[96], bytes_name[96], bytes[32], seed[32];
	const char *argv[] = { "/usr/bin/stress-ng",
			 stressor,
			 param_text(job, "workers"),
			 ops_name,
			 param_text(job, "ops"),
			 "--seed",
			 seed,
			 "--metrics-brief",
			 "--temp-path",
			 "/tmp",
			 "--yaml",
			 YAML,
			 NULL,
			 NULL,
			 NULL };
	const size_t nr = sizeof(argv) / sizeof(argv[0]);
	uint64_t begin;
	int status;

	snprintf(stressor, sizeof(stressor), "--%s", name);
	snprintf(ops_name, sizeof(ops_name), "--%s-ops", name);
	snprintf(bytes_name, sizeof(bytes_name), "--%s-bytes", name);
	snprintf(bytes, sizeof(bytes), "%" PRIu64, param_number(job, "bytes"));
	snprintf(seed, sizeof(seed), "%" PRIu64, job->seed);
	if (param_number(job, "bytes")) {
		argv[nr - 3] = bytes_name;
		argv[nr - 2] = bytes;
	}
	begin = clock_ns();
	status = tool_run(argv, LOG);
	emit_metric("vtime_ns", "-", clock_ns() - begin);
	tool_output("stress-ng.yaml", YAML);
	tool_output("stress-ng.txt", LOG);
	tool_check("stress-ng", status, LOG);
}

const struct workload workload_stress_ng = { .name = "stress-ng", .run = run };
