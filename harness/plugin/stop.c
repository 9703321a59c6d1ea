// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mode stop: when a function of the kernel begins for the n-th time in the window, stop
 * the machine and say so by a file. QEMU's own vm_stop(), called in the processor's
 * thread, takes effect at the end of the block that begins the function; a QEMU built
 * with modules exports it, as idle.c needs anyway.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/plugin.h"

#define RUN_STATE_PAUSED 4 /* qapi/run-state.json */

static uint64_t where, nth, seen;
static char *written;
static int (*vm_stop)(int state);

/* "stop=ADDR:N", the address in hex; "written=FILE" */
bool stop_argument(const char *arg)
{
	char *end;

	if (strncmp(arg, "written=", 8) == 0)
		return (written = strdup(arg + 8)) != NULL;
	if (strncmp(arg, "stop=", 5) != 0)
		return false;
	where = strtoull(arg + 5, &end, 16);
	if (*end != ':')
		return false;
	nth = strtoull(end + 1, &end, 10);
	return !*end && nth;
}

static void begins(unsigned int vcpu, void *udata)
{
	FILE *f;

	(void)vcpu;
	(void)udata;
	if (!plugin.open || ++seen != nth)
		return;
	f = fopen(written, "we");
	if (!f || fclose(f))
		plugin_die("cannot write '%s'", written);
	vm_stop(RUN_STATE_PAUSED);
}

static bool init(void)
{
	*(void **)&vm_stop = dlsym(RTLD_DEFAULT, "vm_stop");
	if (!vm_stop)
		fputs("highwater plugin: this QEMU does not export vm_stop\n", stderr);
	return where && written && vm_stop;
}

static void translated(struct block *b, struct qemu_plugin_insn **insns)
{
	size_t at = 0;

	for (uint32_t i = 0; i < b->nr; i++) {
		if (b->v[i].addr == where)
			qemu_plugin_register_vcpu_insn_exec_cb(insns[at], begins, CB_NO_REGS, NULL);
		at += b->v[i].nr_insns;
	}
}

static void nothing(void)
{
}

static void dump(FILE *out)
{
	fprintf(out, "seen %" PRIu64 "\n", seen);
}

const struct mode mode_stop = { "stop", init, translated, nothing, nothing, dump };
