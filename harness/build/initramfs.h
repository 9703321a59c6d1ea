/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * initramfs: what a guest finds as its root file system.
 *
 * Layers are uncompressed cpio archives made by vm-images/layer and cached by
 * the digest of the recipes (and of the agent, and of the compiler where one
 * is used); the kernel accepts several archives back to back, so a cell gets
 * the agent and only the tool it needs, and guest memory stays free.
 */
#ifndef BUILD_INITRAMFS_H
#define BUILD_INITRAMFS_H

#include <stdbool.h>

#include "build/paths.h"
#include "lib/sha256.h"
#include "plan/cell.h"

struct initramfs {
	char *path; /* in the cache */
	char digest[SHA256_HEX];
};

/* Callback for progress as in build/kernel.h; may be NULL. */
struct initramfs_say {
	void (*say)(void *ctx, const char *line);
	void *ctx;
};

/*
 * Agent layer plus the layer of @tool (NULL: none) for @arch. With @build what
 * is missing is made, otherwise missing is not an error: @ret->path is NULL.
 */
int initramfs_get(const struct paths *paths, const char *toolchain, enum arch arch,
		  const char *tool, bool build, const struct initramfs_say *say,
		  struct initramfs *ret, struct error *err);
void initramfs_release(struct initramfs *i);

#endif
