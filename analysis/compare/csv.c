// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "compare/compare.h"

/* RFC 4180: quoted where it must be. A leading = + - @ would be a formula to a
 * spreadsheet; names and titles never begin so. */
static void text(const char *s, FILE *to)
{
	if (!strpbrk(s, ",\"\r\n")) {
		fputs(s, to);
		return;
	}
	fputc('"', to);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', to);
		fputc(*s, to);
	}
	fputc('"', to);
}

static void real(bool has, double v, FILE *to)
{
	fputc(',', to);
	if (has && isfinite(v))
		fprintf(to, "%.15g", v);
}

static void figure(const struct compare_figure *f, FILE *to)
{
	fprintf(to, ",%zu", f->n);
	if (f->exact && !f->status[0])
		fprintf(to, ",%" PRId64, f->i);
	else
		real(!f->status[0], f->value, to);
	fprintf(to, ",%s,%s", f->status[0] ? f->status : "ok", compare_verdict_name(f->verdict));
	real(f->has_difference, f->difference, to);
	real(f->has_interval, f->lo, to);
	real(f->has_interval, f->hi, to);
	real(f->tested, f->p, to);
	real(f->tested, f->q, to);
	real(f->tested, f->effect, to);
	fprintf(to, ",%zu\r\n", f->more);
}

void compare_csv(const struct compare *c, FILE *to)
{
	static const char *const better[] = { "neither", "higher", "lower" };

	fputs("cells,clock,note,metric,label,unit,better", to);
	for (size_t i = 0; i < c->o->nr_axes; i++) {
		fputc(',', to);
		text(c->o->axes[i].name, to);
	}
	fputs(",n,value,status,verdict,difference,lo,hi,p,q,effect,more\r\n", to);
	for (size_t g = 0; g < c->nr_groups; g++)
		for (size_t r = 0; r < c->groups[g].nr_rows; r++)
			for (size_t col = 0; col < c->nr_columns; col++) {
				const struct compare_group *group = &c->groups[g];
				const struct compare_row *row = &group->rows[r];
				const char *const fields[] = { group->title, group->clock, group->note,
							       row->name, row->label, row->unit,
							       better[row->better] };

				for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
					if (i)
						fputc(',', to);
					text(fields[i], to);
				}
				for (size_t i = 0; i < c->o->nr_axes; i++) {
					fputc(',', to);
					text(c->columns[col][i], to);
				}
				figure(&row->figures[col], to);
			}
}
