/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel: from a kernel's name to an image in the cache.
 *
 * An image is named by its key, the SHA-256 of source tree id, architecture,
 * config fragments, compiler and linker, and the recipe below: whoever has the
 * same inputs builds the same bytes. base and series of one architecture share
 * an object tree, so the second build compiles only what the patches touch.
 * One build at a time per source: builds take a lock.
 *
 * CACHE/kernel/KEY/ holds bzImage, vmlinux, System.map, config and facts.json.
 */
#ifndef BUILD_KERNEL_H
#define BUILD_KERNEL_H

#include <stdbool.h>

#include "build/series.h"
#include "build/source.h"
#include "plan/cell.h"
#include "plan/kernel.h"

struct kernel {
	char *name; /* as asked for */
	enum arch arch;
	char key[SHA256_HEX];
	char *dir; /* CACHE/kernel/KEY */
	char *image; /* DIR/bzImage */
	char *vmlinux; /* DIR/vmlinux */
	char *boot; /* extra command line of its variants, or "" */
	char *origin; /* of the source, one line */
	char tree[GIT_ID];
	char **subjects; /* of the patches in it */
	size_t nr_subjects;
	bool built;
	char digest[SHA256_HEX]; /* of the image, when built */
};

/* Everything builds need, opened once. */
struct builder {
	const struct paths *paths;
	struct source source;
	struct series series;
	char *toolchain;
	unsigned int jobs; /* make -j */
	void (*say)(void *ctx, const char *line); /* progress; may be NULL */
	void *ctx;
};

/* Opens source and series. With @fetch the source is fetched if need be; without,
 * and with none in the cache, every kernel of it counts as not built. */
int builder_init(struct builder *b, const struct paths *paths, bool fetch, struct error *err);
void builder_release(struct builder *b);

/* Resolve a name: key, and digest if it is built. Builds nothing. */
int kernel_find(struct builder *b, const char *name, enum arch arch, struct kernel *ret,
		struct error *err);
/* The kernel in the cache whose image has the SHA-256 @digest, whatever it was called when
 * it was built. None is ERROR_INPUT. */
int kernel_find_digest(const struct paths *paths, const char *digest, enum arch arch,
		       struct kernel *ret, struct error *err);
/* Build it if it is not. @k comes from kernel_find(). */
int kernel_build(struct builder *b, struct kernel *k, struct error *err);
void kernel_release(struct kernel *k);

#endif
