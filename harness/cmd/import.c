// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/results.h"
#include "cmd/verify.h"
#include "collect/import.h"
#include "collect/rundir.h"
#include "lib/io.h"
#include "lib/xalloc.h"

struct options {
	const char *results;
	char **dirs;
	size_t nr;
};

static const struct argp_option argp_options[] = {
	{ "output", 'o', "DIR", 0, "results they go into; default results", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'o':
		o->results = arg;
		return 0;
	case ARGP_KEY_ARGS:
		o->dirs = state->argv + state->next;
		o->nr = (size_t)(state->argc - state->next);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "a run directory or a directory of results is needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

struct import {
	struct results results;
	size_t count[IMPORT_DIFFERS + 1];
};

static int import_one(void *ctx, const char *dir, struct error *err)
{
	struct import *im = ctx;
	enum import_state state;
	char where[1024], *final;
	int rc = import_run(dir, im->results.dir, &state, &final, err);

	if (!rc && (state == IMPORT_NEW || state == IMPORT_REPLACED))
		rc = store_ingest_run(im->results.store, final, err);
	if (!rc && state == IMPORT_DIFFERS) {
		rc = verify_dirs(final, dir, where, sizeof(where), err) < 0 ? -1 : 0;
		if (!rc)
			printf("differs  %s: %s\n", dir, where);
	}
	if (!rc)
		im->count[state]++;
	free(final);
	return rc;
}

/* @dir is a run directory, or holds many. */
static int import_dir(struct import *im, const char *dir, struct error *err)
{
	char *runs = xasprintf("%s/runs", dir);
	char id[SHA256_HEX], *bare = xstrdup(dir);
	unsigned int n;
	int rc;

	for (size_t len = strlen(bare); len > 1 && bare[len - 1] == '/';)
		bare[--len] = '\0';
	if (rundir_name(bare, id, &n) == 0)
		rc = import_one(im, bare, err);
	else if (io_exists(runs))
		rc = rundir_each(bare, import_one, im, err);
	else
		rc = error_set(err, ERROR_INPUT, "'%s' is no run directory and holds no runs/", dir);
	free(runs);
	free(bare);
	return rc;
}

static int import(const struct options *o, struct error *err)
{
	struct import im = {};
	const size_t *c = im.count;
	int rc = results_open(o->results, &im.results, err);

	for (size_t i = 0; !rc && i < o->nr; i++)
		rc = import_dir(&im, o->dirs[i], err);
	results_warn(&im.results);
	if (!rc)
		printf("%zu new, %zu in place of one that was not ok, %zu here already, %zu kept as "
		       "they are here, %zu differ\n",
		       c[IMPORT_NEW], c[IMPORT_REPLACED], c[IMPORT_SAME], c[IMPORT_KEPT],
		       c[IMPORT_DIFFERS]);
	if (!rc && c[IMPORT_DIFFERS])
		rc = ERROR_FOUND;
	results_close(&im.results);
	return rc;
}

int cmd_import(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "DIR...",
		.doc = "Bring runs made elsewhere into the results.\v"
		       "DIR is a run directory or a directory of results. Each run is checked "
		       "against its own digests first. Exit code 1 when a run under the instruction clock is not, bit for "
		       "bit, the one that is here already.",
	};
	struct options o = { .results = "results" };
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	rc = import(&o, &err);
	return rc < 0 ? cmd_fail(&err) : rc;
}
