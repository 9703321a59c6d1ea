// SPDX-License-Identifier: GPL-2.0-or-later
/* Select, match, and have the table filled. */
#include <fnmatch.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "compare/private.h"
#include "lib/pool.h"
#include "lib/strbuf.h"
#include "lib/xalloc.h"

bool compare_is_compared(const struct compare_options *o, const char *axis)
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

		if (compare_is_compared(o, a->name) || strcmp(a->name, "seed") == 0 ||
		    strcmp(a->name, "plan") == 0)
			continue;
		strbuf_addf(&key, "%s=%s\n", a->name, a->value);
	}
	return strbuf_detach(&key);
}

/* FNV-1a */
static uint64_t hash_of(const char *s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return h;
}

static struct building *find_group(struct builder *b, const struct query_cell *cell)
{
	char *key = group_key(b->o, cell);
	const uint64_t hash = hash_of(key);
	struct building *g;

	for (size_t i = 0; i < b->nr_groups; i++)
		if (b->groups[i].hash == hash && strcmp(b->groups[i].key, key) == 0) {
			free(key);
			return &b->groups[i];
		}
	b->groups = xreallocarray(b->groups, b->nr_groups + 1, sizeof(*g));
	g = &b->groups[b->nr_groups++];
	*g = (struct building){ .key = key, .hash = hash, .nr_columns = b->c->nr_columns };
	return g;
}

static bool in_column(const struct builder *b, const struct query_cell *cell, size_t col)
{
	for (size_t i = 0; i < b->o->nr_axes; i++)
		if (!query_axis_is(cell, b->o->axes[i].name, b->c->columns[col][i]))
			return false;
	return true;
}

static bool same_seed(const struct query_cell *a, const struct query_cell *b)
{
	const char *x = query_axis_value(a, "seed"), *y = query_axis_value(b, "seed");

	return strcmp(x ? x : "", y ? y : "") == 0;
}

/*
 * Put @cell into column @col of its group. Two cells that are equal in every axis
 * ran other bytes under the same name, an older kernel or guest: the later counts.
 */
static void put_cell(struct builder *b, struct building *g, size_t col,
		     const struct query_cell *cell)
{
	for (size_t i = 0; i < g->nr_cells[col]; i++)
		if (same_seed(g->cells[col][i], cell)) {
			g->cells[col][i] = cell;
			b->c->superseded++;
			return;
		}
	g->cells[col] = xreallocarray(g->cells[col], g->nr_cells[col] + 1, sizeof(struct query_cell *));
	g->cells[col][g->nr_cells[col]++] = cell;
}

static void place_cell(struct builder *b, const struct query_cell *cell)
{
	struct building *g = NULL;

	for (size_t col = 0; col < b->c->nr_columns; col++) {
		if (!in_column(b, cell, col))
			continue;
		if (!g)
			g = find_group(b, cell);
		put_cell(b, g, col, cell);
		if (!b->first)
			b->first = cell;
	}
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
	compare_release_samples(g);
	for (size_t i = 0; i < g->nr_rows; i++) {
		free(g->rows[i].name);
		free(g->rows[i].label);
	}
	free(g->rows);
	free(g->key);
}

/* The block's rows: the whole of vmstat, when asked for, replaces them. */
static void choose_blocks(struct builder *b)
{
	b->blocks = xcalloc(compare_vmstat_nr(), sizeof(*b->blocks));
	for (size_t i = 0; i < compare_vmstat_nr(); i++)
		b->blocks[i] = !b->o->all && (!b->o->metrics || fnmatch(b->o->metrics,
									compare_vmstat_name(i), 0) == 0);
}

static const char *text_of(json_t *facts, const char *key)
{
	const char *s = json_string_value(json_object_get(facts, key));

	return s ? s : "?";
}

/* What the first run ran on. */
static int describe_ground(struct builder *b, struct error *err)
{
	char *text, *hash;
	int64_t run;
	json_t *facts;

	if (!b->first->run) {
		b->c->ground = xstrdup("");
		return 0;
	}
	if (query_facts(b->store, b->first->hash, 1, &text, &hash, &run, err))
		return -1;
	facts = json_loads(text, 0, NULL);
	b->c->ground = xasprintf("Linux %s; QEMU %s; host %s", text_of(facts, "kernel_source"),
				 text_of(facts, "qemu_version"),
				 text_of(json_object_get(facts, "host"), "cpu_model"));
	json_decref(facts);
	free(text);
	free(hash);
	return 0;
}

/* The plans of all cells that were placed. */
static void name_plans(struct builder *b)
{
	struct strbuf plans = STRBUF_INIT;

	for (size_t g = 0; g < b->nr_groups; g++)
		for (size_t col = 0; col < b->c->nr_columns; col++)
			for (size_t i = 0; i < b->groups[g].nr_cells[col]; i++) {
				const char *plan = query_axis_value(b->groups[g].cells[col][i], "plan");
				char *word = xasprintf(" %s", plan ? plan : "?");

				if (!plans.buf || !strstr(plans.buf, word))
					strbuf_adds(&plans, word);
				free(word);
			}
	b->c->plans = strbuf_detach(&plans);
}

/* The key of a group without its clock. */
static char *clockless(const char *key)
{
	const char *at = strncmp(key, "clock=", 6) == 0 ? key : strstr(key, "\nclock=");
	const char *rest = at ? strchr(at + 1, '\n') : NULL;

	return rest ? xasprintf("%.*s%s", (int)(at - key), key, rest) : xstrdup(key);
}

static void *new_stats(void)
{
	return stats_new();
}

static void free_stats(void *stats)
{
	stats_free(stats);
}

static void finish_group(void *builder, void *stats, void *group)
{
	struct builder *b = builder;
	struct building *g = group;

	compare_finish_group(b, stats, g, &b->c->groups[g - b->groups]);
}

/* One thread reads the store, and gives each group that it has read to the others. */
static int fill_groups(struct builder *b, struct error *err)
{
	static const struct pool_ops ops = { .start = new_stats, .stop = free_stats, .work = finish_group };
	struct pool *pool = pool_new(&ops, b, b->o->threads);
	int rc = 0;

	b->c->groups = xcalloc(b->nr_groups, sizeof(*b->c->groups));
	b->c->nr_groups = b->nr_groups;
	for (size_t i = 0; !rc && i < b->nr_groups; i++) {
		rc = compare_read_rows(b, &b->groups[i], err);
		if (!rc)
			pool_put(pool, &b->groups[i]);
	}
	pool_finish(pool);
	return rc;
}

static void find_beside(struct builder *b)
{
	char **keys = xcalloc(b->nr_groups, sizeof(*keys));

	for (size_t i = 0; i < b->nr_groups; i++)
		keys[i] = clockless(b->groups[i].key);
	compare_find_beside(b->c, keys);
	for (size_t i = 0; i < b->nr_groups; i++)
		free(keys[i]);
	free(keys);
}

static int finish(struct builder *b, struct error *err)
{
	if (fill_groups(b, err))
		return -1;
	compare_judge(b->c);
	find_beside(b);
	name_plans(b);
	return describe_ground(b, err);
}

static void builder_release(struct builder *b)
{
	for (size_t i = 0; i < b->nr_groups; i++)
		building_release(&b->groups[i]);
	free(b->groups);
	free(b->fates);
	free(b->blocks);
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
	choose_blocks(&b);
	rc = check_selection(o, &cells, err);
	if (!rc)
		rc = make_columns(ret, o, err);
	for (size_t i = 0; !rc && i < cells.nr; i++)
		if (query_matches(&cells.v[i], &o->where))
			place_cell(&b, &cells.v[i]);
	if (!rc && !b.nr_groups)
		rc = error_set(err, ERROR_INPUT, "no cell matches all conditions together");
	if (!rc)
		rc = finish(&b, err);
	builder_release(&b);
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
	free(c->beside);
	free(c->ground);
	free(c->plans);
	for (size_t col = 0; col < c->nr_columns; col++)
		for (size_t i = 0; i < COMPARE_MAX_AXES; i++)
			free(c->columns[col][i]);
	*c = (struct compare){};
}
