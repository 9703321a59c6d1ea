// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/private.h"

#define W 560.0
#define H 250.0
#define LEFT 64.0
#define RIGHT 14.0
#define TOP 10.0
#define BOTTOM 40.0

struct scale {
	double lo, hi, from, to;
	bool log;
};

static double place(const struct scale *s, double v)
{
	double a = s->log ? log10(s->lo) : s->lo, b = s->log ? log10(s->hi) : s->hi;

	if (s->log)
		v = log10(v);
	return s->from + (b > a ? (v - a) / (b - a) : 0.5) * (s->to - s->from);
}

/* 1, 2 or 5 times a power of ten, so that about five fit. */
static double nice(double range)
{
	double step = pow(10, floor(log10(range / 5))), n = range / 5 / step;

	return step * (n > 5 ? 10 : n > 2 ? 5 : n > 1 ? 2 : 1);
}

/* "1.5 M": short enough for an axis. */
static void label(char *buf, size_t size, double v)
{
	static const struct {
		double from;
		const char *unit;
	} units[] = { { 1e12, "T" }, { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (fabs(v) >= units[i].from) {
			snprintf(buf, size, "%.5g%s", v / units[i].from, units[i].unit);
			return;
		}
	snprintf(buf, size, "%.4g", v);
}

static void x_tick(struct strbuf *out, const struct scale *x, double v)
{
	char text[32];

	label(text, sizeof(text), v);
	strbuf_addf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>", place(x, v),
		    H - BOTTOM + 15, text);
}

static void y_tick(struct strbuf *out, const struct scale *y, double v)
{
	char text[32];

	label(text, sizeof(text), v);
	strbuf_addf(out,
		    "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/><text x=\"%.1f\" y=\"%.1f\" "
		    "text-anchor=\"end\">%s</text>",
		    LEFT, place(y, v), W - RIGHT, LEFT - 5, place(y, v) + 4, text);
}

static void ticks(struct strbuf *out, const struct scale *s,
		  void (*one)(struct strbuf *out, const struct scale *s, double v))
{
	double step;

	if (s->log) {
		for (int k = (int)ceil(log10(s->lo)); pow(10, k) <= s->hi * 1.0001; k++)
			one(out, s, pow(10, k));
		return;
	}
	if (s->hi <= s->lo) {
		one(out, s, s->lo);
		return;
	}
	step = nice(s->hi - s->lo);
	for (int k = (int)ceil(s->lo / step - 1e-9); k * step <= s->hi + step * 1e-9; k++)
		one(out, s, k * step);
}

static void extent(const struct svg_plot *p, struct scale *x, struct scale *y)
{
	*x = (struct scale){ INFINITY, -INFINITY, LEFT, W - RIGHT, false };
	*y = (struct scale){ INFINITY, -INFINITY, H - BOTTOM, TOP, p->log_y };
	for (size_t l = 0; l < p->nr; l++)
		for (size_t i = 0; i < p->lines[l].nr; i++) {
			x->lo = fmin(x->lo, p->lines[l].x[i]);
			x->hi = fmax(x->hi, p->lines[l].x[i]);
			y->lo = fmin(y->lo, p->lines[l].y[i]);
			y->hi = fmax(y->hi, p->lines[l].y[i]);
		}
	if (y->log && y->lo <= 0)
		y->log = false;
	if (y->log) {
		y->lo = pow(10, floor(log10(y->lo)));
		y->hi = pow(10, ceil(log10(y->hi * 1.0001)));
		return;
	}
	/* From zero, unless what there is to see is a small part of it. */
	if (y->lo > 0 && y->lo < 0.7 * y->hi)
		y->lo = 0;
	if (y->hi == y->lo) {
		y->hi += fabs(y->hi) * 0.05 + 1;
		y->lo = y->lo > 0 ? fmax(0, y->lo - y->hi * 0.05) : y->lo;
	} else {
		double margin = 0.06 * (y->hi - y->lo);

		y->hi += margin;
		y->lo -= y->lo == 0 ? 0 : margin;
	}
}

static void line(struct strbuf *out, const struct svg_plot *p, size_t l, const struct scale *x,
		 const struct scale *y)
{
	const struct svg_line *v = &p->lines[l];

	strbuf_addf(out, "<path class=\"l s%zu\" d=\"", l);
	for (size_t i = 0; i < v->nr; i++) {
		if (i && v->step)
			strbuf_addf(out, "H%.1f", place(x, v->x[i]));
		strbuf_addf(out, "%c%.1f %.1f", i ? 'L' : 'M', place(x, v->x[i]), place(y, v->y[i]));
	}
	strbuf_adds(out, "\"/>");
	for (size_t i = 0; p->dots && i < v->nr; i++)
		strbuf_addf(out, "<circle class=\"d f%zu\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>", l,
			    place(x, v->x[i]), place(y, v->y[i]));
}

/* Names of the lines, each behind a piece of it: told apart by dashes as by colour. */
static void legend(struct strbuf *out, const struct svg_plot *p)
{
	double at = LEFT;

	for (size_t l = 0; l < p->nr; l++) {
		strbuf_addf(out,
			    "<path class=\"l s%zu\" d=\"M%.1f %.1fh24\"/><text x=\"%.1f\" y=\"%.1f\">", l,
			    at, H - 6, at + 28, H - 2);
		html_str(out, p->lines[l].name);
		strbuf_adds(out, "</text>");
		at += 44 + 6.2 * (double)strlen(p->lines[l].name);
	}
}

static void open_figure(struct strbuf *out, const char *title, double height)
{
	strbuf_adds(out, "<figure><figcaption>");
	html_str(out, title);
	strbuf_addf(out, "</figcaption><svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"", W, height);
	html_str(out, title);
	strbuf_adds(out, "\">");
}

static void json_text(struct strbuf *out, const char *text)
{
	strbuf_addc(out, '"');
	for (; *text; text++)
		/* Nothing of it ends the element, or the string. */
		if (*text < ' ' || strchr("\"\\<>&", *text))
			strbuf_addf(out, "\\u%04x", (unsigned char)*text);
		else
			strbuf_addc(out, *text);
	strbuf_addc(out, '"');
}

static void json_numbers(struct strbuf *out, const double *v, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		strbuf_addf(out, "%s%.8g", i ? "," : "[", v[i]);
	strbuf_adds(out, nr ? "]" : "[]");
}

/* What the page's script needs to draw it so that it can be zoomed, or as a table. */
static void data(struct strbuf *out, const struct svg_plot *p)
{
	strbuf_adds(out, "<script type=\"application/json\" class=\"data\">{\"x\":");
	json_text(out, p->x_label);
	strbuf_adds(out, ",\"y\":");
	json_text(out, p->y_label);
	strbuf_addf(out, ",\"log\":%s,\"step\":%s,\"lines\":[", p->log_y ? "true" : "false",
		    p->nr && p->lines[0].step ? "true" : "false");
	for (size_t l = 0; l < p->nr; l++) {
		strbuf_adds(out, l ? ",[" : "[");
		json_text(out, p->lines[l].name);
		strbuf_addc(out, ',');
		json_numbers(out, p->lines[l].x, p->lines[l].nr);
		strbuf_addc(out, ',');
		json_numbers(out, p->lines[l].y, p->lines[l].nr);
		strbuf_addc(out, ']');
	}
	strbuf_adds(out, "]}</script>");
}

void svg_plot(struct strbuf *out, const struct svg_plot *p)
{
	struct scale x, y;

	extent(p, &x, &y);
	open_figure(out, p->title, H);
	ticks(out, &y, y_tick);
	ticks(out, &x, x_tick);
	for (size_t i = 0; i < p->nr_cross; i++)
		strbuf_addf(out, "<path class=\"cross\" d=\"M%.1f %.1fV%.1f\"/>", place(&x, p->cross[i]),
			    TOP, H - BOTTOM);
	for (size_t i = 0; i < p->nr_events; i++)
		strbuf_addf(out, "<path class=\"event\" d=\"M%.1f %.1fv7\"/>", place(&x, p->events[i]), TOP);
	for (size_t l = 0; l < p->nr; l++)
		line(out, p, l, &x, &y);
	legend(out, p);
	strbuf_addf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", W - RIGHT, H - 2);
	html_str(out, p->x_label);
	strbuf_adds(out, "</text></svg><p>");
	html_str(out, p->y_label);
	strbuf_adds(out, "</p>");
	data(out, p);
	strbuf_adds(out, "</figure>\n");
}

void svg_heat(struct strbuf *out, const char *title, const char *const *rows, size_t nr_rows,
	      size_t nr_columns, const double *v, double max, double t_end_ms)
{
	const double row = 15, height = TOP + row * (double)nr_rows + 24;
	const double column = (W - LEFT - 30 - RIGHT) / (double)nr_columns;

	open_figure(out, title, height);
	for (size_t r = 0; r < nr_rows; r++) {
		double y = TOP + row * (double)r;

		strbuf_addf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", LEFT + 25, y + 11);
		html_str(out, rows[r]);
		strbuf_adds(out, "</text>");
		/* Equal neighbours are one rectangle. */
		for (size_t c = 0, end; c < nr_columns; c = end) {
			const double *at = &v[r * nr_columns];

			for (end = c + 1; end < nr_columns && at[end] == at[c]; end++)
				;
			if (isnan(at[c])) {
				end = c + 1;
				continue;
			}
			strbuf_addf(out,
				    "<rect class=\"h\" fill-opacity=\"%.2f\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
				    "height=\"%g\"><title>",
				    max > 0 ? 0.04 + 0.96 * fmin(1, fmax(0, at[c] / max)) : 0.04,
				    LEFT + 30 + column * (double)c, y, column * (double)(end - c), row - 1);
			html_str(out, rows[r]);
			strbuf_addf(out, ": %g</title></rect>", at[c]);
		}
	}
	strbuf_addf(out,
		    "<text x=\"%.1f\" y=\"%.1f\">0</text><text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">"
		    "%.0f ms of guest time</text></svg>",
		    LEFT + 30, height - 8, W - RIGHT, height - 8, t_end_ms);
	strbuf_addf(out, "<p>0 (pale) to %g (full)</p></figure>\n", max);
}
