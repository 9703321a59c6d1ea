// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/snapshot.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <poll.h>
#include <unistd.h>

#include "guest/clock.h"

/* Below the drain's: a sample can wait, a full ring buffer cannot. */
#define PRIORITY 40
#define STACK_BYTES (64 << 10)
#define TEXT_BYTES (256 << 10)

/*
 * What is kept of the kernel's state, raw; a file that this kernel does not have is
 * left out. The cheap ones are sampled too: pagetypeinfo walks every free list, and
 * zoneinfo prints the whole of vmstat once more for each zone. vmstat is the last of
 * the first snapshot and the first of the last, nearest to the window.
 */
static struct source {
	const char *path;
	bool sampled;
	int fd;
} sources[] = {
	{ "/proc/vmstat", true, -1 },
	{ "/proc/buddyinfo", true, -1 },
	{ "/sys/kernel/debug/extfrag/unusable_index", false, -1 },
	{ "/sys/kernel/debug/extfrag/extfrag_index", false, -1 },
	{ "/proc/meminfo", true, -1 },
	{ "/proc/zoneinfo", false, -1 },
	{ "/proc/pagetypeinfo", false, -1 },
	{ "/proc/swaps", true, -1 },
	{ "/proc/diskstats", true, -1 },
	{ "/proc/pressure/memory", true, -1 },
	{ "/proc/pressure/io", true, -1 },
	{ "/proc/pressure/cpu", false, -1 },
};

#define NR_SOURCES (sizeof(sources) / sizeof(sources[0]))

/* Read all of @s; -1 if this kernel does not have it. */
static ssize_t read_source(const struct source *s, char *text)
{
	size_t len = 0;
	ssize_t n = 0;

	if (s->fd < 0)
		return -1;
	do {
		len += (size_t)n;
		n = pread(s->fd, text + len, TEXT_BYTES - len, (off_t)len);
	} while (n > 0);
	return n < 0 ? -1 : (ssize_t)len;
}

static char snapshot_text[TEXT_BYTES];

void snapshot_open(void)
{
	for (size_t i = 0; i < NR_SOURCES; i++) {
		sources[i].fd = open(sources[i].path, O_RDONLY | O_CLOEXEC);
		/* The first read makes the kernel take the buffer it will need. */
		read_source(&sources[i], snapshot_text);
	}
}

void snapshot(const char *moment)
{
	const bool forward = strcmp(moment, "begin") != 0;

	for (size_t i = 0; i < NR_SOURCES; i++) {
		const struct source *s = &sources[forward ? i : NR_SOURCES - 1 - i];
		ssize_t len = read_source(s, snapshot_text);
		char head[128];
		int head_len = snprintf(head, sizeof(head), "%s %s\n", moment, s->path);

		if (len >= 0)
			emit_two(FRAME_SNAPSHOT, head, (size_t)head_len, snapshot_text, (size_t)len);
	}
}

/* The sampler: a thread of its own with nothing to allocate. */
static char sample_text[TEXT_BYTES];
static char stack[STACK_BYTES] __attribute__((aligned(4096)));
static struct pollfd wait_for[2]; /* the timer, and the word to stop */
static pthread_t sampler;
static sem_t ready;
static uint64_t nr_samples, nr_missed, cost_ticks;

static void take_sample(void)
{
	const uint64_t begin = clock_ticks();

	nr_samples++;
	for (size_t i = 0; i < NR_SOURCES; i++) {
		ssize_t len = sources[i].sampled ? read_source(&sources[i], sample_text) : -1;
		char head[128];
		int head_len = snprintf(head, sizeof(head), "%llu %s\n", (unsigned long long)nr_samples,
					sources[i].path);

		if (len >= 0)
			emit_two(FRAME_SAMPLE, head, (size_t)head_len, sample_text, (size_t)len);
	}
	cost_ticks += clock_ticks() - begin;
}

static void *sample_loop(void *arg)
{
	uint64_t nr;

	(void)arg;
	sem_post(&ready);
	while (!wait_for[1].revents) {
		if (poll(wait_for, 2, -1) <= 0 || !(wait_for[0].revents & POLLIN) ||
		    read(wait_for[0].fd, &nr, sizeof(nr)) != sizeof(nr))
			continue;
		nr_missed += nr - 1;
		take_sample();
	}
	return NULL;
}

static void start_thread(void)
{
	const struct sched_param first = { .sched_priority = PRIORITY };
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	if (mlock(stack, sizeof(stack)) || mlock(sample_text, sizeof(sample_text)) ||
	    sem_init(&ready, 0, 0) || pthread_attr_setstack(&attr, stack, sizeof(stack)) ||
	    pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED) ||
	    pthread_attr_setschedpolicy(&attr, SCHED_FIFO) ||
	    pthread_attr_setschedparam(&attr, &first) ||
	    pthread_create(&sampler, &attr, sample_loop, NULL))
		agent_fail("cannot start the thread that samples");
	pthread_attr_destroy(&attr);
	sem_wait(&ready);
}

static bool sampling;
static uint64_t window_ticks;

void sample_prepare(const struct job *job)
{
	sampling = job->sample_ns;
	if (!sampling)
		return;
	wait_for[0] = (struct pollfd){ .fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
				       .events = POLLIN };
	wait_for[1] = (struct pollfd){ .fd = eventfd(0, EFD_CLOEXEC), .events = POLLIN };
	if (wait_for[0].fd < 0 || wait_for[1].fd < 0)
		agent_fail_errno("cannot make the timer of the samples");
	start_thread();
}

void sample_start(const struct job *job)
{
	const struct timespec every = { (time_t)(job->sample_ns / 1000000000u),
					(long)(job->sample_ns % 1000000000u) };
	const struct itimerspec t = { every, every };

	window_ticks = clock_ticks();
	if (sampling && timerfd_settime(wait_for[0].fd, 0, &t, NULL))
		agent_fail_errno("cannot start the timer of the samples");
}

void sample_stop(void)
{
	const struct itimerspec never = {};

	window_ticks = clock_ticks() - window_ticks;
	if (sampling && timerfd_settime(wait_for[0].fd, 0, &never, NULL))
		agent_fail_errno("cannot stop the timer of the samples");
}

void sample_report(const struct job *job)
{
	const uint64_t one = 1;

	if (!sampling)
		return;
	if (write(wait_for[1].fd, &one, sizeof(one)) != sizeof(one) || pthread_join(sampler, NULL))
		agent_fail("cannot stop the thread that samples");
	emit_metric("sample.taken", "-", nr_samples);
	emit_metric("sample.missed", "-", nr_missed);
	if (job->insn) {
		emit_metric("sample.insns", "-", cost_ticks >> job->shift);
		emit_ratio("sample.insns_per_sample", "-", cost_ticks >> job->shift, nr_samples);
	} else {
		emit_metric("sample.tsc_ticks", "-", cost_ticks);
	}
	emit_ratio("sample.share", "-", cost_ticks * 100, window_ticks);
}

uint64_t vmstat(const char *name)
{
	const char *p = read_file("/proc/vmstat", NULL);
	const size_t len = strlen(name);

	if (!p)
		agent_fail_errno("cannot read /proc/vmstat");
	for (; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (strncmp(p, name, len) == 0 && p[len] == ' ')
			return strtoull(p + len + 1, NULL, 10);
	agent_fail("this kernel has no vmstat row '%s'", name);
}
