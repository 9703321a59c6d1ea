// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Page cache against anonymous memory: a region of each is touched at random,
 * in turn, and together they are larger than memory. Which of the two gives way
 * is what vm.swappiness decides (mm/vmscan.c calculate_pressure_balance): at 0
 * no anonymous page is scanned, at 200 no page of the cache, and 100 takes both
 * to cost the same.
 *
 * The file is null_blk without memory, so a page of the cache costs one read and
 * holds nothing; sizes are percent of MemAvailable before anything is mapped.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/pagemap.h"
#include "guest/random.h"
#include "guest/workload.h"

#define DEVICE "/dev/nullb0"
#define PAGE 4096u
#define BURST 256u

static int device;
static char *anon;
static uint32_t anon_pages, file_pages;

static void prepare(const struct job *job)
{
	const uint64_t available = meminfo_kib("MemAvailable") / (PAGE >> 10);

	if (!meminfo_kib("SwapTotal"))
		agent_fail("without swap: there is nothing to choose between");
	anon_pages = (uint32_t)(available * param_number(job, "anon") / 100);
	file_pages = (uint32_t)(available * param_number(job, "file") / 100);
	device = open(DEVICE, O_RDONLY | O_CLOEXEC);
	if (device < 0)
		agent_fail_errno("cannot open " DEVICE);
	if (posix_fadvise64(device, 0, 0, POSIX_FADV_RANDOM))
		agent_fail("cannot advise on random reads");
	anon = mmap(NULL, (size_t)anon_pages * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (anon == MAP_FAILED || madvise(anon, (size_t)anon_pages * PAGE, MADV_NOHUGEPAGE))
		agent_fail_errno("cannot map %u pages", anon_pages);
}

static void touch_anon(uint32_t i)
{
	volatile uint32_t *word = (uint32_t *)(anon + (size_t)i * PAGE);

	*word = *word + i + 1;
}

static void touch_file(uint32_t i)
{
	static char page[PAGE];

	if (pread64(device, page, PAGE, (off64_t)i * PAGE) != PAGE)
		agent_fail_errno("cannot read " DEVICE);
}

/* Reclaim decides by statistics of memory cgroups that are at most some seconds old
 * (mm/memcontrol.c FLUSH_TIME): touches come in bursts, over as long a time as that. */
static void think(void)
{
	const struct timespec second = { 1, 0 };

	nanosleep(&second, NULL);
}

/* Returns the ns it took, without the time between bursts. */
static uint64_t touch_both(uint64_t *state, uint64_t rounds)
{
	uint64_t ns = 0, begin = clock_ns();

	for (uint64_t i = 1; i <= rounds; i++) {
		touch_anon(random_below(state, anon_pages));
		touch_file(random_below(state, file_pages));
		if (i % BURST == 0) {
			ns += clock_ns() - begin;
			think();
			begin = clock_ns();
		}
	}
	return ns + clock_ns() - begin;
}

static uint64_t major_faults(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (uint64_t)ru.ru_majflt;
}

struct counts {
	uint64_t scan_anon, scan_file, refault_file, swapped_out, faults;
};

static struct counts counts_now(void)
{
	return (struct counts){ vmstat("pgscan_anon"), vmstat("pgscan_file"),
				vmstat("workingset_refault_file"), vmstat("pswpout"),
				major_faults() };
}

static void report(const struct counts *a, const struct counts *b)
{
	const uint64_t scan_anon = b->scan_anon - a->scan_anon;
	const uint64_t scan_file = b->scan_file - a->scan_file;

	if (!scan_anon && !scan_file)
		agent_fail("no page was scanned: there is no pressure");
	emit_metric("mix.scan_anon", "-", scan_anon);
	emit_metric("mix.scan_file", "-", scan_file);
	emit_ratio("mix.scan_anon_percent", "-", scan_anon * 100, scan_anon + scan_file);
	emit_metric("mix.swapped_out", "-", b->swapped_out - a->swapped_out);
	emit_metric("mix.refaults_file", "-", b->refault_file - a->refault_file);
	emit_metric("mix.major_faults", "-", b->faults - a->faults);
}

/* Both regions once, a burst at a time. */
static void fill(void)
{
	for (uint32_t i = 0; i < anon_pages || i < file_pages; i++) {
		if (i < anon_pages)
			touch_anon(i);
		if (i < file_pages)
			touch_file(i);
		if (i % BURST == 0)
			think();
	}
}

static void run(const struct job *job)
{
	const uint64_t rounds = param_number(job, "rounds");
	uint64_t state = random_start(job->seed), ns;
	struct counts before, after;

	fill();
	touch_both(&state, rounds);
	before = counts_now();
	ns = touch_both(&state, rounds);
	after = counts_now();
	report(&before, &after);
	emit_ratio("mix.ns_per_round", "-", ns, rounds);
	emit_metric("mix.anon_pages", "-", anon_pages);
	emit_metric("mix.anon_out", "-", pagemap_count(anon, anon_pages).swapped);
	emit_metric("mix.file_pages", "-", file_pages);
	emit_metric("mix.file_in", "-", vmstat("nr_active_file") + vmstat("nr_inactive_file"));
}

const struct workload workload_reclaim_mix = { .name = "reclaim-mix", .prepare = prepare, .run = run };
