/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proc: child processes, without a shell.
 *
 * proc_run() runs one to its end with a deadline, capturing what it prints;
 * proc_spawn() starts one and hands back a pidfd for an event loop. Children
 * are told when the harness dies (PR_SET_PDEATHSIG: SIGTERM, and SIGKILL for a
 * confined one), start in a process group of their own, and inherit no descriptor but 0, 1 and 2.
 */
#ifndef LIB_PROC_H
#define LIB_PROC_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/error.h"
#include "lib/strbuf.h"

struct proc_opts {
	const char *const *argv; /* NULL-terminated; argv[0] is searched in PATH */
	const char *const *env; /* NULL-terminated "K=V" added to ours, or NULL */
	const char *dir; /* working directory, or NULL */
	const char *out_path; /* stdout and stderr go there (appended), or NULL: captured */
	unsigned int deadline_s; /* 0: none; then the whole group gets SIGKILL */
	bool confined; /* no capability, not even root's, and no way to gain one */
};

struct proc_result {
	int exit_code; /* -1 when killed by a signal */
	int signal;
	bool timed_out;
	double wall_s;
	struct strbuf out; /* stdout and stderr as they came; the last 1 MiB */
};

/* Run to the end. -1 only if it could not be started; its own failure is in
 * @ret_result. The caller releases with proc_result_release() in every case. */
int proc_run(const struct proc_opts *opts, struct proc_result *ret_result, struct error *err);
/* The same, and an exit code other than 0 is an error that quotes the last lines. */
int proc_run_checked(const struct proc_opts *opts, struct proc_result *ret_result,
		     struct error *err);
/* The same when what it prints does not matter. */
int proc_check(const struct proc_opts *opts, struct error *err);
void proc_result_release(struct proc_result *r);

/* Start; stdout and stderr go to @opts->out_path or /dev/null. */
int proc_spawn(const struct proc_opts *opts, pid_t *ret_pid, int *ret_pidfd, struct error *err);

/* Block SIGINT and SIGTERM and make them readable. The signalfd, to be closed; the mask as it
 * was goes to @old, unless NULL, also after an error. */
int proc_catch_stop(sigset_t *old, struct error *err);

/* Build an argv by hand: NULL-terminated, owned. */
struct argv {
	char **v;
	size_t nr;
};
void argv_add(struct argv *a, const char *s);
void argv_addf(struct argv *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void argv_release(struct argv *a);

#endif
