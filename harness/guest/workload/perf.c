// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The real perf around a program: its counts (perf stat), or each page allocation of it
 * (perf record); the program is perf's own bench, which fills memory once. Hardware events
 * are asked for too, and count where there is a PMU.
 */
#include <stdio.h>
#include <string.h>

#include "guest/clock.h"
#include "guest/workload.h"

#define PERF "/usr/bin/perf"
#define CSV "/tmp/perf.csv"
#define DATA "/tmp/perf.data"
#define LOG "/tmp/perf.log"

static const char counted[] =
	"page-faults,minor-faults,major-faults,context-switches,cpu-migrations,"
	"kmem:mm_page_alloc,kmem:mm_page_free,instructions,cycles";

static void run(const struct job *job)
{
	const bool record = strcmp(param_text(job, "mode"), "record") == 0;
	char size[32];
	const char *const work[] = { PERF, "bench", "mem", "memset", "-f", "default", "-l", "1", "-s", size };
	static const char *const stat[] = { PERF, "stat", "-x", ",", "-o", CSV, "-e", counted, "--" };
	static const char *const keep[] = { PERF, "record", "-q", "-B", "-N", "-m", "1024", "-c", "1",
					    "-o", DATA, "-e", "kmem:mm_page_alloc", "--" };
	const char *argv[32] = {};
	const size_t head = record ? sizeof(keep) : sizeof(stat);
	uint64_t begin;
	int status;

	snprintf(size, sizeof(size), "%lluKB", (unsigned long long)param_number(job, "size") >> 10);
	memcpy(argv, record ? keep : stat, head);
	memcpy(argv + head / sizeof(argv[0]), work, sizeof(work));
	begin = clock_ns();
	status = tool_run(argv, LOG);
	emit_metric("vtime_ns", "-", clock_ns() - begin);
	tool_output("perf.txt", LOG);
	tool_check("perf", status, LOG);
	tool_output(record ? "perf.data" : "perf.csv", record ? DATA : CSV);
}

const struct workload workload_perf = { .name = "perf", .run = run };
