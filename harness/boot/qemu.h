/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * qemu: a guest's command line and QEMU's argv. Pure, except qemu_version().
 *
 * Under the instruction clock nothing a guest can see depends on the host: one
 * TCG thread with -icount shift=0,sleep=off (1 virtual ns = 1 instruction, and
 * idle time passes at once), a fixed -seed and RTC, no network, no virtio.
 * Under the wall clock KVM is used where accel.h found that it works.
 */
#ifndef BOOT_QEMU_H
#define BOOT_QEMU_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/error.h"
#include "lib/proc.h"
#include "lib/strbuf.h"
#include "plan/cell.h"

/* 1 instruction = 2^INSN_SHIFT virtual ns */
#define INSN_SHIFT 0

struct guest_spec {
	enum arch arch;
	uint64_t memory_bytes;
	unsigned int vcpus;
	enum clock clock;
	bool kvm; /* wall only */
	enum swap swap;
	uint64_t swap_bytes;
	/* Paths; the caller's. */
	const char *kernel, *initramfs, *region, *console;
	const char *disk; /* image for SWAP_DISK, or NULL */
	uint64_t region_bytes;
	const char *extra_cmdline; /* of the kernel's variants, or NULL */
	const char *plugin; /* ours: insn is not exact without it */
	/* "KEY=VALUE", NULL-terminated, or NULL: what it is to watch, no part of a cell's identity. */
	const char *const *plugin_args;
};

/* Append the kernel command line. */
void qemu_cmdline(const struct guest_spec *g, struct strbuf *out);
/* Append the whole argv. */
void qemu_argv(const struct guest_spec *g, struct argv *out);
/* What QEMU has to be started with in LD_PRELOAD (plugin/steady.c), or NULL. */
const char *qemu_preload(const struct guest_spec *g);
/* The same for a person: console and monitor on the terminal, a shell, no region. */
void qemu_interactive(const struct guest_spec *g, struct argv *out);
/* The argv as it enters a cell's identity: one line, paths as {kernel} etc., no cmdline. */
void qemu_identity(const struct guest_spec *g, struct strbuf *out);

/* "7.2.22 (Debian ...)", asked once per architecture; the caller frees. */
int qemu_version(enum arch arch, char **ret, struct error *err);

#endif
