/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parse: text to numbers, whole or not at all.
 *
 * Each returns 0, -EINVAL (not a number, trailing bytes, sign) or -ERANGE.
 * Built for host and guest.
 */
#ifndef LIB_PARSE_H
#define LIB_PARSE_H

#include <stddef.h>
#include <stdint.h>

int parse_u64(const char *s, uint64_t *ret);
int parse_i64(const char *s, int64_t *ret);
/* Bytes, with an optional K, M, G or T (powers of 1024). */
int parse_size(const char *s, uint64_t *ret_bytes);
/* The shortest exact form of @bytes: "2G", "400M", "4097". */
void parse_size_format(uint64_t bytes, char *buf, size_t size);

#endif
