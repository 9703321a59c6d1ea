// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/halve.h"

static uint64_t apart(int64_t a, int64_t b)
{
	return a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
}

void halve_init(struct halve *h, int64_t good, int64_t bad, double threshold, bool bad_is_above)
{
	*h = (struct halve){ good, bad, threshold, bad_is_above, 0 };
}

bool halve_next(const struct halve *h, int64_t *ret_at)
{
	const uint64_t half = apart(h->good, h->bad) / 2;

	if (!half)
		return false;
	*ret_at = (int64_t)(h->good < h->bad ? (uint64_t)h->good + half : (uint64_t)h->good - half);
	return true;
}

bool halve_is_bad(const struct halve *h, double value)
{
	return h->bad_is_above ? value > h->threshold : value < h->threshold;
}

bool halve_take(struct halve *h, int64_t at, double value)
{
	const bool bad = halve_is_bad(h, value);

	h->looks++;
	if (bad)
		h->bad = at;
	else
		h->good = at;
	return bad;
}

unsigned int halve_most(int64_t good, int64_t bad)
{
	unsigned int n = 0;

	for (uint64_t left = apart(good, bad); left > 1; left = left / 2 + left % 2)
		n++;
	return n;
}
