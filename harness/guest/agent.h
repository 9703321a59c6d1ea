/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * agent: PID 1 of every guest. It takes the job out of the shared region, does
 * it, reports frames, and powers off. It needs no shell, no library but libc,
 * and no host time.
 *
 * Errors do not travel: whoever cannot go on calls agent_fail(), which reports
 * the reason, says BYE fail and powers off. Nothing here hangs on purpose and
 * nothing ends without a frame, except when the kernel dies.
 */
#ifndef GUEST_AGENT_H
#define GUEST_AGENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "proto/frame.h"
#include "proto/job.h"

/* Text of the running errno is appended to the reason by agent_fail_errno(). */
void agent_fail(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
void agent_fail_errno(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* The agent as a program of no work, whose beginning is the end of an exec: "--leave FD". */
#define AGENT_LEAVE "--leave"

/* region.c: map the shared memory and copy the job out of it. */
void region_map(void);
struct job *region_job(void);

/* emit.c: append frames to the region. A frame that does not fit marks the
 * region as full; everything after it is dropped, and the host says so. */
void emit_attach(void *region);
void emit(enum frame_type type, const void *data, size_t len);
void emit_text(enum frame_type type, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Head and body of one frame, for payloads that start with a line of text. */
void emit_two(enum frame_type type, const void *head, size_t head_len, const void *body,
	      size_t body_len);
/* METRIC: @label "-" when there is just one. */
void emit_metric(const char *name, const char *label, uint64_t value);
/* VALUE with three decimals: @numerator / @denominator; nothing if that is 0. */
void emit_ratio(const char *name, const char *label, uint64_t numerator, uint64_t denominator);
void emit_bye(const char *word);
/* Bytes that are left for frames. */
uint64_t emit_room(void);

/* Read all of @path; the bytes are NUL-terminated and belong to a static
 * buffer that the next call reuses. NULL if it cannot be opened. */
const char *read_file(const char *path, size_t *ret_len);
/* Write @text to @path; 0 or -errno. */
int write_file(const char *path, const char *text);

/* snapshot.c: a row of /proc/vmstat, a row of /proc/meminfo in KiB, now. One that is
 * not there fails the cell. */
uint64_t vmstat(const char *name);
uint64_t meminfo_kib(const char *name);

/* sysctl.c */
void tunables_apply(const struct job *job);

/* require.c: fails the cell if what the plan requires does not hold. */
void require_check(const struct job *job);

/* tool.c: run a program with its output in @out (stdout and stderr); returns its
 * wait status. One at a time; or start it and wait for it. */
pid_t tool_start(const char *const argv[], const char *out);
int tool_wait(pid_t pid);
int tool_run(const char *const argv[], const char *out);
/* Send file @path as OUTPUT @name. */
void tool_output(const char *name, const char *path);
/* Exit code 0 or agent_fail() with the last line of @out. */
void tool_check(const char *name, int status, const char *out);

#endif
