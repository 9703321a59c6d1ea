/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What model.c, rows.c and group.c share while a comparison is built. */
#ifndef COMPARE_PRIVATE_H
#define COMPARE_PRIVATE_H

#include "compare/compare.h"

/* The samples of a row in one column. */
struct samples {
	struct compare_sample *v;
	size_t nr, room;
};

/* A group being built: its cells by column, and rows with samples. */
struct building {
	char *key;
	uint64_t hash; /* of the key */
	const struct query_cell **cells[COMPARE_MAX_COLUMNS];
	size_t nr_cells[COMPARE_MAX_COLUMNS];
	size_t nr_columns;
	struct compare_row *rows; /* handed over when the group is finished */
	const char **names; /* of the rows, the store's pointers */
	struct samples *samples; /* [row * nr_columns + column] */
	size_t nr_rows, room;
	size_t next; /* the row after the one found last: runs measure in the same order */
};

/* What becomes of a metric, by its place in a run; @name is the store's pointer. */
struct fate {
	const char *name;
	bool wanted;
	const char *unit;
	enum query_better better;
	uint64_t plus, minus; /* rows of the vmstat block */
};

struct builder {
	struct store *store;
	const struct compare_options *o;
	struct compare *c;
	struct building *groups;
	size_t nr_groups;
	struct fate *fates;
	size_t nr_fates;
	bool *blocks; /* rows of the vmstat block that are asked for */
	const struct query_cell *first; /* that was placed */
};

bool compare_is_compared(const struct compare_options *o, const char *axis);

/* rows.c: read the metrics of all cells of @g into its rows. */
int compare_read_rows(struct builder *b, struct building *g, struct error *err);
/* The row of this name, a pointer that the store or vmstat.c owns; a new one if there is none. */
size_t compare_find_row(struct building *g, const char *name, const char *label);
void compare_release_samples(struct building *g);

/* group.c: from the rows of @g to the finished @ret, @g's samples freed. Reads nothing
 * that another group's call writes. */
void compare_finish_group(const struct builder *b, struct stats *st, struct building *g,
			  struct compare_group *ret);

#endif
