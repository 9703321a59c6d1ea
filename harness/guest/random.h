/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * random: a small generator whose numbers depend on the job's seed only.
 * xorshift64 (Marsaglia 2003, doi:10.18637/jss.v008.i14).
 */
#ifndef GUEST_RANDOM_H
#define GUEST_RANDOM_H

#include <stdint.h>

static inline uint64_t random_start(uint64_t seed)
{
	return seed * 0x9e3779b97f4a7c15ull + 1;
}

static inline uint64_t next_random(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

/* 0..@n-1, 0 if @n is 0; the bias of the remainder is below 2^-32. */
static inline uint32_t random_below(uint64_t *s, uint32_t n)
{
	return n ? (uint32_t)(next_random(s) % n) : 0;
}

#endif
