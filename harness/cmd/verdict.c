// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/paths.h"
#include "cmd/cmd.h"
#include "cmd/store.h"
#include "plan/plan.h"
#include "verdict/verdict.h"

struct options {
	const char *plan, *results;
	bool json;
};

enum { KEY_JSON = 256 };

static const struct argp_option argp_options[] = {
	{ "output", 'o', "DIR", 0, "results to read; default results", 0 },
	{ "json", KEY_JSON, NULL, 0, "as JSON", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'o':
		o->results = arg;
		return 0;
	case KEY_JSON:
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->plan)
			argp_error(state, "one plan at a time; '%s' is too many", arg);
		o->plan = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* What the plan's file claims now replaces what the store has of it. */
static int take_plan(struct store *s, const char *path, struct plan **ret, struct error *err)
{
	struct paths paths;
	int rc;

	if (paths_init(&paths, err))
		return -1;
	rc = plan_load(path, paths.configs, ret, err);
	paths_release(&paths);
	return rc ? rc : store_put_plan(s, *ret, NULL, 0, err);
}

static int run(const struct options *o, struct store *s, struct error *err)
{
	struct plan *plan = NULL;
	struct verdicts v;
	int rc = o->plan ? take_plan(s, o->plan, &plan, err) : 0;

	if (!rc)
		rc = verdicts_build(s, plan ? plan_name(plan) : NULL, &v, err);
	if (!rc) {
		if (o->json)
			verdicts_json(&v, stdout);
		else
			verdicts_text(&v, stdout);
		if (!v.nr && !o->json)
			puts("no plan here claims anything");
		rc = verdicts_all_hold(&v) ? 0 : ERROR_FOUND;
		verdicts_release(&v);
	}
	plan_free(plan);
	return rc;
}

int cmd_verdict(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "[PLAN]",
		.doc = "Hold what PLAN claims (verdict:) against the results.\v"
		       "Without PLAN, the claims of every plan that has run here, as they were then. Exit "
		       "code 1 when a claim does not hold, or lacks the figures to say so.",
	};
	struct options o = { .results = "results" };
	struct store *s;
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	rc = cmd_open_store(o.results, &s, &err);
	if (!rc) {
		rc = run(&o, s, &err);
		store_close(s);
	}
	return rc < 0 ? cmd_fail(&err) : rc;
}
