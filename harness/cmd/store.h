/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store: what the verbs that read results have in common.
 */
#ifndef CMD_STORE_H
#define CMD_STORE_H

#include <argp.h>

#include "store/query.h"
#include "store/store.h"

/* Open RESULTS/store.sqlite for reading; an error says how to make one. */
int cmd_open_store(const char *results, struct store **ret, struct error *err);
/* facts.json and id of the first run of the cell whose id begins with @cell; the caller frees both. */
int cmd_cell_facts(const char *results, const char *cell, char **ret_facts, char **ret_id,
		   struct error *err);
/* Add "KEY=VALUE" to @f; a usage error otherwise. @arg must outlive it. */
void cmd_add_filter(struct argp_state *state, struct query_filter *f, char *arg);

#endif
