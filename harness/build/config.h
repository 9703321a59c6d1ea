/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config: a kernel .config from fragments.
 *
 * tinyconfig, then configs/kernel/arch/common.config, arch/ARCH.config and the
 * variants, merged by the kernel's own merge_config.sh. What a fragment asks
 * for and the result does not have is an error: a silent loss would measure
 * another kernel than the one named.
 */
#ifndef BUILD_CONFIG_H
#define BUILD_CONFIG_H

#include <stdbool.h>

#include "build/paths.h"
#include "lib/strbuf.h"
#include "plan/cell.h"
#include "plan/kernel.h"

/* The fragments of @kernel for @arch, in merge order; argv-style, owned. */
struct argv;
void config_fragments(const struct paths *paths, const struct kernel_name *kernel, enum arch arch,
		      struct argv *ret);

/* A variant that has only a .boot file is the same image, booted in another way. */
bool config_is_built_in(const struct paths *paths, const char *variant);

/* Append the text of all fragments: part of the kernel's identity. */
int config_text(const struct argv *fragments, struct strbuf *out, struct error *err);

/* Write OBJ/.config for the tree @src; @arch as kbuild's ARCH. */
int config_make(const char *src, const char *obj, const char *arch, const struct argv *fragments,
		struct error *err);

/*
 * Compare what the fragments ask for (@asked: their text, the last word on an
 * option wins) with the @got .config. Pure. An error lists what is missing.
 */
int config_check(const char *asked, const char *got, struct error *err);

#endif
