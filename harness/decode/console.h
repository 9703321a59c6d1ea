/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * console: what a guest's console says of the kernel's health. Pure.
 */
#ifndef DECODE_CONSOLE_H
#define DECODE_CONSOLE_H

#include <stddef.h>

struct finding {
	const char *kind; /* "panic", "oops", "warning", ...: from the table in console.c */
	char line[200]; /* the line, without its time stamp, unprintable bytes as '?' */
};

#define CONSOLE_MAX_FINDINGS 32

/* Find at most CONSOLE_MAX_FINDINGS lines that tell of trouble; returns how many. */
size_t console_scan(const char *text, size_t len, struct finding *ret);

#endif
