// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/pin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "guest/agent.h"

#define PAGE 4096u
#define RING_PAGES 256u /* a pipe of 1 MiB, the most without privilege */
#define MAX_PIPES 8192u
#define MAX_FILES 32768u /* two for a pipe, of two kinds */
/* Free memory is looked at every so many pages; more often near the end, where one refill of
 * a per-CPU list can take all that is above the watermarks. */
#define LOOK_EVERY 64u
#define LOOK_CLOSELY 4u

/* A pipe's pages: written in order, freed all at once with the pipe. */
struct pipes {
	int (*fd)[2];
	size_t nr, used; /* of the last one, pages */
};

static enum pin_kind pinned;
static unsigned int distance;
static size_t taken, area_pages;
static struct pipes stays, goes;
static char *area;

enum pin_kind pin_kind(const char *name)
{
	static const char *const names[] = { "none", "movable", "unmovable", "mixed" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return (enum pin_kind)i;
	agent_fail("there is no kind of page '%s'", name);
}

static void open_pipe(struct pipes *p)
{
	if (p->nr == MAX_PIPES)
		agent_fail("too many pipes to fill memory with");
	if (pipe2(p->fd[p->nr], O_CLOEXEC | O_NONBLOCK))
		agent_fail_errno("cannot open pipe %zu", p->nr);
	if (fcntl(p->fd[p->nr][0], F_SETPIPE_SZ, RING_PAGES * PAGE) < 0)
		agent_fail_errno("cannot make a pipe of %u pages", RING_PAGES);
	p->nr++;
	p->used = 0;
}

static void take_pipe_page(struct pipes *p)
{
	static const char page[PAGE] = { 1 };

	if (!p->nr || p->used == RING_PAGES)
		open_pipe(p);
	if (write(p->fd[p->nr - 1][1], page, PAGE) != PAGE)
		agent_fail_errno("cannot write to pipe %zu", p->nr);
	p->used++;
}

static void close_pipes(struct pipes *p)
{
	for (; p->nr; p->nr--) {
		close(p->fd[p->nr - 1][0]);
		close(p->fd[p->nr - 1][1]);
	}
}

/* Room for the descriptors, before memory is short. */
static void prepare_pipes(struct pipes *p)
{
	const struct rlimit files = { MAX_FILES, MAX_FILES };

	p->fd = p->fd ?: calloc(MAX_PIPES, sizeof(*p->fd));
	if (!p->fd || setrlimit(RLIMIT_NOFILE, &files))
		agent_fail_errno("cannot have %u pipes", MAX_PIPES);
	memset(p->fd, 0, MAX_PIPES * sizeof(*p->fd));
}

static void map_area(void)
{
	const size_t bytes = (size_t)meminfo_kib("MemTotal") << 10;

	area = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (area == MAP_FAILED || madvise(area, bytes, MADV_NOHUGEPAGE))
		agent_fail_errno("cannot map %zu bytes", bytes);
}

/* Of every @distance pages of the area the first stays. */
static void make_holes(size_t pages)
{
	for (size_t i = 0; i < pages; i += distance) {
		const size_t rest = pages - i - 1;
		const size_t nr = rest < distance - 1 ? rest : distance - 1;

		if (nr && madvise(area + (i + 1) * PAGE, nr * PAGE, MADV_DONTNEED))
			agent_fail_errno("cannot give back %zu pages", nr);
	}
}

static void take_unmovable(size_t i)
{
	take_pipe_page(i % distance ? &goes : &stays);
}

static void take_movable(size_t i)
{
	area[i * PAGE] = 1;
}

static void take_staying(size_t i)
{
	(void)i;
	take_pipe_page(&stays);
}

/* Take pages until @spare are free; returns how many. */
static size_t take(void (*take_page)(size_t i), size_t spare)
{
	size_t nr = 0;

	for (size_t next = 0;; nr++) {
		if (nr == next) {
			const uint64_t left = vmstat("nr_free_pages");

			if (left <= spare)
				break;
			next += left > 4 * spare ? LOOK_EVERY : LOOK_CLOSELY;
		}
		take_page(nr);
	}
	return nr;
}

void pin_fill(enum pin_kind kind, unsigned int keep, size_t spare_pages)
{
	pinned = kind;
	distance = keep;
	taken = area_pages = 0;
	if (kind == PIN_NONE)
		return;
	map_area();
	prepare_pipes(&stays);
	prepare_pipes(&goes);
	if (kind == PIN_UNMOVABLE) {
		taken = take(take_unmovable, spare_pages);
	} else {
		taken = area_pages = take(take_movable, spare_pages);
	}
	if (kind == PIN_MIXED) {
		make_holes(area_pages);
		taken += take(take_staying, vmstat("nr_free_pages") / 2);
	}
	if (taken < keep)
		agent_fail("only %zu pages were free to fragment", taken);
}

void pin_settle(void)
{
	const struct timespec minute = { 60, 0 };

	nanosleep(&minute, NULL);
}

void pin_open(void)
{
	if (pinned == PIN_UNMOVABLE)
		close_pipes(&goes);
	else if (pinned == PIN_MOVABLE)
		make_holes(area_pages);
	else if (pinned == PIN_MIXED && madvise(area, area_pages * PAGE, MADV_DONTNEED))
		agent_fail_errno("cannot give back %zu pages", area_pages);
	pin_settle();
}

void pin_free(void)
{
	close_pipes(&goes);
	close_pipes(&stays);
	if (area_pages && madvise(area, area_pages * PAGE, MADV_DONTNEED))
		agent_fail_errno("cannot give back what was pinned");
	pinned = PIN_NONE;
}

size_t pin_pages(void)
{
	return taken;
}

/* Sum over the orders of blocks << order of a line of buddyinfo. */
static uint64_t free_of(const char *row)
{
	uint64_t pages = 0;
	char *end;

	for (unsigned int order = 0;; order++, row = end) {
		const unsigned long long nr = strtoull(row, &end, 10);

		if (end == row)
			return pages;
		pages += (uint64_t)nr << order;
	}
}

/* "Node 0, zone   Normal  " of the zone with the most free pages. */
static void largest_zone(char *head, size_t size)
{
	const char *p = read_file("/proc/buddyinfo", NULL);
	uint64_t most = 0;

	for (*head = '\0'; p && *p; p += strcspn(p, "\n"), p += *p == '\n') {
		char zone[16];
		int len = 0;

		if (sscanf(p, "Node %*u, zone %15s %n", zone, &len) != 1 || free_of(p + len) < most)
			continue;
		most = free_of(p + len);
		snprintf(head, size, "%.*s", len, p);
	}
}

int pin_index(enum pin_index which, unsigned int order)
{
	const char *path = which == PIN_UNUSABLE ? "/sys/kernel/debug/extfrag/unusable_index" :
						   "/sys/kernel/debug/extfrag/extfrag_index";
	char head[64], zone[16], want[16];
	const char *p;
	double v = 0;

	largest_zone(head, sizeof(head));
	if (sscanf(head, "Node %*u, zone %15s", want) != 1)
		agent_fail("/proc/buddyinfo has no zone");
	for (p = read_file(path, NULL); p && *p; p += strcspn(p, "\n"), p += *p == '\n') {
		char *end;
		int len = 0;

		if (sscanf(p, "Node %*u, zone %15s %n", zone, &len) != 1 || strcmp(zone, want) != 0)
			continue;
		p += len;
		for (unsigned int i = 0; i <= order; i++, p = end) {
			v = strtod(p, &end);
			if (end == p)
				agent_fail("%s has no order %u", path, order);
		}
		return (int)(v * 1000 + (v < 0 ? -0.5 : 0.5));
	}
	agent_fail("%s has no zone '%s'", path, want);
}
