// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot/gdb.h"
#include "build/vmlinux.h"
#include "cmd/cmd.h"
#include "cmd/measure.h"
#include "cmd/neighbour.h"
#include "cmd/place.h"
#include "cmd/store.h"
#include "cmd/watch.h"
#include "collect/rundir.h"
#include "decode/free_lists.h"
#include "lib/io.h"
#include "lib/parse.h"
#include "lib/proc.h"
#include "lib/xalloc.h"
#include "store/query.h"

#define LOOK_MS 20
#define GUEST_S 1200
#define NS_PER_MS 1e6
#define UPPER_HALF 0xffff800000000000ull /* of x86_64: page structs are not where the code is */

struct options {
	const char *results, *cell, *event, *function, *at, *longest, *events;
	uint64_t nth;
	bool dump;
};

enum { KEY_EVENT = 256, KEY_FUNCTION, KEY_AT, KEY_LONGEST, KEY_NTH, KEY_EVENTS, KEY_DUMP };

static const struct argp_option argp_options[] = {
	{ "results", 'r', "DIR", 0, "results to read and to add to; default results", 0 },
	{ "event", KEY_EVENT, "SYSTEM:EVENT", 0, "stop at an event of this kind", 0 },
	{ "function", KEY_FUNCTION, "NAME", 0, "stop where this function of the kernel begins", 0 },
	{ "nth", KEY_NTH, "N", 0, "at the n-th of them in the workload's window; default the first", 0 },
	{ "at", KEY_AT, "MS", 0, "stop at the last event before this guest time, in ms", 0 },
	{ "longest", KEY_LONGEST, "LATENCY", 0, "stop where the longest of these begins: direct_reclaim, page_fault, ...", 0 },
	{ "events", KEY_EVENTS, "LIST", 0, "events that are on, of configs/events/; default decisions; with --longest the cell's own, or latency", 0 },
	{ "dump", KEY_DUMP, NULL, 0, "print the free lists and end; do not wait for a debugger", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'r': o->results = arg; return 0;
	case KEY_EVENT: o->event = arg; return 0;
	case KEY_FUNCTION: o->function = arg; return 0;
	case KEY_AT: o->at = arg; return 0;
	case KEY_LONGEST: o->longest = arg; return 0;
	case KEY_EVENTS: o->events = arg; return 0;
	case KEY_DUMP: o->dump = true; return 0;
	case KEY_NTH:
		if (parse_u64(arg, &o->nth) || !o->nth)
			argp_error(state, "--nth '%s' is not a number from 1", arg);
		return 0;
	case ARGP_KEY_ARG:
		if (o->cell)
			argp_error(state, "one cell at a time; '%s' is too many", arg);
		o->cell = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->cell)
			argp_error(state, "a cell is needed: the first digits of its id");
		if (!!o->event + !!o->function + !!o->at + !!o->longest != 1)
			argp_error(state, "where to stop: one of --event, --function, --at and --longest");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

struct stop {
	const struct options *o;
	struct session session;
	const struct task *task;
	struct vmlinux v;
	struct place place;
	struct rundir dir;
	char *symbols, *out, *written, *gdb, *short_dir;
	pid_t pid;
	int pidfd, signals;
};

/* A place in time is one among the events of the run, which is made if it is not there. */
static int find_in_run(struct stop *s, const struct place_guest *g, const struct paths *paths,
		       const struct plan *plan, struct error *err)
{
	struct measure m = { paths, s->o->results, 0 };
	char id[SHA256_HEX], *end = NULL;
	double ms = s->o->at ? strtod(s->o->at, &end) : 0;

	if (s->o->at && (*end || end == s->o->at || !(ms >= 0 && ms < 1e12)))
		return error_set(err, ERROR_INPUT, "--at '%s' is no time in ms", s->o->at);
	if (measure_cell(&m, plan, id, err))
		return -1;
	return s->o->at ? place_of_time(g, (uint64_t)(ms * NS_PER_MS), &s->place, err) :
			  place_of_longest(g, s->o->longest, &s->place, err);
}

static int find_place(struct stop *s, const struct paths *paths, const struct plan *plan,
		      struct error *err)
{
	const struct options *o = s->o;
	struct place_guest g = { .cell = s->task->cell, .v = &s->v, .results = o->results,
				       .id = s->task->id };

	if (o->function)
		return place_of_function(&g, o->function, o->nth, &s->place, err);
	if (o->event)
		return place_of_event(&g, o->event, o->nth, &s->place, err);
	return find_in_run(s, &g, paths, plan, err);
}

static int start(struct stop *s, struct error *err)
{
	char *args[6] = { xasprintf("symbols=%s", s->symbols), xasprintf("out=%s", s->out),
			  xasprintf("mode=stop"),
			  xasprintf("stop=%" PRIx64 ":%" PRIu64, s->place.addr, s->place.nth),
			  xasprintf("written=%s", s->written), NULL };
	const struct watch_guest g = { .session = &s->session, .task = s->task,
				       .results = s->o->results, .v = &s->v, .symbols = s->symbols,
				       .plugin_args = (const char *const *)args, .gdb = s->gdb };
	int rc = watch_start(&g, &s->dir, &s->pid, &s->pidfd, err);

	for (size_t a = 0; args[a]; a++)
		free(args[a]);
	return rc;
}

/* Poll for QEMU's end and for Ctrl-C: 0 neither, 1 QEMU has ended, 2 a signal. */
static int look(const struct stop *s, int ms)
{
	struct pollfd p[2] = { { .fd = s->pidfd, .events = POLLIN }, { .fd = s->signals, .events = POLLIN } };

	if (poll(p, 2, ms) <= 0)
		return 0;
	return p[1].revents ? 2 : 1;
}

static int wait_for_place(const struct stop *s, struct error *err)
{
	for (int left = GUEST_S * 1000 / LOOK_MS; !io_exists(s->written); left--) {
		int what = look(s, LOOK_MS);
		struct strbuf log = STRBUF_INIT;
		struct error ignored;

		if (what == 2)
			return error_set(err, ERROR_FOUND, "interrupted");
		if (!left)
			return error_set(err, ERROR_FOUND, "the guest did not get there within %d s", GUEST_S);
		if (what != 1)
			continue;
		if (io_exists(s->out))
			return error_set(err, ERROR_INPUT, "the run ended before %s", s->place.said);
		if (io_read_file(s->dir.qemu_log, 1 << 16, &log, &ignored))
			strbuf_adds(&log, "");
		error_set(err, ERROR_HOST, "QEMU does not run: %.500s", log.len ? log.buf : "it said nothing");
		strbuf_release(&log);
		return -1;
	}
	return 0;
}

static int read_guest(void *ctx, uint64_t addr, void *to, size_t len, struct error *err)
{
	return gdb_read(*(int *)ctx, addr, to, len, err);
}

static int print_free_lists(const struct stop *s, int fd, struct error *err)
{
	const struct vmlinux_symbol *node = vmlinux_object(&s->v, "contig_page_data");
	const bool is_64 = s->task->cell->arch == ARCH_X86_64;
	const struct guest_memory m = { read_guest, &fd, is_64 ? 8 : 4, is_64 ? UPPER_HALF : s->v.base };
	struct strbuf out = STRBUF_INIT;
	struct free_lists *f;
	int rc;

	if (!node)
		return error_set(err, ERROR_INPUT, "kernel '%s' has no contig_page_data (NUMA?): no free lists",
				 s->task->cell->kernel);
	f = xcalloc(1, sizeof(*f));
	rc = free_lists_read(&m, node->addr, node->size, f, err);
	if (!rc) {
		free_lists_text(f, &out);
		printf("free blocks, by zone, type and order:\n%s", out.buf);
	}
	strbuf_release(&out);
	free(f);
	return rc;
}

/* The guest has stopped: look, and leave it to a debugger. */
static int at_place(const struct stop *s, struct error *err)
{
	struct strbuf answer = STRBUF_INIT;
	int fd = gdb_connect(s->gdb, err), rc;

	if (fd < 0)
		return -1;
	rc = gdb_ask(fd, "?", &answer, err);
	strbuf_release(&answer);
	if (!rc) {
		printf("stopped at %s\n", s->place.said);
		rc = print_free_lists(s, fd, err);
	}
	close(fd);
	if (rc || s->o->dump)
		return rc;
	printf("QEMU (pid %ld) stays stopped until this command ends (Ctrl-C):\n"
	       "  gdb %s -ex 'target remote %s'\n", (long)s->pid, s->task->kernel->vmlinux, s->gdb);
	fflush(stdout);
	while (!look(s, 60000))
		;
	return 0;
}

static void end(struct stop *s)
{
	struct error ignored;

	if (s->pid > 0) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
		close(s->pidfd);
	}
	if (s->dir.tmp)
		rundir_abandon(&s->dir);
	rundir_release(&s->dir);
	if (s->symbols)
		unlink(s->symbols);
	io_remove_tree(s->short_dir, &ignored);
	free(s->symbols);
	free(s->out);
	free(s->written);
	free(s->gdb);
}

/* A socket's path may have 107 bytes; that of the results may be longer. */
static int make_names(struct stop *s, struct error *err)
{
	if (!mkdtemp(s->short_dir))
		return error_errno(err, ERROR_HOST, errno, "cannot make '%s'", s->short_dir);
	s->symbols = xasprintf("%s/tmp/%.16s.symbols", s->o->results, s->task->id);
	s->out = xasprintf("%s/out", s->short_dir);
	s->written = xasprintf("%s/written", s->short_dir);
	s->gdb = xasprintf("%s/gdb", s->short_dir);
	return 0;
}

static int with_session(struct stop *s, const struct paths *paths, const struct plan *plan,
			struct error *err)
{
	int lock = -1, rc;

	s->task = &s->session.tasks[0];
	rc = vmlinux_open(s->task->kernel->vmlinux, &s->v, err);
	if (rc)
		return rc;
	rc = find_place(s, paths, plan, err);
	if (!rc)
		rc = make_names(s, err);
	if (!rc) {
		lock = rundir_lock(s->o->results, err);
		rc = lock < 0 ? -1 : 0;
	}
	if (!rc)
		rc = start(s, err);
	if (!rc)
		rc = wait_for_place(s, err);
	if (!rc)
		rc = at_place(s, err);
	end(s);
	vmlinux_release(&s->v);
	if (lock >= 0)
		close(lock);
	return rc;
}

/* Which events are on: none are needed for a function; the longest latency is one of the
 * cell's own events, if it has any. */
static int plan_for(const struct options *o, const char *facts, const struct paths *paths,
		    struct plan **ret, struct error *err)
{
	struct neighbour change = { .events = o->events };

	if (!change.events && (o->event || o->at))
		change.events = "decisions";
	if (o->function)
		change.events = NULL;
	if (neighbour_facts(facts, &change, paths->configs, ret, err))
		return -1;
	if (change.events || !o->longest || strcmp(plan_cell(*ret, 0)->events, "none") != 0)
		return 0;
	plan_free(*ret);
	change.events = "latency";
	return neighbour_facts(facts, &change, paths->configs, ret, err);
}

static int run(const struct options *o, const struct paths *paths, struct error *err)
{
	struct stop s = { .o = o, .pid = -1, .signals = -1 };
	char short_dir[] = "/tmp/highwater.XXXXXX", *facts, *hash;
	struct plan *plan;
	int rc = cmd_cell_facts(o->results, o->cell, &facts, &hash, err);

	s.short_dir = short_dir;
	if (rc)
		return rc;
	rc = plan_for(o, facts, paths, &plan, err);
	free(facts);
	if (!rc) {
		rc = neighbour_check_clock(plan_cell(plan, 0), hash, err);
		if (!rc)
			rc = session_open(&s.session, paths, plan, SESSION_BUILD, cmd_say, err);
		if (!rc) {
			s.signals = proc_catch_stop(NULL, err);
			rc = s.signals < 0 ? -1 : with_session(&s, paths, plan, err);
			close(s.signals);
			session_close(&s.session);
		}
		plan_free(plan);
	}
	free(hash);
	return rc;
}

int cmd_stop(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "CELL",
		.doc = "Run a cell again up to a place and leave the guest stopped there, for a debugger.\v"
		       "The place is the n-th event of a kind, the n-th call of a function of the kernel, both "
		       "counted from the beginning of the workload's window, the last event before a guest "
		       "time (as diverge, trace and show print it), or the beginning of the longest "
		       "latency of a kind: direct_reclaim, kswapd, compaction, throttled, ... of the list "
		       "latency, page_fault of the list fault, swapin of swap, dirty_throttle of writeback. The free lists are printed; QEMU's gdb stub "
		       "waits until the command is ended. With --event and --at the events of a list are on, as "
		       "in diverge.",
	};
	struct options o = { .results = "results", .nth = 1 };
	struct paths paths;
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	if (paths_init(&paths, &err))
		return cmd_fail(&err);
	rc = run(&o, &paths, &err);
	paths_release(&paths);
	return rc < 0 ? cmd_fail(&err) : rc;
}
