/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * budget: something dear is done only when what it will take is at most 1/BUDGET_SHARE
 * of the time since it was done last: it cannot slow the guest down by more.
 */
#ifndef GUEST_BUDGET_H
#define GUEST_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#define BUDGET_SHARE 600

struct budget {
	uint64_t at; /* when it was done last, in ticks (clock.h) */
	uint64_t ticks; /* what it took */
};

static inline bool budget_allows(const struct budget *b, uint64_t now, uint64_t ticks)
{
	return (now - b->at) / BUDGET_SHARE >= ticks;
}

static inline void budget_spend(struct budget *b, uint64_t begin, uint64_t end)
{
	b->at = begin;
	b->ticks = end - begin;
}

#endif
