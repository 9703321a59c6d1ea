/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arch: what differs between the architectures when a guest is booted. A table,
 * indexed by enum arch; facts of building are the kernel's and the guest's.
 */
#ifndef BOOT_ARCH_H
#define BOOT_ARCH_H

#include <stdint.h>

#include "plan/cell.h"

struct arch_desc {
	const char *qemu; /* binary, searched in PATH */
	/*
	 * The CPU that TCG plays, for both architectures the same but for long
	 * mode: it has no RDRAND, whose values would come from outside -seed,
	 * and the kernel takes the same string instructions on both.
	 */
	const char *cpu;
	uint64_t max_memory_bytes; /* more is not seen by the kernel; 0: no such limit */
};

const struct arch_desc *arch_desc(enum arch arch);

#endif
