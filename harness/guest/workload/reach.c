// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What reaching a page costs, one operation after the other on the same pages: the
 * kernel copies into and out of page cache, maps it, zeroes anonymous memory, copies
 * it on write, and swaps it out and in. On a 32-bit kernel with highmem each of these
 * maps the page first (kmap_local_page()); elsewhere it has an address already.
 *
 * The page cache is tmpfs, whose pages come from highmem where there is any (those of
 * a block device never do). Where the pages really are is read from pagemap: a run
 * whose pages are from both zones fails, it would measure neither.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/procfs.h"
#include "guest/workload.h"

#define PAGE 4096u
#define FILE_PATH "/tmp/reach"

static int file = -1;
static char *block;

static void prepare(const struct job *job)
{
	if (strcmp(job->swap, "none") == 0)
		agent_fail("workload reach needs swap: {backing: ram, size: ...}");
	file = open(FILE_PATH, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0)
		agent_fail_errno("cannot create " FILE_PATH);
	block = malloc(PAGE);
	if (!block)
		agent_fail("no memory for a page");
	memset(block, 0x5a, PAGE);
}

static void *map_pages(size_t pages, int flags, int fd)
{
	void *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		agent_fail_errno("cannot map %zu pages", pages);
	return p;
}

static void report(const struct job *job, const char *label, uint64_t ticks, size_t pages)
{
	emit_cost(job, "page", label, ticks, pages);
}

/* vm.highmem_alloc of the series: may user pages be in highmem? */
static bool highmem_is_used(void)
{
	const char *text = read_file("/proc/sys/vm/highmem_alloc", NULL);

	return !text || *text != '0';
}

/* All of one zone, or the run says nothing. */
static void report_high(const char *label, const void *area, size_t pages)
{
	const uint64_t high = pages_high(area, pages);
	struct zone z;

	zone_read("HighMem", &z);
	if (!highmem_is_used() && high)
		agent_fail("%s: %llu of %zu pages are in highmem, though vm.highmem_alloc is 0", label,
			   (unsigned long long)high, pages);
	if (!highmem_is_used())
		z.managed = 0;
	if (z.managed && high < pages)
		agent_fail("%s: only %llu of %zu pages are in highmem, which has %llu: take fewer pages "
			   "or more memory",
			   label, (unsigned long long)high, pages, (unsigned long long)z.managed);
	emit_metric("high_pages", label, high);
}

static void write_file_pages(const struct job *job, const char *label, size_t pages)
{
	uint64_t ticks = clock_ticks();

	for (size_t i = 0; i < pages; i++)
		if (pwrite64(file, block, PAGE, (off64_t)(i * PAGE)) != PAGE)
			agent_fail_errno("cannot write " FILE_PATH);
	report(job, label, clock_ticks() - ticks, pages);
}

static void read_file_pages(const struct job *job, size_t pages)
{
	uint64_t ticks = clock_ticks();

	for (size_t i = 0; i < pages; i++)
		if (pread64(file, block, PAGE, (off64_t)(i * PAGE)) != PAGE)
			agent_fail_errno("cannot read " FILE_PATH);
	report(job, "read", clock_ticks() - ticks, pages);
}

/* Which page, and in which round it was written: never 0, pages of zeroes are not swapped. */
static uint32_t word_of(size_t page, uint32_t round)
{
	return (uint32_t)page << 2 | round;
}

static uint64_t touch(char *area, size_t pages, uint32_t round)
{
	uint64_t ticks = clock_ticks();

	for (size_t i = 0; i < pages; i++)
		*(volatile uint32_t *)(area + i * PAGE) = word_of(i, round);
	return clock_ticks() - ticks;
}

static uint64_t read_back(const char *area, size_t pages, uint32_t round)
{
	uint64_t ticks = clock_ticks();

	for (size_t i = 0; i < pages; i++)
		if (*(const volatile uint32_t *)(area + i * PAGE) != word_of(i, round))
			agent_fail("page %zu came back from swap with other bytes", i);
	return clock_ticks() - ticks;
}

static void page_cache(const struct job *job, size_t pages)
{
	char *map;

	write_file_pages(job, "write-new", pages);
	write_file_pages(job, "write", pages);
	read_file_pages(job, pages);
	map = map_pages(pages, MAP_SHARED, file);
	report(job, "map", touch(map, pages, 1), pages);
	report_high("cache", map, pages);
	munmap(map, pages * PAGE);
}

/* The child writes, and so copies each page; its figures come back in @shared. */
static void copy_on_write(const struct job *job, char *anon, size_t pages)
{
	struct {
		uint64_t ticks, high;
	} *shared = map_pages(1, MAP_SHARED | MAP_ANONYMOUS, -1);
	pid_t pid;
	int status;

	memset(shared, 0, sizeof(*shared));
	pid = fork();
	if (pid < 0)
		agent_fail_errno("cannot fork");
	if (pid == 0) {
		shared->ticks = touch(anon, pages, 3);
		shared->high = pages_high(anon, pages);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		agent_fail("the child that copies its pages died");
	report(job, "cow", shared->ticks, pages);
	emit_metric("high_pages", "cow", shared->high);
	munmap(shared, PAGE);
}

static void swap_pages(const struct job *job, char *anon, size_t pages)
{
	uint64_t out = vmstat("pswpout"), in, ticks = clock_ticks();

	if (madvise(anon, pages * PAGE, MADV_PAGEOUT))
		agent_fail_errno("cannot page out %zu pages", pages);
	ticks = clock_ticks() - ticks;
	out = vmstat("pswpout") - out;
	if (out != pages)
		agent_fail("%llu of %zu pages were swapped out", (unsigned long long)out, pages);
	report(job, "swap-out", ticks, pages);
	in = vmstat("pswpin");
	report(job, "swap-in", read_back(anon, pages, 2), pages);
	in = vmstat("pswpin") - in;
	if (in != pages)
		agent_fail("%llu of %zu pages were swapped in", (unsigned long long)in, pages);
	emit_metric("swapped_verified", "-", pages);
}

static void run(const struct job *job)
{
	const size_t pages = (size_t)param_number(job, "pages");
	char *anon;

	page_cache(job, pages);
	anon = map_pages(pages, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (madvise(anon, pages * PAGE, MADV_NOHUGEPAGE))
		agent_fail_errno("cannot advise against huge pages");
	report(job, "anon", touch(anon, pages, 2), pages);
	report_high("anon", anon, pages);
	copy_on_write(job, anon, pages);
	swap_pages(job, anon, pages);
	report_high("swapped", anon, pages);
}

const struct workload workload_reach = { .name = "reach", .prepare = prepare, .run = run };
