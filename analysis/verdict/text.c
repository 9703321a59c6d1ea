// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "verdict/verdict.h"

#define WIDTH 100
/* Cells in which a claim holds that are printed one by one; others always are. */
#define MAX_HOLDING 8

/* @text in lines of WIDTH, those after the first indented; @at is the column it begins in. */
static void fold(FILE *to, const char *text, size_t at, size_t indent)
{
	size_t column = at;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > indent && column + len > WIDTH) {
			fprintf(to, "\n%*s", (int)indent, "");
			column = indent;
		}
		fprintf(to, "%.*s", (int)len, text);
		column += len;
		text += len;
		if (*text == ' ') {
			text++;
			if (*text && column + 1 + strcspn(text, " ") <= WIDTH) {
				fputc(' ', to);
				column++;
			} else if (*text) {
				fprintf(to, "\n%*s", (int)indent, "");
				column = indent;
			}
		}
	}
	fputc('\n', to);
}

static void print_cell(const struct verdict_cell *c, int width, FILE *to)
{
	const char *mark = c->state == VERDICT_HOLDS ? "" : c->state == VERDICT_FAILS ? "  <-- fails" : "";

	fprintf(to, "             %-*s%s", width, c->title, width ? "  " : "");
	if (c->state == VERDICT_NO_DATA)
		fprintf(to, "no data: %s\n", c->why);
	else
		fprintf(to, "%s%s\n", c->figures, mark);
}

static void print_claim(const struct verdict_claim *c, FILE *to)
{
	size_t shown = 0, hidden = 0;
	int width = 0;

	fprintf(to, "  %-7s  ", c->state == VERDICT_FAILS ? "FAILS" : verdict_state_name(c->state));
	fold(to, c->claim, 11, 11);
	fprintf(to, "           %s%s%s%s\n", c->check, *c->where ? "   (" : "", c->where,
		*c->where ? ")" : "");
	for (size_t i = 0; i < c->nr_cells; i++)
		if ((int)strlen(c->cells[i].title) > width)
			width = (int)strlen(c->cells[i].title);
	for (size_t i = 0; i < c->nr_cells; i++) {
		if (c->cells[i].state == VERDICT_HOLDS && ++shown > MAX_HOLDING)
			hidden++;
		else
			print_cell(&c->cells[i], width, to);
	}
	if (hidden)
		fprintf(to, "             and in %zu more cells\n", hidden);
	if (!c->nr_cells)
		fprintf(to, "             no data: no such cell has run\n");
}

static void print_plan(const struct verdict *v, FILE *to)
{
	fprintf(to, "verdict of %s", v->plan);
	if (*v->statement) {
		fputs(": ", to);
		fold(to, v->statement, strlen(v->plan) + 13, 2);
	} else {
		fputc('\n', to);
	}
	for (size_t i = 0; i < v->nr_claims; i++)
		print_claim(&v->claims[i], to);
	fprintf(to, "%zu claims: %zu hold, %zu fail, %zu without data", v->nr_claims,
		v->count[VERDICT_HOLDS], v->count[VERDICT_FAILS], v->count[VERDICT_NO_DATA]);
	if (v->nr_missing)
		fprintf(to, "; %zu cells of the plan have not run", v->nr_missing);
	fputc('\n', to);
}

void verdicts_text(const struct verdicts *v, FILE *to)
{
	for (size_t i = 0; i < v->nr; i++) {
		if (i)
			fputc('\n', to);
		print_plan(&v->v[i], to);
	}
}
