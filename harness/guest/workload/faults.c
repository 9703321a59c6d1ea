// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every allocation of some operations fails once (kernel variant +faults): the n-th of
 * an operation, for n from 1 on, until it does without n allocations. What the operation
 * returns then does not matter; the kernel has to survive, and kmemleak may find nothing
 * that the way out has forgotten.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest/workload.h"

#define KMEMLEAK "/sys/kernel/debug/kmemleak"
#define FAIL_NTH "/proc/thread-self/fail-nth"
#define AREA (64u << 12)
#define FILE_PATH "/tmp/faults"
/* kmemleak leaves alone what is younger than five seconds. */
#define GROW_UP_S 6

static void *area(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void drop(void *p, size_t size)
{
	if (p)
		munmap(p, size);
}

static void op_mmap(void)
{
	drop(area(AREA), AREA);
}

static void op_fault(void)
{
	volatile char *p = area(AREA);

	for (size_t i = 0; p && i < AREA; i += 4096)
		p[i] = 1;
	drop((void *)p, AREA);
}

static void op_mprotect(void)
{
	char *p = area(AREA);

	if (p)
		(void)!mprotect(p + AREA / 4, AREA / 4, PROT_READ);
	drop(p, AREA);
}

static void op_mremap(void)
{
	char *p = area(AREA);
	void *q = p ? mremap(p, AREA, 2 * (size_t)AREA, MREMAP_MAYMOVE) : MAP_FAILED;

	if (q != MAP_FAILED)
		drop(q, 2 * (size_t)AREA);
	else
		drop(p, AREA);
}

static void op_brk(void)
{
	char *end = sbrk(0);

	if (brk(end + AREA) == 0)
		(void)!brk(end);
}

static void op_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void op_file(void)
{
	char block[4096] = "";
	int fd = open(FILE_PATH, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		return;
	(void)!write(fd, block, sizeof(block));
	(void)!pread(fd, block, sizeof(block), 0);
	close(fd);
	unlink(FILE_PATH);
}

static void op_shared(void)
{
	int fd = memfd_create("faults", 0);
	char *p;

	if (fd < 0)
		return;
	if (ftruncate(fd, AREA) == 0) {
		p = mmap(NULL, AREA, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (p != MAP_FAILED)
			munmap(p, AREA);
	}
	close(fd);
}

/* Out to swap and back. */
static void op_swap(void)
{
	volatile char *p = area(AREA);

	for (size_t i = 0; p && i < AREA; i += 4096)
		p[i] = 1;
	if (p && madvise((void *)p, AREA, MADV_PAGEOUT) == 0)
		for (size_t i = 0; i < AREA; i += 4096)
			p[i]++;
	drop((void *)p, AREA);
}

/* A value of a sysctl written back: its handler allocates, as do those of the series. */
static void op_sysctl(void)
{
	char value[32] = "";
	int fd = open("/proc/sys/vm/swappiness", O_RDWR);

	if (fd < 0)
		return;
	if (read(fd, value, sizeof(value) - 1) > 0)
		(void)!pwrite(fd, value, strlen(value), 0);
	close(fd);
}

static const struct {
	const char *name;
	void (*run)(void);
} ops[] = {
	{ "mmap", op_mmap },   { "fault", op_fault }, { "mprotect", op_mprotect },
	{ "mremap", op_mremap }, { "brk", op_brk },   { "fork", op_fork },
	{ "file", op_file },   { "shared", op_shared }, { "swap", op_swap },
	{ "sysctl", op_sysctl },
};

static void setting(const char *path, const char *value)
{
	int rc = write_file(path, value);

	if (rc)
		agent_fail("cannot write '%s' to %s (%s): use a kernel with +faults", value, path,
			   strerror(-rc));
}

/* In the child: what becomes of it is its exit code. */
enum { CHILD_FAILED_ONE, CHILD_FAILED_NONE, CHILD_CANNOT };

static int child(void (*op)(void), unsigned int nth)
{
	char text[16] = "";
	int fd = open(FAIL_NTH, O_RDWR);
	ssize_t n;

	snprintf(text, sizeof(text), "%u", nth);
	if (fd < 0 || pwrite(fd, text, strlen(text), 0) < 0)
		return CHILD_CANNOT;
	op();
	n = pread(fd, text, sizeof(text) - 1, 0);
	(void)!pwrite(fd, "0", 1, 0);
	return n > 0 && atoi(text) == 0 ? CHILD_FAILED_ONE : CHILD_FAILED_NONE;
}

/* Does @op in a process of its own meet an @nth allocation, which fails? One that cannot
 * grow its stack is killed for it. */
static bool fails(void (*op)(void), unsigned int nth, uint64_t *killed)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(child(op, nth));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		agent_fail_errno("cannot run a process");
	if (WIFSIGNALED(status)) {
		++*killed;
		return true;
	}
	if (WEXITSTATUS(status) == CHILD_CANNOT)
		agent_fail("cannot write %s: use a kernel with +faults", FAIL_NTH);
	return WEXITSTATUS(status) == CHILD_FAILED_ONE;
}

static void look_for_leaks(void)
{
	const struct timespec grow_up = { .tv_sec = GROW_UP_S };
	const char *found, *line;

	nanosleep(&grow_up, NULL);
	setting(KMEMLEAK, "scan");
	nanosleep(&grow_up, NULL);
	setting(KMEMLEAK, "scan");
	tool_output("kmemleak", KMEMLEAK);
	found = read_file(KMEMLEAK, NULL);
	line = found ? strstr(found, "unreferenced object") : NULL;
	if (line)
		agent_fail("a failed allocation leaks: %.*s", (int)strcspn(line, "\n"), line);
}

static void prepare(const struct job *job)
{
	(void)job;
	setting("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	setting("/sys/kernel/debug/failslab/verbose", "0");
	setting("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	setting("/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N");
	setting("/sys/kernel/debug/fail_page_alloc/min-order", "0");
	setting("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	setting(KMEMLEAK, "clear");
}

static void run(const struct job *job)
{
	const uint64_t most = param_number(job, "most");
	uint64_t killed = 0;

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		uint64_t nth = 1;

		while (nth <= most && fails(ops[i].run, (unsigned int)nth, &killed))
			nth++;
		if (nth == 1)
			agent_fail("no allocation of '%s' has failed", ops[i].name);
		emit_metric("faults.injected", ops[i].name, nth - 1);
	}
	emit_metric("faults.killed", "-", killed);
	look_for_leaks();
}

const struct workload workload_faults = { .name = "faults", .prepare = prepare, .run = run };
