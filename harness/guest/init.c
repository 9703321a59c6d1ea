// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The agent's main: PID 1, a table of phases, and the two ways to end.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "guest/agent.h"
#include "guest/random.h"
#include "guest/sample.h"
#include "guest/clock.h"
#include "guest/snapshot.h"
#include "guest/swap.h"
#include "guest/trace.h"
#include "guest/workload.h"
#include "proto/mark.h"

/* QEMU runs with -no-reboot: a restart is the one way out that needs no ACPI. */
static void __attribute__((noreturn)) power_off(void)
{
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

/* For the time before the region is there; the kernel log reaches the console. */
static void say_on_console(const char *text)
{
	int fd = open("/dev/kmsg", O_WRONLY);

	dprintf(fd < 0 ? STDERR_FILENO : fd, "highwater: %s\n", text);
}

static void __attribute__((noreturn)) fail_with(char *text)
{
	for (char *p = text; *p; p++)
		if (*p == '\n')
			*p = ' ';
	emit(FRAME_FAIL, text, strlen(text));
	emit_bye("fail");
	say_on_console(text);
	power_off();
}

void agent_fail(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fail_with(text);
}

void agent_fail_errno(const char *fmt, ...)
{
	const char *why = strerror(errno);
	char text[512];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (len >= 0 && len < (int)sizeof(text))
		snprintf(text + len, sizeof(text) - (size_t)len, ": %s", why);
	fail_with(text);
}

static const struct workload *workload;

static void phase_mount(void)
{
	static const struct {
		const char *type, *at;
	} mounts[] = {
		{ "devtmpfs", "/dev" }, { "proc", "/proc" }, { "sysfs", "/sys" },
		{ "tmpfs", "/tmp" },   { "debugfs", "/sys/kernel/debug" },
		{ "tracefs", "/sys/kernel/tracing" },
	};
	int fd;

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++)
		if (mount(mounts[i].type, mounts[i].at, mounts[i].type, 0, NULL) && errno != EBUSY)
			agent_fail_errno("cannot mount %s", mounts[i].at);
	fd = open("/dev/console", O_RDWR);
	for (int to = 0; fd >= 0 && to < 3; to++)
		dup2(fd, to);
	/* The agent itself is not what is measured: what it uses of its program stays. */
	if (mlockall(MCL_CURRENT | MCL_ONFAULT))
		agent_fail_errno("cannot lock the agent's memory");
	/* The OOM killer should take the workload, and say so, before us. */
	write_file("/proc/self/oom_score_adj", "-1000");
}

static void phase_hello(void)
{
	const struct job *job = region_job();
	struct utsname u;

	if (uname(&u))
		agent_fail_errno("uname");
	emit_text(FRAME_HELLO, "release %s\nversion %s\nmachine %s\nworkload %s\npage %ld\ncpus %ld\n",
		  u.release, u.version, u.machine, job->workload, sysconf(_SC_PAGESIZE),
		  sysconf(_SC_NPROCESSORS_ONLN));
	workload = workload_by_name(job->workload);
	if (!workload)
		agent_fail("this agent has no workload '%s'", job->workload);
}

/*
 * Boot leaves the per-CPU lists with as high a limit as its bursts of frees have raised
 * it to, hundreds of pages more or less for one word on the command line. vm.stat_refresh
 * does what the kernel does each second: lower it by an eighth (mm/vmstat.c,
 * decay_pcp_high()). After these it is where it cannot go lower.
 */
static void settle(void)
{
	for (int i = 0; i < 64; i++)
		write_file("/proc/sys/vm/stat_refresh", "1");
}

/*
 * Touch some pages and give them back, in two goes: what the per-CPU and free lists hold,
 * and in which order, is no longer what boot left there.
 */
static void shuffle_free_lists(uint64_t *random)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE), nr = 1 + random_below(random, 1024);
	unsigned char *p = mmap(NULL, nr * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const size_t stride = 2 + random_below(random, 7);

	if (p == MAP_FAILED)
		agent_fail_errno("cannot map %zu pages", nr);
	for (size_t i = 0; i < nr; i++)
		p[i * page] = 1;
	for (size_t i = 0; i < nr; i += stride)
		madvise(p + i * page, page, MADV_DONTNEED);
	munmap(p, nr * page);
}

/*
 * Another seed is another state of the guest, one of those that a boot could have left:
 * another phase of the timers against the work (a tick, 1 ms and 10^6 instructions, has no
 * common divisor with these steps), other free lists. Without that one word more on the
 * command line is a difference that no number of seeds makes go away (t/guest/aa.t). The
 * first seed is the state after settle().
 */
static void phase_shift(void)
{
	const unsigned int seed = (unsigned int)region_job()->seed, steps = (seed - 1) * 77777;
	uint64_t random = random_start(seed);

	settle();
	for (volatile unsigned int i = 0; i < steps; i++)
		;
	for (unsigned int i = 0; seed > 1 && i < 8; i++)
		shuffle_free_lists(&random);
}

static void phase_tunables(void)
{
	tunables_apply(region_job());
}

static void phase_swap(void)
{
	swap_start(region_job());
}

static void phase_prepare(void)
{
	if (workload->prepare)
		workload->prepare(region_job());
	require_check(region_job());
}

static void phase_trace(void)
{
	snapshot_open();
	sample_prepare(region_job());
	trace_prepare(region_job());
}

static void phase_begin(void)
{
	snapshot("begin");
}

/* The window as an observer outside sees it, and the clock between its two marks. */
static uint64_t run_between_marks(const struct job *job)
{
	uint64_t ticks;

	MARK(MARK_BEGIN(MARK_WINDOW));
	ticks = clock_ticks();
	workload->run(job);
	ticks = clock_ticks() - ticks;
	MARK(MARK_END(MARK_WINDOW));
	return ticks;
}

static void phase_work(void)
{
	const struct job *job = region_job();
	uint64_t ticks;

	sample_start();
	trace_start();
	ticks = run_between_marks(job);
	trace_stop();
	if (job->insn)
		emit_metric("window.ticks", "-", ticks >> job->shift);
	sample_stop();
}

static void phase_end(void)
{
	snapshot("end");
}

static void phase_report(void)
{
	sample_report(region_job());
	trace_report();
}

/* Phases in order; those before the region is mapped cannot be reported. */
static const struct {
	const char *name;
	void (*run)(void);
} phases[] = {
	{ "mount", phase_mount },   { "region", region_map },	{ "hello", phase_hello },
	{ "shift", phase_shift },   { "tunables", phase_tunables }, { "swap", phase_swap },
	{ "prepare", phase_prepare }, { "trace", phase_trace }, { "begin", phase_begin },
	{ "work", phase_work },	    { "end", phase_end },	{ "report", phase_report },
};

/* What workload paths execs: says into descriptor @fd when it began. */
static int leave(const char *fd)
{
	const uint64_t now = clock_ticks();

	MARK(MARK_END(MARK_WINDOW_exec));
	return pwrite(atoi(fd), &now, sizeof(now), 0) != sizeof(now);
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], AGENT_LEAVE) == 0)
		return leave(argv[2]);
	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		emit(FRAME_PHASE, phases[i].name, strlen(phases[i].name));
		phases[i].run();
	}
	emit_bye("ok");
	power_off();
}
