// SPDX-License-Identifier: GPL-2.0-or-later
/* A run directory to rows. */
#include <dirent.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/rundir.h"
#include "decode/console.h"
#include "decode/latency.h"
#include "decode/metric.h"
#include "decode/profile.h"
#include "decode/samples.h"
#include "decode/trace.h"
#include "lib/io.h"
#include "lib/parse.h"
#include "lib/sha256.h"
#include "lib/xalloc.h"
#include "store/db.h"

#define FACTS_MAX (4u << 20)
#define FRAMES_MAX (1u << 30)

/* What a run directory holds, read. */
struct ingest {
	const char *dir;
	char hash[SHA256_HEX];
	unsigned int n;
	struct strbuf facts_text, frames, console, trace;
	json_t *facts;
	const char *status, *detail;
	struct metrics metrics;
	struct samples samples;
	struct latencies latencies;
	struct error why; /* of the detail, when the bytes do not decode */
};

static int read_file_of(const char *dir, const char *name, size_t max, struct strbuf *out,
			struct error *err)
{
	char *path = xasprintf("%s/%s", dir, name);
	int rc = io_read_file(path, max, out, err);

	free(path);
	return rc;
}

/* Only cells that record events have one. */
static int read_trace(const char *dir, struct strbuf *out, struct error *err)
{
	char *path = xasprintf("%s/trace", dir);
	int rc = io_exists(path) ? io_read_file(path, FRAMES_MAX, out, err) : 0;

	free(path);
	return rc;
}

static const char *fact(const struct ingest *in, const char *key)
{
	const char *s = json_string_value(json_object_get(in->facts, key));

	return s ? s : "";
}

static int read_facts(struct ingest *in, const char *dir, struct error *err)
{
	static const char *const needed[] = { "arch",	"kernel", "clock",   "workload", "status",
					      "digest", "plan",	  "accelerator" };
	json_error_t why;

	in->facts = json_loadb(in->facts_text.buf, in->facts_text.len, 0, &why);
	if (!json_is_object(in->facts))
		return error_set(err, ERROR_INPUT, "'%s/facts.json': line %d: %s", dir, why.line,
				 in->facts ? "no object" : why.text);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!*fact(in, needed[i]))
			return error_set(err, ERROR_INPUT, "'%s/facts.json' has no '%s'", dir, needed[i]);
	in->status = fact(in, "status");
	in->detail = fact(in, "detail");
	return 0;
}

static int load(struct ingest *in, const char *dir, struct error *err)
{
	if (rundir_name(dir, in->hash, &in->n))
		return error_set(err, ERROR_INPUT, "'%s' is no run directory", dir);
	if (read_file_of(dir, "facts.json", FACTS_MAX, &in->facts_text, err) ||
	    read_file_of(dir, "frames", FRAMES_MAX, &in->frames, err) ||
	    read_file_of(dir, "console", FRAMES_MAX, &in->console, err) ||
	    read_trace(dir, &in->trace, err) || read_facts(in, dir, err))
		return -1;
	if (strcmp(in->status, "ok") == 0 &&
	    (metrics_decode(in->frames.buf, in->frames.len, &in->metrics, &in->why) ||
	     trace_metrics(in->frames.buf, in->frames.len, in->trace.buf, in->trace.len, &in->metrics,
			   &in->latencies, &in->why) ||
	     samples_decode(in->frames.buf, in->frames.len, &in->samples, &in->why))) {
		metrics_release(&in->metrics);
		latencies_release(&in->latencies);
		in->status = "garbage";
		in->detail = in->why.msg;
	}
	return 0;
}

static int add_axis(sqlite3 *db, int64_t cell, const char *kind, const char *name,
		    const char *value, struct error *err)
{
	return db_run(db, err, "INSERT OR IGNORE INTO axis(cell, name, value, kind) VALUES(?, ?, ?, ?)",
		      "isss", cell, name, value, kind);
}

/* Axes that facts.json holds as text, as size and as number. */
static int add_guest_axes(sqlite3 *db, int64_t cell, const struct ingest *in, struct error *err)
{
	static const char *const texts[] = { "plan",     "kernel", "arch",   "clock",
					     "workload", "events", "sample", "require" };
	static const char *const numbers[] = { "vcpus", "seed" };
	char text[64], size[32];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (*fact(in, texts[i]) && add_axis(db, cell, "guest", texts[i], fact(in, texts[i]), err))
			return -1;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		snprintf(text, sizeof(text), "%lld",
			 (long long)json_integer_value(json_object_get(in->facts, numbers[i])));
		if (add_axis(db, cell, "guest", numbers[i], text, err))
			return -1;
	}
	parse_size_format((uint64_t)json_integer_value(json_object_get(in->facts, "memory_bytes")), size,
			  sizeof(size));
	if (add_axis(db, cell, "guest", "memory", size, err))
		return -1;
	parse_size_format((uint64_t)json_integer_value(json_object_get(in->facts, "swap_bytes")), size,
			  sizeof(size));
	snprintf(text, sizeof(text), strcmp(fact(in, "swap"), "none") ? "%s:%s" : "%s", fact(in, "swap"),
		 size);
	return add_axis(db, cell, "guest", "swap", text, err);
}

static int add_object_axes(sqlite3 *db, int64_t cell, const char *kind, json_t *object,
			   struct error *err)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
		if (json_string_value(value) &&
		    add_axis(db, cell, kind, key, json_string_value(value), err))
			return -1;
	return 0;
}

static int select_id(sqlite3 *db, int64_t *ret, struct error *err, const char *sql,
		     const char *text)
{
	sqlite3_stmt *st;
	int rc;

	if (db_prepare(db, &st, err, sql, "s", text))
		return -1;
	rc = sqlite3_step(st) == SQLITE_ROW ? 0 : db_error(db, err, "find a row");
	if (!rc)
		*ret = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return rc;
}

static int add_run(sqlite3 *db, int64_t cell, const struct ingest *in, int64_t *ret,
		   struct error *err)
{
	if (db_run(db, err, "DELETE FROM run WHERE cell = ? AND n = ?", "ii", cell, (int64_t)in->n) ||
	    db_run(db, err,
		   "INSERT INTO run(cell, n, status, detail, digest, accelerator, started, wall_s, "
		   "cpu_s, facts) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		   "iisssssdds", cell, (int64_t)in->n, in->status, in->detail, fact(in, "digest"),
		   fact(in, "accelerator"), fact(in, "started"),
		   json_number_value(json_object_get(in->facts, "wall_s")),
		   json_number_value(json_object_get(in->facts, "cpu_s")), in->facts_text.buf))
		return -1;
	*ret = sqlite3_last_insert_rowid(db);
	return 0;
}

static int add_metrics(sqlite3 *db, int64_t run, const struct metrics *m, struct error *err)
{
	static const char insert[] = "INSERT INTO metric(run, seq, name, label, value) "
				     "VALUES(?, ?, (SELECT id FROM metric_name WHERE name = ?), ?, ?)";

	for (size_t i = 0; i < m->nr; i++) {
		const struct metric *r = &m->v[i];
		int rc = db_run(db, err, "INSERT OR IGNORE INTO metric_name(name) VALUES(?)", "s",
				r->name);

		if (!rc && r->exact)
			rc = db_run(db, err, insert, "iissi", run, (int64_t)i, r->name, r->label, r->i);
		else if (!rc)
			rc = db_run(db, err, insert, "iissd", run, (int64_t)i, r->name, r->label, r->d);
		if (rc)
			return -1;
	}
	return 0;
}

static int add_samples(sqlite3 *db, int64_t run, const struct samples *s, struct error *err)
{
	int64_t *ids = xcalloc(s->nr_series + 1, sizeof(*ids));
	sqlite3_stmt *st = NULL;
	int rc = 0;

	for (size_t i = 0; !rc && i < s->nr_series; i++) {
		rc = db_run(db, err, "INSERT OR IGNORE INTO metric_name(name) VALUES(?)", "s",
			    s->series[i].name);
		if (!rc)
			rc = db_run(db, err,
				    "INSERT INTO series(run, name, label) "
				    "VALUES(?, (SELECT id FROM metric_name WHERE name = ?), ?)",
				    "iss", run, s->series[i].name, s->series[i].label);
		ids[i] = sqlite3_last_insert_rowid(db);
	}
	/* One statement for all: there are tens of thousands of rows. */
	if (!rc)
		rc = db_prepare(db, &st, err, "INSERT OR REPLACE INTO sample VALUES(?, ?, ?)", "");
	for (size_t i = 0; !rc && i < s->nr; i++) {
		sqlite3_bind_int64(st, 1, ids[s->v[i].series]);
		sqlite3_bind_int64(st, 2, (int64_t)s->v[i].t_ns);
		sqlite3_bind_int64(st, 3, s->v[i].value);
		if (sqlite3_step(st) != SQLITE_DONE)
			rc = db_error(db, err, "write a sample");
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
	free(ids);
	return rc;
}

/* A number of a guest's as SQLite holds it. */
static int64_t db_int(uint64_t v)
{
	return v <= INT64_MAX ? (int64_t)v : INT64_MAX;
}

/* The buckets of one latency that are not empty. */
static int add_latency(sqlite3 *db, sqlite3_stmt *st, const struct latency *l, int64_t *seq,
		       struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && l->hist.count && i < HIST_BUCKETS; i++) {
		if (!l->hist.buckets[i])
			continue;
		sqlite3_bind_int64(st, 2, (*seq)++);
		sqlite3_bind_text(st, 3, l->name, -1, SQLITE_STATIC);
		sqlite3_bind_text(st, 4, l->label, -1, SQLITE_STATIC);
		sqlite3_bind_int64(st, 5, db_int(hist_low(i)));
		sqlite3_bind_int64(st, 6, db_int(hist_high(i)));
		sqlite3_bind_int64(st, 7, db_int(l->hist.buckets[i]));
		if (sqlite3_step(st) != SQLITE_DONE)
			rc = db_error(db, err, "write a bucket");
		sqlite3_reset(st);
	}
	return rc;
}

static int add_latencies(sqlite3 *db, int64_t run, const struct latencies *l, struct error *err)
{
	sqlite3_stmt *st;
	int64_t seq = 0;
	int rc = db_prepare(db, &st, err, "INSERT INTO bucket VALUES(?, ?, 'latency.' || ?, ?, ?, ?, ?)", "i",
			    run);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < l->nr; i++)
		rc = add_latency(db, st, &l->v[i], &seq, err);
	sqlite3_finalize(st);
	return rc;
}

static int add_profile_rows(sqlite3 *db, int64_t run, const char *mode, struct strbuf *text,
			    struct error *err)
{
	struct profile_row *rows;
	sqlite3_stmt *st;
	size_t nr;
	int rc;

	if (profile_rows(text->buf, text->len, &rows, &nr, err))
		return -1;
	rc = db_prepare(db, &st, err, "INSERT INTO profile VALUES(?, ?, ?, ?, ?, ?, ?)", "");
	for (size_t i = 0; !rc && i < nr; i++) {
		sqlite3_bind_int64(st, 1, run);
		sqlite3_bind_text(st, 2, mode, -1, SQLITE_STATIC);
		sqlite3_bind_int64(st, 3, (int64_t)i);
		sqlite3_bind_int64(st, 4, (int64_t)rows[i].insns);
		sqlite3_bind_int64(st, 5, (int64_t)rows[i].calls);
		sqlite3_bind_text(st, 6, rows[i].context, -1, SQLITE_STATIC);
		sqlite3_bind_text(st, 7, rows[i].stack, -1, SQLITE_STATIC);
		if (sqlite3_step(st) != SQLITE_DONE)
			rc = db_error(db, err, "write a profile");
		sqlite3_reset(st);
	}
	if (!rc || nr)
		sqlite3_finalize(st);
	free(rows);
	return rc;
}

/* "profile.MODE": MODE is "callers", "counts", or one of them, '+' and a path's name. */
static int is_profile(const struct dirent *d)
{
	static const char *const modes[] = { "profile.callers", "profile.counts" };

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		size_t len = strlen(modes[i]);

		if (strncmp(d->d_name, modes[i], len) == 0 && (!d->d_name[len] || d->d_name[len] == '+'))
			return 1;
	}
	return 0;
}

static int add_profiles(sqlite3 *db, int64_t run, const char *dir, struct error *err)
{
	int rc = db_run(db, err, "DELETE FROM profile WHERE run = ?", "i", run);
	struct dirent **names = NULL;
	int nr = rc ? 0 : scandir(dir, &names, is_profile, alphasort);

	for (int i = 0; i < nr; i++) {
		char *path = xasprintf("%s/%s", dir, names[i]->d_name);
		const char *mode = strchr(names[i]->d_name, '.') + 1;
		struct strbuf text = STRBUF_INIT;

		if (!rc)
			rc = io_read_file(path, FRAMES_MAX, &text, err);
		if (!rc && add_profile_rows(db, run, mode, &text, err))
			rc = error_prefix(err, "'%s'", path);
		strbuf_release(&text);
		free(path);
		free(names[i]);
	}
	free(names);
	return rc;
}

static int add_findings(sqlite3 *db, int64_t run, const struct strbuf *console, struct error *err)
{
	struct finding found[CONSOLE_MAX_FINDINGS];
	size_t nr = console_scan(console->buf, console->len, found);

	for (size_t i = 0; i < nr; i++)
		if (db_run(db, err, "INSERT INTO finding(run, seq, kind, line) VALUES(?, ?, ?, ?)",
			   "iiss", run, (int64_t)i, found[i].kind, found[i].line))
			return -1;
	return 0;
}

static int write_rows(sqlite3 *db, const struct ingest *in, struct error *err)
{
	int64_t cell, run;

	if (db_run(db, err, "INSERT OR IGNORE INTO cell(hash) VALUES(?)", "s", in->hash) ||
	    select_id(db, &cell, err, "SELECT id FROM cell WHERE hash = ?", in->hash) ||
	    add_guest_axes(db, cell, in, err) ||
	    add_object_axes(db, cell, "param", json_object_get(in->facts, "params"), err) ||
	    add_object_axes(db, cell, "tunable", json_object_get(in->facts, "tunables"), err) ||
	    add_run(db, cell, in, &run, err) || add_metrics(db, run, &in->metrics, err) ||
	    add_samples(db, run, &in->samples, err) || add_latencies(db, run, &in->latencies, err))
		return -1;
	return add_findings(db, run, &in->console, err) || add_profiles(db, run, in->dir, err) ? -1 : 0;
}

int store_ingest_profiles(struct store *s, const char *dir, struct error *err)
{
	struct ingest in = {};
	struct error ignored;
	sqlite3_stmt *st;
	int64_t run = 0;
	int rc;

	if (rundir_name(dir, in.hash, &in.n))
		return error_set(err, ERROR_INPUT, "'%s' is no run directory", dir);
	if (db_prepare(s->db, &st, err,
		       "SELECT run.id FROM run JOIN cell ON cell.id = run.cell WHERE hash = ? AND n = ?",
		       "si", in.hash, (int64_t)in.n))
		return -1;
	rc = sqlite3_step(st) == SQLITE_ROW ? 0 : db_error(s->db, err, "find the run");
	run = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	if (rc || db_exec(s->db, "BEGIN IMMEDIATE", err))
		return -1;
	rc = add_profiles(s->db, run, dir, err);
	if (!rc)
		rc = db_exec(s->db, "COMMIT", err);
	if (rc)
		db_exec(s->db, "ROLLBACK", &ignored);
	return rc;
}

int store_ingest_run(struct store *s, const char *dir, struct error *err)
{
	struct ingest in = { .dir = dir };
	struct error ignored;
	int rc = load(&in, dir, err);

	if (!rc)
		rc = db_exec(s->db, "BEGIN IMMEDIATE", err);
	if (!rc) {
		rc = write_rows(s->db, &in, err);
		if (!rc)
			rc = db_exec(s->db, "COMMIT", err);
		if (rc)
			db_exec(s->db, "ROLLBACK", &ignored);
	}
	json_decref(in.facts);
	metrics_release(&in.metrics);
	samples_release(&in.samples);
	latencies_release(&in.latencies);
	strbuf_release(&in.facts_text);
	strbuf_release(&in.frames);
	strbuf_release(&in.console);
	strbuf_release(&in.trace);
	return rc;
}
