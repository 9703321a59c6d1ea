/* SPDX-License-Identifier: GPL-2.0-or-later */
/* swap: make a block device a swap area and swap to it. */
#ifndef GUEST_SWAP_H
#define GUEST_SWAP_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/job.h"

/* The device that the cell's swap: names; nothing with "none". */
void swap_start(const struct job *job);

/* The first @bytes of block device @path. @fill for a device that takes its pages on
 * first write: they are taken now, not while the kernel swaps out. */
void swap_use(const char *path, uint64_t bytes, bool fill);

#endif
