// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/snapshot.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/budget.h"
#include "guest/clock.h"
#include "guest/process.h"

/*
 * What is kept of the kernel's state, raw; a file that this kernel does not have is
 * left out. Dear are those that walk lists (pagetypeinfo: every free list, zoneinfo:
 * vmstat once more for each zone). vmstat is the last of the first snapshot and the
 * first of the last, nearest to the window; extfrag stands beside the buddyinfo it is
 * computed from.
 */
static struct source {
	const char *path;
	enum snapshot_part part;
	int fd;
	uint64_t ticks, nr; /* spent by the sampler, and how often */
} sources[] = {
	{ "/proc/vmstat", PART_CHEAP, -1, 0, 0 },
	{ "/proc/buddyinfo", PART_CHEAP, -1, 0, 0 },
	{ "/sys/kernel/debug/extfrag/unusable_index", PART_DEAR, -1, 0, 0 },
	{ "/sys/kernel/debug/extfrag/extfrag_index", PART_DEAR, -1, 0, 0 },
	{ "/proc/pagetypeinfo", PART_DEAR, -1, 0, 0 },
	{ "/proc/zoneinfo", PART_DEAR, -1, 0, 0 },
	{ "/proc/meminfo", PART_CHEAP, -1, 0, 0 },
	{ "/proc/swaps", PART_CHEAP, -1, 0, 0 },
	{ "/proc/diskstats", PART_CHEAP, -1, 0, 0 },
	{ "/proc/pressure/memory", PART_CHEAP, -1, 0, 0 },
	{ "/proc/pressure/io", PART_CHEAP, -1, 0, 0 },
	{ "/proc/pressure/cpu", PART_CHEAP, -1, 0, 0 },
};

#define NR_SOURCES (sizeof(sources) / sizeof(sources[0]))

ssize_t snapshot_read(int fd, char *text)
{
	size_t len = 0;
	ssize_t n = 0;

	if (fd < 0)
		return -1;
	do {
		len += (size_t)n;
		n = pread(fd, text + len, SNAPSHOT_TEXT_BYTES - len, (off_t)len);
	} while (n > 0);
	if (len == SNAPSHOT_TEXT_BYTES)
		agent_fail("a file of the kernel is longer than %d bytes", SNAPSHOT_TEXT_BYTES);
	return n < 0 ? -1 : (ssize_t)len;
}

void snapshot_put(enum frame_type type, const char *moment, const char *path, const char *text,
		  size_t len)
{
	char head[128];
	int head_len = snprintf(head, sizeof(head), "%s %s\n", moment, path);

	emit_two(type, head, (size_t)head_len, text, len);
}

static char snapshot_text[SNAPSHOT_TEXT_BYTES];
static struct budget dear;

void snapshot_open(void)
{
	for (size_t i = 0; i < NR_SOURCES; i++) {
		uint64_t begin;

		sources[i].fd = open(sources[i].path, O_RDONLY | O_CLOEXEC);
		/* The first read makes the kernel take the buffer it will need. */
		snapshot_read(sources[i].fd, snapshot_text);
		begin = clock_ticks();
		snapshot_read(sources[i].fd, snapshot_text);
		if (sources[i].part == PART_DEAR)
			dear.ticks += clock_ticks() - begin;
	}
	process_open(snapshot_text);
}

static void put_source(struct source *s, enum frame_type type, const char *moment, char *text)
{
	const uint64_t begin = clock_ticks();
	ssize_t len = snapshot_read(s->fd, text);

	if (len < 0)
		return;
	snapshot_put(type, moment, s->path, text, (size_t)len);
	if (type == FRAME_SAMPLE) {
		s->ticks += clock_ticks() - begin;
		s->nr++;
	}
}

void snapshot(const char *moment)
{
	const bool forward = strcmp(moment, "begin") != 0;

	if (!forward)
		process_snapshot(moment, snapshot_text);
	for (size_t i = 0; i < NR_SOURCES; i++)
		put_source(&sources[forward ? i : NR_SOURCES - 1 - i], FRAME_SNAPSHOT, moment,
			   snapshot_text);
	if (forward)
		process_snapshot(moment, snapshot_text);
}

void snapshot_window(void)
{
	dear.at = clock_ticks();
	process_window(dear.at);
}

bool snapshot_sample(const char *moment, char *text)
{
	const uint64_t now = clock_ticks();
	const bool whole = budget_allows(&dear, now, dear.ticks);
	uint64_t ticks = 0;

	for (size_t i = 0; i < NR_SOURCES; i++) {
		const uint64_t begin = clock_ticks();

		if (sources[i].part == PART_DEAR && !whole)
			continue;
		put_source(&sources[i], FRAME_SAMPLE, moment, text);
		if (sources[i].part == PART_DEAR)
			ticks += clock_ticks() - begin;
	}
	if (whole)
		budget_spend(&dear, now, now + ticks);
	process_sample(moment, text);
	return whole;
}

void snapshot_report_cost(const struct job *job)
{
	for (size_t i = 0; i < NR_SOURCES; i++)
		if (sources[i].nr)
			emit_ratio(job->insn ? "sample.file_insns" : "sample.file_ticks", sources[i].path,
				   sources[i].ticks >> (job->insn ? job->shift : 0), sources[i].nr);
}

/* The number after @name and @mark at the beginning of a line of @path. */
static uint64_t row_of(const char *path, const char *name, char mark)
{
	const char *p = read_file(path, NULL);
	const size_t len = strlen(name);

	if (!p)
		agent_fail_errno("cannot read %s", path);
	for (; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (strncmp(p, name, len) == 0 && p[len] == mark)
			return strtoull(p + len + 1, NULL, 10);
	agent_fail("%s of this kernel has no row '%s'", path, name);
}

uint64_t vmstat(const char *name)
{
	return row_of("/proc/vmstat", name, ' ');
}

uint64_t meminfo_kib(const char *name)
{
	return row_of("/proc/meminfo", name, ':');
}
