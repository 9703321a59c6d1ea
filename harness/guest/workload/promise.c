// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a promise to a frame, step by step, with what the kernel's books say after
 * each: mapping promises addresses (Committed_AS), touching takes frames (RSS), reading
 * a device fills what is free with page cache, and anonymous memory beyond that goes
 * to swap. What was promised and never touched costs page tables at most.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "guest/procfs.h"
#include "guest/workload.h"

#define PAGE 4096u
#define DEVICE "/dev/nullb0"
#define BLOCK (64u << 10)
#define BURST 512u
#define MAX_PIECES 64
#define LOOK (1u << 20) /* bytes between two looks at free memory */
#define AGAIN (8u << 20) /* the end of the stream, read once more */

static int device = -1;
static char *block;
static struct zone memory; /* all zones, before anything */

struct piece {
	char *at;
	size_t pages;
};

static struct piece pieces[MAX_PIECES];
static size_t nr_pieces;

static void prepare(const struct job *job)
{
	(void)job;
	device = open(DEVICE, O_RDONLY | O_CLOEXEC);
	if (device < 0)
		agent_fail_errno("cannot open " DEVICE);
	block = malloc(BLOCK);
	if (!block)
		agent_fail("no memory for a block");
	zones_read(&memory);
}

static uint64_t swap_used(void)
{
	return meminfo_pages("SwapTotal") - meminfo_pages("SwapFree");
}

static uint64_t faults_now(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (uint64_t)ru.ru_minflt + (uint64_t)ru.ru_majflt;
}

/* The books after a step. */
static void report(const char *step)
{
	char *rest;
	const char *statm = read_file("/proc/self/statm", NULL);
	struct zone z;

	if (!statm)
		agent_fail_errno("cannot read /proc/self/statm");
	emit_metric("promise.vm", step, strtoull(statm, &rest, 10));
	emit_metric("promise.rss", step, strtoull(rest, NULL, 10));
	emit_metric("promise.committed", step, meminfo_pages("Committed_AS"));
	emit_metric("promise.page_tables", step, vmstat("nr_page_table_pages"));
	emit_metric("promise.cache", step, vmstat("nr_file_pages"));
	emit_metric("promise.swapped", step, swap_used());
	emit_metric("promise.available", step, meminfo_pages("MemAvailable"));
	zones_read(&z);
	emit_metric("promise.free", step, z.free);
}

static char *map_anonymous(size_t pages)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	if (madvise(p, pages * PAGE, MADV_NOHUGEPAGE))
		agent_fail_errno("cannot advise against huge pages");
	return p;
}

/* Is more than there is of everything promised at once? */
static void promise_at_once(void)
{
	const size_t pages = (size_t)(memory.managed + meminfo_pages("SwapTotal") + 1024);
	char *p = map_anonymous(pages);

	emit_metric("promise.at_once", "-", p != NULL);
	if (p)
		munmap(p, pages * PAGE);
}

/* @times the memory, in quarters of it, or as much as the kernel promises. */
static void promise(uint64_t times)
{
	const size_t each = (size_t)memory.managed / 4;
	uint64_t granted = 0;

	for (nr_pieces = 0; nr_pieces < 4 * times && nr_pieces < MAX_PIECES; nr_pieces++) {
		pieces[nr_pieces] = (struct piece){ map_anonymous(each), each };
		if (!pieces[nr_pieces].at)
			break;
		granted += each;
	}
	emit_metric("promise.asked", "-", 4 * times * each);
	emit_metric("promise.granted", "-", granted);
	emit_metric("promise.commit_limit", "-", meminfo_pages("CommitLimit"));
	report("promised");
}

/* Page @i of all pieces. */
static volatile uint32_t *page_at(uint64_t i)
{
	size_t piece = 0;

	while (piece < nr_pieces && i >= pieces[piece].pages)
		i -= pieces[piece++].pages;
	if (piece == nr_pieces)
		agent_fail("no page was promised that could be touched");
	return (volatile uint32_t *)(void *)(pieces[piece].at + i * PAGE);
}

/*
 * A second of sleep every BURST pages when memory is short: reclaim decides by
 * statistics of memory cgroups that are up to two seconds old (mm/memcontrol.c
 * FLUSH_TIME). Without it they would be those of boot, and it would give up.
 */
static void think(uint64_t i)
{
	const struct timespec second = { 1, 0 };

	if (i % BURST == 0)
		nanosleep(&second, NULL);
}

static void touch(uint64_t from, uint64_t to, bool slowly)
{
	for (uint64_t i = from; i < to; i++) {
		if (slowly)
			think(i);
		*page_at(i) = (uint32_t)i + 1;
	}
}

static void verify(uint64_t to)
{
	for (uint64_t i = 0; i < to; i++) {
		think(i);
		if (*page_at(i) != (uint32_t)i + 1)
			agent_fail("page %llu holds other bytes than were written", (unsigned long long)i);
	}
}

static void read_range(uint64_t from, uint64_t to)
{
	for (; from < to; from += BLOCK)
		if (pread64(device, block, BLOCK, (off64_t)from) != BLOCK)
			agent_fail_errno("cannot read " DEVICE);
}

/* Free memory goes up and down between kswapd's passes: the mean says how much it is. */
static void read_looking(uint64_t from, uint64_t to)
{
	uint64_t sum = 0, nr = 0;

	for (; from < to; from += LOOK, nr++) {
		read_range(from, from + LOOK < to ? from + LOOK : to);
		sum += vmstat("nr_free_pages");
	}
	emit_ratio("promise.free_mean", "streaming", sum, nr);
}

/* Read more than fits, looking at its second half, then its end again. */
static void cache(uint64_t stream)
{
	const uint64_t half = stream / 2 / LOOK * LOOK;
	uint64_t read_in;
	struct zone z;

	read_range(0, half);
	read_looking(half, stream);
	report("cached");
	zones_read(&z);
	emit_metric("promise.high_watermark", "-", z.high);
	emit_metric("promise.managed", "-", z.managed);
	read_in = vmstat("pgpgin");
	read_range(stream - AGAIN, stream);
	emit_metric("promise.read_again", "-", vmstat("pgpgin") - read_in);
}

/* Touch half a swap device more than there is memory beside it. */
static uint64_t squeeze(uint64_t touched)
{
	const uint64_t swap = meminfo_pages("SwapTotal");
	const uint64_t room = swap < memory.managed ? memory.managed - swap : 0;
	uint64_t to = room + swap / 2;

	if (to <= touched)
		agent_fail("nothing to squeeze: %llu pages are touched already", (unsigned long long)touched);
	touch(touched, to, true);
	if (!swap_used())
		agent_fail("memory was not short: no page is in swap");
	report("swapped");
	emit_metric("promise.squeezed", "-", to);
	verify(to);
	emit_metric("promise.verified", "-", to);
	return to;
}

static void run(const struct job *job)
{
	const uint64_t pages = param_number(job, "touch");
	uint64_t faults;

	report("begin");
	promise_at_once();
	promise(param_number(job, "times"));
	faults = faults_now();
	touch(0, pages, false);
	emit_metric("faults", "-", faults_now() - faults);
	report("touched");
	cache(param_number(job, "stream"));
	if (strcmp(param_text(job, "squeeze"), "yes") == 0)
		squeeze(pages);
	for (size_t i = 0; i < nr_pieces; i++)
		munmap(pieces[i].at, pieces[i].pages * PAGE);
	report("released");
}

const struct workload workload_promise = { .name = "promise", .prepare = prepare, .run = run };
