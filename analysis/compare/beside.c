// SPDX-License-Identifier: GPL-2.0-or-later
/* The same cells under both clocks: verdicts beside each other, numbers never mixed. */
#include <string.h>

#include "compare/compare.h"
#include "lib/xalloc.h"

/* What is called otherwise under the wall clock. */
static const struct {
	const char *insn, *wall;
} names[] = {
	{ "insns", "tsc_ticks" },
	{ "insns_per_fault", "tsc_ticks_per_fault" },
	{ "mm_bench.insns_per_op", "mm_bench.ns_per_op" },
	{ "mm_bench.insns_per_op_p99", "mm_bench.ns_per_op_p99" },
};

static const char *wall_name(const char *insn)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].insn, insn) == 0)
			return names[i].wall;
	return insn;
}

static const struct compare_row *find(const struct compare_group *g, const struct compare_row *like)
{
	const char *name = wall_name(like->name);

	for (size_t i = 0; i < g->nr_rows; i++)
		if (strcmp(g->rows[i].name, name) == 0 && strcmp(g->rows[i].label, like->label) == 0)
			return &g->rows[i];
	return NULL;
}

static void add(struct compare *c, size_t insn, size_t wall)
{
	for (size_t r = 0; r < c->groups[insn].nr_rows; r++) {
		const struct compare_row *a = &c->groups[insn].rows[r], *b = find(&c->groups[wall], a);

		if (!b || a->better == QUERY_NEITHER || a->block)
			continue;
		for (size_t col = 0; col < c->nr_columns; col++) {
			const struct compare_figure *x = &a->figures[col], *y = &b->figures[col];

			if (c->baseline[col] == col || x->verdict == COMPARE_NONE ||
			    y->verdict == COMPARE_NONE)
				continue;
			c->beside = xreallocarray(c->beside, c->nr_beside + 1, sizeof(*c->beside));
			c->beside[c->nr_beside++] = (struct compare_beside){
				.insn = insn, .wall = wall, .insn_row = a, .wall_row = b, .column = col,
				.disagree = compare_direction(a, x) * compare_direction(b, y) < 0,
			};
		}
	}
}

void compare_find_beside(struct compare *c, char *const *keys)
{
	for (size_t i = 0; i < c->nr_groups; i++)
		for (size_t j = 0; j < c->nr_groups; j++)
			if (strcmp(c->groups[i].clock, "insn") == 0 &&
			    strcmp(c->groups[j].clock, "wall") == 0 && strcmp(keys[i], keys[j]) == 0)
				add(c, i, j);
}
