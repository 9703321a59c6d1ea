/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch: run one cell with the TCG plugin, and prove that it has not noticed: the
 * digest of all that the guest printed and reported must be that of its run.
 */
#ifndef CMD_WATCH_H
#define CMD_WATCH_H

#include <stdbool.h>

#include "build/vmlinux.h"
#include "collect/rundir.h"
#include "lib/strbuf.h"
#include "run/session.h"

struct watch_guest {
	const struct session *session;
	const struct task *task;
	const char *results;
	const struct vmlinux *v; /* of its kernel */
	const char *symbols; /* written there, for the plugin */
	const char *const *plugin_args; /* NULL-terminated */
	const char *gdb; /* a socket for QEMU's gdb stub, or NULL */
};

/* Start a guest to look at, in a run directory of its own: @dir is the caller's to give up
 * and to release, also after an error. The lock of the results is held by the caller. */
int watch_start(const struct watch_guest *g, struct rundir *dir, pid_t *ret_pid, int *ret_pidfd,
		struct error *err);

struct watch_result {
	struct strbuf raw; /* decode/profile.h */
	struct strbuf frames; /* of the guest */
	double cpu_s, wall_s;
};

/* @mode: "counts" or "callers", of window @window (proto/mark.h). @digest: of the run
 * without the plugin. Takes the lock of @results. */
int watch_cell(const struct session *s, const struct task *t, const char *results,
	       const char *mode, unsigned int window, const char *digest, struct watch_result *ret,
	       struct error *err);
void watch_release(struct watch_result *r);

#endif
