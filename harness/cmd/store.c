// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/store.h"

#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/xalloc.h"

int cmd_open_store(const char *results, struct store **ret, struct error *err)
{
	char *db = xasprintf("%s/store.sqlite", results);
	int rc;

	if (!io_exists(db))
		rc = error_set(err, ERROR_INPUT, "no results in '%s'; 'highwater run PLAN -o %s' makes them",
			       results, results);
	else
		rc = store_open(db, false, ret, err);
	free(db);
	return rc;
}

int cmd_cell_facts(const char *results, const char *cell, char **ret_facts, char **ret_id,
		   struct error *err)
{
	struct store *s;
	int64_t run;
	int rc = cmd_open_store(results, &s, err);

	if (rc)
		return rc;
	rc = query_facts(s, cell, 1, ret_facts, ret_id, &run, err);
	store_close(s);
	return rc;
}

void cmd_add_filter(struct argp_state *state, struct query_filter *f, char *arg)
{
	char *eq = strchr(arg, '=');

	if (!eq || eq == arg) {
		argp_error(state, "'%s' is not KEY=VALUE", arg);
		return;
	}
	*eq = '\0';
	f->keys = xreallocarray(f->keys, f->nr + 1, sizeof(*f->keys));
	f->values = xreallocarray(f->values, f->nr + 1, sizeof(*f->values));
	f->keys[f->nr] = arg;
	f->values[f->nr++] = eq + 1;
}
