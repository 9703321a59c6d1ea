// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/strbuf.h"
#include "lib/xalloc.h"
#include "review/source_text.h"
#include "review/tree.h"

#define DOCS "Documentation/trace/"

static const char *const doc_dirs[] = { "Documentation/trace", NULL };
static const char *const header_dirs[] = { "include/trace", "mm", "fs", "kernel", NULL };
static const char *const code_dirs[] = { "mm", "fs", "kernel", "block", "lib", "include/linux", NULL };

/* Does a line below @under match? */
static int found(struct review *r, const struct review_patch *p, const char *const *under,
		 bool *ret, struct error *err, const char *fmt, const char *name)
{
	struct strbuf pattern = STRBUF_INIT, out = STRBUF_INIT;
	const char *slot = strstr(fmt, "NAME");
	int rc;

	strbuf_add(&pattern, fmt, slot - fmt);
	strbuf_addf(&pattern, "%s%s", name, slot + strlen("NAME"));
	rc = tree_grep(r, p->commit, pattern.buf, under, &out, err);
	*ret = out.len > 0;
	strbuf_release(&pattern);
	strbuf_release(&out);
	return rc;
}

/* Does the patch itself call the event? Most do, and the tree is large. */
static bool calls(const struct mail *m, const char *name)
{
	char *call = xasprintf("trace_%s(", name);
	bool yes = mail_adds(m, ".c", call);

	free(call);
	return yes;
}

static int judge_event(struct review *r, const struct review_patch *p, const char *name,
		       struct review_result *res, struct error *err)
{
	bool documented, called = calls(&p->mail, name);

	if (found(r, p, doc_dirs, &documented, err, "\\<NAME\\>", name))
		return -1;
	if (!called && found(r, p, code_dirs, &called, err, "\\<trace_NAME\\>", name))
		return -1;
	if (!documented)
		result_find(res, REVIEW_FAIL, NULL, 0, "event '%s' is not documented in " DOCS, name);
	if (!called)
		result_find(res, REVIEW_FAIL, NULL, 0, "event '%s' is never triggered: nothing calls trace_%s()",
			    name, name);
	return 0;
}

/* "  mm_page_split\t\tnid=%d zid=%d": the name of an event, and its fields. */
static char *documented_event(const char *line, const char **ret_fields)
{
	const char *p = line + strspn(line, " \t*-");
	char *name = source_identifier(p);

	p += strlen(name);
	if (*name && p > line && strchr(name, '_') && (*p == ' ' || *p == '\t') &&
	    strstr(p, "=%")) {
		*ret_fields = p + strspn(p, " \t");
		return name;
	}
	free(name);
	return NULL;
}

/* Is every "key=%f" of @fields in the text of the header? */
static void judge_fields(const char *header, const char *name, const char *fields,
			 const char *path, unsigned int line, struct review_result *res)
{
	char *copy = xstrdup(fields), *save, *word;

	for (word = strtok_r(copy, " \t", &save); word; word = strtok_r(NULL, " \t", &save))
		if (strstr(word, "=%") && !strstr(header, word))
			result_find(res, REVIEW_FAIL, path, line,
				    "documents '%s' of event '%s', which it does not print", word, name);
	free(copy);
}

/* The header that defines the event: one the patch touches, or some other. */
static int find_header(struct review *r, const struct review_patch *p, const char *name,
		       char **ret, struct error *err)
{
	char *pattern = xasprintf("\\(EVENT[A-Z_]*(\\|, *\\|^[[:space:]]*\\)%s,", name);
	struct strbuf out = STRBUF_INIT;
	const char **touched = xcalloc(p->mail.nr_files + 1, sizeof(*touched));
	size_t nr = 0;
	int rc = 0;

	*ret = NULL;
	for (size_t i = 0; i < p->mail.nr_files; i++)
		if (path_ends(p->mail.files[i].path, ".h") && !p->mail.files[i].is_deleted)
			touched[nr++] = p->mail.files[i].path;
	if (nr)
		rc = tree_grep(r, p->commit, pattern, touched, &out, err);
	if (!rc && !out.len)
		rc = tree_grep(r, p->commit, pattern, header_dirs, &out, err);
	if (!rc && out.len)
		*ret = xstrndup(out.buf, strcspn(out.buf, "\n"));
	strbuf_release(&out);
	free(touched);
	free(pattern);
	return rc;
}

static int judge_documented(struct review *r, const struct review_patch *p, const char *name,
			    const char *fields, const char *path, unsigned int line,
			    struct review_result *res, struct error *err)
{
	char *file, *header = NULL;
	int rc = find_header(r, p, name, &file, err);

	if (!rc && !file)
		result_find(res, REVIEW_FAIL, path, line, "documents an event '%s' that does not exist",
			    name);
	else if (!rc)
		rc = tree_file(r, p->commit, file, &header, err);
	if (header)
		judge_fields(header, name, fields, path, line, res);
	free(header);
	free(file);
	return rc;
}

static int judge_document(struct review *r, const struct review_patch *p,
			  const struct diff_file *f, struct review_result *res, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < f->nr; i++) {
		const char *fields = NULL;
		char *name = f->lines[i].sign == DIFF_ADDED ?
				     documented_event(f->lines[i].text, &fields) :
				     NULL;

		if (name)
			rc = judge_documented(r, p, name, fields, f->path, f->lines[i].new_line, res,
					      err);
		free(name);
	}
	return rc;
}

int check_trace_docs(struct review *r, struct review_patch *p, struct review_result *res,
		     struct error *err)
{
	struct names events = {};
	int rc = 0;

	source_events_added(&p->mail, &events);
	for (size_t i = 0; !rc && i < events.nr; i++)
		rc = judge_event(r, p, events.v[i], res, err);
	for (size_t i = 0; !rc && i < p->mail.nr_files; i++)
		if (strncmp(p->mail.files[i].path, DOCS, strlen(DOCS)) == 0 &&
		    !p->mail.files[i].is_deleted)
			rc = judge_document(r, p, &p->mail.files[i], res, err);
	if (!rc)
		result_note(res, "%zu new events", events.nr);
	names_release(&events);
	return rc;
}
