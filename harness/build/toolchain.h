/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * toolchain: which compiler and linker this host has, as text that enters the
 * key of whatever they build.
 */
#ifndef BUILD_TOOLCHAIN_H
#define BUILD_TOOLCHAIN_H

#include "lib/error.h"

/* First lines of gcc --version and ld --version; the caller frees. */
int toolchain_text(char **ret, struct error *err);

#endif
