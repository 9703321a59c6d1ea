// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A tight loop that does nothing but raise events: markers, one write() each, by a process
 * of its own (with threads beside it the agent's system calls would cost more). Who takes
 * them out of the ring buffer beside it: the agent, where the plan has events:, or the
 * real trace-cmd, which writes them to a file of tmpfs, with the same size of buffer and
 * the same priority; or nobody, and they are overwritten. raise.ns goes from the first event to all of them being out of the
 * way, trace-cmd's end included: what starting and ending take is the same for any number,
 * so two numbers give the rate.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/trace.h"
#include "guest/workload.h"

#define LOG "/tmp/trace-cmd.log"
#define DAT "/tmp/trace.dat"
#define STATS TRACEFS "/per_cpu/cpu0/stats"

static void must_be_one_cpu(void)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) != 1)
		agent_fail("the events of one CPU are counted, the guest has more");
}

/* As the agent's own: 4 MiB, and before everything else. */
static pid_t start_recorder(void)
{
	const char *const argv[] = { "/usr/bin/trace-cmd", "record", "-q", "-r", "50", "-b", "4096", "-C", "mono",
				     "--compression", "none", "-o", DAT, "-e", "kmem:mm_page_alloc", NULL };
	const struct timespec wait = { 0, 10000000 };
	pid_t pid = tool_start(argv, LOG);

	for (int i = 0; i < 3000; i++) {
		const char *on = read_file(TRACEFS "/events/kmem/mm_page_alloc/enable", NULL);

		if (on && *on == '1' && (on = read_file(TRACEFS "/tracing_on", NULL)) && *on == '1')
			return pid;
		nanosleep(&wait, NULL);
	}
	agent_fail("trace-cmd has not begun to record");
}

/* The same events on, and nobody who reads. */
static void start_without(void)
{
	if (write_file(TRACEFS "/buffer_size_kb", "4096") || write_file(TRACEFS "/trace_clock", "mono") ||
	    write_file(TRACEFS "/events/kmem/mm_page_alloc/enable", "1") ||
	    write_file(TRACEFS "/tracing_on", "1"))
		agent_fail("cannot switch tracing on");
}

static uint64_t stat_of(const char *row)
{
	const char *text = read_file(STATS, NULL), *at = text ? strstr(text, row) : NULL;

	if (!at)
		agent_fail("no row '%s' in " STATS, row);
	return strtoull(at + strlen(row), NULL, 10);
}

static void stop_recorder(pid_t pid)
{
	struct stat st;
	const uint64_t overrun = stat_of("overrun: "), dropped = stat_of("dropped events: ");
	int status;

	if (kill(pid, SIGINT))
		agent_fail_errno("cannot stop trace-cmd");
	status = tool_wait(pid);
	tool_output("trace-cmd.log", LOG);
	tool_check("trace-cmd", status, LOG);
	if (stat(DAT, &st))
		agent_fail_errno("trace-cmd has left no " DAT);
	emit_metric("raise.file_bytes", "-", (uint64_t)st.st_size);
	emit_metric("raise.lost", "-", overrun + dropped);
}

/* Returns the guest time it took. */
static uint64_t raise_events(uint64_t nr)
{
	const uint64_t begin = clock_ns();
	pid_t pid = fork();
	int fd;

	if (pid < 0)
		agent_fail_errno("cannot start the loop");
	if (pid == 0) {
		fd = open(TRACEFS "/trace_marker", O_WRONLY | O_CLOEXEC);
		/* Not write(): once a process has had threads, that is a point of cancellation. */
		while (fd >= 0 && nr && syscall(SYS_write, fd, "x", 1) == 1)
			nr--;
		_exit(nr > 0);
	}
	if (tool_wait(pid))
		agent_fail("not every event could be raised");
	return clock_ns() - begin;
}

static void run(const struct job *job)
{
	const uint64_t events = param_number(job, "count");
	const char *reader = param_text(job, "reader");
	const bool agent = strcmp(reader, "agent") == 0, record = strcmp(reader, "trace-cmd") == 0;
	pid_t pid = 0;
	uint64_t ns;

	must_be_one_cpu();
	if (agent != (job->nr_trace > 0))
		agent_fail("reader '%s': the agent reads where the plan has events:, and only there", reader);
	if (record)
		pid = start_recorder();
	else if (!agent)
		start_without();
	ns = clock_ns();
	emit_metric("raise.loop_ns", "-", raise_events(events));
	if (record)
		stop_recorder(pid);
	emit_metric("raise.ns", "-", clock_ns() - ns);
	emit_metric("raise.events", "-", events);
}

const struct workload workload_raise = { .name = "raise", .run = run };
