// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/sample.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest/cadence.h"
#include "guest/clock.h"
#include "guest/snapshot.h"

/* Below the drain's: a sample can wait, a full ring buffer cannot. */
#define PRIORITY 40
#define STACK_BYTES (64 << 10)

static char text[SNAPSHOT_TEXT_BYTES];
static char stack[STACK_BYTES] __attribute__((aligned(4096)));
static struct pollfd wait_for[1 + CADENCE_MAX_FDS]; /* the word to stop, then the cadence */
static nfds_t nr_wait;
static pthread_t sampler;
static sem_t ready;
static uint64_t nr_samples, nr_whole, nr_missed, nr_slowed, cost_ticks;
static uint64_t room_limit; /* bytes of frames; below it the cadence is halved */
static bool sampling;
static uint64_t window_ticks;

static void take_sample(void)
{
	const uint64_t begin = clock_ticks();
	char moment[24];

	snprintf(moment, sizeof(moment), "%llu", (unsigned long long)++nr_samples);
	nr_whole += snapshot_sample(moment, text);
	if (emit_room() < room_limit) {
		room_limit /= 2;
		nr_slowed++;
		cadence_slow_down();
	}
	cost_ticks += clock_ticks() - begin;
}

static void *sample_loop(void *arg)
{
	uint64_t nr;

	(void)arg;
	sem_post(&ready);
	while (!wait_for[0].revents) {
		if (poll(wait_for, nr_wait, -1) <= 0)
			continue;
		nr = cadence_due();
		if (!nr)
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
	if (mlock(stack, sizeof(stack)) || mlock(text, sizeof(text)) || sem_init(&ready, 0, 0) ||
	    pthread_attr_setstack(&attr, stack, sizeof(stack)) ||
	    pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED) ||
	    pthread_attr_setschedpolicy(&attr, SCHED_FIFO) ||
	    pthread_attr_setschedparam(&attr, &first) ||
	    pthread_create(&sampler, &attr, sample_loop, NULL))
		agent_fail("cannot start the thread that samples");
	pthread_attr_destroy(&attr);
	sem_wait(&ready);
}

void sample_prepare(const struct job *job)
{
	sampling = job->sample_ns || job->sample_allocs;
	if (!sampling)
		return;
	wait_for[0] = (struct pollfd){ .fd = eventfd(0, EFD_CLOEXEC), .events = POLLIN };
	if (wait_for[0].fd < 0)
		agent_fail_errno("eventfd");
	nr_wait = 1 + cadence_prepare(job, wait_for + 1);
	room_limit = emit_room() / 2;
	start_thread();
}

void sample_start(void)
{
	snapshot_window();
	window_ticks = clock_ticks();
	if (sampling)
		cadence_start();
}

void sample_stop(void)
{
	window_ticks = clock_ticks() - window_ticks;
	if (sampling)
		cadence_stop();
}

void sample_report(const struct job *job)
{
	const uint64_t one = 1;

	if (!sampling)
		return;
	if (write(wait_for[0].fd, &one, sizeof(one)) != sizeof(one) || pthread_join(sampler, NULL))
		agent_fail("cannot stop the thread that samples");
	emit_metric("sample.taken", "-", nr_samples);
	emit_metric("sample.whole", "-", nr_whole);
	emit_metric("sample.missed", "-", nr_missed);
	emit_metric("sample.slowed", "-", nr_slowed);
	if (job->insn) {
		emit_metric("sample.insns", "-", cost_ticks >> job->shift);
		emit_ratio("sample.insns_per_sample", "-", cost_ticks >> job->shift, nr_samples);
	} else {
		emit_metric("sample.tsc_ticks", "-", cost_ticks);
	}
	snapshot_report_cost(job);
	emit_ratio("sample.share", "-", cost_ticks * 100, window_ticks);
}
