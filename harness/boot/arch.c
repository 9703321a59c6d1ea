// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/arch.h"

static const struct arch_desc table[NR_ARCHES] = {
	[ARCH_I386] = {
		.qemu = "qemu-system-i386",
		.cpu = "qemu64,-lm",
		/* From 3.5 GiB on QEMU's pc puts RAM above 4 GiB, where the kernel drops it. */
		.max_memory_bytes = 3584ull << 20,
	},
	[ARCH_X86_64] = {
		.qemu = "qemu-system-x86_64",
		.cpu = "qemu64",
	},
};

const struct arch_desc *arch_desc(enum arch arch)
{
	return &table[arch];
}
