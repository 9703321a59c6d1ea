// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/schedule.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/now.h"
#include "lib/proc.h"
#include "lib/xalloc.h"

#define TICK_MS 500

struct running {
	size_t item;
	pid_t pid;
	int pidfd;
	double started, deadline;
	bool timed_out;
};

struct loop {
	const struct schedule_item *items;
	size_t nr, next, nr_done;
	const struct schedule_limits *limits;
	const struct schedule_ops *ops;
	void *ctx;
	struct running *running;
	size_t nr_running;
	int signal_fd;
};

bool schedule_fits(const struct schedule_load *load, const struct schedule_item *next,
		   const struct schedule_limits *limits)
{
	if (!load->nr)
		return true;
	if (load->alone || next->alone)
		return false;
	return load->cpus + next->cpus <= limits->cpus &&
	       load->memory_bytes + next->memory_bytes <= limits->memory_bytes;
}

static struct schedule_load load_of(const struct loop *l)
{
	struct schedule_load load = { .nr = l->nr_running };

	for (size_t i = 0; i < l->nr_running; i++) {
		const struct schedule_item *item = &l->items[l->running[i].item];

		load.cpus += item->cpus;
		load.memory_bytes += item->memory_bytes;
		load.alone |= item->alone;
	}
	return load;
}

/* Start items as long as they fit. */
static int start_some(struct loop *l, struct error *err)
{
	while (l->next < l->nr) {
		const struct schedule_item *item = &l->items[l->next];
		struct schedule_load load = load_of(l);
		struct running r = { .item = l->next, .started = now_s() };

		if (!schedule_fits(&load, item, l->limits))
			break;
		if (l->ops->start(l->ctx, l->next, &r.pid, &r.pidfd, err) < 0)
			return -1;
		r.deadline = r.started + item->timeout_s;
		l->running = xreallocarray(l->running, l->nr_running + 1, sizeof(r));
		l->running[l->nr_running++] = r;
		l->next++;
	}
	return 0;
}

/* Reap the guest of slot @i and forget it. */
static struct schedule_exit reap(struct loop *l, size_t i)
{
	struct running r = l->running[i];
	struct schedule_exit e = { .exit_code = -1, .timed_out = r.timed_out };
	struct rusage ru = {};
	int status = 0;

	while (wait4(r.pid, &status, 0, &ru) < 0 && errno == EINTR)
		;
	close(r.pidfd);
	if (WIFEXITED(status))
		e.exit_code = WEXITSTATUS(status);
	else
		e.signal = WTERMSIG(status);
	e.wall_s = now_s() - r.started;
	e.cpu_s = (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
		  (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
	l->running[i] = l->running[--l->nr_running];
	return e;
}

static void stop_all(struct loop *l)
{
	while (l->nr_running) {
		size_t item = l->running[0].item;

		kill(-l->running[0].pid, SIGKILL);
		kill(l->running[0].pid, SIGKILL);
		reap(l, 0);
		l->ops->abandoned(l->ctx, item);
	}
}

/* Has it ended, though nobody has looked yet? */
static bool has_ended(const struct running *r)
{
	struct pollfd fd = { .fd = r->pidfd, .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

static void enforce_deadlines(struct loop *l)
{
	double now = now_s();

	for (size_t i = 0; i < l->nr_running; i++) {
		struct running *r = &l->running[i];

		if (now >= r->deadline && !r->timed_out && !has_ended(r)) {
			r->timed_out = true;
			kill(-r->pid, SIGKILL);
			kill(r->pid, SIGKILL);
		}
	}
}

/* Wait for something to happen; 1 when a signal asks to stop. */
static int wait_some(struct loop *l, struct error *err)
{
	struct pollfd *fds = xcalloc(l->nr_running + 1, sizeof(*fds));
	int rc = 0;

	fds[0] = (struct pollfd){ .fd = l->signal_fd, .events = POLLIN };
	for (size_t i = 0; i < l->nr_running; i++)
		fds[i + 1] = (struct pollfd){ .fd = l->running[i].pidfd, .events = POLLIN };
	if (poll(fds, l->nr_running + 1, TICK_MS) < 0 && errno != EINTR)
		rc = error_errno(err, ERROR_HOST, errno, "cannot wait for guests");
	if (!rc && fds[0].revents)
		rc = 1;
	/* From the end: reap() moves the last slot into the one it frees. */
	for (size_t i = l->nr_running; !rc && i-- > 0;) {
		if (fds[i + 1].revents) {
			size_t item = l->running[i].item;
			struct schedule_exit e = reap(l, i);

			l->nr_done++;
			rc = l->ops->done(l->ctx, item, &e, err);
		}
	}
	free(fds);
	return rc;
}

int schedule_run(const struct schedule_item *items, size_t nr, const struct schedule_limits *limits,
		 const struct schedule_ops *ops, void *ctx, struct error *err)
{
	struct loop l = { .items = items, .nr = nr, .limits = limits, .ops = ops, .ctx = ctx };
	sigset_t old;
	int rc;

	l.signal_fd = proc_catch_stop(&old, err);
	rc = l.signal_fd < 0 ? -1 : 0;
	while (!rc && l.nr_done < nr) {
		rc = start_some(&l, err);
		if (!rc) {
			ops->progress(ctx, l.nr_done, l.nr_running);
			rc = wait_some(&l, err);
		}
		if (!rc)
			enforce_deadlines(&l);
	}
	stop_all(&l);
	if (l.signal_fd >= 0)
		close(l.signal_fd);
	sigprocmask(SIG_SETMASK, &old, NULL);
	free(l.running);
	return rc;
}
