// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The conventions of Documentation/process/submitting-patches.rst that
 * checkpatch does not know, as a table of rules.
 */
#include "review/check.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SUBJECT_MAX 75

static bool has_trailer(const struct mail *m, const char *key)
{
	for (size_t i = 0; i < m->nr_trailers; i++)
		if (strcasecmp(m->trailers[i].key, key) == 0)
			return true;
	return false;
}

/* "mm/vmscan: ": where the words after the area start, or NULL. */
static const char *after_area(const char *subject)
{
	const char *colon = strstr(subject, ": ");

	if (!colon || colon == subject)
		return NULL;
	for (const char *p = subject; p < colon; p++)
		if (!isalnum((unsigned char)*p) && !strchr("_-/.,{}*:&+ ", *p))
			return NULL;
	for (const char *next; (next = strstr(colon + 2, ": ")) && !memchr(colon + 2, ' ', next - colon - 2);)
		colon = next;
	return colon + 2;
}

static void judge_subject(const struct mail *m, struct review_result *res)
{
	static const char *const not_imperative[] = { "fixes",	 "fixed",   "fixing",  "adds",
						      "added",	 "adding",  "removes", "removed",
						      "changes", "changed", "makes",   "made",
						      "introduces", "introduced", "updated", "updates" };
	const char *words = after_area(m->subject);
	size_t len = strlen(m->subject);

	if (!len) {
		result_find(res, REVIEW_FAIL, NULL, 0, "no subject");
		return;
	}
	if (!words)
		result_find(res, REVIEW_FAIL, NULL, 0, "subject names no area ('mm/vmscan: ...')");
	if (len > SUBJECT_MAX)
		result_find(res, REVIEW_WARN, NULL, 0, "subject has %zu characters, at most %d are read",
			    len, SUBJECT_MAX);
	if (len && m->subject[len - 1] == '.')
		result_find(res, REVIEW_WARN, NULL, 0, "subject ends with a full stop");
	for (size_t i = 0; words && i < sizeof(not_imperative) / sizeof(not_imperative[0]); i++) {
		size_t n = strlen(not_imperative[i]);

		if (strncasecmp(words, not_imperative[i], n) == 0 && !isalpha((unsigned char)words[n]))
			result_find(res, REVIEW_WARN, NULL, 0,
				    "subject says '%.*s'; use the imperative mood", (int)n, words);
	}
}

/* Letters in the body outside the trailers. */
static size_t prose(const struct mail *m)
{
	size_t n = 0;

	for (const char *line = m->body; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t key = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");

		if (key && strncmp(line + key, ": ", 2) == 0 && has_trailer(m, "Signed-off-by") &&
		    strstr(line, "Signed-off-by") == line)
			break;
		for (size_t i = 0; i < strcspn(line, "\n"); i++)
			n += isalpha((unsigned char)line[i]) != 0;
	}
	return n;
}

static void judge_fixes(const char *value, struct review_result *res)
{
	size_t n = strspn(value, "0123456789abcdef");

	if (n < 12 || n > 40 || strncmp(value + n, " (\"", 3) != 0 || !strstr(value, "\")"))
		result_find(res, REVIEW_WARN, NULL, 0,
			    "Fixes: wants 12 digits of the commit and its subject in (\"...\"), not '%.60s'",
			    value);
}

static void judge_trailers(const struct mail *m, struct review_result *res)
{
	static const char *const known[] = {
		"Signed-off-by", "Reviewed-by", "Acked-by", "Tested-by", "Reported-by", "Suggested-by",
		"Co-developed-by", "Fixes", "Closes", "Link", "Cc", "Debugged-by", "Message-ID",
		"Message-Id", "Assisted-by", "Originally-by", "Analyzed-by",
	};
	const size_t nr = sizeof(known) / sizeof(known[0]);
	bool stable = false;

	for (size_t i = 0; i < m->nr_trailers; i++) {
		const struct trailer *t = &m->trailers[i];
		size_t k = 0;

		while (k < nr && strcmp(known[k], t->key) != 0)
			k++;
		if (k == nr)
			result_find(res, REVIEW_WARN, NULL, 0, "no trailer of the kernel: '%s:'", t->key);
		if (strcmp(t->key, "Fixes") == 0)
			judge_fixes(t->value, res);
		stable |= strcasecmp(t->key, "Cc") == 0 && strstr(t->value, "stable@");
	}
	if (!has_trailer(m, "Signed-off-by"))
		result_find(res, REVIEW_FAIL, NULL, 0, "no Signed-off-by:");
	if (stable && !has_trailer(m, "Fixes"))
		result_find(res, REVIEW_WARN, NULL, 0, "for stable, but no Fixes: says since when");
}

/* What a change of this kind must say. */
static void judge_contents(const struct mail *m, struct review_result *res)
{
	const char *words = after_area(m->subject);

	if (prose(m) < 20)
		result_find(res, REVIEW_FAIL, NULL, 0, "no changelog: say what is wrong and why this mends it");
	if (words && strncasecmp(words, "fix ", 4) == 0 && !has_trailer(m, "Fixes"))
		result_find(res, REVIEW_WARN, NULL, 0, "a fix without Fixes:");
	if (mail_adds(m, ".c", ".procname") && !strcasestr(m->body, "default"))
		result_find(res, REVIEW_WARN, NULL, 0,
			    "adds a sysctl, and the changelog does not say its default");
}

int check_changelog(struct review *r, struct review_patch *p, struct review_result *res,
		    struct error *err)
{
	(void)r;
	(void)err;
	judge_subject(&p->mail, res);
	judge_contents(&p->mail, res);
	judge_trailers(&p->mail, res);
	result_note(res, "%zu trailers", p->mail.nr_trailers);
	return 0;
}

/* Series of several patches have a cover letter, and its "0/N" is their number. */
int check_cover(struct review *r, struct review_patch *p, struct review_result *res,
		struct error *err)
{
	struct mail m;
	unsigned int of = 0;
	const char *slash;

	(void)p;
	(void)err;
	if (!r->cover) {
		if (r->nr > 1)
			result_find(res, REVIEW_WARN, NULL, 0, "%zu patches and no cover letter", r->nr);
		return 0;
	}
	mail_parse(r->cover, strlen(r->cover), &m);
	slash = strchr(m.tag, '/');
	if (!slash || sscanf(slash, "/%9u", &of) != 1 || of != r->nr)
		result_find(res, REVIEW_WARN, NULL, 0,
			    "the cover letter is '[%s]', the series has %zu patches", m.tag, r->nr);
	if (strstr(m.subject, "*** SUBJECT HERE") || strstr(m.body, "*** BLURB HERE"))
		result_find(res, REVIEW_FAIL, NULL, 0, "the cover letter is not written");
	result_note(res, "[%s] %s", m.tag, m.subject);
	mail_release(&m);
	return 0;
}
