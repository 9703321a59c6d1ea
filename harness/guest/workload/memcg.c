// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A memory cgroup under pressure: a child touches, at random, more anonymous
 * memory than its group may have, while memory outside is free. The group
 * reclaims and swaps its own pages and no others; what the child wrote is read
 * back and checked.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/random.h"
#include "guest/workload.h"

#define ROOT "/sys/fs/cgroup"
#define GROUP ROOT "/pressure"
#define PAGE 4096u

static void set(const char *path, const char *text)
{
	int rc = write_file(path, text);

	if (rc)
		agent_fail("cannot write '%s' to %s: %s", text, path, strerror(-rc));
}

static void prepare(const struct job *job)
{
	char limit[24];

	if (!meminfo_kib("SwapTotal"))
		agent_fail("without swap the group would be killed at its limit");
	if (mount("cgroup2", ROOT, "cgroup2", 0, NULL) && errno != EBUSY)
		agent_fail_errno("cannot mount " ROOT);
	set(ROOT "/cgroup.subtree_control", "+memory");
	if (mkdir(GROUP, 0755))
		agent_fail_errno("cannot make " GROUP);
	snprintf(limit, sizeof(limit), "%" PRIu64, param_number(job, "limit"));
	set(GROUP "/memory.max", limit);
}

/* In the child; exit code 1: other data came back. */
static void __attribute__((noreturn)) touch(const struct job *job, uint32_t pages)
{
	uint64_t state = random_start(job->seed);
	uint32_t *area = mmap(NULL, (size_t)pages * PAGE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (area == MAP_FAILED || madvise(area, (size_t)pages * PAGE, MADV_NOHUGEPAGE) ||
	    write_file(GROUP "/cgroup.procs", "0"))
		_exit(2);
	for (uint32_t i = 0; i < pages; i++)
		area[(size_t)i * (PAGE / 4)] = i + 1;
	for (uint64_t i = 0; i < param_number(job, "touches"); i++) {
		const uint32_t page = random_below(&state, pages);

		if (area[(size_t)page * (PAGE / 4)] != page + 1)
			_exit(1);
		area[(size_t)page * (PAGE / 4) + 1]++;
	}
	for (uint32_t i = 0; i < pages; i++)
		if (area[(size_t)i * (PAGE / 4)] != i + 1)
			_exit(1);
	_exit(0);
}

static void run_child(const struct job *job, uint32_t pages)
{
	pid_t pid = fork();
	int status = 0;

	if (pid < 0)
		agent_fail_errno("cannot start the child");
	if (pid == 0)
		touch(job, pages);
	if (waitpid(pid, &status, 0) != pid)
		agent_fail_errno("lost the child");
	if (WIFSIGNALED(status))
		agent_fail("the child was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) == 1)
		agent_fail("a page came back with other data");
	if (WEXITSTATUS(status))
		agent_fail("the child could not join its group");
}

/* "key N" in a file of the group; 0 if this kernel has no such key. */
static uint64_t count_of(const char *path, const char *key)
{
	const char *p = read_file(path, NULL);
	const size_t len = strlen(key);

	if (!p)
		agent_fail_errno("cannot read %s", path);
	for (; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (strncmp(p, key, len) == 0 && p[len] == ' ')
			return strtoull(p + len + 1, NULL, 10);
	return 0;
}

static void run(const struct job *job)
{
	static const char *const stats[] = { "pgscan", "pgsteal", "pswpin", "pswpout" };
	const uint32_t pages = (uint32_t)(param_number(job, "size") / PAGE);
	const uint64_t before = vmstat("pgscan_kswapd");
	uint64_t ns = clock_ns(), peak;
	const char *text;
	char name[32];

	run_child(job, pages);
	ns = clock_ns() - ns;
	if (!count_of(GROUP "/memory.events", "max"))
		agent_fail("the group was never at its limit");
	emit_metric("memcg.at_limit", "-", count_of(GROUP "/memory.events", "max"));
	emit_metric("memcg.oom", "-", count_of(GROUP "/memory.events", "oom"));
	for (size_t i = 0; i < sizeof(stats) / sizeof(stats[0]); i++) {
		snprintf(name, sizeof(name), "memcg.%s", stats[i]);
		emit_metric(name, "-", count_of(GROUP "/memory.stat", stats[i]));
	}
	text = read_file(GROUP "/memory.peak", NULL);
	peak = text ? strtoull(text, NULL, 10) : 0;
	emit_metric("memcg.peak", "-", peak);
	emit_metric("memcg.limit", "-", param_number(job, "limit"));
	emit_metric("memcg.kswapd_scanned", "-", vmstat("pgscan_kswapd") - before);
	emit_ratio("memcg.ns_per_touch", "-", ns, param_number(job, "touches") + 2 * (uint64_t)pages);
	emit_metric("memcg.verified", "-", pages);
}

const struct workload workload_memcg = { .name = "memcg", .prepare = prepare, .run = run };
