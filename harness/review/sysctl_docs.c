// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sysctls and their documentation, both ways. What the whole tree lacks is not
 * this patch's fault: only entries and headings it adds or removes are judged.
 */
#include "review/check.h"

#include <stdlib.h>
#include <string.h>

#include "lib/strbuf.h"
#include "lib/xalloc.h"
#include "review/source_text.h"
#include "review/tree.h"

#define DOCS "Documentation/admin-guide/sysctl/"

static const char *const code_dirs[] = { "mm",	 "kernel", "fs",	   "lib",  "net",  "ipc",
					 "arch", "block",  "security", "init", "drivers", NULL };

/* The directory "vm" that the table around @entry is registered in; the caller frees. */
static char *directory_of(const char *c, const char *entry)
{
	const char *table = NULL;
	char *name, *dir = NULL;

	for (const char *p = c; (p = strstr(p, "ctl_table ")) && p < entry; p++)
		table = p + strlen("ctl_table ");
	if (!table)
		return NULL;
	name = source_identifier(table);
	for (const char *p = c; !dir && (p = strstr(p, "register_sysctl")); p++) {
		size_t end = strcspn(p, ";");
		char *call = xstrndup(p, end);

		if (source_word(call, name))
			dir = source_quoted(call);
		free(call);
	}
	free(name);
	return dir;
}

/* The variable of ".data = &x" in the entry, which ends at '}'; the caller frees. */
static char *variable_of(const char *entry)
{
	char *text = xstrndup(entry, strcspn(entry, "}"));
	const char *data = strstr(text, ".data");
	const char *amp = data ? strchr(data, '&') : NULL;
	char *name = amp && amp - data < 16 ? source_identifier(amp + 1) : NULL;

	free(text);
	return name;
}

static void compare_defaults(const char *c, const char *entry, const char *name,
			     const char *section, const char *path, unsigned int line,
			     struct review_result *res)
{
	char *variable = variable_of(entry);
	long long said, is;

	if (variable && source_documented_default(section, &said) &&
	    source_initial(c, variable, &is) && said != is)
		result_find(res, REVIEW_FAIL, path, line,
			    "sysctl '%s' is documented to default to %lld, '%s' starts as %lld", name,
			    said, variable, is);
	free(variable);
}

/* One entry added to the file @c, which is @path at the step. */
static int judge_entry(struct review *r, const struct review_patch *p, const char *path,
		       const char *c, const char *name, unsigned int line,
		       struct review_result *res, struct error *err)
{
	char *quoted = xasprintf("\"%s\"", name);
	const char *entry = strstr(c, quoted);
	char *dir = entry ? directory_of(c, entry) : NULL;
	char *doc = xasprintf(DOCS "%s.rst", dir ? dir : "vm");
	char *rst = NULL, *section;
	int rc = tree_file(r, p->commit, doc, &rst, err);

	section = rst ? source_section(rst, name) : NULL;
	if (!rc && !section)
		result_find(res, REVIEW_FAIL, path, line, "sysctl '%s' is not documented in %s", name,
			    doc);
	else if (!rc && entry)
		compare_defaults(c, entry, name, section, path, line, res);
	free(section);
	free(rst);
	free(doc);
	free(dir);
	free(quoted);
	return rc;
}

/* The name in a line ".procname = "x","; the caller frees, NULL: none. */
static char *procname(const char *line)
{
	const char *at = strstr(line, ".procname");

	return at ? source_quoted(at) : NULL;
}

static int judge_code(struct review *r, const struct review_patch *p, const struct diff_file *f,
		      struct review_result *res, struct error *err)
{
	char *removed = source_of_lines(f, DIFF_REMOVED);
	char *c = NULL;
	int rc = tree_file(r, p->commit, f->path, &c, err);

	for (size_t i = 0; !rc && c && i < f->nr; i++) {
		const struct diff_line *l = &f->lines[i];
		char *name = l->sign == DIFF_ADDED ? procname(l->text) : NULL;

		if (name && !source_word(removed, name))
			rc = judge_entry(r, p, f->path, c, name, l->new_line, res, err);
		free(name);
	}
	free(c);
	free(removed);
	return rc;
}

/* Is there an entry of this name somewhere? */
static int exists(struct review *r, const struct review_patch *p, const char *name, bool *ret,
		  struct error *err)
{
	char *pattern = xasprintf("procname.*\"%s\"", name);
	struct strbuf out = STRBUF_INIT;
	int rc = tree_grep(r, p->commit, pattern, code_dirs, &out, err);

	*ret = out.len > 0;
	strbuf_release(&out);
	free(pattern);
	return rc;
}

/* Headings the patch adds to a document: each names an entry that exists. */
static int judge_document(struct review *r, const struct review_patch *p,
			  const struct diff_file *f, struct review_result *res, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i + 1 < f->nr; i++) {
		const struct diff_line *l = &f->lines[i], *under = l + 1;
		bool there = true;
		char *name;

		if (l->sign != DIFF_ADDED || under->sign != DIFF_ADDED ||
		    strspn(under->text, "=") < 3 || strspn(under->text, "=") != strlen(under->text))
			continue;
		name = source_identifier(l->text);
		if (*name && strlen(name) == strlen(l->text))
			rc = exists(r, p, name, &there, err);
		if (!rc && !there)
			result_find(res, REVIEW_FAIL, f->path, l->new_line,
				    "documents a sysctl '%s' that does not exist", name);
		free(name);
	}
	return rc;
}

int check_sysctl_docs(struct review *r, struct review_patch *p, struct review_result *res,
		      struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < p->mail.nr_files; i++) {
		const struct diff_file *f = &p->mail.files[i];

		if (f->is_deleted)
			continue;
		if (path_ends(f->path, ".c"))
			rc = judge_code(r, p, f, res, err);
		else if (strncmp(f->path, DOCS, strlen(DOCS)) == 0)
			rc = judge_document(r, p, f, res, err);
	}
	return rc;
}
