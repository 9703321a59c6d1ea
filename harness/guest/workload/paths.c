// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What one operation of each path of memory management costs, on any kernel: nothing
 * but system calls and touches of memory.
 *
 * Under the instruction clock a batch of operations runs between two ticks of the
 * timer: the agent waits for a tick to pass and then has a millisecond in which nothing
 * else happens, so the count is that of the operations alone and a kernel with k more
 * instructions on the path shows k more for each. The number of operations is fixed;
 * a batch that does not fit into a tick fails the cell.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/workload.h"
#include "proto/mark.h"

#define PAGE ((size_t)4096)
#define OPS 64u
#define OPS_IO 32u /* those that reclaim or write back: longer */
#define WARM 2 /* rounds that are not counted: caches of the kernel fill */
#define ROUNDS 6
#define TICK 1000000u /* HZ=1000: instructions between two ticks */
#define GAP 600u /* more than that between two readings of the clock was an interrupt */
#define DEVICE "/dev/nullb0"
#define HUGETLB "/proc/sys/vm/nr_hugepages"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

static int device = -1, memory = -1, huge = -1, gate[2];
static char *area, block[PAGE];
static pid_t child;
static uint64_t counter;

static void touch(size_t pages)
{
	for (size_t i = 0; i < pages; i++)
		*(volatile char *)(area + i * PAGE) = 1;
}

static char *map(size_t pages, int flags, int fd)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		agent_fail_errno("cannot map %zu pages", pages);
	if (fd < 0 && madvise(p, pages * PAGE, MADV_NOHUGEPAGE))
		agent_fail_errno("cannot advise on huge pages");
	return p;
}

static void map_area(void)
{
	area = map(OPS, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static void map_touched(void)
{
	map_area();
	touch(OPS);
}

static void unmap_area(void)
{
	if (munmap(area, OPS * PAGE))
		agent_fail_errno("cannot unmap");
}

static void must(int bad, const char *what)
{
	if (bad)
		agent_fail_errno("paths: %s", what);
}

/* One page each of a file in memory: order 0, cleared, no fault. */
static void alloc_before(void)
{
	memory = memfd_create("paths", 0);
	must(memory < 0, "memfd_create");
}

static void alloc_run(void)
{
	for (size_t i = 0; i < OPS; i++)
		must(fallocate(memory, 0, (off_t)(i * PAGE), PAGE), "fallocate");
}

static void alloc_after(void)
{
	close(memory);
}

static void free_before(void)
{
	alloc_before();
	must(fallocate(memory, 0, 0, (off_t)OPS * PAGE), "fallocate");
}

static void free_run(void)
{
	must(ftruncate(memory, 0), "ftruncate");
}

/* The pool of huge pages: order 9, 10 on i386 without PAE; not cleared. */
static int huge_possible(void)
{
	huge = open(HUGETLB, O_RDWR | O_CLOEXEC);
	return huge >= 0;
}

static void huge_set(const char *text)
{
	const char *now;

	must(pwrite(huge, text, 1, 0) != 1, "nr_hugepages");
	now = read_file(HUGETLB, NULL);
	if (!now || *now != *text)
		agent_fail("paths: no memory for huge pages");
}

static void huge_run(void)
{
	must(pwrite(huge, "4", 1, 0) != 1, "nr_hugepages");
}

static void huge_after(void)
{
	huge_set("4");
	huge_set("0");
}

static void fault_run(void)
{
	touch(OPS);
}

/* The child lives until the gate is closed. */
static void fork_run(void)
{
	child = fork();
	must(child < 0, "fork");
	if (!child) {
		char c;

		close(gate[1]);
		if (read(gate[0], &c, 1) < 0)
			_exit(1);
		_exit(0);
	}
}

static void gate_open(void)
{
	must(pipe(gate), "pipe");
}

static void cow_before(void)
{
	map_touched();
	gate_open();
	fork_run();
	/* The child is asleep, and both have what they touch by themselves. */
	usleep(2000);
}

static void wait_child(void)
{
	must(waitpid(child, NULL, 0) != child, "waitpid");
}

static void fork_after(void)
{
	close(gate[0]);
	close(gate[1]);
	wait_child();
}

static void cow_after(void)
{
	fork_after();
	unmap_area();
}

static void read_before(void)
{
	for (size_t i = 0; i < OPS; i++)
		must(pread(device, block, PAGE, (off_t)(i * PAGE)) != PAGE, "read");
}

static void write_run(void)
{
	for (size_t i = 0; i < OPS; i++)
		must(pwrite(device, block, PAGE, (off_t)(i * PAGE)) != PAGE, "write");
}

static void sync_device(void)
{
	must(fdatasync(device), "fdatasync");
}

/* A byte of each page through the kernel's own mapping: kmap_local where it is highmem. */
static void kmap_run(void)
{
	struct iovec to = { block, 1 };

	for (size_t i = 0; i < OPS; i++) {
		struct iovec from = { area + i * PAGE, 1 };

		must(process_vm_readv(getpid(), &to, 1, &from, 1, 0) != 1, "process_vm_readv");
	}
}

/* Clean pages of the page cache, mapped once. */
static void reclaim_before(void)
{
	volatile char sum = 0;

	area = map(OPS_IO, MAP_SHARED, device);
	for (size_t i = 0; i < OPS_IO; i++)
		sum += area[i * PAGE];
}

static void pageout_run(void)
{
	must(madvise(area, OPS_IO * PAGE, MADV_PAGEOUT), "MADV_PAGEOUT");
}

static void must_count(const char *name, uint64_t least)
{
	uint64_t n = vmstat(name) - counter;

	if (n < least)
		agent_fail("paths: %s of %" PRIu64 " pages, %" PRIu64 " expected", name, n, least);
}

/* pgsteal_* counts what the lists give, not this (mm/vmscan.c, reclaim_pages()). */
static void reclaim_after(void)
{
	unsigned char there[OPS_IO];

	must(mincore(area, OPS_IO * PAGE, there), "mincore");
	for (size_t i = 0; i < OPS_IO; i++)
		if (there[i] & 1)
			agent_fail("paths: page %zu was not reclaimed", i);
	must(munmap(area, OPS_IO * PAGE), "munmap");
}

static void swap_out_before(void)
{
	area = map(OPS_IO, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	touch(OPS_IO);
	counter = vmstat("pswpout");
}

static void swap_out_after(void)
{
	must_count("pswpout", OPS_IO);
	must(munmap(area, OPS_IO * PAGE), "munmap");
}

static void swap_in_before(void)
{
	swap_out_before();
	pageout_run();
	must_count("pswpout", OPS_IO);
	counter = vmstat("pswpin");
}

static void swap_in_run(void)
{
	touch(OPS_IO);
}

static void swap_in_after(void)
{
	must_count("pswpin", OPS_IO);
	must(munmap(area, OPS_IO * PAGE), "munmap");
}

static void writeback_before(void)
{
	for (size_t i = 0; i < OPS_IO; i++)
		must(pwrite(device, block, PAGE, (off_t)(i * PAGE)) != PAGE, "write");
}

static void writeback_run(void)
{
	must(sync_file_range(device, 0, (off64_t)(OPS_IO * PAGE),
			     SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
				     SYNC_FILE_RANGE_WAIT_AFTER),
	     "sync_file_range");
}

/* A child that becomes the agent again, which leaves at once (init.c). */
static void exec_run(void)
{
	static char *const argv[] = { (char *)"/init", (char *)AGENT_LEAVE, NULL };

	/* NOLINTBEGIN(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork): what is measured */
	child = vfork();
	must(child < 0, "vfork");
	if (!child) {
		execv("/proc/self/exe", argv);
		_exit(1);
	}
	/* NOLINTEND(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork) */
	wait_child();
}

static void mmap_run(void)
{
	for (size_t i = 0; i < OPS; i++)
		must(munmap(map(1, MAP_PRIVATE, memory), PAGE), "munmap");
}

static int swap_possible(void)
{
	return strcmp(region_job()->swap, "none") != 0;
}

/*
 * Every path: PATH(name, operations, possible, before, run, after). Its number is that of
 * its window for an observer outside (proto/mark.h).
 */
#define PATHS(PATH)                                                                               \
	PATH(1, alloc, OPS, NULL, alloc_before, alloc_run, alloc_after)                           \
	PATH(2, free, OPS, NULL, free_before, free_run, alloc_after)                              \
	PATH(3, high_order, 4, huge_possible, NULL, huge_run, huge_after)                         \
	PATH(4, fault, OPS, NULL, map_area, fault_run, unmap_area)                                \
	PATH(5, cow, OPS, NULL, cow_before, fault_run, cow_after)                                 \
	PATH(6, read, OPS, NULL, read_before, read_before, NULL)                                  \
	PATH(7, write, OPS, NULL, read_before, write_run, sync_device)                            \
	PATH(8, kmap_local, OPS, NULL, map_touched, kmap_run, unmap_area)                         \
	PATH(9, reclaim, OPS_IO, NULL, reclaim_before, pageout_run, reclaim_after)                \
	PATH(10, swap_out, OPS_IO, swap_possible, swap_out_before, pageout_run, swap_out_after)   \
	PATH(11, swap_in, OPS_IO, swap_possible, swap_in_before, swap_in_run, swap_in_after)      \
	PATH(12, writeback, OPS_IO, NULL, writeback_before, writeback_run, NULL)                  \
	PATH(13, exec, 1, NULL, NULL, exec_run, NULL)                                             \
	PATH(14, fork, 1, NULL, gate_open, fork_run, fork_after)                                  \
	PATH(15, mmap, OPS, NULL, alloc_before, mmap_run, alloc_after)                            \
	PATH(16, unmap, OPS, NULL, map_touched, unmap_area, NULL)

#define TIMED(n, name, ops, possible, before, run, after)      \
	static uint64_t timed_##name(void)                     \
	{                                                      \
		uint64_t ticks;                                \
                                                               \
		MARK(MARK_BEGIN(n));                           \
		ticks = clock_ticks();                         \
		run();                                         \
		ticks = clock_ticks() - ticks;                 \
		MARK(MARK_END(n));                             \
		return ticks;                                  \
	}
PATHS(TIMED)

#define ROW(n, name, ops, possible, before, run, after) \
	{ #name, ops, possible, before, timed_##name, after },
static const struct path {
	const char *name;
	unsigned int ops;
	int (*possible)(void);
	void (*before)(void);
	uint64_t (*timed)(void);
	void (*after)(void);
} paths[] = { PATHS(ROW) };

/* Wait until a tick has passed; the reading of the clock before it. */
static uint64_t wait_for_tick(void)
{
	uint64_t last = clock_ticks(), now;

	for (;;) {
		now = clock_ticks();
		if (now - last > GAP)
			return last;
		last = now;
	}
}

static uint64_t one_round(const struct job *job, const struct path *p)
{
	uint64_t since = 0, ticks;

	if (p->before)
		p->before();
	if (job->insn)
		since = wait_for_tick();
	ticks = p->timed();
	if (job->insn && (clock_ticks() - since) >> job->shift >= TICK)
		agent_fail("paths: %u operations of '%s' take %" PRIu64
			   " instructions, more than fit between two ticks",
			   p->ops, p->name, ticks);
	if (p->after)
		p->after();
	return ticks;
}

static void measure(const struct job *job, const struct path *p)
{
	uint64_t least = UINT64_MAX;

	/* The shortest round: the others had something else in them as well, a timer that is
	 * not the tick, a cache of the kernel that was refilled. */
	for (int i = 0; i < WARM + ROUNDS; i++) {
		uint64_t ticks = one_round(job, p);

		if (i >= WARM && ticks < least)
			least = ticks;
	}
	if (job->insn) {
		emit_metric("path.insns", p->name, least >> job->shift);
		emit_metric("path.ops", p->name, p->ops);
	}
	emit_cost(job, "op", p->name, least, p->ops);
}

static void prepare(const struct job *job)
{
	(void)job;
	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	must(device < 0, "cannot open " DEVICE);
}

static void run(const struct job *job)
{
	const char *wanted = param_text(job, "path");
	unsigned int done = 0;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (strcmp(wanted, "all") != 0 && strcmp(wanted, paths[i].name) != 0)
			continue;
		if (paths[i].possible && !paths[i].possible()) {
			emit_metric("path.absent", paths[i].name, 1);
			continue;
		}
		measure(job, &paths[i]);
		done++;
	}
	if (!done)
		agent_fail("there is no path '%s', or this guest cannot do it", wanted);
}

const struct workload workload_paths = { .name = "paths", .prepare = prepare, .run = run };
