// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Anonymous page faults: map, then touch each page once, in address order or
 * shuffled by the seed. Reports instructions per fault, which is exact under
 * the instruction clock: nothing in the window sleeps.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/random.h"
#include "guest/workload.h"

/* 0..n-1, shuffled if @seed; its own pages are touched before the window. */
static uint32_t *make_order(uint32_t n, uint64_t seed)
{
	uint32_t *order = malloc(n * sizeof(*order));
	uint64_t s = random_start(seed);

	if (!order)
		agent_fail("no memory for the order of %u pages", n);
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	for (uint32_t i = n; seed && i > 1; i--) {
		uint32_t j = random_below(&s, i);
		uint32_t t = order[i - 1];

		order[i - 1] = order[j];
		order[j] = t;
	}
	return order;
}

static long faults_now(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return ru.ru_minflt;
}

static void run(const struct job *job)
{
	const uint32_t pages = (uint32_t)param_number(job, "pages");
	const int random = strcmp(param_text(job, "order"), "random") == 0;
	const int thp = strcmp(param_text(job, "thp"), "always") == 0;
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint32_t *order = make_order(pages, random ? job->seed : 0);
	char *area = mmap(NULL, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			  0);
	uint64_t ticks;
	long faults;

	if (area == MAP_FAILED)
		agent_fail_errno("cannot map %u pages", pages);
	if (madvise(area, pages * page, thp ? MADV_HUGEPAGE : MADV_NOHUGEPAGE))
		agent_fail_errno("cannot advise on huge pages");
	faults = faults_now();
	ticks = clock_ticks();
	for (uint32_t i = 0; i < pages; i++)
		*(volatile char *)(area + order[i] * page) = 1;
	ticks = clock_ticks() - ticks;
	faults = faults_now() - faults;
	free(order);
	if (!thp && faults < (long)pages)
		agent_fail("only %ld faults for %u pages: the area was there before", faults, pages);
	emit_metric("faults", "-", (uint64_t)faults);
	if (job->insn) {
		emit_metric("insns", "-", ticks >> job->shift);
		emit_ratio("insns_per_fault", "-", ticks >> job->shift, (uint64_t)faults);
	} else {
		emit_metric("tsc_ticks", "-", ticks);
		emit_ratio("tsc_ticks_per_fault", "-", ticks, (uint64_t)faults);
	}
}

const struct workload workload_fault = { .name = "fault", .run = run };
