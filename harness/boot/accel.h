/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * accel: does KVM work here? That /dev/kvm opens, answers and creates a VM says
 * nothing: hosts exist where guests then do not run. So a child process runs a
 * loop of ten million iterations in long mode and in 32-bit paged mode, and
 * only one that ends in time makes KVM usable. A child, because a KVM_RUN that
 * hangs can only be killed.
 */
#ifndef BOOT_ACCEL_H
#define BOOT_ACCEL_H

#include <stdbool.h>

struct accel {
	bool present; /* /dev/kvm can be opened */
	bool usable; /* both loops ended in time */
	char why[160]; /* one line: times, or what failed */
};

/* Probed once per process; about 0.1 s where KVM works, at most 2 s. */
const struct accel *accel_probe(void);

#endif
