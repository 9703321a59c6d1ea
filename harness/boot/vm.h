/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vm: start one guest. The caller watches the pidfd and reaps.
 */
#ifndef BOOT_VM_H
#define BOOT_VM_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/proc.h"

/*
 * Start QEMU with @argv, its own messages in @log. It dies with the harness,
 * dumps no core, and cannot write a file larger than @max_file_bytes: a guest
 * that floods its console ends itself, not the disk.
 */
int vm_start(const struct argv *argv, const char *log, uint64_t max_file_bytes, pid_t *ret_pid, int *ret_pidfd,
	     struct error *err);

#endif
