/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expr: the claims of a plan as checkable expressions over the figures of cells.
 *
 *	{insns_per_page} > 1.2 * {insns_per_page | arch=x86_64, kernel=base}
 *	{managed HighMem} == {@memory} / 4K - {managed Normal} and {swapped} >= 100
 *
 * Numbers (with K, M, G: powers of 1024), + - * /, abs() min() max(),
 * one comparison of == != < <= > >=, joined by and, or. {metric label} is a
 * figure of the cell at hand, {@axis} the value of one of its axes as a number;
 * "| axis=value" takes it from the cell that differs in that axis. The whole
 * must be true or false.
 *
 * Pure: whoever evaluates finds the figures (expr_figure()) and passes their
 * values in order.
 */
#ifndef LIB_EXPR_H
#define LIB_EXPR_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/error.h"
#include "lib/strbuf.h"

struct expr_change {
	char *axis, *value;
};

struct expr_figure {
	char *name; /* of the metric or axis */
	char *label; /* "" when there is none */
	bool axis; /* {@name} */
	struct expr_change *changes;
	size_t nr_changes;
};

struct expr;

/* ERROR_INPUT names the column, 1-based. */
int expr_parse(const char *text, struct expr **ret, struct error *err);
void expr_free(struct expr *e);

/* In the order of the text; a figure that comes twice is there twice. */
size_t expr_nr_figures(const struct expr *e);
const struct expr_figure *expr_figure(const struct expr *e, size_t i);

/* @values[i] is the value of figure i. ERROR_FOUND: a division by zero. */
int expr_eval(const struct expr *e, const double *values, bool *ret, struct error *err);
/* The text with the figures put in: "812.3 > 1.2 * 640". */
void expr_substitute(const struct expr *e, const double *values, struct strbuf *out);

#endif
