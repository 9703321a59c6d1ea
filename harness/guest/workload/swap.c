// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Idle memory beside a working set that grows: idle pages leave for the swap
 * device and stay there; the working set is touched at random, step by step
 * larger, until it does not fit. Used swap costs nothing while the set fits;
 * beyond that each touch has a chance to be a major fault. The knee is where.
 *
 * Sizes are percent of MemAvailable before anything is mapped. Each page holds
 * words made of its number and the seed, and a count of its touches: after the
 * last step every page is read back and every count is added up, so neither a
 * page nor an update can get lost unnoticed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

#include "guest/clock.h"
#include "guest/disk.h"
#include "guest/pagemap.h"
#include "guest/random.h"
#include "guest/swap.h"
#include "guest/workload.h"

#define PAGE 4096u
#define WORDS (PAGE / sizeof(uint32_t))

struct area {
	uint32_t *at;
	size_t pages; /* that hold the pattern */
	uint32_t key;
};

/*
 * Touches come in bursts with a second between: kswapd has its turn, and reclaim
 * decides by statistics of memory cgroups that are at most some seconds old
 * (mm/memcontrol.c FLUSH_TIME); without a pause they would be those of boot.
 */
#define BURST 256u

static void think(void)
{
	const struct timespec second = { 1, 0 };

	nanosleep(&second, NULL);
}

static struct area idle, hot;
static size_t available_pages;

/* First word: touches; the others are made of the page's number. */
static uint32_t *page_of(const struct area *a, size_t i)
{
	return a->at + i * WORDS;
}

static uint32_t word_of(const struct area *a, size_t i, size_t w)
{
	return ((uint32_t)i + 1) * 2654435761u + a->key + (uint32_t)w;
}

static void map_area(struct area *a, size_t pages, uint32_t key)
{
	a->at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (a->at == MAP_FAILED)
		agent_fail_errno("cannot map %zu pages", pages);
	if (madvise(a->at, pages * PAGE, MADV_NOHUGEPAGE))
		agent_fail_errno("cannot advise on huge pages");
	a->key = key;
}

/* Write the pattern to pages until @a has @pages. */
static void grow_area(struct area *a, size_t pages)
{
	for (; a->pages < pages; a->pages++) {
		uint32_t *page = page_of(a, a->pages);

		page[0] = 0;
		for (size_t w = 1; w < WORDS; w++)
			page[w] = word_of(a, a->pages, w);
		if (a->pages % BURST == 0)
			think();
	}
}

static void damaged(const struct area *a, size_t i)
{
	agent_fail("page %zu of the %s memory came back with other data", i,
		   a == &idle ? "idle" : "hot");
}

/* Check all words of all pages; returns the sum of the counts. */
static uint64_t verify_area(const struct area *a)
{
	uint64_t touches = 0;

	for (size_t i = 0; i < a->pages; i++) {
		const uint32_t *page = page_of(a, i);

		for (size_t w = 1; w < WORDS; w++)
			if (page[w] != word_of(a, i, w))
				damaged(a, i);
		touches += page[0];
	}
	return touches;
}

static void touch(const struct area *a, size_t i)
{
	uint32_t *page = page_of(a, i);

	if (page[WORDS - 1] != word_of(a, i, WORDS - 1))
		damaged(a, i);
	page[0]++;
}

static void prepare(const struct job *job)
{
	const struct disk disk = {
		.name = "swapdisk",
		.bytes = param_number(job, "device"),
		.latency_ns = param_number(job, "latency_ns"),
		.holds_data = true,
	};
	const int own = disk.bytes > 0, cell = strcmp(job->swap, "none") != 0;
	char path[DISK_PATH];

	if (own == cell)
		agent_fail(own ? "the cell has a swap device already: leave out device: or swap:" :
				 "nothing to swap to: give the workload device:, or the plan swap:");
	if (disk.latency_ns && !own)
		agent_fail("latency_ns needs device:");
	if (own) {
		disk_make(&disk, path);
		swap_use(path, disk.bytes, true);
	}
	available_pages = meminfo_kib("MemAvailable") / (PAGE >> 10);
	map_area(&idle, available_pages * param_number(job, "idle") / 100, (uint32_t)job->seed);
	map_area(&hot, available_pages * param_number(job, "to") / 100, (uint32_t)~job->seed);
}

static uint64_t major_faults(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (uint64_t)ru.ru_majflt;
}

static void report_places(const char *label)
{
	const struct page_places h = pagemap_count(hot.at, hot.pages);
	const struct page_places i = pagemap_count(idle.at, idle.pages);

	emit_metric("swap.hot_pages", label, hot.pages);
	emit_metric("swap.hot_out", label, h.swapped);
	emit_metric("swap.idle_pages", label, idle.pages);
	emit_metric("swap.idle_out", label, i.swapped);
	emit_metric("swap.used", label, meminfo_kib("SwapTotal") - meminfo_kib("SwapFree"));
}

static uint64_t touches_done, random_state;

/* Returns the ns it took, without the time between bursts. */
static uint64_t touch_many(uint64_t nr, int in_order)
{
	uint64_t ns = 0, begin = clock_ns();

	for (uint64_t i = 0; i < nr; i++) {
		touch(&hot, in_order ? (size_t)(i % hot.pages) :
				       random_below(&random_state, (uint32_t)hot.pages));
		if ((i + 1) % BURST == 0) {
			ns += clock_ns() - begin;
			think();
			begin = clock_ns();
		}
	}
	touches_done += nr;
	return ns + clock_ns() - begin;
}

/* One size of the working set; returns ns per touch. */
static uint64_t step(unsigned int percent, uint64_t touches, int in_order)
{
	uint64_t ns, faults, in, out;
	char label[16];

	grow_area(&hot, available_pages * percent / 100);
	/* Until what is resident is what this pattern of touches makes resident. */
	touch_many(hot.pages, 1);
	touch_many(touches / 2, in_order);
	faults = major_faults();
	in = vmstat("pswpin");
	out = vmstat("pswpout");
	ns = touch_many(touches, in_order);
	snprintf(label, sizeof(label), "set%u", percent);
	emit_ratio("swap.ns_per_touch", label, ns, touches);
	emit_metric("swap.touches", label, touches);
	emit_metric("swap.major_faults", label, major_faults() - faults);
	emit_metric("swap.pages_in", label, vmstat("pswpin") - in);
	emit_metric("swap.pages_out", label, vmstat("pswpout") - out);
	report_places(label);
	return touches ? ns / touches : 0;
}

static void run(const struct job *job)
{
	const unsigned int to = (unsigned int)param_number(job, "to");
	const unsigned int by = (unsigned int)param_number(job, "step");
	const int in_order = strcmp(param_text(job, "order"), "seq") == 0;
	const uint64_t touches = param_number(job, "touches"), swapped = vmstat("pswpout");
	unsigned int percent = (unsigned int)param_number(job, "from"), knee = 0;
	uint64_t first = 0, ns;

	random_state = random_start(job->seed);
	grow_area(&idle, available_pages * param_number(job, "idle") / 100);
	for (; percent <= to; percent += by) {
		ns = step(percent, touches, in_order);
		first = first ? first : ns;
		if (!knee && ns >= 2 * first)
			knee = percent;
	}
	if (vmstat("pswpout") == swapped)
		agent_fail("swap was not used: idle and hot memory fit");
	if (knee)
		emit_metric("swap.knee", "-", knee);
	if (verify_area(&hot) + verify_area(&idle) != touches_done)
		agent_fail("the counts in the pages do not add up to %" PRIu64 " touches", touches_done);
	emit_metric("swap.verified", "-", hot.pages + idle.pages);
}

const struct workload workload_swap = { .name = "swap", .prepare = prepare, .run = run };
