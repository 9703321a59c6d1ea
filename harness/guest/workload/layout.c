// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The virtual address layout, read from inside: a small process that has one of each
 * segment, and the kernel's page tables. Sends /proc/self/maps, ptdump's
 * /sys/kernel/debug/page_tables/kernel and /proc/iomem as they are (decode/layout.c
 * reads them), and what no file says: the first address a process cannot have.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest/procfs.h"
#include "guest/workload.h"

#define PAGE 4096ull
#define HEAP_BYTES (256 << 10)
#define MAP_BYTES (1 << 20)

/* May a process map the page at @at? One that is taken may be. */
static bool can_map(uint64_t at)
{
	/* The address is the question. NOLINTNEXTLINE(performance-no-int-to-ptr) */
	void *p = mmap((void *)(uintptr_t)at, PAGE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (p == MAP_FAILED)
		return errno == EEXIST;
	munmap(p, PAGE);
	return true;
}

/* The end of what mmap() takes: what can be mapped is all below what cannot. */
static uint64_t task_end(void)
{
	uint64_t can = 16 * PAGE, cannot = sizeof(long) == 4 ? 1ull << 32 : 1ull << 57;

	if (!can_map(can * 16))
		agent_fail_errno("cannot map a page at %llx", (unsigned long long)can * 16);
	while (cannot - can > PAGE) {
		uint64_t middle = (can + (cannot - can) / 2) / PAGE * PAGE;

		if (can_map(middle))
			can = middle;
		else
			cannot = middle;
	}
	return cannot;
}

static void send(const char *name, const char *path)
{
	if (access(path, R_OK))
		agent_fail_errno("cannot read %s", path);
	tool_output(name, path);
}

/* Field 47 of /proc/self/stat (proc_pid_stat(5)): where the heap began. */
static uint64_t start_brk(void)
{
	const char *text = read_file("/proc/self/stat", NULL), *p = text ? strrchr(text, ')') : NULL;

	for (int field = 2; p && field < 47; field++)
		p = strchr(p + 1, ' ');
	if (!p)
		agent_fail("cannot read /proc/self/stat");
	return strtoull(p, NULL, 10);
}

static void send_maps(void)
{
	char head[64];
	int n = snprintf(head, sizeof(head), "layout maps\nstart_brk %llx\n", (unsigned long long)start_brk());
	size_t len;
	const char *text = read_file("/proc/self/maps", &len);

	if (!text)
		agent_fail_errno("cannot read /proc/self/maps");
	emit_two(FRAME_OUTPUT, head, (size_t)n, text, len);
}

static void run(const struct job *job)
{
	char *heap = sbrk(HEAP_BYTES);
	char *map = mmap(NULL, MAP_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)job;
	if (heap == MAP_FAILED || map == MAP_FAILED)
		agent_fail_errno("cannot have a heap and a mapping");
	memset(heap, 1, HEAP_BYTES);
	memset(map, 1, MAP_BYTES);
	emit_metric("layout.task_end", "-", task_end() / PAGE);
	send_maps();
	send("layout page_tables", "/sys/kernel/debug/page_tables/kernel");
	send("layout zoneinfo", "/proc/zoneinfo");
	send("layout iomem", "/proc/iomem");
}

const struct workload workload_layout = { .name = "layout", .run = run };
