// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/drain.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest/trace.h"

#define MAX_CPUS 64
#define PRIORITY 50
#define STACK_BYTES (64 << 10)

static char *area;
static uint64_t area_bytes;
static volatile uint64_t *used; /* in the region's header */
static struct pollfd fds[1 + MAX_CPUS]; /* the first says stop */
static uint32_t cpu_of[1 + MAX_CPUS];
static nfds_t nr_fds;
static size_t page_bytes;
static pthread_t drainer;
static sem_t ready;
/* Its own and locked: the workload may have everything else swapped out. */
static char stack[STACK_BYTES] __attribute__((aligned(4096)));

/* Every chunk is as long as every other, so the place tells the number. */
static void put_header(char *at, uint32_t cpu, uint32_t bytes)
{
	struct trace_chunk c = {
		.magic = TRACE_CHUNK_MAGIC,
		.cpu = cpu,
		.bytes = bytes,
		.seq = (uint32_t)(*used / (sizeof(c) + page_bytes)),
	};

	c.header_crc = crc32(0, &c, offsetof(struct trace_chunk, header_crc));
	memcpy(at, &c, sizeof(c));
}

/* All pages of one CPU, the last one perhaps in part. A full region stops it: what
 * stays behind is counted by the kernel and found by the host. */
static void drain_cpu(nfds_t i)
{
	const size_t chunk = sizeof(struct trace_chunk) + page_bytes;

	while (area_bytes - *used >= chunk) {
		char *at = area + *used;
		ssize_t n = read(fds[i].fd, at + sizeof(struct trace_chunk), page_bytes);

		if (n != (ssize_t)page_bytes)
			break;
		put_header(at, cpu_of[i], (uint32_t)page_bytes);
		/* Counted last: a reader of a dead guest's region sees whole chunks. */
		__sync_synchronize();
		*used += chunk;
	}
}

static void *drain_loop(void *arg)
{
	(void)arg;
	sem_post(&ready);
	while (!fds[0].revents) {
		if (poll(fds, nr_fds, -1) <= 0)
			continue;
		for (nfds_t i = 1; i < nr_fds; i++)
			if (fds[i].revents)
				drain_cpu(i);
		/* A full region: sleep until the end, do not spin. */
		if (area_bytes - *used < sizeof(struct trace_chunk) + page_bytes)
			nr_fds = 1;
	}
	return NULL;
}

static void start_thread(void)
{
	const struct sched_param first = { .sched_priority = PRIORITY };
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	if (mlock(stack, sizeof(stack)) || sem_init(&ready, 0, 0) ||
	    pthread_attr_setstack(&attr, stack, sizeof(stack)) ||
	    pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED) ||
	    pthread_attr_setschedpolicy(&attr, SCHED_FIFO) ||
	    pthread_attr_setschedparam(&attr, &first) ||
	    pthread_create(&drainer, &attr, drain_loop, NULL))
		agent_fail("cannot start the thread that drains events");
	pthread_attr_destroy(&attr);
	/* What starting takes is over before the window opens. */
	sem_wait(&ready);
}

static void open_buffers(void)
{
	char path[128];

	fds[0] = (struct pollfd){ .fd = eventfd(0, EFD_CLOEXEC), .events = POLLIN };
	if (fds[0].fd < 0)
		agent_fail_errno("eventfd");
	nr_fds = 1;
	for (long cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF) && cpu < MAX_CPUS; cpu++) {
		snprintf(path, sizeof(path), TRACEFS "/per_cpu/cpu%ld/trace_pipe_raw", cpu);
		fds[nr_fds].fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fds[nr_fds].fd < 0)
			agent_fail_errno("cannot open '%s'", path);
		fds[nr_fds].events = POLLIN;
		cpu_of[nr_fds++] = (uint32_t)cpu;
	}
}

void drain_start(void)
{
	page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	area = region_trace_area(&area_bytes, &used);
	if (!area_bytes)
		agent_fail("the region has no room for raw events");
	open_buffers();
	start_thread();
}

void drain_stop(void)
{
	const uint64_t one = 1;
	const nfds_t all = nr_fds;

	if (write(fds[0].fd, &one, sizeof(one)) != sizeof(one) || pthread_join(drainer, NULL))
		agent_fail("cannot stop the thread that drains events");
	for (nfds_t i = 1; i < all; i++)
		drain_cpu(i);
}
