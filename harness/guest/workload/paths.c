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
 * exec and fork are long, and one a round: each begins in the same state of all that was
 * found to move it (settle()). What stays: the allocator's per-CPU sheaves of objects, of
 * which one is refilled every second or third time, and the hash of the random number
 * generator's pool, once in eight; the count without them is the smallest of those that come
 * often. fork keeps some instructions of doubt: a new process goes into the tree of pidfs, and
 * how deep depends on which threads of the kernel have come and gone (8 to 13 instructions).
 *
 * What is shared by many operations is in the count of a whole batch, which begins when a
 * tick of the timer has passed and is given if it ends before the next.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
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
#define WARM 2u /* rounds that are not counted: caches of the kernel fill */
#define ROUNDS 8u
#define ROUNDS_ONE 238 /* of paths with one operation a round */
#define OFTEN 4
#define FORK_DOUBT 13 /* instructions: a place in the tree of pidfs */
#define ROUNDS_NODE 60 /* that go into a node of PIDS, beside others' */
#define PIDS 64 /* a node of the kernel's tree of them (include/linux/xarray.h) */
#define FIRST_PID 2 /* of a node */
#define THREE_DIGITS 100
#define REST_US 30000 /* RCU's callbacks have run, kernel threads are asleep; idle time is skipped */
#define INTERRUPT 30000u /* the longest one at a tick */
#define PELT 1048576u /* ns in which the scheduler sums up load (kernel/sched/pelt.c) */
#define SAMPLES_MAX ((size_t)OPS * ROUNDS)
#define TICK 1000000u /* HZ=1000: instructions between two ticks */
#define GAP 600u /* more than that between two readings of the clock was an interrupt */
#define DEVICE "/dev/nullb0"
#define BEYOND ((off_t)1 << 30) /* a part of it that is never in memory */
#define DEVICE_TAGS "/sys/block/nullb0/queue/nr_requests"
#define CLOCKSOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"
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

/* The new image says there when it began; it keeps the descriptor. */
static void exec_before(void)
{
	alloc_before();
	must(fcntl(memory, F_SETFD, 0), "FD_CLOEXEC");
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
 * Every path: PATH(name, operations, the one counted, possible, before, after); LONE, whose
 * one operation is timed in its own way. For an observer outside it is a window of that
 * name (proto/mark.h).
 */
#define PATHS(PATH, LONE)                                                                            \
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
	LONE(exec, 1, NULL, NULL, exec_before, alloc_after)                                    \
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
#define NOTHING(name, nr, op, possible, before, after)
PATHS(TIMED, NOTHING)

/*
 * From the call to main() of the image, which is the agent again and leaves at once
 * (init.c). Not the making and the end of the process: fork has the one, and both meet
 * whatever else wants to run. Its memory is the parent's until then.
 */
static void timed_exec(void)
{
	char fd[16], *const argv[] = { (char *)"/init", (char *)AGENT_LEAVE, fd, NULL };

	snprintf(fd, sizeof(fd), "%d", memory);
	/* NOLINTBEGIN(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork): what is measured */
	child = vfork();
	must(child < 0, "vfork");
	if (!child) {
		MARK(MARK_BEGIN(MARK_WINDOW_exec));
		read_at[0] = clock_ticks();
		execv(argv[0], argv);
		_exit(1);
	}
	/* NOLINTEND(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork) */
	wait_child();
	must(pread(memory, &read_at[1], sizeof(read_at[1]), 0) != sizeof(read_at[1]), "exec");
}

#define ROW(name, nr, op, possible, before, after) \
	{ #name, nr, possible, before, timed_##name, after },
static const struct path {
	const char *name;
	unsigned int ops;
	int (*possible)(void);
	void (*before)(void);
	void (*timed)(void);
	void (*after)(void);
} paths[] = { PATHS(ROW, ROW) };

/* What all rounds of a path gave. */
struct samples {
	uint64_t v[SAMPLES_MAX];
	size_t nr;
	uint64_t batch; /* the shortest; UINT64_MAX: none was between two ticks */
	uint64_t sum;
};

/* Wait until an interrupt has passed; the reading of the clock before it. */
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

static void align_pids(void)
{
	static pid_t dead;

	do {
		must(dead && waitpid(dead, NULL, 0) != dead, "waitpid");
		dead = fork();
		must(dead < 0, "fork");
		if (!dead)
			_exit(0);
	} while (dead % PIDS != FIRST_PID || dead < THREE_DIGITS);
}

/* What was freed late has been freed, and pages on the way to the LRU lists are there. */
static void settle(void)
{
	usleep(REST_US);
	must(posix_fadvise(device, BEYOND, (off_t)PAGE, POSIX_FADV_DONTNEED), "POSIX_FADV_DONTNEED");
}

/*
 * Where two ticks stood a tick apart: those after it are whole ticks away. Other interrupts
 * are not.
 */
static uint64_t find_grid(const struct job *job)
{
	uint64_t before, tick = wait_for_tick(), apart;

	do {
		before = tick;
		tick = wait_for_tick();
		apart = (tick - before) >> job->shift;
	} while (apart > TICK + GAP || apart < TICK - GAP);
	return tick;
}

/*
 * A tick has just passed, and the same part of a period of the scheduler's: whether an update
 * of the load crosses its end decides what that costs. Ticks move against these periods, so
 * one comes where that part is near. Where the periods end differs from kernel to kernel, so
 * every other round is half of one away: an operation shorter than that meets no end in one
 * half at least.
 */
static uint64_t wait_for_phase(const struct job *job, unsigned int round)
{
	static uint64_t grid;
	const uint64_t tick_ticks = (uint64_t)TICK << job->shift, drift = PELT - TICK;
	const uint64_t half = round % 2 ? PELT / 2 : 0;
	uint64_t tick, off;

	if (!grid)
		grid = find_grid(job);
	do {
		uint64_t now = clock_ticks(), last = now - (now - grid) % tick_ticks;
		uint64_t ticks = ((last >> job->shift) + half) % PELT / drift; /* until then */

		/* Most of the way asleep; what waking up brings is done by the next tick. */
		if (ticks > 2)
			usleep((unsigned int)(ticks - 2) * (TICK / 1000));
		tick = wait_for_tick();
		off = (tick - grid) % tick_ticks >> job->shift;
	} while ((off > GAP && off < TICK - GAP) || ((tick >> job->shift) + half) % PELT >= drift);
	while (((clock_ticks() >> job->shift) + half) % PELT < drift + INTERRUPT)
		;
	return tick;
}

static void one_round(const struct job *job, const struct path *p, unsigned int round, struct samples *s)
{
	uint64_t since = 0, ticks;
	bool whole;

	if (p->ops == 1)
		settle();
	if (p->before)
		p->before();
	if (job->insn)
		since = p->ops == 1 ? wait_for_phase(job, round) : wait_for_tick();
	p->timed();
	whole = !job->insn || (clock_ticks() - since) >> job->shift < TICK;
	if (p->after)
		p->after();
	if (round < WARM)
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

/*
 * The value that comes most often, of several the smallest; @ret_times: how often. With
 * @nearly, the smallest of those that come at least an OFTENth as often: a list that is
 * refilled every second or third time makes two or three, and two lists more.
 */
static uint64_t most_frequent(struct samples *s, bool nearly, size_t *ret_times)
{
	uint64_t best = 0;
	size_t times = 0, most = 0;

	qsort(s->v, s->nr, sizeof(s->v[0]), by_value);
	for (size_t i = 0, j; i < s->nr; i = j) {
		for (j = i; j < s->nr && s->v[j] == s->v[i];)
			j++;
		if (j - i > most)
			most = j - i;
	}
	for (size_t i = 0, j; i < s->nr && !times; i = j) {
		for (j = i; j < s->nr && s->v[j] == s->v[i];)
			j++;
		if (j - i == most || (nearly && OFTEN * (j - i) >= most)) {
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
	const unsigned int rounds = p->ops == 1 ? ROUNDS_ONE : ROUNDS;
	uint64_t usual;
	size_t times;

	s.nr = 0;
	s.sum = 0;
	s.batch = UINT64_MAX;
	for (unsigned int i = 0; i < WARM + rounds; i++) {
		if (p->ops == 1 && i % ROUNDS_NODE == 0)
			align_pids();
		one_round(job, p, i, &s);
	}
	if (!job->insn) {
		emit_cost(job, "op", p->name, s.sum, (uint64_t)rounds * p->ops);
		return;
	}
	usual = most_frequent(&s, p->ops == 1, &times);
	emit_metric("path.insns", p->name, usual >> job->shift);
	emit_metric("path.alike", p->name, times);
	if (p->timed == timed_fork)
		emit_metric("path.doubt", p->name, FORK_DOUBT);
	emit_metric("path.ops", p->name, s.nr);
	if (s.batch != UINT64_MAX)
		emit_ratio("path.batch", p->name, s.batch >> job->shift, p->ops);
}

/* The clock of the first second is read in another way. */
static void wait_for_clocksource(void)
{
	const char *name;

	while ((name = read_file(CLOCKSOURCE, NULL)) && strncmp(name, "tsc-early", 9) == 0)
		usleep(100000);
}

static void prepare(const struct job *job)
{
	static const struct sched_param none;

	(void)job;
	wait_for_clocksource();
	/* A child does not take the processor from its parent before fork() returns. */
	must(sched_setscheduler(0, SCHED_BATCH, &none), "SCHED_BATCH");
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
