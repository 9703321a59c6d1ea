// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/git.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/proc.h"
#include "lib/xalloc.h"

static const char *const fixed_env[] = {
	"GIT_CONFIG_GLOBAL=/dev/null",
	"GIT_CONFIG_NOSYSTEM=1",
	"GIT_AUTHOR_NAME=highwater",
	"GIT_AUTHOR_EMAIL=highwater@localhost",
	"GIT_AUTHOR_DATE=2026-01-01T00:00:00Z",
	"GIT_COMMITTER_NAME=highwater",
	"GIT_COMMITTER_EMAIL=highwater@localhost",
	"GIT_COMMITTER_DATE=2026-01-01T00:00:00Z",
	"GIT_TERMINAL_PROMPT=0",
	"LC_ALL=C",
};

#define NR_FIXED (sizeof(fixed_env) / sizeof(fixed_env[0]))

int git_output(const struct git *g, const char *const *args, struct strbuf *out, int *ret_code,
	       struct error *err)
{
	const char *env[NR_FIXED + 4] = {};
	struct argv argv = {};
	struct proc_result r;
	struct proc_opts opts = { .env = env, .dir = g->dir };
	char *git_dir = g->git_dir ? xasprintf("GIT_DIR=%s", g->git_dir) : NULL;
	char *work_tree = g->git_dir ? xasprintf("GIT_WORK_TREE=%s", g->dir) : NULL;
	char *index = g->index ? xasprintf("GIT_INDEX_FILE=%s", g->index) : NULL;
	size_t nr = NR_FIXED;
	int rc;

	memcpy(env, fixed_env, sizeof(fixed_env));
	if (git_dir)
		env[nr++] = git_dir;
	if (work_tree)
		env[nr++] = work_tree;
	if (index)
		env[nr++] = index;
	argv_add(&argv, "git");
	for (; *args; args++)
		argv_add(&argv, *args);
	opts.argv = (const char *const *)argv.v;

	if (ret_code) {
		rc = proc_run(&opts, &r, err);
		if (!rc && r.signal)
			rc = error_set(err, ERROR_HOST, "git was killed: %s", strsignal(r.signal));
		*ret_code = r.exit_code;
	} else {
		rc = proc_run_checked(&opts, &r, err);
	}
	if (!rc && out)
		strbuf_add(out, r.out.buf, r.out.len);
	proc_result_release(&r);
	argv_release(&argv);
	free(git_dir);
	free(work_tree);
	free(index);
	return rc;
}

int git_run(const struct git *g, const char *const *args, struct error *err)
{
	return git_output(g, args, NULL, NULL, err);
}

int git_id(const struct git *g, const char *const *args, char id[GIT_ID], struct error *err)
{
	struct strbuf out = STRBUF_INIT;
	size_t len;
	int rc = git_output(g, args, &out, NULL, err);

	if (!rc) {
		len = strspn(out.buf, "0123456789abcdef");
		if (len != GIT_ID - 1 || out.buf[len] != '\n')
			rc = error_set(err, ERROR_HOST, "git %s gave no object id", args[0]);
		else
			snprintf(id, GIT_ID, "%.*s", GIT_ID - 1, out.buf);
	}
	strbuf_release(&out);
	return rc;
}
