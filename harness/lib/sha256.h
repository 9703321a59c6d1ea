/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sha256: digests as lower-case hex, over libmd.
 */
#ifndef LIB_SHA256_H
#define LIB_SHA256_H

#include <stddef.h>

#include "lib/error.h"

#define SHA256_HEX 65 /* 64 digits and NUL */

void sha256_bytes(const void *data, size_t len, char hex[SHA256_HEX]);
int sha256_file(const char *path, char hex[SHA256_HEX], struct error *err);

#endif
