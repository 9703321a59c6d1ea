// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/store.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/xalloc.h"
#include "schema_sql.h"
#include "store/db.h"

/*
 * Change with schema.sql. What came since version 1 is tables of its own, so an
 * older store is brought up to date by making what it lacks; the runs that are
 * in it have no rows there until they are read again.
 */
#define SCHEMA_VERSION 5
#define SCHEMA_OLDEST 1
#define APPLICATION_ID 0x48575452 /* "HWTR" */
#define BUSY_MS 10000

static int pragma_int(sqlite3 *db, const char *sql, int64_t *ret, struct error *err)
{
	sqlite3_stmt *st;
	int rc;

	if (db_prepare(db, &st, err, sql, ""))
		return -1;
	rc = sqlite3_step(st) == SQLITE_ROW ? 0 : db_error(db, err, "read its header");
	if (!rc)
		*ret = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return rc;
}

static int create_schema(sqlite3 *db, struct error *err)
{
	char pragmas[128];

	snprintf(pragmas, sizeof(pragmas), "PRAGMA application_id=%d; PRAGMA user_version=%d;",
		 APPLICATION_ID, SCHEMA_VERSION);
	if (db_exec(db, "BEGIN IMMEDIATE", err) || db_exec(db, schema_sql, err) ||
	    db_exec(db, pragmas, err) || db_exec(db, "COMMIT", err))
		return -1;
	return 0;
}

/* Is this a store we can work with? An empty file becomes one if @create. */
static int check_schema(sqlite3 *db, const char *path, bool create, struct error *err)
{
	int64_t app, version, pages;

	if (pragma_int(db, "PRAGMA application_id", &app, err) ||
	    pragma_int(db, "PRAGMA user_version", &version, err) ||
	    pragma_int(db, "PRAGMA page_count", &pages, err)) {
		err->kind = ERROR_INPUT;
		return error_prefix(err, "'%s' is damaged or no store", path);
	}
	if (app == 0 && version == 0 && pages == 0 && create)
		return create_schema(db, err);
	if (app != APPLICATION_ID)
		return error_set(err, ERROR_INPUT, "'%s' is no store of highwater", path);
	if (version >= SCHEMA_OLDEST && version < SCHEMA_VERSION)
		return create_schema(db, err);
	if (version != SCHEMA_VERSION)
		return error_set(err, ERROR_INPUT, "store '%s' has schema %lld, this program knows %d",
				 path, (long long)version, SCHEMA_VERSION);
	return 0;
}

int store_open(const char *path, bool create, struct store **ret, struct error *err)
{
	struct store *s = xcalloc(1, sizeof(*s));
	/* One thread uses a store: SQLite need not lock each of its calls. */
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);

	*ret = NULL;
	if (!create && !io_exists(path)) {
		free(s);
		return error_set(err, ERROR_INPUT, "there is no store '%s'", path);
	}
	if (sqlite3_open_v2(path, &s->db, flags, NULL) != SQLITE_OK) {
		error_set(err, ERROR_HOST, "cannot open store '%s': %s", path, sqlite3_errmsg(s->db));
		goto fail;
	}
	sqlite3_busy_timeout(s->db, BUSY_MS);
	/* Nothing is written before we know that it is ours. */
	if (check_schema(s->db, path, create, err))
		goto fail;
	if (create && db_exec(s->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", err))
		goto fail;
	if (db_exec(s->db, "PRAGMA foreign_keys=ON", err) ||
	    db_prepare(s->db, &s->run_state, err,
		       "SELECT status = 'ok' FROM run JOIN cell ON cell.id = run.cell "
		       "WHERE hash = ? AND n = ?",
		       ""))
		goto fail;
	*ret = s;
	return 0;
fail:
	store_close(s);
	return -1;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->run_state);
	sqlite3_finalize(s->metrics);
	for (size_t i = 0; i < s->nr_names; i++)
		free(s->names[i]);
	free(s->names);
	sqlite3_close(s->db);
	free(s);
}

int store_run_state(struct store *s, const char *cell, unsigned int n, enum store_state *ret,
		    struct error *err)
{
	int rc;

	sqlite3_reset(s->run_state);
	sqlite3_bind_text(s->run_state, 1, cell, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(s->run_state, 2, n);
	rc = sqlite3_step(s->run_state);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return db_error(s->db, err, "look up a run");
	*ret = rc == SQLITE_DONE			      ? STORE_MISSING :
	       sqlite3_column_int64(s->run_state, 0) ? STORE_OK :
							       STORE_FAILED;
	sqlite3_reset(s->run_state);
	return 0;
}

int store_add_name(struct store *s, const char *cell, const char *axis, const char *value,
		   struct error *err)
{
	return db_run(s->db, err,
		      "INSERT OR IGNORE INTO axis SELECT id, ?2, ?3, 'guest' FROM cell WHERE hash = ?1",
		      "sss", cell, axis, value);
}

static int put_claims(sqlite3 *db, const struct plan *plan, struct error *err)
{
	const char *name = plan_name(plan);

	if (db_run(db, err,
		   "INSERT INTO plan(name, statement) VALUES(?1, ?2) "
		   "ON CONFLICT(name) DO UPDATE SET statement = ?2",
		   "ss", name, plan_statement(plan)) ||
	    db_run(db, err, "DELETE FROM claim WHERE plan = (SELECT id FROM plan WHERE name = ?)", "s",
		   name))
		return -1;
	for (size_t i = 0; i < plan_nr_claims(plan); i++) {
		struct plan_claim c = plan_claim(plan, i);

		if (db_run(db, err,
			   "INSERT INTO claim VALUES((SELECT id FROM plan WHERE name = ?), ?, ?, ?, ?)",
			   "sisss", name, (int64_t)i, c.claim, c.where, c.check))
			return -1;
	}
	return 0;
}

static int put_cells(sqlite3 *db, const char *name, const char *const *cells, size_t nr,
		     struct error *err)
{
	if (db_run(db, err, "DELETE FROM plan_cell WHERE plan = (SELECT id FROM plan WHERE name = ?)",
		   "s", name))
		return -1;
	for (size_t i = 0; i < nr; i++)
		if (db_run(db, err,
			   "INSERT INTO plan_cell VALUES((SELECT id FROM plan WHERE name = ?), ?, ?)", "sis",
			   name, (int64_t)i, cells[i]))
			return -1;
	return 0;
}

int store_put_plan(struct store *s, const struct plan *plan, const char *const *cells, size_t nr,
		   struct error *err)
{
	struct error ignored;
	int rc = db_exec(s->db, "BEGIN IMMEDIATE", err);

	if (rc)
		return rc;
	rc = put_claims(s->db, plan, err);
	if (!rc && cells)
		rc = put_cells(s->db, plan_name(plan), cells, nr, err);
	if (!rc)
		rc = db_exec(s->db, "COMMIT", err);
	if (rc)
		db_exec(s->db, "ROLLBACK", &ignored);
	return rc;
}

int store_mean_wall_s(struct store *s, double *ret, struct error *err)
{
	sqlite3_stmt *st;
	int rc;

	if (db_prepare(s->db, &st, err, "SELECT avg(wall_s) FROM run", ""))
		return -1;
	rc = sqlite3_step(st) == SQLITE_ROW ? 0 : db_error(s->db, err, "average");
	if (!rc && sqlite3_column_type(st, 0) != SQLITE_NULL)
		*ret = sqlite3_column_double(st, 0);
	sqlite3_finalize(st);
	return rc;
}
