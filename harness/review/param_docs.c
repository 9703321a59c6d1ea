// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/strbuf.h"
#include "lib/xalloc.h"
#include "review/source_text.h"
#include "review/tree.h"

#define DOC "Documentation/admin-guide/kernel-parameters.txt"
#define ABI "Documentation/ABI"

static const char *const code_dirs[] = { "mm",	 "kernel", "fs",	   "lib",  "net",  "ipc",
					 "arch", "block",  "security", "init", "drivers", NULL };
static const char *const abi_dirs[] = { ABI, "Documentation/admin-guide", NULL };

/* Macros that make a parameter, and where it must be described. */
enum where { IN_PARAMETERS, IN_DESC, IN_ABI };
static const struct {
	const char *macro;
	enum where where;
} macros[] = {
	{ "early_param(", IN_PARAMETERS },
	{ "__setup(", IN_PARAMETERS },
	{ "core_param(", IN_PARAMETERS },
	{ "module_param(", IN_DESC },
	{ "module_param_named(", IN_DESC },
	{ "__ATTR_RW(", IN_ABI },
	{ "__ATTR_RO(", IN_ABI },
	{ "__ATTR_WO(", IN_ABI },
};

/* The name in "macro(\"name=\"" or "macro(name,"; the caller frees. */
static char *first_argument(const char *p)
{
	size_t n;

	p += strspn(p, " \t\"");
	n = strcspn(p, "=\",) ");
	return xstrndup(p, n);
}

static int judge_parameter(struct review *r, const struct review_patch *p, enum where where,
			   const char *c, const char *name, const char *path, unsigned int line,
			   struct review_result *res, struct error *err)
{
	char *desc = xasprintf("MODULE_PARM_DESC(%s", name);
	char *pattern = xasprintf("^[[:space:]]*%s\\([=[:space:]]\\|$\\)", name);
	char *word = xasprintf("\\<%s\\>", name);
	static const char *const doc[] = { DOC, NULL };
	struct strbuf out = STRBUF_INIT;
	int rc = 0;

	if (where == IN_PARAMETERS)
		rc = tree_grep(r, p->commit, pattern, doc, &out, err);
	else if (where == IN_ABI)
		rc = tree_grep(r, p->commit, word, abi_dirs, &out, err);
	else if (strstr(c, desc))
		strbuf_adds(&out, desc);
	if (!rc && !out.len)
		result_find(res, REVIEW_FAIL, path, line, "parameter '%s' is not documented%s%s", name,
			    where == IN_DESC ? ": no MODULE_PARM_DESC()" : " in ",
			    where == IN_DESC ? "" : where == IN_ABI ? ABI : DOC);
	strbuf_release(&out);
	free(word);
	free(pattern);
	free(desc);
	return rc;
}

static int judge_code(struct review *r, const struct review_patch *p, const struct diff_file *f,
		      struct review_result *res, struct error *err)
{
	char *removed = source_of_lines(f, DIFF_REMOVED), *c = NULL;
	int rc = tree_file(r, p->commit, f->path, &c, err);

	for (size_t i = 0; !rc && c && i < f->nr; i++) {
		const struct diff_line *l = &f->lines[i];

		for (size_t k = 0; !rc && k < sizeof(macros) / sizeof(macros[0]); k++) {
			const char *at = strstr(l->text, macros[k].macro);
			char *name;

			if (l->sign != DIFF_ADDED || !at || strncmp(l->text, "#define", 7) == 0 ||
			    (at > l->text && (isalnum((unsigned char)at[-1]) || at[-1] == '_')))
				continue;
			name = first_argument(at + strlen(macros[k].macro));
			if (*name && !source_word(removed, name))
				rc = judge_parameter(r, p, macros[k].where, c, name, f->path,
						     l->new_line, res, err);
			free(name);
		}
	}
	free(c);
	free(removed);
	return rc;
}

/* "\tname=\t[MM] ...": a parameter the patch documents must exist. */
static int judge_document(struct review *r, const struct review_patch *p,
			  const struct diff_file *f, struct review_result *res, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < f->nr; i++) {
		const struct diff_line *l = &f->lines[i];
		size_t n = l->text[0] == '\t' ? strcspn(l->text + 1, "=\t ") : 0;
		struct strbuf out = STRBUF_INIT;
		char *name, *pattern;

		if (l->sign != DIFF_ADDED || !n || !islower((unsigned char)l->text[1]) ||
		    (l->text[1 + n] != '=' && l->text[1 + n] != '\t'))
			continue;
		name = xstrndup(l->text + 1, n);
		if (strrchr(name, '.'))
			memmove(name, strrchr(name, '.') + 1, strlen(strrchr(name, '.')));
		pattern = xasprintf("\\(param[a-z_]*(\\|setup(\\)\"*%s\\>", name);
		rc = tree_grep(r, p->commit, pattern, code_dirs, &out, err);
		if (!rc && !out.len)
			result_find(res, REVIEW_FAIL, f->path, l->new_line,
				    "documents a parameter '%s' that does not exist", name);
		strbuf_release(&out);
		free(pattern);
		free(name);
	}
	return rc;
}

int check_param_docs(struct review *r, struct review_patch *p, struct review_result *res,
		     struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < p->mail.nr_files; i++) {
		const struct diff_file *f = &p->mail.files[i];

		if (f->is_deleted)
			continue;
		if (path_ends(f->path, ".c") && strncmp(f->path, "tools/", 6) != 0)
			rc = judge_code(r, p, f, res, err);
		else if (strcmp(f->path, DOC) == 0)
			rc = judge_document(r, p, f, res, err);
	}
	return rc;
}
