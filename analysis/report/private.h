/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of report/ share; nobody else includes it. */
#ifndef REPORT_PRIVATE_H
#define REPORT_PRIVATE_H

#include "report/report.h"

struct report {
	struct store *store;
	const struct report_options *o;
	struct query_cells cells;
	struct strbuf *out;
	size_t nr_figures;
	const char **axes; /* names of all axes of the cells */
	size_t nr_axes;
};

/* html.c: text that is not markup; control characters become '?'. */
void html_text(struct strbuf *out, const char *text, size_t len);
void html_str(struct strbuf *out, const char *text);
/* For a data: URL in a quoted attribute. */
void html_url(struct strbuf *out, const char *text, size_t len);
/* A number for people: whole, or three decimals below a million. */
void html_number(struct strbuf *out, double v);

/* archive.c: texts behind a click, out of the way of the page's size. */
#define ARCHIVE_BLOCK (1u << 20)
struct archive_line;
struct archive {
	struct strbuf text; /* every line once */
	struct archive_line *slots; /* hash table of its lines */
	size_t nr_slots, nr_lines;
};
/* Append a closed element named @name to @out that opens @text. A page has one archive. */
void archive_add(struct archive *a, const char *name, const char *text, size_t len, struct strbuf *out);
/* Append the blocks to @out, and release @a. */
void archive_finish(struct archive *a, struct strbuf *out);

/* svg.c: figures, sized by their viewBox; colours are the page's. */
struct svg_line {
	const char *name;
	double *x, *y;
	size_t nr;
	bool step; /* a value holds until the next point */
};
struct svg_plot {
	const char *title, *x_label, *y_label;
	bool dots, log_y;
	const struct svg_line *lines;
	size_t nr;
	const double *cross; /* x of vertical marks */
	size_t nr_cross;
	const double *events; /* x of short marks on top: something happened there */
	size_t nr_events;
};
#define SVG_MAX_LINES 6
void svg_plot(struct strbuf *out, const struct svg_plot *p);
/* @v: [rows][columns], 0 to @max; NAN is left blank. */
void svg_heat(struct strbuf *out, const char *title, const char *const *rows, size_t nr_rows,
	      size_t nr_columns, const double *v, double max, double t_end_ms);

/* Names of the axes, in stored order; freed by the caller, not what they point to. */
size_t report_axes(const struct query_cells *c, const char ***ret);
/* Distinct values of an axis, in stored order; freed by the caller, not what they point to. */
size_t report_values(const struct query_cells *c, const char *axis, const char ***ret);
/* The axes of @cell but for those of @but (NULL ends it), as text; the caller frees. */
char *report_title(const struct query_cell *cell, const char *const *but);

/* Cells that are equal in all axes but those of @but; free with report_groups_free(). */
struct report_group {
	char *title;
	const struct query_cell **cells; /* that ended well */
	size_t nr;
};
size_t report_groups(const struct query_cells *c, const char *const *but, struct report_group **ret);
void report_groups_free(struct report_group *v, size_t nr);
/* The first cell of @g with @value on @axis, or NULL. */
const struct query_cell *report_find(const struct report_group *g, const char *axis,
				     const char *value);

/* kernels.c: a heading, then @show for each group of cells that differ in the kernel alone, until
 * it has drawn @max figures; @none if nothing. */
struct report_section {
	const char *heading, *none, *class; /* of the element around the figures */
	size_t max;
	/* @max: r->nr_figures stays below it */
	int (*show)(struct report *r, const struct report_group *g, const char **kernels, size_t nr_kernels,
		    size_t max, void *arg, struct error *err);
	void *arg;
};
int report_each_group(struct report *r, const struct report_section *s, struct error *err);

/* A figure for each group of cells that differ in the kernel alone (first seed). */
struct report_kernels {
	const struct report_group *group;
	const char *names[SVG_MAX_LINES];
	struct query_metrics metrics[SVG_MAX_LINES];
	size_t nr;
	size_t max_figures; /* r->nr_figures stays below it */
};
/* Append a heading and what @plot draws for each group, at most @max figures; @none if nothing. */
int report_by_kernel(struct report *r, const char *heading, size_t max, const char *none,
		     void (*plot)(struct report *r, const struct report_kernels *k), struct error *err);

/* sweeps.c: an axis's value as a number, NAN if it is none; metrics worth drawing over an axis;
 * axes with two numbers that somebody chose. */
double report_number(const char *value);
bool report_is_swept(const char *metric);
bool report_can_sweep(struct report *r, const char *axis);

/* The sections, each appended to r->out. */
int report_verdicts(struct report *r, struct error *err);
int report_comparisons(struct report *r, struct error *err);
void report_matrix(struct report *r);
int report_sweeps(struct report *r, struct error *err);
int report_percentiles(struct report *r, struct error *err);
int report_freelists(struct report *r, struct error *err);
int report_interactions(struct report *r, struct error *err);
int report_samples(struct report *r, struct error *err);
int report_maps(struct report *r, struct error *err);
int report_profiles(struct report *r, struct error *err);
int report_runs(struct report *r, struct error *err);

#endif
