// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fork and copy on write: a parent with so many pages forks; a child that only ends
 * shows what copying the page tables costs, one that writes each page what the copies
 * cost. Frames are counted: the promise of a copy takes none.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/procfs.h"
#include "guest/workload.h"

#define PAGE 4096u

/* Where a child leaves its figures. */
struct told {
	uint64_t ticks, faults, copied;
};

static uint64_t *frames, *frames_of_child;

static uint64_t faults_now(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (uint64_t)ru.ru_minflt;
}

static void touch(char *area, size_t pages, char value)
{
	for (size_t i = 0; i < pages; i++)
		*(volatile char *)(area + i * PAGE) = value;
}

static void __attribute__((noreturn)) child(char *area, size_t pages, struct told *told)
{
	const uint64_t faults = faults_now(), ticks = clock_ticks();

	touch(area, pages, 2);
	told->ticks = clock_ticks() - ticks;
	told->faults = faults_now() - faults;
	pagemap_read(area, pages, frames_of_child);
	for (size_t i = 0; i < pages; i++)
		told->copied += frames_of_child[i] && frames_of_child[i] != frames[i];
	_exit(0);
}

/* Fork a child that writes @pages; ticks from before fork() until it is gone. */
static uint64_t fork_once(char *area, size_t pages, struct told *told)
{
	uint64_t ticks = clock_ticks();
	pid_t pid = fork();
	int status;

	if (pid < 0)
		agent_fail_errno("cannot fork");
	if (pid == 0 && !pages)
		_exit(0);
	if (pid == 0)
		child(area, pages, told);
	if (waitpid(pid, &status, 0) != pid || status)
		agent_fail("the child died");
	return clock_ticks() - ticks;
}

static void run(const struct job *job)
{
	const size_t pages = (size_t)param_number(job, "pages");
	struct told *told = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *area = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t bare, with;

	if (told == MAP_FAILED || area == MAP_FAILED || madvise(area, pages * PAGE, MADV_NOHUGEPAGE))
		agent_fail_errno("cannot map %zu pages", pages);
	memset(told, 0, sizeof(*told));
	frames = calloc(pages, sizeof(*frames));
	frames_of_child = calloc(pages, sizeof(*frames_of_child));
	if (!frames || !frames_of_child)
		agent_fail("no memory for %zu page frame numbers", pages);
	fork_once(area, 0, told); /* the first one makes caches */
	bare = fork_once(area, 0, told);
	touch(area, pages, 1);
	pagemap_read(area, pages, frames);
	with = fork_once(area, 0, told);
	emit_cost(job, "op", "fork", bare, 1);
	emit_cost(job, "page", "fork", with > bare ? with - bare : 0, pages);
	fork_once(area, pages, told);
	if (told->faults < pages)
		agent_fail("only %llu faults for %zu shared pages", (unsigned long long)told->faults, pages);
	emit_cost(job, "page", "cow", told->ticks, pages);
	emit_metric("faults", "cow", told->faults);
	emit_metric("copied", "-", told->copied);
}

const struct workload workload_fork = { .name = "fork", .run = run };
