/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * db: the few SQLite idioms of this directory. Private to store/.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <sqlite3.h>
#include <stddef.h>

#include "store/store.h"

struct store {
	sqlite3 *db;
	sqlite3_stmt *run_state;
	/* query.c: metric_name by id, and the statement that reads a run's metrics. */
	sqlite3_stmt *metrics;
	char **names;
	size_t nr_names;
};

/* Fill @err from the database's own message: bytes that make no sense are the input's fault,
 * anything else is the host's. Returns -1. */
int db_error(sqlite3 *db, struct error *err, const char *what);

int db_exec(sqlite3 *db, const char *sql, struct error *err);
/* Prepare @sql and bind @args by @types: 's' text, 'i' int64, 'd' double, in order. */
int db_prepare(sqlite3 *db, sqlite3_stmt **ret, struct error *err, const char *sql,
	       const char *types, ...);
/* Prepare, bind and step once; a row is no error and is dropped. */
int db_run(sqlite3 *db, struct error *err, const char *sql, const char *types, ...);

#endif
