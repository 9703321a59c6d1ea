// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/query.h"

#include <stdlib.h>
#include <string.h>

#include "decode/metric.h"
#include "lib/strbuf.h"
#include "lib/xalloc.h"
#include "store/db.h"

#define NAMES_MAX 1000000

static char *column(sqlite3_stmt *st, int i)
{
	const char *s = (const char *)sqlite3_column_text(st, i);

	return xstrdup(s ? s : "");
}

static int load_cells(struct store *s, struct query_cells *c, struct error *err)
{
	static const char sql[] =
		"SELECT cell.id, hash, a.id, a.status, a.detail, a.accelerator, a.wall_s, "
		"a.digest = b.digest FROM cell LEFT JOIN run a ON a.cell = cell.id AND a.n = 1 "
		"LEFT JOIN run b ON b.cell = cell.id AND b.n = 2 ORDER BY cell.id";
	sqlite3_stmt *st;
	int rc;

	if (db_prepare(s->db, &st, err, sql, ""))
		return -1;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		if ((c->nr & (c->nr - 1)) == 0)
			c->v = xreallocarray(c->v, c->nr ? 2 * c->nr : 1, sizeof(*c->v));
		c->v[c->nr++] = (struct query_cell){
			.id = sqlite3_column_int64(st, 0),
			.hash = column(st, 1),
			.run = sqlite3_column_int64(st, 2),
			.status = column(st, 3),
			.detail = column(st, 4),
			.accelerator = column(st, 5),
			.wall_s = sqlite3_column_double(st, 6),
			.verified = sqlite3_column_type(st, 7) == SQLITE_NULL ?
					    -1 :
					    sqlite3_column_int(st, 7),
		};
	}
	sqlite3_finalize(st);
	return rc == SQLITE_DONE ? 0 : db_error(s->db, err, "list the cells");
}

/* One pass over the axes beside one over the cells: both are in order of the id. */
static int load_axes(struct store *s, struct query_cells *c, struct error *err)
{
	sqlite3_stmt *st;
	size_t at = 0;
	int rc;

	if (db_prepare(s->db, &st, err,
		       "SELECT cell, name, value, kind FROM axis ORDER BY cell, name, value", ""))
		return -1;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct query_cell *cell;

		while (at < c->nr && c->v[at].id < sqlite3_column_int64(st, 0))
			at++;
		if (at == c->nr)
			break;
		cell = &c->v[at];
		cell->axes = xreallocarray(cell->axes, cell->nr_axes + 1, sizeof(*cell->axes));
		cell->axes[cell->nr_axes++] =
			(struct query_axis){ column(st, 1), column(st, 2), column(st, 3) };
	}
	sqlite3_finalize(st);
	return rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : db_error(s->db, err, "list the axes");
}

int query_cells(struct store *s, struct query_cells *ret, struct error *err)
{
	*ret = (struct query_cells){};
	if (load_cells(s, ret, err) || load_axes(s, ret, err)) {
		query_cells_release(ret);
		return -1;
	}
	return 0;
}

void query_cells_release(struct query_cells *c)
{
	for (size_t i = 0; i < c->nr; i++) {
		struct query_cell *cell = &c->v[i];

		for (size_t j = 0; j < cell->nr_axes; j++) {
			free(cell->axes[j].name);
			free(cell->axes[j].value);
			free(cell->axes[j].kind);
		}
		free(cell->axes);
		free(cell->hash);
		free(cell->status);
		free(cell->detail);
		free(cell->accelerator);
	}
	free(c->v);
	*c = (struct query_cells){};
}

const char *query_axis_value(const struct query_cell *c, const char *name)
{
	for (size_t i = 0; i < c->nr_axes; i++)
		if (strcmp(c->axes[i].name, name) == 0)
			return c->axes[i].value;
	return NULL;
}

bool query_axis_is(const struct query_cell *c, const char *name, const char *value)
{
	for (size_t i = 0; i < c->nr_axes; i++)
		if (strcmp(c->axes[i].name, name) == 0 && strcmp(c->axes[i].value, value) == 0)
			return true;
	return false;
}

bool query_matches(const struct query_cell *c, const struct query_filter *f)
{
	for (size_t i = 0; i < f->nr; i++)
		if (!query_axis_is(c, f->keys[i], f->values[i]))
			return false;
	return true;
}

/* Read metric_name again: a name that is not known yet came after the last time. */
static int load_names(struct store *s, struct error *err)
{
	sqlite3_stmt *st;
	int rc;

	if (db_prepare(s->db, &st, err, "SELECT id, name FROM metric_name ORDER BY id", ""))
		return -1;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		size_t id = (size_t)sqlite3_column_int64(st, 0);

		/* Ids are given in turn; a store where they are not is not ours. */
		if (id > NAMES_MAX)
			break;
		if (id >= s->nr_names) {
			s->names = xreallocarray(s->names, id + 1, sizeof(*s->names));
			memset(s->names + s->nr_names, 0, (id + 1 - s->nr_names) * sizeof(*s->names));
			s->nr_names = id + 1;
		}
		if (!s->names[id])
			s->names[id] = column(st, 1);
	}
	sqlite3_finalize(st);
	return rc == SQLITE_DONE ? 0 : db_error(s->db, err, "list the names of metrics");
}

static const char *name_of(struct store *s, int64_t id, struct error *err)
{
	for (int again = 0; again < 2; again++) {
		if (id >= 0 && (size_t)id < s->nr_names && s->names[id])
			return s->names[id];
		if (!again && load_names(s, err))
			return NULL;
	}
	error_set(err, ERROR_INPUT, "the store is damaged: no name for metric %lld", (long long)id);
	return NULL;
}

static int read_metrics(struct store *s, int64_t run, struct query_metrics *ret,
			struct strbuf *labels, struct error *err)
{
	size_t room = 0;
	int rc;

	sqlite3_bind_int64(s->metrics, 1, run);
	while ((rc = sqlite3_step(s->metrics)) == SQLITE_ROW) {
		const char *name = name_of(s, sqlite3_column_int64(s->metrics, 0), err);
		const char *label = (const char *)sqlite3_column_text(s->metrics, 1);
		const bool exact = sqlite3_column_type(s->metrics, 2) == SQLITE_INTEGER;
		const int64_t i = sqlite3_column_int64(s->metrics, 2);

		if (!name)
			return -1;
		if (!label)
			return error_set(err, ERROR_INPUT, "the store is damaged: a metric has no label");
		if (ret->nr == room) {
			room = room ? 2 * room : 128;
			ret->v = xreallocarray(ret->v, room, sizeof(*ret->v));
		}
		ret->v[ret->nr++] = (struct query_metric){
			.name = name,
			.at = *label ? labels->len : 0,
			.exact = exact,
			.i = i,
			.d = exact ? (double)i : sqlite3_column_double(s->metrics, 2),
		};
		if (*label)
			strbuf_add(labels, label, strlen(label) + 1);
	}
	return rc == SQLITE_DONE ? 0 : db_error(s->db, err, "list the metrics");
}

int query_metrics(struct store *s, int64_t run, struct query_metrics *ret, struct error *err)
{
	struct strbuf labels = STRBUF_INIT;
	int rc;

	*ret = (struct query_metrics){};
	if (!s->metrics && db_prepare(s->db, &s->metrics, err,
				      "SELECT name, label, value FROM metric WHERE run = ? ORDER BY seq",
				      ""))
		return -1;
	strbuf_addc(&labels, '\0'); /* at 0: no label */
	rc = read_metrics(s, run, ret, &labels, err);
	sqlite3_reset(s->metrics);
	/* Strings no longer move. */
	ret->strings = strbuf_detach(&labels);
	for (size_t i = 0; i < ret->nr; i++)
		ret->v[i].label = ret->strings + ret->v[i].at;
	if (rc)
		query_metrics_release(ret);
	return rc;
}

int query_cell_metrics(struct store *s, const char *prefix, unsigned int n, struct query_metrics *ret,
		       struct error *err)
{
	char *facts, *hash;
	int64_t run;

	if (query_facts(s, prefix, n, &facts, &hash, &run, err))
		return -1;
	free(facts);
	free(hash);
	return query_metrics(s, run, ret, err);
}

void query_metrics_release(struct query_metrics *m)
{
	free(m->v);
	free(m->strings);
	*m = (struct query_metrics){};
}

/* Keep a copy of column @i in @strings; one of the last two again if it is the same. */
static const char *keep(char ***strings, size_t *nr, sqlite3_stmt *st, int i)
{
	const char *text = (const char *)sqlite3_column_text(st, i);

	for (size_t back = 1; back <= 2 && back <= *nr; back++)
		if (strcmp((*strings)[*nr - back], text) == 0)
			return (*strings)[*nr - back];
	*strings = xreallocarray(*strings, *nr + 1, sizeof(**strings));
	return (*strings)[(*nr)++] = xstrdup(text);
}

static void free_strings(char **strings, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		free(strings[i]);
	free(strings);
}

int query_samples(struct store *s, int64_t run, const char *glob, struct query_samples *ret,
		  struct error *err)
{
	static const char sql[] = "SELECT metric_name.name, label, t_ns, value FROM series "
				  "JOIN metric_name ON metric_name.id = series.name "
				  "JOIN sample ON sample.series = series.id "
				  "WHERE run = ? AND metric_name.name GLOB ? ORDER BY series.id, t_ns";
	sqlite3_stmt *st;
	int rc;

	*ret = (struct query_samples){};
	if (db_prepare(s->db, &st, err, sql, "is", run, glob))
		return -1;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		if ((ret->nr & (ret->nr - 1)) == 0)
			ret->v = xreallocarray(ret->v, ret->nr ? 2 * ret->nr : 1, sizeof(*ret->v));
		ret->v[ret->nr++] = (struct query_sample){
			.name = keep(&ret->strings, &ret->nr_strings, st, 0),
			.label = keep(&ret->strings, &ret->nr_strings, st, 1),
			.t_ns = sqlite3_column_int64(st, 2),
			.value = sqlite3_column_int64(st, 3),
		};
	}
	sqlite3_finalize(st);
	if (rc == SQLITE_DONE)
		return 0;
	query_samples_release(ret);
	return db_error(s->db, err, "read the samples");
}

void query_samples_release(struct query_samples *q)
{
	free_strings(q->strings, q->nr_strings);
	free(q->v);
	*q = (struct query_samples){};
}

int query_buckets(struct store *s, int64_t run, const char *glob, struct query_buckets *ret,
		  struct error *err)
{
	static const char sql[] = "SELECT name, label, low, high, count FROM bucket "
				  "WHERE run = ? AND name GLOB ? ORDER BY seq";
	sqlite3_stmt *st;
	int rc;

	*ret = (struct query_buckets){};
	if (db_prepare(s->db, &st, err, sql, "is", run, glob))
		return -1;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		if ((ret->nr & (ret->nr - 1)) == 0)
			ret->v = xreallocarray(ret->v, ret->nr ? 2 * ret->nr : 1, sizeof(*ret->v));
		ret->v[ret->nr++] = (struct query_bucket){
			.name = keep(&ret->strings, &ret->nr_strings, st, 0),
			.label = keep(&ret->strings, &ret->nr_strings, st, 1),
			.low_ns = sqlite3_column_int64(st, 2),
			.high_ns = sqlite3_column_int64(st, 3),
			.count = sqlite3_column_int64(st, 4),
		};
	}
	sqlite3_finalize(st);
	if (rc == SQLITE_DONE)
		return 0;
	query_buckets_release(ret);
	return db_error(s->db, err, "read the histograms");
}

void query_buckets_release(struct query_buckets *q)
{
	free_strings(q->strings, q->nr_strings);
	free(q->v);
	*q = (struct query_buckets){};
}

const char *query_unit(const char *metric)
{
	return metric_describe(metric)->unit;
}

enum query_better query_better(const char *metric)
{
	static const enum query_better map[] = {
		[NEITHER] = QUERY_NEITHER,
		[HIGHER] = QUERY_HIGHER,
		[LOWER] = QUERY_LOWER,
	};

	return map[metric_describe(metric)->better];
}

const char *query_definition(const char *metric)
{
	return metric_describe(metric)->definition;
}

int query_findings(struct store *s, int64_t run, char **ret, struct error *err)
{
	struct strbuf out = STRBUF_INIT;
	sqlite3_stmt *st;
	int rc;

	if (db_prepare(s->db, &st, err, "SELECT kind, line FROM finding WHERE run = ? ORDER BY seq", "i",
		       run))
		return -1;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		strbuf_addf(&out, "%s: %s\n", sqlite3_column_text(st, 0), sqlite3_column_text(st, 1));
	sqlite3_finalize(st);
	if (rc != SQLITE_DONE) {
		strbuf_release(&out);
		return db_error(s->db, err, "list the findings");
	}
	*ret = strbuf_detach(&out);
	return 0;
}

int query_profile(struct store *s, int64_t run, const char *mode, struct query_profile *ret,
		  struct error *err)
{
	struct query_profile p = {};
	sqlite3_stmt *st;
	int rc;

	if (db_prepare(s->db, &st, err,
		       "SELECT insns, calls, context, stack FROM profile WHERE run = ? AND mode = ? "
		       "ORDER BY seq",
		       "is", run, mode))
		return -1;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		if ((p.nr & (p.nr - 1)) == 0)
			p.v = xreallocarray(p.v, p.nr ? 2 * p.nr : 1, sizeof(*p.v));
		p.v[p.nr].insns = sqlite3_column_int64(st, 0);
		p.v[p.nr].calls = sqlite3_column_int64(st, 1);
		p.v[p.nr].context = column(st, 2);
		p.v[p.nr++].stack = column(st, 3);
	}
	sqlite3_finalize(st);
	if (rc != SQLITE_DONE) {
		query_profile_release(&p);
		return db_error(s->db, err, "read a profile");
	}
	*ret = p;
	return 0;
}

int query_any_profile(struct store *s, bool *ret, struct error *err)
{
	sqlite3_stmt *st;
	int rc;

	if (db_prepare(s->db, &st, err, "SELECT 1 FROM profile LIMIT 1", ""))
		return -1;
	rc = sqlite3_step(st);
	*ret = rc == SQLITE_ROW;
	sqlite3_finalize(st);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : db_error(s->db, err, "look for profiles");
}

void query_profile_release(struct query_profile *p)
{
	for (size_t i = 0; i < p->nr; i++) {
		free(p->v[i].context);
		free(p->v[i].stack);
	}
	free(p->v);
	*p = (struct query_profile){};
}

int query_run_facts(struct store *s, int64_t run, char **ret, struct error *err)
{
	sqlite3_stmt *st;
	int rc;

	if (db_prepare(s->db, &st, err, "SELECT facts FROM run WHERE id = ?", "i", run))
		return -1;
	rc = sqlite3_step(st) == SQLITE_ROW ? 0 : db_error(s->db, err, "read the facts");
	if (!rc)
		*ret = column(st, 0);
	sqlite3_finalize(st);
	return rc;
}

int query_facts(struct store *s, const char *prefix, unsigned int n, char **ret_facts,
		char **ret_hash, int64_t *ret_run, struct error *err)
{
	sqlite3_stmt *st;
	char *facts = NULL, *hash = NULL;
	int rc, nr = 0;

	if (db_prepare(s->db, &st, err,
		       "SELECT facts, hash, run.id FROM run JOIN cell ON cell.id = run.cell "
		       "WHERE substr(hash, 1, length(?1)) = ?1 AND n = ?2 LIMIT 2",
		       "si", prefix, (int64_t)n))
		return -1;
	while ((rc = sqlite3_step(st)) == SQLITE_ROW && nr++ == 0) {
		facts = column(st, 0);
		hash = column(st, 1);
		*ret_run = sqlite3_column_int64(st, 2);
	}
	sqlite3_finalize(st);
	if (nr == 1 && rc == SQLITE_DONE) {
		*ret_facts = facts;
		*ret_hash = hash;
		return 0;
	}
	free(facts);
	free(hash);
	if (nr > 1)
		return error_set(err, ERROR_INPUT, "several cells begin with '%s'", prefix);
	if (rc != SQLITE_DONE)
		return db_error(s->db, err, "find a run");
	return error_set(err, ERROR_INPUT, "no run of a cell that begins with '%s'", prefix);
}
