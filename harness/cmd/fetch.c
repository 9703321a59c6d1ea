// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "build/source.h"
#include "cmd/cmd.h"

struct options {
	const char *from;
};

static const struct argp_option argp_options[] = {
	{ "source", 's', "PATH", 0, "a kernel tree or tarball to take instead", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 's':
		o->from = arg;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int cmd_fetch(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.doc = "Get the kernel source that patches/BASE names into the cache.\v"
		       "A source given with --source or $HIGHWATER_SOURCE is kept apart from the "
		       "default one; later commands use it while HIGHWATER_SOURCE names it.",
	};
	struct options o = {};
	struct source src;
	struct paths paths;
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	if (paths_init(&paths, &err))
		return cmd_fail(&err);
	rc = source_fetch(&paths, o.from, &src, &err);
	if (rc) {
		rc = cmd_fail(&err);
	} else {
		printf("Linux %s\ntree   %s\nkept   %s\n", src.origin, src.tree, src.repo);
		source_release(&src);
	}
	paths_release(&paths);
	return rc;
}
