// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/qemu.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

#define QEMU_OLDEST 7.2

static const char *const binaries[NR_ARCHES] = {
	[ARCH_I386] = "qemu-system-i386",
	[ARCH_X86_64] = "qemu-system-x86_64",
};

/*
 * What every guest is told. An oops ends the guest: what it would print after
 * that is no result. norandmaps: one instruction more in the kernel must not
 * reshuffle every address of every process. nullb0 completes inline and holds no
 * data, so a block device of any size costs no guest memory and is bit-exact.
 */
static const char common_cmdline[] = "console=ttyS0 panic=-1 oops=panic nokaslr norandmaps "
				     "tsc=reliable null_blk.gb=2 null_blk.irqmode=0";

/* The TSC is the virtual clock in ns: nothing to calibrate. */
static const char insn_cmdline[] = " no_timer_check lpj=1000000 tsc_early_khz=1000000";

/*
 * With one vCPU the local APIC is not needed, and calibrating its timer is most
 * of an instruction-clock boot.
 */
static const char one_vcpu_cmdline[] = " nolapic";

void qemu_cmdline(const struct guest_spec *g, struct strbuf *out)
{
	strbuf_adds(out, common_cmdline);
	if (g->clock == CLOCK_INSN)
		strbuf_adds(out, insn_cmdline);
	if (g->vcpus == 1 && !g->kvm)
		strbuf_adds(out, one_vcpu_cmdline);
	if (g->swap == SWAP_RAM)
		strbuf_addf(out, " brd.rd_nr=1 brd.rd_size=%" PRIu64, g->swap_bytes >> 10);
	if (g->extra_cmdline && *g->extra_cmdline)
		strbuf_addf(out, " %s", g->extra_cmdline);
}

static void add_clock(const struct guest_spec *g, struct argv *out)
{
	argv_add(out, "-accel");
	if (g->clock == CLOCK_INSN) {
		argv_add(out, "tcg,thread=single");
		argv_add(out, "-icount");
		argv_addf(out, "shift=%d,sleep=off", INSN_SHIFT);
		argv_add(out, "-rtc");
		argv_add(out, "clock=vm,base=2026-01-01");
	} else if (g->kvm) {
		argv_add(out, "kvm");
		argv_add(out, "-cpu");
		argv_add(out, "host");
	} else {
		argv_addf(out, "tcg,thread=%s", g->vcpus > 1 ? "multi" : "single");
	}
}

static void add_machine(const struct guest_spec *g, struct argv *out)
{
	argv_add(out, binaries[g->arch]);
	argv_add(out, "-M");
	argv_add(out, "pc,usb=off,vmport=off");
	argv_add(out, "-m");
	argv_addf(out, "%" PRIu64 "B", g->memory_bytes);
	argv_add(out, "-smp");
	/* A socket each: the firmware's MP table has one entry per package. */
	argv_addf(out, "%u,sockets=%u,cores=1,threads=1", g->vcpus, g->vcpus);
	add_clock(g, out);
	argv_add(out, "-seed");
	argv_add(out, "1");
	argv_add(out, "-nodefaults");
	argv_add(out, "-no-user-config");
	argv_add(out, "-no-reboot");
	argv_add(out, "-display");
	argv_add(out, "none");
	argv_add(out, "-sandbox");
	argv_add(out, "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
}

/* QEMU's option syntax wants a comma in a value doubled. The caller frees. */
static char *escaped(const char *path)
{
	struct strbuf out = STRBUF_INIT;

	for (; *path; path++)
		strbuf_adds(&out, *path == ',' ? ",," : (const char[]){ *path, '\0' });
	return strbuf_detach(&out);
}

static void add_devices(const struct guest_spec *g, const char *console, const char *region,
			const char *disk, struct argv *out)
{
	char *console_arg = escaped(console), *region_arg = escaped(region), *disk_arg = escaped(disk);

	argv_add(out, "-chardev");
	argv_addf(out, "file,id=console,path=%s", console_arg);
	argv_add(out, "-serial");
	argv_add(out, "chardev:console");
	argv_add(out, "-object");
	argv_addf(out, "memory-backend-file,id=region,size=%" PRIu64 ",mem-path=%s,share=on",
		  g->region_bytes, region_arg);
	argv_add(out, "-device");
	argv_add(out, "ivshmem-plain,memdev=region");
	if (g->swap == SWAP_DISK) {
		argv_add(out, "-drive");
		argv_addf(out, "if=none,id=swap,format=raw,cache=unsafe,file=%s", disk_arg);
		argv_add(out, "-device");
		argv_add(out, "virtio-blk-pci,drive=swap");
	}
	free(console_arg);
	free(region_arg);
	free(disk_arg);
}

/* Idle time is exact only with it (plugin/idle.c); its arguments are no part of a cell's identity. */
static void add_plugin(const struct guest_spec *g, struct argv *out)
{
	struct strbuf arg = STRBUF_INIT;
	char *part;

	if (g->clock != CLOCK_INSN)
		return;
	part = escaped(g->plugin);
	strbuf_addf(&arg, "file=%s", part);
	free(part);
	for (const char *const *a = g->plugin_args; a && *a; a++) {
		part = escaped(*a);
		strbuf_addf(&arg, ",%s", part);
		free(part);
	}
	argv_add(out, "-plugin");
	argv_add(out, arg.buf);
	strbuf_release(&arg);
}

static void add_payload(const struct guest_spec *g, const char *cmdline, struct argv *out)
{
	argv_add(out, "-kernel");
	argv_add(out, g->kernel);
	argv_add(out, "-initrd");
	argv_add(out, g->initramfs);
	argv_add(out, "-append");
	argv_add(out, cmdline);
}

void qemu_argv(const struct guest_spec *g, struct argv *out)
{
	struct strbuf cmdline = STRBUF_INIT;

	qemu_cmdline(g, &cmdline);
	add_machine(g, out);
	add_devices(g, g->console, g->region, g->disk ? g->disk : "", out);
	add_plugin(g, out);
	add_payload(g, cmdline.buf, out);
	strbuf_release(&cmdline);
}

const char *qemu_preload(const struct guest_spec *g)
{
	return g->clock == CLOCK_INSN ? g->plugin : NULL;
}

void qemu_interactive(const struct guest_spec *g, struct argv *out)
{
	struct strbuf cmdline = STRBUF_INIT;

	qemu_cmdline(g, &cmdline);
	/* rdinit: the shell's layer brings its own init; the agent would look for a job. */
	strbuf_adds(&cmdline, " rdinit=/bin/init-shell");
	add_machine(g, out);
	argv_add(out, "-serial");
	argv_add(out, "mon:stdio");
	add_plugin(g, out);
	add_payload(g, cmdline.buf, out);
	strbuf_release(&cmdline);
}

void qemu_identity(const struct guest_spec *g, struct strbuf *out)
{
	const struct guest_spec named = { .clock = g->clock, .plugin = "{plugin}" };
	struct argv argv = {};

	add_machine(g, &argv);
	add_devices(g, "{console}", "{region}", "{disk}", &argv);
	add_plugin(&named, &argv);
	for (size_t i = 0; i < argv.nr; i++)
		strbuf_addf(out, "%s%s", i ? " " : "", argv.v[i]);
	argv_release(&argv);
}

int qemu_version(enum arch arch, char **ret, struct error *err)
{
	static const char mark[] = "QEMU emulator version ";
	const char *const argv[] = { binaries[arch], "--version", NULL };
	struct proc_opts opts = { .argv = argv, .deadline_s = 20 };
	struct proc_result r = {};
	const char *p;
	int rc = proc_run_checked(&opts, &r, err);

	if (rc) {
		error_prefix(err, "no working QEMU; install qemu-system-x86");
	} else {
		p = strstr(r.out.buf, mark);
		if (!p)
			rc = error_set(err, ERROR_HOST, "'%s' does not tell its version",
				       binaries[arch]);
		else if (atof(p + sizeof(mark) - 1) < QEMU_OLDEST)
			rc = error_set(err, ERROR_HOST, "'%s' is version %.*s; %.1f or newer is needed",
				       binaries[arch], (int)strcspn(p + sizeof(mark) - 1, " (\n"),
				       p + sizeof(mark) - 1, QEMU_OLDEST);
		else
			*ret = xstrndup(p + sizeof(mark) - 1, strcspn(p + sizeof(mark) - 1, "\n"));
	}
	proc_result_release(&r);
	return rc;
}
