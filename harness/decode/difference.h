/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * difference: are two runs of one cell the same, bit for bit, and if not, where
 * do they part? Pure.
 */
#ifndef DECODE_DIFFERENCE_H
#define DECODE_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

struct run_bytes {
	const char *frames;
	size_t frames_len;
	const char *console;
	size_t console_len;
	const char *trace; /* raw events */
	size_t trace_len;
};

/* True when they are equal; else @where names the first frame, metric or line that differs. */
bool difference_none(const struct run_bytes *a, const struct run_bytes *b, char *where,
		     size_t size);

#endif
