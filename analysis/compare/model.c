// SPDX-License-Identifier: GPL-2.0-or-later
/* Select, match, and fill the table. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "lib/strbuf.h"
#include "lib/xalloc.h"

/* The samples of one row, by column. */
struct samples {
	struct compare_sample *v[COMPARE_MAX_COLUMNS];
	size_t nr[COMPARE_MAX_COLUMNS];
};

/* A group being built: its cells by column, and rows with samples. */
struct building {
	char *key;
	const struct query_cell **cells[COMPARE_MAX_COLUMNS];
	size_t nr_cells[COMPARE_MAX_COLUMNS];
	struct compare_row *rows; /* handed over when the group is finished */
	size_t nr_rows;
	struct samples *samples;
	size_t nr_samples;
};

struct builder {
	struct store *store;
	const struct compare_options *o;
	struct compare *c;
	struct building *groups;
	size_t nr_groups;
};

static bool is_compared(const struct compare_options *o, const char *axis)
{
	for (size_t i = 0; i < o->nr_axes; i++)
		if (strcmp(o->axes[i].name, axis) == 0)
			return true;
	return false;
}

/* Columns are the product of the axes, the first varying fastest; the baseline
 * of a column is the one with the first value of the first axis beside it. */
static int make_columns(struct compare *c, const struct compare_options *o, struct error *err)
{
	c->nr_columns = 1;
	for (size_t i = 0; i < o->nr_axes; i++) {
		if (c->nr_columns * o->axes[i].nr > COMPARE_MAX_COLUMNS)
			return error_set(err, ERROR_INPUT, "more than %d columns", COMPARE_MAX_COLUMNS);
		c->nr_columns *= o->axes[i].nr;
	}
	for (size_t col = 0; col < c->nr_columns; col++) {
		size_t rest = col;

		for (size_t i = 0; i < o->nr_axes; i++) {
			c->columns[col][i] = xstrdup(o->axes[i].values[rest % o->axes[i].nr]);
			rest /= o->axes[i].nr;
		}
		c->baseline[col] = col - col % o->axes[0].nr;
	}
	return 0;
}

/* What must be equal: every axis that is not compared, but for seed and plan. */
static char *group_key(const struct compare_options *o, const struct query_cell *cell)
{
	struct strbuf key = STRBUF_INIT;

	for (size_t i = 0; i < cell->nr_axes; i++) {
		const struct query_axis *a = &cell->axes[i];

		if (is_compared(o, a->name) || strcmp(a->name, "seed") == 0 ||
		    strcmp(a->name, "plan") == 0)
			continue;
		strbuf_addf(&key, "%s=%s\n", a->name, a->value);
	}
	return strbuf_detach(&key);
}

static struct building *find_group(struct builder *b, const struct query_cell *cell)
{
	char *key = group_key(b->o, cell);
	struct building *g;

	for (size_t i = 0; i < b->nr_groups; i++)
		if (strcmp(b->groups[i].key, key) == 0) {
			free(key);
			return &b->groups[i];
		}
	b->groups = xreallocarray(b->groups, b->nr_groups + 1, sizeof(*g));
	g = &b->groups[b->nr_groups++];
	*g = (struct building){ .key = key };
	return g;
}

static bool in_column(const struct builder *b, const struct query_cell *cell, size_t col)
{
	for (size_t i = 0; i < b->o->nr_axes; i++)
		if (!query_axis_is(cell, b->o->axes[i].name, b->c->columns[col][i]))
			return false;
	return true;
}

static void place_cell(struct builder *b, const struct query_cell *cell)
{
	for (size_t col = 0; col < b->c->nr_columns; col++) {
		struct building *g;

		if (!in_column(b, cell, col))
			continue;
		g = find_group(b, cell);
		g->cells[col] = xreallocarray(g->cells[col], g->nr_cells[col] + 1,
					      sizeof(struct query_cell *));
		g->cells[col][g->nr_cells[col]++] = cell;
	}
}

static size_t find_row(struct building *g, const char *name, const char *label)
{
	struct compare_row row = {};

	for (size_t i = 0; i < g->nr_rows; i++)
		if (strcmp(g->rows[i].name, name) == 0 && strcmp(g->rows[i].label, label) == 0)
			return i;
	row.name = xstrdup(name);
	row.label = xstrdup(label);
	row.unit = query_unit(name);
	row.better = query_better(name);
	g->rows = xreallocarray(g->rows, g->nr_rows + 1, sizeof(row));
	g->samples = xreallocarray(g->samples, g->nr_rows + 1, sizeof(*g->samples));
	g->rows[g->nr_rows] = row;
	g->samples[g->nr_samples++] = (struct samples){};
	return g->nr_rows++;
}

static void add_sample(struct building *g, size_t row, size_t col, struct compare_sample s)
{
	struct samples *to = &g->samples[row];

	to->v[col] = xreallocarray(to->v[col], to->nr[col] + 1, sizeof(s));
	to->v[col][to->nr[col]++] = s;
}

static void add_block(struct building *g, size_t i, size_t col, int64_t seed, int64_t v)
{
	size_t row = find_row(g, compare_vmstat_name(i), "");

	g->rows[row].block = true;
	g->rows[row].unit = "pages or events";
	g->rows[row].better = compare_vmstat_better(i);
	add_sample(g, row, col, (struct compare_sample){ seed, true, v, (double)v });
}

/* Shown on request only: too many rows, most of them the same everywhere. */
static bool is_detail(const char *name)
{
	static const char *const details[] = { "vmstat.", "buddy.", "frag.unusable.", "frag.index.",
					       "frag.differs" };

	for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++)
		if (strncmp(name, details[i], strlen(details[i])) == 0)
			return true;
	return false;
}

static bool wanted(const struct compare_options *o, const char *name)
{
	if (o->metrics && fnmatch(o->metrics, name, 0) != 0)
		return false;
	return o->all || o->metrics || !is_detail(name);
}

/* Put the metrics of one cell into column @col. */
static int add_cell(struct builder *b, struct building *g, size_t col,
		    const struct query_cell *cell, struct error *err)
{
	const char *seed = query_axis_value(cell, "seed");
	const int64_t seed_nr = seed ? atoll(seed) : 0;
	struct query_metrics m;

	if (!cell->run || strcmp(cell->status, "ok") != 0)
		return 0;
	if (query_metrics(b->store, cell->run, &m, err))
		return -1;
	for (size_t i = 0; i < m.nr; i++)
		if (wanted(b->o, m.v[i].name))
			add_sample(g, find_row(g, m.v[i].name, m.v[i].label), col,
				   (struct compare_sample){ seed_nr, m.v[i].exact, m.v[i].i, m.v[i].d });
	for (size_t i = 0; !b->o->all && i < compare_vmstat_nr(); i++) {
		int64_t v;

		if ((!b->o->metrics || fnmatch(b->o->metrics, compare_vmstat_name(i), 0) == 0) &&
		    compare_vmstat_value(&m, i, &v))
			add_block(g, i, col, seed_nr, v);
	}
	query_metrics_release(&m);
	return 0;
}

/* A row of the vmstat block that is zero everywhere says nothing. */
static bool is_silent(const struct compare_row *row, const struct samples *s, size_t nr_columns)
{
	if (!row->block)
		return false;
	for (size_t col = 0; col < nr_columns; col++)
		for (size_t i = 0; i < s->nr[col]; i++)
			if (s->v[col][i].d != 0)
				return false;
	return true;
}

/* Why column @col of group @g has no number: the first status that is not ok. */
static const char *status_of(const struct building *g, size_t col)
{
	for (size_t i = 0; i < g->nr_cells[col]; i++) {
		const struct query_cell *cell = g->cells[col][i];

		if (!cell->run)
			return "not run";
		if (strcmp(cell->status, "ok") != 0)
			return cell->status;
	}
	return "-";
}

static void fill_figures(struct compare *c, struct building *g, size_t i, bool wall)
{
	struct compare_row *row = &g->rows[i];
	const struct samples *s = &g->samples[i];

	row->figures = xcalloc(c->nr_columns, sizeof(*row->figures));
	for (size_t col = 0; col < c->nr_columns; col++) {
		size_t base = c->baseline[col];

		compare_summarize(s->v[col], s->nr[col], wall, &row->figures[col]);
		if (!s->nr[col])
			snprintf(row->figures[col].status, sizeof(row->figures[col].status), "%s",
				 status_of(g, col));
		else if (col != base)
			compare_difference(s->v[base], s->nr[base], s->v[col], s->nr[col], wall,
					   &row->figures[col]);
	}
}

/* "hot-set, memory 400M, vcpus 1": the key for people, workload first. */
static char *group_title(const struct query_cell *cell, const struct compare_options *o)
{
	static const char *const quiet[] = { "workload", "clock", "seed", "plan", "events", "vcpus" };
	const char *workload = query_axis_value(cell, "workload");
	struct strbuf t = STRBUF_INIT;

	strbuf_adds(&t, workload ? workload : "");
	for (size_t i = 0; i < cell->nr_axes; i++) {
		const struct query_axis *a = &cell->axes[i];
		bool skip = is_compared(o, a->name) || (strcmp(a->name, "swap") == 0 &&
							strcmp(a->value, "none") == 0);

		for (size_t j = 0; j < sizeof(quiet) / sizeof(quiet[0]); j++)
			skip |= strcmp(a->name, quiet[j]) == 0;
		if (!skip)
			strbuf_addf(&t, " %s=%s", a->name, a->value);
	}
	return strbuf_detach(&t);
}

/* Accelerators, number of seeds, and whether every run was done twice. */
static char *group_note(const struct building *g, size_t nr_columns)
{
	size_t nr = 0, verified = 0, different = 0, most = 0;
	const char *accelerator = "";

	for (size_t col = 0; col < nr_columns; col++) {
		if (g->nr_cells[col] > most)
			most = g->nr_cells[col];
		for (size_t i = 0; i < g->nr_cells[col]; i++, nr++) {
			const struct query_cell *cell = g->cells[col][i];

			verified += cell->verified == 1;
			different += cell->verified == 0;
			if (*accelerator && strcmp(accelerator, cell->accelerator) != 0)
				accelerator = "tcg and kvm";
			else
				accelerator = cell->accelerator;
		}
	}
	return xasprintf("%s, %zu seed%s%s", accelerator, most, most == 1 ? "" : "s",
			 different	     ? ", TWO RUNS OF A CELL DIFFER" :
			 nr && verified == nr ? ", identical twice" :
						"");
}

static int finish_group(struct builder *b, struct building *g, struct error *err)
{
	struct compare_group out = {};
	const struct query_cell *any = NULL;
	bool wall;

	for (size_t col = 0; col < b->c->nr_columns; col++)
		for (size_t i = 0; i < g->nr_cells[col]; i++) {
			any = any ? any : g->cells[col][i];
			if (add_cell(b, g, col, g->cells[col][i], err))
				return -1;
		}
	if (!any) /* a group is made for its first cell */
		return 0;
	out.title = group_title(any, b->o);
	out.clock = xstrdup(query_axis_value(any, "clock") ? query_axis_value(any, "clock") : "?");
	out.note = group_note(g, b->c->nr_columns);
	wall = strcmp(out.clock, "insn") != 0;
	/* A group none of whose runs is ok still shows how they ended. */
	if (!g->nr_rows)
		find_row(g, "(no result)", "");
	for (size_t i = 0; i < g->nr_rows; i++) {
		if (is_silent(&g->rows[i], &g->samples[i], b->c->nr_columns)) {
			free(g->rows[i].name);
			free(g->rows[i].label);
			continue;
		}
		fill_figures(b->c, g, i, wall);
		out.rows = xreallocarray(out.rows, out.nr_rows + 1, sizeof(*out.rows));
		out.rows[out.nr_rows++] = g->rows[i];
	}
	g->nr_rows = 0; /* rows have moved to @out */
	b->c->groups = xreallocarray(b->c->groups, b->c->nr_groups + 1, sizeof(out));
	b->c->groups[b->c->nr_groups++] = out;
	return 0;
}

/* Name a value that no cell has, and those there are. */
static int check_values(const struct query_cells *cells, const char *axis, const char *value,
			struct error *err)
{
	struct strbuf known = STRBUF_INIT;
	bool has = false;

	for (size_t i = 0; i < cells->nr; i++)
		for (size_t j = 0; j < cells->v[i].nr_axes; j++) {
			const struct query_axis *a = &cells->v[i].axes[j];
			struct strbuf item = STRBUF_INIT;

			if (strcmp(a->name, axis) != 0)
				continue;
			has |= strcmp(a->value, value) == 0;
			strbuf_addf(&item, " %s ", a->value);
			if (known.len < 400 && (!known.buf || !strstr(known.buf, item.buf)))
				strbuf_adds(&known, item.buf);
			strbuf_release(&item);
		}
	if (!has)
		error_set(err, ERROR_INPUT, "no cell has %s=%s; %s:%s", axis, value,
			  known.len ? "there are" : "no cell has this axis", known.len ? known.buf : "");
	strbuf_release(&known);
	return has ? 0 : -1;
}

static int check_selection(const struct compare_options *o, const struct query_cells *cells,
			   struct error *err)
{
	if (!cells->nr)
		return error_set(err, ERROR_INPUT, "the store is empty");
	for (size_t i = 0; i < o->nr_axes; i++) {
		if (strcmp(o->axes[i].name, "clock") == 0)
			return error_set(err, ERROR_INPUT,
					 "clocks cannot be compared: instructions are not seconds");
		for (size_t j = 0; j < o->axes[i].nr; j++)
			if (check_values(cells, o->axes[i].name, o->axes[i].values[j], err))
				return -1;
	}
	for (size_t i = 0; i < o->where.nr; i++)
		if (check_values(cells, o->where.keys[i], o->where.values[i], err))
			return -1;
	return 0;
}

static void building_release(struct building *g)
{
	for (size_t col = 0; col < COMPARE_MAX_COLUMNS; col++)
		free(g->cells[col]);
	for (size_t i = 0; i < g->nr_samples; i++)
		for (size_t col = 0; col < COMPARE_MAX_COLUMNS; col++)
			free(g->samples[i].v[col]);
	for (size_t i = 0; i < g->nr_rows; i++) {
		free(g->rows[i].name);
		free(g->rows[i].label);
	}
	free(g->rows);
	free(g->samples);
	free(g->key);
}

int compare_build(struct store *s, const struct compare_options *o, struct compare *ret,
		  struct error *err)
{
	struct builder b = { .store = s, .o = o, .c = ret };
	struct query_cells cells;
	int rc;

	*ret = (struct compare){ .o = o };
	if (query_cells(s, &cells, err))
		return -1;
	rc = check_selection(o, &cells, err);
	if (!rc)
		rc = make_columns(ret, o, err);
	for (size_t i = 0; !rc && i < cells.nr; i++)
		if (query_matches(&cells.v[i], &o->where))
			place_cell(&b, &cells.v[i]);
	if (!rc && !b.nr_groups)
		rc = error_set(err, ERROR_INPUT, "no cell matches all conditions together");
	for (size_t i = 0; i < b.nr_groups; i++) {
		if (!rc)
			rc = finish_group(&b, &b.groups[i], err);
		building_release(&b.groups[i]);
	}
	free(b.groups);
	query_cells_release(&cells);
	if (rc)
		compare_release(ret);
	return rc;
}

void compare_release(struct compare *c)
{
	for (size_t i = 0; i < c->nr_groups; i++) {
		struct compare_group *g = &c->groups[i];

		for (size_t j = 0; j < g->nr_rows; j++) {
			free(g->rows[j].name);
			free(g->rows[j].label);
			free(g->rows[j].figures);
		}
		free(g->rows);
		free(g->title);
		free(g->clock);
		free(g->note);
	}
	free(c->groups);
	for (size_t col = 0; col < c->nr_columns; col++)
		for (size_t i = 0; i < COMPARE_MAX_AXES; i++)
			free(c->columns[col][i]);
	*c = (struct compare){};
}
