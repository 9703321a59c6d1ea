// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's own microbenchmarks (CONFIG_TEST_MM_BENCH, a patch of the series):
 * one operation of the page allocator or of a highmem mapping each. The median of
 * the batches is free of timer interrupts, so under the instruction clock it is
 * the exact cost of the path: a static key more shows as one instruction more.
 *
 * "all" runs every test the kernel has and leaves out those that this kernel
 * cannot do (highmem where there is none).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/workload.h"

#define DIR "/sys/kernel/debug/mm_bench/"

/* Tests whose own defaults differ from the kernel's: only more pages than there
 * are slots make kmap() take new ones. */
static const struct {
	const char *test;
	uint64_t pages, batch;
} special[] = {
	{ "kmap_cycle", 2048, 2048 },
};

static void set(const char *name, uint64_t value)
{
	char path[64], text[24];
	int rc;

	snprintf(path, sizeof(path), DIR "%s", name);
	snprintf(text, sizeof(text), "%" PRIu64 "\n", value);
	rc = write_file(path, text);
	if (rc == -ENOENT)
		agent_fail("this kernel has no microbenchmarks: use series+bench (or series@6+bench "
			   "and later)");
	if (rc)
		agent_fail("cannot set mm_bench/%s to %" PRIu64 ": %s", name, value, strerror(-rc));
}

static void set_params(const struct job *job, const char *test)
{
	uint64_t pages = param_number(job, "pages"), batch = param_number(job, "batch");

	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		if (strcmp(special[i].test, test) == 0) {
			pages = pages ? pages : special[i].pages;
			batch = batch ? batch : special[i].batch;
		}
	}
	set("order", param_number(job, "order"));
	set("iters", param_number(job, "iters"));
	set("depth", param_number(job, "depth"));
	set("pages", pages ? pages : 16);
	set("batch", batch ? batch : 256);
}

/* Value of "key=" in the line of results. */
static uint64_t result(const char *line, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = strstr(line, key); p; p = strstr(p + 1, key))
		if (p[len] == '=' && (p == line || p[-1] == ' '))
			return strtoull(p + len + 1, NULL, 10);
	agent_fail("mm_bench reports no '%s'", key);
}

static void report(const struct job *job, const char *test)
{
	const char *line = read_file(DIR "result", NULL);
	uint64_t ops;

	if (!line || !*line)
		agent_fail("mm_bench has no result of '%s'", test);
	ops = result(line, "ops_per_batch");
	if (job->insn) {
		emit_ratio("mm_bench.insns_per_op", test, result(line, "p50") >> job->shift, ops);
		emit_ratio("mm_bench.insns_per_op_p99", test, result(line, "p99") >> job->shift, ops);
	} else {
		emit_ratio("mm_bench.ns_per_op", test, result(line, "p50"), ops);
		emit_ratio("mm_bench.ns_per_op_p99", test, result(line, "p99"), ops);
	}
}

/* False when this kernel cannot do @test at all. */
static int run_test(const struct job *job, const char *test)
{
	int rc;

	set_params(job, test);
	rc = write_file(DIR "run", test);
	if (rc == -EOPNOTSUPP)
		return 0;
	if (rc)
		agent_fail("mm_bench test '%s': %s", test, strerror(-rc));
	report(job, test);
	return 1;
}

static void run(const struct job *job)
{
	const char *wanted = param_text(job, "test");
	char *tests, *save = NULL;
	int done = 0;

	if (strcmp(wanted, "all") != 0) {
		if (!run_test(job, wanted))
			agent_fail("mm_bench test '%s' is not possible on this kernel", wanted);
		return;
	}
	set_params(job, "");
	tests = strdup(read_file(DIR "tests", NULL) ?: "");
	for (char *t = strtok_r(tests, "\n", &save); t; t = strtok_r(NULL, "\n", &save))
		done += run_test(job, t);
	free(tests);
	if (!done)
		agent_fail("mm_bench has no test that this kernel can do");
}

const struct workload workload_mm_bench = { .name = "mm_bench", .run = run };
