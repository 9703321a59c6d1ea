// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/db.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

int db_error(sqlite3 *db, struct error *err, const char *what)
{
	const int code = sqlite3_errcode(db);

	if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		return error_set(err, ERROR_INPUT, "the store is damaged: cannot %s: %s", what,
				 sqlite3_errmsg(db));
	return error_set(err, ERROR_HOST, "store: cannot %s: %s", what, sqlite3_errmsg(db));
}

int db_exec(sqlite3 *db, const char *sql, struct error *err)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return db_error(db, err, "execute");
	return 0;
}

static int bind_all(sqlite3_stmt *st, const char *types, va_list ap)
{
	int rc = SQLITE_OK;

	for (int i = 1; *types && rc == SQLITE_OK; i++, types++) {
		if (*types == 's')
			rc = sqlite3_bind_text(st, i, va_arg(ap, const char *), -1, SQLITE_TRANSIENT);
		else if (*types == 'i')
			rc = sqlite3_bind_int64(st, i, va_arg(ap, int64_t));
		else
			rc = sqlite3_bind_double(st, i, va_arg(ap, double));
	}
	return rc;
}

static int prepare(sqlite3 *db, sqlite3_stmt **ret, struct error *err, const char *sql,
		   const char *types, va_list ap)
{
	*ret = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, ret, NULL) != SQLITE_OK)
		return db_error(db, err, "prepare a statement");
	if (bind_all(*ret, types, ap) != SQLITE_OK) {
		db_error(db, err, "bind a value");
		sqlite3_finalize(*ret);
		*ret = NULL;
		return -1;
	}
	return 0;
}

int db_prepare(sqlite3 *db, sqlite3_stmt **ret, struct error *err, const char *sql,
	       const char *types, ...)
{
	va_list ap;
	int rc;

	va_start(ap, types);
	rc = prepare(db, ret, err, sql, types, ap);
	va_end(ap);
	return rc;
}

int db_run(sqlite3 *db, struct error *err, const char *sql, const char *types, ...)
{
	sqlite3_stmt *st;
	va_list ap;
	int rc;

	va_start(ap, types);
	rc = prepare(db, &st, err, sql, types, ap);
	va_end(ap);
	if (rc)
		return rc;
	rc = sqlite3_step(st);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		rc = db_error(db, err, "write a row");
	else
		rc = 0;
	sqlite3_finalize(st);
	return rc;
}
