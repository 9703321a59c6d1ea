// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What one operation of each path of memory management costs, on any kernel: nothing
 * but system calls and touches of memory.
 *
 * Under the instruction clock each operation is counted for itself, and the count that
 * comes most often is the path's: what an operation costs that has to refill or drain no
 * list of the kernel's and meets no interrupt. How full those lists are depends on all
 * that ran before; this count does not, so a kernel with k more instructions on the path
 * shows k more, and 0 where it has none.
 *
 * What is shared by many operations is in the count of a whole batch, which begins when a
 * tick of the timer has passed and is given if it ends before the next.
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
#define OPS_HUGE 4u
#define WARM 2 /* rounds that are not counted: caches of the kernel fill */
#define ROUNDS 8
#define ROUNDS_ONE 40 /* of paths with one operation a round */
#define SAMPLES_MAX ((size_t)OPS * ROUNDS)
#define TICK 1000000u /* HZ=1000: instructions between two ticks */
#define GAP 600u /* more than that between two readings of the clock was an interrupt */
#define DEVICE "/dev/nullb0"
#define DEVICE_TAGS "/sys/block/nullb0/queue/nr_requests"
#define HUGETLB "/proc/sys/vm/nr_hugepages"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

static int device = -1, memory = -1, huge = -1, gate[2];
static char *area, block[PAGE];
static pid_t child, self;
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

static void alloc_op(size_t i)
{
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

static void free_op(size_t i)
{
	must(fallocate(memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)(i * PAGE), PAGE),
	     "FALLOC_FL_PUNCH_HOLE");
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

static void high_order_op(size_t i)
{
	must(pwrite(huge, &"1234"[i], 1, 0) != 1, "nr_hugepages");
}

static void huge_after(void)
{
	huge_set("4");
	huge_set("0");
}

static void fault_op(size_t i)
{
	*(volatile char *)(area + i * PAGE) = 1;
}

/* The child lives until the gate is closed. */
static void fork_op(size_t i)
{
	(void)i;
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
	fork_op(0);
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

static void read_op(size_t i)
{
	must(pread(device, block, PAGE, (off_t)(i * PAGE)) != PAGE, "read");
}

static void read_before(void)
{
	for (size_t i = 0; i < OPS; i++)
		read_op(i);
}

static void write_op(size_t i)
{
	must(pwrite(device, block, PAGE, (off_t)(i * PAGE)) != PAGE, "write");
}

static void sync_device(void)
{
	must(fdatasync(device), "fdatasync");
}

/* A byte of each page through the kernel's own mapping: kmap_local where it is highmem. */
static void kmap_local_op(size_t i)
{
	struct iovec to = { block, 1 }, from = { area + i * PAGE, 1 };

	must(process_vm_readv(self, &to, 1, &from, 1, 0) != 1, "process_vm_readv");
}

/* Clean pages of the page cache, mapped once. */
static void reclaim_before(void)
{
	volatile char sum = 0;

	area = map(OPS_IO, MAP_SHARED, device);
	must(madvise(area, OPS_IO * PAGE, MADV_RANDOM), "MADV_RANDOM");
	for (size_t i = 0; i < OPS_IO; i++)
		sum += area[i * PAGE];
}

static void reclaim_op(size_t i)
{
	must(madvise(area + i * PAGE, PAGE, MADV_PAGEOUT), "MADV_PAGEOUT");
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
	must(madvise(area, OPS_IO * PAGE, MADV_PAGEOUT), "MADV_PAGEOUT");
	must_count("pswpout", OPS_IO);
	counter = vmstat("pswpin");
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

static void writeback_op(size_t i)
{
	must(sync_file_range(device, (off64_t)(i * PAGE), (off64_t)PAGE,
			     SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
				     SYNC_FILE_RANGE_WAIT_AFTER),
	     "sync_file_range");
}

/* A child that becomes the agent again, which leaves at once (init.c). */
static void exec_op(size_t i)
{
	static char *const argv[] = { (char *)"/init", (char *)AGENT_LEAVE, NULL };

	(void)i;
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

static void mmap_op(size_t i)
{
	(void)i;
	must(munmap(map(1, MAP_PRIVATE, memory), PAGE), "munmap");
}

static void unmap_op(size_t i)
{
	must(munmap(area + i * PAGE, PAGE), "munmap");
}

static int swap_possible(void)
{
	return strcmp(region_job()->swap, "none") != 0;
}

/*
 * Every path: PATH(name, operations, the one counted, possible, before, after). For an
 * observer outside it is a window of that name (proto/mark.h).
 */
#define PATHS(PATH)                                                                            \
	PATH(alloc, OPS, alloc_op, NULL, alloc_before, alloc_after)                            \
	PATH(free, OPS, free_op, NULL, free_before, alloc_after)                               \
	PATH(high_order, OPS_HUGE, high_order_op, huge_possible, NULL, huge_after)             \
	PATH(fault, OPS, fault_op, NULL, map_area, unmap_area)                                 \
	PATH(cow, OPS, fault_op, NULL, cow_before, cow_after)                                  \
	PATH(read, OPS, read_op, NULL, read_before, NULL)                                      \
	PATH(write, OPS, write_op, NULL, read_before, sync_device)                             \
	PATH(kmap_local, OPS, kmap_local_op, NULL, map_touched, unmap_area)                    \
	PATH(reclaim, OPS_IO, reclaim_op, NULL, reclaim_before, reclaim_after)                 \
	PATH(swap_out, OPS_IO, reclaim_op, swap_possible, swap_out_before, swap_out_after)     \
	PATH(swap_in, OPS_IO, fault_op, swap_possible, swap_in_before, swap_in_after)          \
	PATH(writeback, OPS_IO, writeback_op, NULL, writeback_before, NULL)                    \
	PATH(exec, 1, exec_op, NULL, NULL, NULL)                                               \
	PATH(fork, 1, fork_op, NULL, gate_open, fork_after)                                    \
	PATH(mmap, OPS, mmap_op, NULL, alloc_before, alloc_after)                              \
	PATH(unmap, OPS, unmap_op, NULL, map_touched, NULL)

static uint64_t read_at[OPS + 1]; /* the clock, before and after each operation */

#define TIMED(name, nr, op, possible, before, after)                                           \
	static void timed_##name(void)                                                         \
	{                                                                                      \
		MARK(MARK_BEGIN(MARK_WINDOW_##name));                                          \
		read_at[0] = clock_ticks();                                                    \
		for (size_t i = 0; i < (nr); i++) {                                            \
			op(i);                                                                 \
			read_at[i + 1] = clock_ticks();                                        \
		}                                                                              \
		MARK(MARK_END(MARK_WINDOW_##name));                                            \
	}
PATHS(TIMED)

#define ROW(name, nr, op, possible, before, after) \
	{ #name, nr, possible, before, timed_##name, after },
static const struct path {
	const char *name;
	unsigned int ops;
	int (*possible)(void);
	void (*before)(void);
	void (*timed)(void);
	void (*after)(void);
} paths[] = { PATHS(ROW) };

/* What all rounds of a path gave. */
struct samples {
	uint64_t v[SAMPLES_MAX];
	size_t nr;
	uint64_t batch; /* the shortest; UINT64_MAX: none was between two ticks */
	uint64_t sum;
};

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

static void one_round(const struct job *job, const struct path *p, bool counts, struct samples *s)
{
	uint64_t since = 0, ticks;
	bool whole;

	if (p->before)
		p->before();
	if (job->insn)
		since = wait_for_tick();
	p->timed();
	whole = !job->insn || (clock_ticks() - since) >> job->shift < TICK;
	if (p->after)
		p->after();
	if (!counts)
		return;
	ticks = read_at[p->ops] - read_at[0];
	s->sum += ticks;
	if (whole && ticks < s->batch)
		s->batch = ticks;
	for (size_t i = 0; i < p->ops && s->nr < SAMPLES_MAX; i++)
		s->v[s->nr++] = read_at[i + 1] - read_at[i];
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The value that comes most often, of several the smallest; @ret_times: how often. */
static uint64_t most_frequent(struct samples *s, size_t *ret_times)
{
	uint64_t best = 0;
	size_t times = 0;

	qsort(s->v, s->nr, sizeof(s->v[0]), by_value);
	for (size_t i = 0, j; i < s->nr; i = j) {
		for (j = i; j < s->nr && s->v[j] == s->v[i];)
			j++;
		if (j - i > times) {
			times = j - i;
			best = s->v[i];
		}
	}
	*ret_times = times;
	return best;
}

static void measure(const struct job *job, const struct path *p)
{
	static struct samples s;
	const int rounds = p->ops == 1 ? ROUNDS_ONE : ROUNDS;
	uint64_t usual;
	size_t times;

	s.nr = 0;
	s.sum = 0;
	s.batch = UINT64_MAX;
	for (int i = 0; i < WARM + rounds; i++)
		one_round(job, p, i >= WARM, &s);
	if (!job->insn) {
		emit_cost(job, "op", p->name, s.sum, (uint64_t)rounds * p->ops);
		return;
	}
	usual = most_frequent(&s, &times);
	emit_metric("path.insns", p->name, usual >> job->shift);
	emit_metric("path.alike", p->name, times);
	emit_metric("path.ops", p->name, s.nr);
	if (s.batch != UINT64_MAX)
		emit_ratio("path.batch", p->name, s.batch >> job->shift, p->ops);
}

static void prepare(const struct job *job)
{
	(void)job;
	self = getpid();
	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	must(device < 0, "cannot open " DEVICE);
	/*
	 * A request's tag is looked for from a random place on (lib/sbitmap.c), in one of four
	 * words of 16, and where it is decides what finding it costs. One word is left.
	 */
	must(write_file(DEVICE_TAGS, "16") < 0, DEVICE_TAGS);
	/* Without readahead a folio is a page: one of many is written and reclaimed as a whole. */
	must(posix_fadvise(device, 0, 0, POSIX_FADV_RANDOM), "POSIX_FADV_RANDOM");
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
