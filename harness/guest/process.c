// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/budget.h"
#include "guest/clock.h"
#include "guest/snapshot.h"
#include "proto/workload.h"

#define MAX_PROCESSES 16
/* Where in the directory /proc process 0 would stand (fs/proc/base.c, TGID_OFFSET). A
 * kernel with another order costs time, not correctness: names are looked at. */
#define PROC_FIRST_PID 258
/* Before the first walk tells. */
#define SMAPS_TICKS_PER_PAGE 400

enum { STAT, SMAPS, NR_FILES };

static const char *const files[NR_FILES] = { "stat", "smaps_rollup" };

static struct process {
	pid_t pid; /* 0: free */
	int fds[NR_FILES];
	struct budget smaps;
	uint64_t pages; /* that smaps_rollup walked */
} processes[MAX_PROCESSES];

static volatile pid_t tool;
static int proc_dir = -1;

static struct process *find(pid_t pid)
{
	for (size_t i = 0; i < MAX_PROCESSES; i++)
		if (processes[i].pid == pid)
			return &processes[i];
	return NULL;
}

static void drop(struct process *p)
{
	for (int i = 0; i < NR_FILES; i++)
		close(p->fds[i]);
	p->pid = 0;
}

/* Threads of the kernel have no smaps_rollup and are left out. */
static void add(pid_t pid)
{
	struct process *p = find(0);
	char path[64];

	if (!p)
		return;
	for (int i = NR_FILES; i-- > 0;) {
		snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, files[i]);
		p->fds[i] = open(path, O_RDONLY | O_CLOEXEC);
		if (p->fds[i] >= 0)
			continue;
		while (++i < NR_FILES)
			close(p->fds[i]);
		return;
	}
	p->smaps = (struct budget){ .at = clock_ticks() };
	p->pages = 0;
	p->pid = pid;
}

void process_open(char *text)
{
	const struct workload_desc *w = workload_find(region_job()->workload);

	proc_dir = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!w || w->tool)
		return;
	add(getpid());
	for (int i = 0; i < NR_FILES && find(getpid()); i++)
		snapshot_read(processes[0].fds[i], text);
}

void process_tool(pid_t pid)
{
	tool = pid;
}

/* What was started since the tool, and the tool. */
static void find_new(char *text)
{
	ssize_t n;

	if (!tool || proc_dir < 0 || lseek(proc_dir, PROC_FIRST_PID + tool, SEEK_SET) < 0)
		return;
	while ((n = getdents64(proc_dir, text, 4096)) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *d = (const void *)(text + at);
			long pid = strtol(d->d_name, NULL, 10);

			if (pid >= tool && !find((pid_t)pid))
				add((pid_t)pid);
			at += d->d_reclen;
		}
	}
}

static ssize_t put(const struct process *p, int file, enum frame_type type, const char *moment,
		   char *text)
{
	ssize_t len = snapshot_read(p->fds[file], text);
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)p->pid, files[file]);
	if (len > 0)
		snapshot_put(type, moment, path, text, (size_t)len);
	return len;
}

void process_snapshot(const char *moment, char *text)
{
	for (size_t i = 0; i < MAX_PROCESSES; i++)
		for (int file = 0; processes[i].pid && file < NR_FILES; file++)
			put(&processes[i], file, FRAME_SNAPSHOT, moment, text);
}

/* The resident pages: field 24 of stat, behind a name that may hold anything. */
static uint64_t resident(char *text, size_t len)
{
	char *p;

	text[len - 1] = '\0';
	p = strrchr(text, ')');
	for (int field = 2; p && field < 24; field++) {
		p = strchr(p, ' ');
		p = p ? p + 1 : NULL;
	}
	return p ? strtoull(p, NULL, 10) : 0;
}

/* What walking @pages will take, by the last time. */
static uint64_t forecast(const struct process *p, uint64_t pages)
{
	return p->pages ? p->smaps.ticks / p->pages * pages : SMAPS_TICKS_PER_PAGE * pages;
}

static bool sample(struct process *p, const char *moment, char *text)
{
	ssize_t len = put(p, STAT, FRAME_SAMPLE, moment, text);
	uint64_t now = clock_ticks(), pages;

	if (len <= 0)
		return false;
	pages = resident(text, (size_t)len);
	if (!budget_allows(&p->smaps, now, forecast(p, pages)))
		return true;
	len = put(p, SMAPS, FRAME_SAMPLE, moment, text);
	budget_spend(&p->smaps, now, clock_ticks());
	p->pages = pages;
	return len > 0;
}

void process_sample(const char *moment, char *text)
{
	find_new(text);
	for (size_t i = 0; i < MAX_PROCESSES; i++)
		if (processes[i].pid && !sample(&processes[i], moment, text))
			drop(&processes[i]);
}

void process_window(uint64_t now)
{
	for (size_t i = 0; i < MAX_PROCESSES; i++)
		processes[i].smaps.at = now;
}
