// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/cadence.h"

#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "guest/trace.h"

#define EVENT_ID TRACEFS "/events/kmem/mm_page_alloc/id"

/* A CPU's counter of allocations: an empty record for each overflow. */
struct counter {
	int fd;
	struct perf_event_mmap_page *ring;
	uint64_t seen; /* of ring->data_head */
};

static int timer = -1;
static struct counter counters[CADENCE_MAX_FDS];
static size_t nr_counters;
static uint64_t every; /* ns or allocations */

static void count_cpu(int cpu, uint64_t event)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT,
					.size = sizeof(attr),
					.config = event,
					.sample_period = every,
					.wakeup_events = 1,
					.disabled = 1 };
	struct counter *c = &counters[nr_counters++];

	c->fd = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	if (c->fd < 0)
		agent_fail_errno("cannot count the allocations of CPU %d", cpu);
	c->ring = mmap(NULL, 2 * (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE, MAP_SHARED,
		       c->fd, 0);
	if (c->ring == MAP_FAILED)
		agent_fail_errno("cannot count the allocations of CPU %d", cpu);
}

static nfds_t prepare_counters(struct pollfd *fds)
{
	const char *id = read_file(EVENT_ID, NULL);
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t event = id ? strtoull(id, NULL, 10) : 0;

	if (!event)
		agent_fail_errno("cannot read " EVENT_ID);
	for (long cpu = 0; cpu < cpus && cpu < CADENCE_MAX_FDS; cpu++) {
		count_cpu((int)cpu, event);
		fds[cpu] = (struct pollfd){ .fd = counters[cpu].fd, .events = POLLIN };
	}
	return (nfds_t)nr_counters;
}

nfds_t cadence_prepare(const struct job *job, struct pollfd *fds)
{
	every = job->sample_allocs ? job->sample_allocs : job->sample_ns;
	if (job->sample_allocs)
		return prepare_counters(fds);
	timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (timer < 0)
		agent_fail_errno("cannot make the timer of the samples");
	fds[0] = (struct pollfd){ .fd = timer, .events = POLLIN };
	return 1;
}

static void set_timer(uint64_t ns)
{
	const struct timespec t = { (time_t)(ns / 1000000000u), (long)(ns % 1000000000u) };
	const struct itimerspec both = { t, t };

	if (timerfd_settime(timer, 0, &both, NULL))
		agent_fail_errno("cannot set the timer of the samples");
}

static void set_counters(unsigned long request)
{
	for (size_t i = 0; i < nr_counters; i++)
		if (ioctl(counters[i].fd, request, 0))
			agent_fail_errno("cannot switch the count of allocations");
}

void cadence_start(void)
{
	if (timer >= 0)
		set_timer(every);
	set_counters(PERF_EVENT_IOC_ENABLE);
}

void cadence_stop(void)
{
	if (timer >= 0)
		set_timer(0);
	set_counters(PERF_EVENT_IOC_DISABLE);
}

static uint64_t due_of(struct counter *c)
{
	const uint64_t head = __atomic_load_n(&c->ring->data_head, __ATOMIC_ACQUIRE);
	const uint64_t nr = (head - c->seen) / sizeof(struct perf_event_header);

	c->seen = head;
	__atomic_store_n(&c->ring->data_tail, head, __ATOMIC_RELEASE);
	return nr;
}

uint64_t cadence_due(void)
{
	uint64_t nr = 0;

	if (timer >= 0 && read(timer, &nr, sizeof(nr)) != sizeof(nr))
		nr = 0;
	for (size_t i = 0; i < nr_counters; i++)
		nr += due_of(&counters[i]);
	return nr;
}

void cadence_slow_down(void)
{
	every *= 2;
	if (timer >= 0)
		set_timer(every);
	for (size_t i = 0; i < nr_counters; i++)
		if (ioctl(counters[i].fd, PERF_EVENT_IOC_PERIOD, &every))
			agent_fail_errno("cannot slow down the count of allocations");
}
