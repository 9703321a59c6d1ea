/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report: a store as one self-contained HTML page: verdicts first, the matrix of
 * cells, tables, figures (SVG, drawn here), and every run with its facts and
 * console. No network, nothing beside it; without scripts it is longer, not less.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "lib/error.h"
#include "lib/strbuf.h"
#include "store/query.h"

#define REPORT_MAX_COMPARISONS 12
/* Cells that all comparisons of a page look at together; the first has as many as it needs. */
#define REPORT_MAX_COMPARED 20000
#define REPORT_MAX_FIGURES 100
/* Facts and consoles kept in the page, bytes; the runs left out say so. The first are
 * plain text, those after them packed (to less than a quarter of their text). */
#define REPORT_RUN_BYTES (6u << 20)
#define REPORT_PLAIN_BYTES (1u << 20)
/* Of all tables of comparisons; groups left out say how to see them. */
#define REPORT_TABLE_BYTES (5u << 20)

struct report_options {
	const char *results; /* directory: consoles are read from its runs/, configurations from kernels/ */
	const char *title;
	const struct query_filter *where; /* or NULL: all cells */
};

/* Append the page to @out. An empty store or selection is ERROR_INPUT. */
int report_page(struct store *s, const struct report_options *o, struct strbuf *out,
		struct error *err);

#endif
