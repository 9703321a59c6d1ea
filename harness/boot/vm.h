/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vm: start one guest. The caller watches the pidfd and reaps.
 */
#ifndef BOOT_VM_H
#define BOOT_VM_H

#include <sys/types.h>

#include "lib/proc.h"

/*
 * Start QEMU with @argv, its own messages in @log. It dies with the harness,
 * dumps no core, and cannot write a file larger than VM_MAX_FILE_BYTES: a guest
 * that floods its console ends itself, not the disk.
 */
#define VM_MAX_FILE_BYTES (32ull << 20)
int vm_start(const struct argv *argv, const char *log, pid_t *ret_pid, int *ret_pidfd,
	     struct error *err);

#endif
