// SPDX-License-Identifier: GPL-2.0-or-later
/* Select, match, and fill the table. */
#include <fnmatch.h>
#include <jansson.h>
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
	uint64_t hash; /* of the key */
	const struct query_cell **cells[COMPARE_MAX_COLUMNS];
	size_t nr_cells[COMPARE_MAX_COLUMNS];
	struct compare_row *rows; /* handed over when the group is finished */
	size_t nr_rows;
	struct samples *samples;
	size_t nr_samples;
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
	struct stats *stats;
	const struct query_cell *first; /* that was placed */
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
	*g = (struct building){ .key = key, .hash = hash };
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

static bool is_row(const struct compare_row *r, const char *name, const char *label)
{
	return strcmp(r->name, name) == 0 && strcmp(r->label, label) == 0;
}

static size_t find_row(struct building *g, const char *name, const char *label)
{
	struct compare_row row = {};

	if (g->next < g->nr_rows && is_row(&g->rows[g->next], name, label))
		return g->next++;
	for (size_t i = 0; i < g->nr_rows; i++)
		if (is_row(&g->rows[i], name, label)) {
			g->next = i + 1;
			return i;
		}
	row.name = xstrdup(name);
	row.label = xstrdup(label);
	g->rows = xreallocarray(g->rows, g->nr_rows + 1, sizeof(row));
	g->samples = xreallocarray(g->samples, g->nr_rows + 1, sizeof(*g->samples));
	g->rows[g->nr_rows] = row;
	g->samples[g->nr_samples++] = (struct samples){};
	g->next = g->nr_rows + 1;
	return g->nr_rows++;
}

static void add_sample(struct building *g, size_t row, size_t col, struct compare_sample s)
{
	struct samples *to = &g->samples[row];

	if ((to->nr[col] & (to->nr[col] - 1)) == 0)
		to->v[col] = xreallocarray(to->v[col], to->nr[col] ? 2 * to->nr[col] : 1, sizeof(s));
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
	static const char *const details[] = { "vmstat.",     "buddy.",	  "frag.unusable.",
					       "frag.index.", "frag.differs", "zone.",
					       "pagetype.",   "pageblocks.",  "meminfo.",
					       "disk.",	      "pressure.",	  "process.",
					       "sample.file_" };

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

/* The same for every run but the first that has the metric at place @i. */
static const struct fate *fate_of(struct builder *b, size_t i, const char *name)
{
	struct fate *f;

	if (i >= b->nr_fates) {
		b->fates = xreallocarray(b->fates, i + 1, sizeof(*b->fates));
		b->fates[i] = (struct fate){};
		b->nr_fates = i + 1;
	}
	f = &b->fates[i];
	if (f->name != name) {
		*f = (struct fate){ .name = name, .wanted = wanted(b->o, name) };
		if (f->wanted) {
			f->unit = query_unit(name);
			f->better = query_better(name);
		}
		compare_vmstat_terms(name, &f->plus, &f->minus);
	}
	return f;
}

static void add_blocks(struct builder *b, struct building *g, size_t col, int64_t seed,
		       const int64_t *sums, uint64_t has)
{
	for (size_t i = 0; i < compare_vmstat_nr(); i++)
		if (b->blocks[i] && (has >> i & 1))
			add_block(g, i, col, seed, sums[i]);
}

/* Put the metrics of one cell into column @col. */
static int add_cell(struct builder *b, struct building *g, size_t col,
		    const struct query_cell *cell, struct error *err)
{
	const char *seed = query_axis_value(cell, "seed");
	const int64_t seed_nr = seed ? atoll(seed) : 0;
	int64_t sums[64] = {};
	uint64_t has = 0;
	struct query_metrics m;

	if (!cell->run || strcmp(cell->status, "ok") != 0)
		return 0;
	if (query_metrics(b->store, cell->run, &m, err))
		return -1;
	g->next = 0;
	for (size_t i = 0; i < m.nr; i++) {
		const struct query_metric *v = &m.v[i];
		const struct fate *f = fate_of(b, i, v->name);

		if (f->wanted) {
			size_t row = find_row(g, v->name, v->label);

			g->rows[row].unit = f->unit;
			g->rows[row].better = f->better;
			add_sample(g, row, col, (struct compare_sample){ seed_nr, v->exact, v->i, v->d });
		}
		has |= f->plus;
		for (uint64_t bits = f->plus; bits; bits &= bits - 1)
			sums[__builtin_ctzll(bits)] += v->i;
		for (uint64_t bits = f->minus; bits; bits &= bits - 1)
			sums[__builtin_ctzll(bits)] -= v->i;
	}
	add_blocks(b, g, col, seed_nr, sums, has);
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

static void fill_figures(struct builder *b, struct building *g, size_t i, bool wall)
{
	struct compare *c = b->c;
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
			compare_difference(b->stats, s->v[base], s->nr[base], s->v[col], s->nr[col],
					   wall, &row->figures[col]);
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
		bool skip = is_compared(o, a->name) || strcmp(a->value, "none") == 0;

		for (size_t j = 0; j < sizeof(quiet) / sizeof(quiet[0]); j++)
			skip |= strcmp(a->name, quiet[j]) == 0;
		if (!skip)
			strbuf_addf(&t, " %s=%s", a->name, a->value);
	}
	return strbuf_detach(&t);
}

/* Accelerators, number of seeds, and whether every run was done twice. */
static char *group_note(const struct building *g, size_t nr_columns, size_t *ret_seeds)
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
	*ret_seeds = most;
	return xasprintf("%s, %zu seed%s%s", accelerator, most, most == 1 ? "" : "s",
			 different	     ? ", TWO RUNS OF A CELL DIFFER" :
			 nr && verified == nr ? ", identical twice" :
						"");
}

static void release_samples(struct building *g)
{
	for (size_t i = 0; i < g->nr_samples; i++)
		for (size_t col = 0; col < COMPARE_MAX_COLUMNS; col++)
			free(g->samples[i].v[col]);
	free(g->samples);
	g->samples = NULL;
	g->nr_samples = 0;
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
	out.note = group_note(g, b->c->nr_columns, &out.seeds);
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
		fill_figures(b, g, i, wall);
		out.rows = xreallocarray(out.rows, out.nr_rows + 1, sizeof(*out.rows));
		out.rows[out.nr_rows++] = g->rows[i];
	}
	g->nr_rows = 0; /* rows have moved to @out */
	release_samples(g);
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
	release_samples(g);
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

static int finish(struct builder *b, struct error *err)
{
	char **keys = xcalloc(b->nr_groups, sizeof(*keys));
	int rc = 0;

	for (size_t i = 0; !rc && i < b->nr_groups; i++) {
		keys[i] = clockless(b->groups[i].key);
		rc = finish_group(b, &b->groups[i], err);
	}
	if (!rc) {
		compare_judge(b->c);
		compare_find_beside(b->c, keys);
		name_plans(b);
		rc = describe_ground(b, err);
	}
	for (size_t i = 0; i < b->nr_groups; i++)
		free(keys[i]);
	free(keys);
	return rc;
}

static void builder_release(struct builder *b)
{
	for (size_t i = 0; i < b->nr_groups; i++)
		building_release(&b->groups[i]);
	free(b->groups);
	free(b->fates);
	free(b->blocks);
	stats_free(b->stats);
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
	b.stats = stats_new();
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
