// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/proc.h"
#include "lib/xalloc.h"
#include "review/tree.h"

/* get_maintainer.pl without git's history; its lines in @out. */
static int ask(struct review *r, const char *option, const char *file, struct strbuf *out,
	       struct error *err)
{
	const char *const argv[] = { "perl", "scripts/get_maintainer.pl", "--no-git",
				     "--no-git-fallback", "--no-rolestats", option, file, NULL };
	struct proc_opts opts = { .argv = argv, .dir = r->base.repo };
	struct proc_result res = {};
	int rc = proc_run_checked(&opts, &res, err);

	strbuf_adds(out, "");
	if (!rc)
		strbuf_add(out, res.out.buf, res.out.len);
	proc_result_release(&res);
	return rc;
}

/* Is some section but "THE REST" named? Sections stand alone on a line, their entries
 * are "X:\t..." and addresses come first. */
static bool has_section(const char *text)
{
	char *copy = xstrdup(text), *save, *line;
	bool found = false;

	for (line = strtok_r(copy, "\n", &save); line && !found; line = strtok_r(NULL, "\n", &save))
		found = isupper((unsigned char)line[0]) && line[1] != ':' && !strchr(line, '@') &&
			strcmp(line, "THE REST") != 0 && strlen(line) > 3;
	free(copy);
	return found;
}

static int judge_new_file(struct review *r, const char *path, struct review_result *res,
			  struct error *err)
{
	const char *const argv[] = { "perl", "scripts/get_maintainer.pl", "--no-git",
				     "--no-git-fallback", "--sections", "-f", path, NULL };
	struct proc_opts opts = { .argv = argv, .dir = r->base.repo };
	struct proc_result out = {};
	int rc = proc_run_checked(&opts, &out, err);

	if (!rc && !has_section(out.out.buf))
		result_find(res, REVIEW_FAIL, path, 0, "new file without a MAINTAINERS entry");
	proc_result_release(&out);
	return rc;
}

/* "a@b" of "Name <a@b>" or "a@b"; the caller frees. */
static char *address(const char *line)
{
	const char *open = strchr(line, '<');

	return open ? xstrndup(open + 1, strcspn(open + 1, ">")) : xstrdup(line);
}

/* A mail that is addressed at all must reach everyone the script names. */
static void judge_recipients(const struct mail *m, char *recipients, struct review_result *res)
{
	char *save, *line;
	size_t nr = 0;
	struct strbuf all = STRBUF_INIT;

	for (line = strtok_r(recipients, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *a = address(line);

		if ((*m->to || *m->cc) && !strcasestr(m->to, a) && !strcasestr(m->cc, a) &&
		    !strcasestr(m->from, a))
			result_find(res, REVIEW_WARN, NULL, 0, "is not addressed to '%s'", line);
		strbuf_addf(&all, "%s%s", nr++ ? ", " : "", line);
		free(a);
	}
	result_note(res, "for %zu recipients: %s", nr, nr ? all.buf : "none");
	strbuf_release(&all);
}

int check_maintainers(struct review *r, struct review_patch *p, struct review_result *res,
		      struct error *err)
{
	struct strbuf out = STRBUF_INIT;
	int rc = tree_checkout(r, p->commit, err);

	for (size_t i = 0; !rc && i < p->mail.nr_files; i++)
		if (p->mail.files[i].is_new)
			rc = judge_new_file(r, p->mail.files[i].path, res, err);
	if (!rc)
		rc = ask(r, "--no-fixes", p->patch->file, &out, err);
	if (!rc)
		judge_recipients(&p->mail, out.buf, res);
	strbuf_release(&out);
	return rc;
}
