// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "guest/drain.h"

/* Where only histograms are asked for the ring buffer stays empty. */
#define BUFFER_UNUSED TRACE_BUFFER_MIN
/* Written to the trace at the window's two ends; must fit a task's name (15). */
#define MARK_START "highwater:start"
#define MARK_STOP "highwater:stop"

static const struct trace_line *lines;
static size_t nr_lines;
static bool absent[TRACE_MAX_LINES]; /* optional, and not in this kernel */
static int tracing_on = -1, marker = -1; /* open, so that switching allocates nothing */

static bool records(size_t i, enum trace_kind kind)
{
	return lines[i].kind == kind && !absent[i];
}

static bool records_any(enum trace_kind kind)
{
	for (size_t i = 0; i < nr_lines; i++)
		if (records(i, kind))
			return true;
	return false;
}

static void event_path(const struct trace_line *t, const char *file, char *path, size_t size)
{
	snprintf(path, size, TRACEFS "/events/%s/%s/%s", t->system, t->event, file);
}

/* What tracefs says of the last thing it refused: "... error: Couldn't find field". */
static const char *kernel_says(void)
{
	char *log = (char *)read_file(TRACEFS "/error_log", NULL);
	char *line = log, *last = NULL;

	while (line && (line = strstr(line, "error: "))) {
		last = line;
		line++;
	}
	if (!last)
		return "Invalid argument";
	last[strcspn(last, "\n")] = '\0';
	return last;
}

static void must_write(const char *path, const char *text, const char *what)
{
	int rc = write_file(path, text);

	if (rc == -EINVAL)
		agent_fail("the kernel refuses %s: %s", what, kernel_says());
	if (rc)
		agent_fail("cannot set %s: %s", what, strerror(-rc));
}

/* The same where a plain write would begin a new list; false if the kernel refuses. */
static bool append(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	bool done;

	if (fd < 0)
		agent_fail_errno("cannot open '%s'", path);
	done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return done;
}

/* Write hist trigger @t with @word (":pause") behind its attributes, before its filter. */
static void write_trigger(const struct trace_line *t, const char *word)
{
	const char *filter = strstr(t->text, " if ");
	size_t len = filter ? (size_t)(filter - t->text) : strlen(t->text);
	char path[256], text[TRACE_LINE_MAX + 16], what[2 * TRACE_NAME_MAX + 32];

	event_path(t, "trigger", path, sizeof(path));
	snprintf(text, sizeof(text), "%.*s%s%s", (int)len, t->text, word, filter ? filter : "");
	snprintf(what, sizeof(what), "the trigger of '%s:%s'", t->system, t->event);
	must_write(path, text, what);
}

static void set_buffer(void)
{
	uint64_t bytes = records_any(TRACE_RING) ? TRACE_BUFFER_DEFAULT : BUFFER_UNUSED;
	char text[32];

	for (size_t i = 0; i < nr_lines; i++)
		if (lines[i].kind == TRACE_BUFFER)
			bytes = lines[i].bytes;
	snprintf(text, sizeof(text), "%" PRIu64, bytes >> 10);
	must_write(TRACEFS "/buffer_size_kb", text, "the size of the ring buffer");
	emit_metric("trace.buffer_bytes", "-", bytes);
}

/* Send @path as OUTPUT @name; false if there is no such file. */
static bool send_file(const char *path, const char *name)
{
	char head[2 * TRACE_NAME_MAX + 32];
	size_t len;
	const char *text = read_file(path, &len);
	int n = snprintf(head, sizeof(head), "%s\n", name);

	if (text)
		emit_two(FRAME_OUTPUT, head, (size_t)n, text, len);
	return text;
}

static void must_send(const char *path, const char *name)
{
	if (!send_file(path, name))
		agent_fail_errno("cannot read '%s'", path);
}

/* What a reader of raw pages needs beside the formats of the events. */
static void send_page_formats(void)
{
	must_send(TRACEFS "/events/header_page", "header_page");
	must_send(TRACEFS "/events/header_event", "header_event");
	must_send(TRACEFS "/events/ftrace/print/format", "format ftrace:print");
}

static void say_absent(const struct trace_line *t)
{
	char name[2 * TRACE_NAME_MAX + 2];

	snprintf(name, sizeof(name), "%s:%s", t->system, t->event);
	emit_metric("trace.absent", name, 1);
}

/* Is the event there? Its format goes to the host, who decodes with it. */
static bool find_event(const struct trace_line *t)
{
	char path[256], head[2 * TRACE_NAME_MAX + 16];

	event_path(t, "format", path, sizeof(path));
	snprintf(head, sizeof(head), "format %s:%s", t->system, t->event);
	if (send_file(path, head))
		return true;
	if (!t->optional)
		agent_fail("this kernel has no event '%s:%s'", t->system, t->event);
	say_absent(t);
	return false;
}

static void set_line(size_t i)
{
	const struct trace_line *t = &lines[i];
	char path[256], what[2 * TRACE_NAME_MAX + 16];

	switch (t->kind) {
	case TRACE_SYNTH:
		snprintf(what, sizeof(what), "synthetic event '%s'", t->event);
		if (!append(TRACEFS "/synthetic_events", t->text))
			agent_fail("the kernel refuses %s '%.80s': %s", what, t->text, kernel_says());
		break;
	case TRACE_KPROBE:
		absent[i] = !append(TRACEFS "/kprobe_events", t->text);
		if (absent[i] && !t->optional)
			agent_fail("the kernel refuses the probe '%.80s': %s", t->text, kernel_says());
		if (absent[i])
			say_absent(t);
		break;
	case TRACE_RING:
		absent[i] = !find_event(t);
		event_path(t, "enable", path, sizeof(path));
		snprintf(what, sizeof(what), "event '%s:%s'", t->system, t->event);
		if (!absent[i])
			must_write(path, "1", what);
		break;
	case TRACE_HIST:
		absent[i] = !find_event(t);
		if (!absent[i])
			write_trigger(t, ":pause");
		break;
	case TRACE_LOSSY:
		emit_metric("trace.lossy", "-", 1);
		break;
	case TRACE_BUFFER:
	case TRACE_ROOM:
		break;
	}
}

/* One file holds all histograms of an event. */
static bool seen_before(size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (records(j, TRACE_HIST) && strcmp(lines[j].event, lines[i].event) == 0 &&
		    strcmp(lines[j].system, lines[i].system) == 0)
			return true;
	return false;
}

/*
 * Histograms are set up paused; one event starts all of them at once by its triggers,
 * and another stops them: a write to the marker, and a new name for this task. (An
 * event takes one trigger of this kind for each target.) Writing ":continue" to each
 * would count the pages that the writing takes.
 */
static const struct {
	const char *trigger, *word, *field, *value;
} switches[] = {
	{ TRACEFS "/events/ftrace/print/trigger", "enable_hist", "buf", MARK_START },
	{ TRACEFS "/events/task/task_rename/trigger", "disable_hist", "newcomm", MARK_STOP },
};

static void set_switches(void)
{
	char text[2 * TRACE_NAME_MAX + 64];

	for (size_t i = 0; i < nr_lines; i++)
		for (size_t w = 0; w < 2 && records(i, TRACE_HIST) && !seen_before(i); w++) {
			snprintf(text, sizeof(text), "%s:%s:%s if %s == \"%s\"", switches[w].word,
				 lines[i].system, lines[i].event, switches[w].field,
				 switches[w].value);
			must_write(switches[w].trigger, text, "the switch of the histograms");
		}
}

static int open_switch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		agent_fail_errno("cannot open %s", path);
	return fd;
}

void trace_prepare(const struct job *job)
{
	lines = job->trace;
	nr_lines = job->nr_trace;
	if (!nr_lines)
		return;
	must_write(TRACEFS "/tracing_on", "0", "tracing_on");
	for (size_t i = 0; i < nr_lines; i++)
		set_line(i);
	set_switches();
	set_buffer();
	/* Last: a trigger that takes timestamps sets the clock to its own. */
	must_write(TRACEFS "/trace_clock", "mono", "the trace clock");
	tracing_on = open_switch(TRACEFS "/tracing_on");
	marker = open_switch(TRACEFS "/trace_marker");
	if (records_any(TRACE_RING)) {
		send_page_formats();
		drain_start();
	}
}

static void write_switch(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		agent_fail_errno("cannot switch tracing");
}

void trace_start(void)
{
	if (!nr_lines)
		return;
	write_switch(tracing_on, "1");
	write_switch(marker, MARK_START);
}

void trace_stop(void)
{
	if (!nr_lines)
		return;
	prctl(PR_SET_NAME, MARK_STOP);
	write_switch(marker, MARK_STOP);
	write_switch(tracing_on, "0");
	prctl(PR_SET_NAME, "init");
}

/* What the ring buffer of each CPU says of itself. */
static void send_stats(void)
{
	char path[128], head[32];

	for (long cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
		snprintf(path, sizeof(path), TRACEFS "/per_cpu/cpu%ld/stats", cpu);
		snprintf(head, sizeof(head), "ring-stats %ld", cpu);
		must_send(path, head);
	}
}

void trace_report(void)
{
	char path[256], head[2 * TRACE_NAME_MAX + 16];

	for (size_t i = 0; i < nr_lines; i++) {
		if (!records(i, TRACE_HIST) || seen_before(i))
			continue;
		event_path(&lines[i], "hist", path, sizeof(path));
		snprintf(head, sizeof(head), "hist %s:%s", lines[i].system, lines[i].event);
		must_send(path, head);
	}
	if (records_any(TRACE_KPROBE))
		must_send(TRACEFS "/kprobe_profile", "kprobe_profile");
	if (records_any(TRACE_RING)) {
		drain_stop();
		send_stats();
		must_send(TRACEFS "/saved_cmdlines", "saved_cmdlines");
	}
}
