/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * halve: where between two ends a number crosses a threshold, in ceil(log2 N) looks for
 * ends N apart. Pure: says where to look next, is told what is there.
 *
 *	halve_init(&h, good, bad, threshold, bad_is_above);
 *	while (halve_next(&h, &at))
 *		halve_take(&h, at, value_at(at));
 *	now h.good and h.bad are neighbours
 *
 * The ends are believed. Good may be above or below bad.
 */
#ifndef LIB_HALVE_H
#define LIB_HALVE_H

#include <stdbool.h>
#include <stdint.h>

struct halve {
	int64_t good, bad;
	double threshold; /* a value on it is good */
	bool bad_is_above;
	unsigned int looks;
};

void halve_init(struct halve *h, int64_t good, int64_t bad, double threshold, bool bad_is_above);
bool halve_next(const struct halve *h, int64_t *ret_at);
/* Returns whether @value is bad. */
bool halve_take(struct halve *h, int64_t at, double value);
bool halve_is_bad(const struct halve *h, double value);
/* ceil(log2 N) of ends N apart. */
unsigned int halve_most(int64_t good, int64_t bad);

#endif
