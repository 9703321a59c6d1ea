/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vm: start one guest. The caller watches the pidfd and reaps.
 */
#ifndef BOOT_VM_H
#define BOOT_VM_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/proc.h"

/* What QEMU may take of the host: a guest that breaks out of it gets no further. */
struct vm_limits {
	uint64_t file_bytes; /* largest file: a console that floods ends the guest, not the disk */
	uint64_t memory_bytes; /* of address space */
};

/*
 * Start QEMU with @argv, its own messages in @log; @preload is a library that comes before
 * all others (qemu_preload()), or NULL. It dies with the harness, has
 * no capabilities, and dumps no core.
 */
int vm_start(const struct argv *argv, const char *preload, const char *log,
	     const struct vm_limits *limits, pid_t *ret_pid, int *ret_pidfd, struct error *err);

#endif
