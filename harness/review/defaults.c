// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A tunable's default is today's behaviour: a patch that gives the variable of
 * an existing sysctl or parameter another initial value must say so.
 */
#include "review/check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/strbuf.h"
#include "lib/xalloc.h"
#include "review/source_text.h"
#include "review/tree.h"

static const char *const code_dirs[] = { "mm", "kernel", "fs", "lib", "block", "init", NULL };

/* The variable of "int name = 5;" at the margin; the caller frees, NULL: no such line. */
static char *defined(const char *line)
{
	const char *eq = strchr(line, '='), *end = eq;
	const char *start;

	if (!eq || !isalpha((unsigned char)line[0]))
		return NULL;
	while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	for (;;) {
		start = end;
		while (start > line && (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
			start--;
		if (strncmp(start, "__", 2) != 0 || start == line)
			break;
		end = start;
		while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
			end--;
	}
	return start > line && start < end ? xstrndup(start, end - start) : NULL;
}

static int is_tunable(struct review *r, const struct review_patch *p, const char *name, bool *ret,
		      struct error *err)
{
	char *pattern = xasprintf("\\(\\.data.*&%s\\>\\|param.*\\<%s\\>\\)", name, name);
	struct strbuf out = STRBUF_INIT;
	int rc = tree_grep(r, p->parent, pattern, code_dirs, &out, err);

	*ret = out.len > 0;
	strbuf_release(&out);
	free(pattern);
	return rc;
}

static int judge_line(struct review *r, const struct review_patch *p, const struct diff_file *f,
		      const struct diff_line *l, const char *before, const char *after,
		      struct review_result *res, struct error *err)
{
	char *name = defined(l->text);
	long long was, is;
	bool tunable = false;
	int rc = 0;

	if (name && source_initial(before, name, &was) && source_initial(after, name, &is) && was != is) {
		rc = is_tunable(r, p, name, &tunable, err);
		if (!rc && tunable && !strcasestr(p->mail.body, "default") &&
		    !strcasestr(p->mail.subject, "default"))
			result_find(res, REVIEW_FAIL, f->path, l->new_line,
				    "changes the default of '%s' from %lld to %lld and does not say so",
				    name, was, is);
	}
	free(name);
	return rc;
}

int check_defaults(struct review *r, struct review_patch *p, struct review_result *res,
		   struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < p->mail.nr_files; i++) {
		const struct diff_file *f = &p->mail.files[i];
		char *before, *after;

		if (!path_ends(f->path, ".c") || f->is_new || f->is_deleted)
			continue;
		before = source_of_lines(f, DIFF_REMOVED);
		after = source_of_lines(f, DIFF_ADDED);
		for (size_t j = 0; !rc && j < f->nr; j++)
			if (f->lines[j].sign == DIFF_ADDED)
				rc = judge_line(r, p, f, &f->lines[j], before, after, res, err);
		free(before);
		free(after);
	}
	return rc;
}
