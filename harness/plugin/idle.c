// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * idle: skipped idle time made exact.
 *
 * With -icount sleep=off the time a guest would sleep is skipped by QEMU's main
 * thread: when every vCPU is halted it adds what is missing until the next timer
 * (icount_start_warp_timer()). But a vCPU is marked halted in the hlt instruction, and
 * only some steps later, with no lock in between, are the instructions of its last
 * slice added to the clock (icount_process_data()). A main thread that looks in between
 * skips too far, by as many instructions as the slice had. It has to be awake for that:
 * rare on an idle host, frequent on a loaded one.
 *
 * So the vCPU adds its instructions before it halts. In the callback of hlt, which ends
 * a translation block, the whole block has been taken off the budget already, hlt
 * itself included: icount_update() adds all of it, and icount_process_data() finds
 * nothing left to add, whoever looked in between.
 *
 * QEMU exports both symbols when it is built with modules, as distributions do. The
 * workload naps shows the difference, harness/t/guest/idle.t asserts that there is none.
 */
#include <dlfcn.h>
#include <stdio.h>

#include "plugin/plugin.h"

#define HLT 0xf4

static void (*icount_update)(void *cpu);

bool idle_init(void)
{
	*(void **)&icount_update = dlsym(RTLD_DEFAULT, "icount_update");
	if (icount_update && dlsym(RTLD_DEFAULT, "current_cpu"))
		return true;
	fputs("highwater plugin: this QEMU does not export icount_update and current_cpu, so idle time "
	      "cannot be made exact; it has to be built with --enable-modules\n",
	      stderr);
	return false;
}

static void before_halt(unsigned int vcpu, void *udata)
{
	/* Thread-local in QEMU: dlsym() answers for the thread that asks, the vCPU's. */
	static __thread void **current_cpu;

	(void)vcpu;
	(void)udata;
	if (!current_cpu)
		current_cpu = dlsym(RTLD_DEFAULT, "current_cpu");
	icount_update(*current_cpu);
}

void idle_translate(const struct qemu_plugin_tb *tb)
{
	struct qemu_plugin_insn *last = qemu_plugin_tb_get_insn(tb, qemu_plugin_tb_n_insns(tb) - 1);
	uint8_t code = 0;

	if (plugin_code(last, &code, 1) == 1 && code == HLT && qemu_plugin_insn_size(last) == 1)
		qemu_plugin_register_vcpu_insn_exec_cb(last, before_halt, CB_NO_REGS, NULL);
}
