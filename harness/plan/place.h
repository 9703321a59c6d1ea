/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place: a line of a plan, and where an error about it goes. Private to plan/.
 *
 *	return place_error(at, "bad memory '%s'", text);
 *
 * fills the error with "FILE:LINE: bad memory '...'" and returns -1.
 */
#ifndef PLAN_PLACE_H
#define PLAN_PLACE_H

#include "lib/error.h"
#include "lib/words.h"

struct place {
	const char *file;
	unsigned int line; /* 1-based */
	struct error *err;
};

#define place_error(...) ({ place_fill(__VA_ARGS__); -1; })
void place_fill(struct place at, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "unknown WHAT 'TYPED': ..."; @allowed is released. */
#define place_unknown(...) ({ place_fill_unknown(__VA_ARGS__); -1; })
void place_fill_unknown(struct place at, const char *what, const char *typed,
			struct words *allowed);

#endif
