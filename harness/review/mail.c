// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/mail.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/strbuf.h"
#include "lib/xalloc.h"

/* A position in the text; lines are handed out without their end. */
struct reader {
	const char *p, *end;
};

static bool next_line(struct reader *r, const char **ret, size_t *ret_len)
{
	const char *nl;

	if (r->p >= r->end)
		return false;
	nl = memchr(r->p, '\n', r->end - r->p);
	*ret = r->p;
	*ret_len = (nl ? nl : r->end) - r->p;
	r->p = nl ? nl + 1 : r->end;
	if (*ret_len && (*ret)[*ret_len - 1] == '\r')
		--*ret_len;
	return true;
}

static bool starts(const char *line, size_t len, const char *with)
{
	size_t n = strlen(with);

	return len >= n && memcmp(line, with, n) == 0;
}

bool path_ends(const char *path, const char *suffix)
{
	size_t a = strlen(path), b = strlen(suffix);

	return a >= b && strcmp(path + a - b, suffix) == 0;
}

/* "NAME: value" with its continuation lines, unfolded; "" when missing. */
static char *header(const char *head, size_t len, const char *name)
{
	struct reader r = { head, head + len };
	struct strbuf out = STRBUF_INIT;
	size_t n = strlen(name), line_len;
	const char *line;
	bool in = false;

	strbuf_adds(&out, "");
	while (next_line(&r, &line, &line_len)) {
		if (in && line_len && (line[0] == ' ' || line[0] == '\t')) {
			strbuf_addc(&out, ' ');
			strbuf_add(&out, line + 1, line_len - 1);
			continue;
		}
		if (in)
			break;
		in = line_len > n && line[n] == ':' && strncasecmp(line, name, n) == 0;
		if (in) {
			size_t skip = n + 1;

			while (skip < line_len && isblank((unsigned char)line[skip]))
				skip++;
			strbuf_add(&out, line + skip, line_len - skip);
		}
	}
	return strbuf_detach(&out);
}

/* Cut "[PATCH 3/7] " off @m->subject into @m->tag. */
static void split_subject(struct mail *m)
{
	char *end = m->subject[0] == '[' ? strstr(m->subject, "] ") : NULL;
	char *bare;

	if (!end) {
		m->tag = xstrdup("");
		return;
	}
	m->tag = xstrndup(m->subject + 1, end - m->subject - 1);
	bare = xstrdup(end + 2);
	free(m->subject);
	m->subject = bare;
}

static bool is_trailer(const char *line, size_t len, size_t *ret_key)
{
	size_t k = 0;

	while (k < len && (isalnum((unsigned char)line[k]) || line[k] == '-'))
		k++;
	*ret_key = k;
	return k > 1 && k + 1 < len && line[k] == ':' && line[k + 1] == ' ';
}

/* Trailers are the lines "Key: value" of the last paragraph; "[who: note]" and
 * folded lines may stand between them. */
static void parse_trailers(struct mail *m)
{
	size_t len = strlen(m->body), line_len, key;
	const char *start, *line;
	struct reader r;

	while (len && isspace((unsigned char)m->body[len - 1]))
		len--;
	start = m->body + len;
	while (start > m->body && !(start[-1] == '\n' && start - m->body >= 2 && start[-2] == '\n'))
		start--;
	r = (struct reader){ start, m->body + len };
	while (next_line(&r, &line, &line_len)) {
		if (!is_trailer(line, line_len, &key))
			continue;
		m->trailers = xreallocarray(m->trailers, m->nr_trailers + 1, sizeof(*m->trailers));
		m->trailers[m->nr_trailers++] =
			(struct trailer){ xstrndup(line, key),
					  xstrndup(line + key + 2, line_len - key - 2) };
	}
}

/* "a/mm/vmscan.c" to "mm/vmscan.c"; NULL for /dev/null. */
static char *diff_path(const char *line, size_t len)
{
	const char *tab = memchr(line, '\t', len);
	const char *slash;

	if (tab)
		len = tab - line;
	if (len == 9 && memcmp(line, "/dev/null", 9) == 0)
		return NULL;
	slash = memchr(line, '/', len);
	if (slash)
		return xstrndup(slash + 1, line + len - slash - 1);
	return xstrndup(line, len);
}

static struct diff_file *add_file(struct mail *m, const char *old_line, size_t old_len,
				  const char *new_line, size_t new_len)
{
	char *old = diff_path(old_line + 4, old_len - 4);
	char *new = diff_path(new_line + 4, new_len - 4);
	struct diff_file *f;

	m->files = xreallocarray(m->files, m->nr_files + 1, sizeof(*m->files));
	f = &m->files[m->nr_files++];
	*f = (struct diff_file){ .is_new = !old, .is_deleted = !new };
	f->path = new ? new : old ? old : xstrdup("");
	if (new)
		free(old);
	return f;
}

static void add_line(struct diff_file *f, enum diff_sign sign, const char *text, size_t len,
		     unsigned int old_line, unsigned int new_line, unsigned int hunk)
{
	f->lines = xreallocarray(f->lines, f->nr + 1, sizeof(*f->lines));
	f->lines[f->nr++] = (struct diff_line){ xstrndup(text, len), sign, old_line, new_line, hunk };
}

/* The numbers of "@@ -12,3 +14 @@"; a count left out is 1. */
static bool hunk_head(const char *line, size_t len, unsigned int n[4])
{
	char copy[128];
	int used = 0;

	snprintf(copy, sizeof(copy), "%.*s", (int)(len < 120 ? len : 120), line);
	n[1] = n[3] = 1;
	if (sscanf(copy, "@@ -%9u%n", &n[0], &used) != 1)
		return false;
	line = copy + used;
	if (*line == ',' && sscanf(line, ",%9u%n", &n[1], &used) == 1)
		line += used;
	if (sscanf(line, " +%9u%n", &n[2], &used) != 1)
		return false;
	line += used;
	if (*line == ',' && sscanf(line, ",%9u%n", &n[3], &used) == 1)
		line += used;
	return strncmp(line, " @@", 3) == 0;
}

/* The lines of one hunk, as many as its head says. */
static void parse_hunk(struct reader *r, struct diff_file *f, const unsigned int n[4],
		       unsigned int hunk)
{
	unsigned int old_line = n[0], new_line = n[2];
	unsigned int old_left = n[1], new_left = n[3];
	const char *line;
	size_t len;

	while (old_left || new_left) {
		struct reader back = *r;
		char sign;

		if (!next_line(r, &line, &len))
			return;
		/* Mailers strip the blank of an empty context line. */
		sign = len ? line[0] : ' ';
		if (sign == '\\')
			continue;
		if (sign == ' ' && old_left && new_left) {
			add_line(f, DIFF_CONTEXT, len ? line + 1 : line, len ? len - 1 : 0,
				 old_line++, new_line++, hunk);
			old_left--;
			new_left--;
		} else if (sign == '+' && new_left) {
			add_line(f, DIFF_ADDED, line + 1, len - 1, 0, new_line++, hunk);
			new_left--;
		} else if (sign == '-' && old_left) {
			add_line(f, DIFF_REMOVED, line + 1, len - 1, old_line++, 0, hunk);
			old_left--;
		} else {
			*r = back;
			return;
		}
	}
}

static void parse_diff(struct mail *m, const char *text, size_t len)
{
	struct reader r = { text, text + len };
	struct diff_file *f = NULL;
	const char *line, *old_line = NULL;
	size_t line_len, old_len = 0;
	unsigned int n[4], hunk = 0;

	while (next_line(&r, &line, &line_len)) {
		if (starts(line, line_len, "--- ")) {
			old_line = line;
			old_len = line_len;
		} else if (starts(line, line_len, "+++ ") && old_line) {
			f = add_file(m, old_line, old_len, line, line_len);
			old_line = NULL;
			hunk = 0;
		} else if (f && starts(line, line_len, "@@ -") && hunk_head(line, line_len, n)) {
			parse_hunk(&r, f, n, hunk++);
		} else if (starts(line, line_len, "diff --git ")) {
			f = NULL;
		}
	}
}

/* Where headers end: past the first empty line. */
static size_t head_length(const char *text, size_t len)
{
	struct reader r = { text, text + len };
	const char *line;
	size_t line_len;

	while (next_line(&r, &line, &line_len))
		if (!line_len)
			break;
	return r.p - text;
}

/* The body ends at "---" or where a diff starts. */
static size_t body_length(const char *text, size_t len)
{
	struct reader r = { text, text + len };
	const char *line;
	size_t line_len;

	while (next_line(&r, &line, &line_len))
		if ((line_len == 3 && starts(line, line_len, "---")) ||
		    starts(line, line_len, "diff --git ") || starts(line, line_len, "--- a/"))
			return line - text;
	return len;
}

void mail_parse(const char *text, size_t len, struct mail *ret)
{
	size_t head, body;
	char *encoding;

	*ret = (struct mail){};
	head = head_length(text, len);
	ret->subject = header(text, head, "Subject");
	ret->from = header(text, head, "From");
	ret->to = header(text, head, "To");
	ret->cc = header(text, head, "Cc");
	ret->message_id = header(text, head, "Message-ID");
	split_subject(ret);
	encoding = header(text, head, "Content-Transfer-Encoding");
	ret->encoded = strcasecmp(encoding, "quoted-printable") == 0 ||
		       strcasecmp(encoding, "base64") == 0;
	free(encoding);
	body = body_length(text + head, len - head);
	ret->body = xstrndup(text + head, body);
	parse_trailers(ret);
	parse_diff(ret, text + head + body, len - head - body);
}

void mail_release(struct mail *m)
{
	for (size_t i = 0; i < m->nr_files; i++) {
		for (size_t j = 0; j < m->files[i].nr; j++)
			free(m->files[i].lines[j].text);
		free(m->files[i].lines);
		free(m->files[i].path);
	}
	for (size_t i = 0; i < m->nr_trailers; i++) {
		free(m->trailers[i].key);
		free(m->trailers[i].value);
	}
	free(m->files);
	free(m->trailers);
	free(m->subject);
	free(m->tag);
	free(m->from);
	free(m->to);
	free(m->cc);
	free(m->message_id);
	free(m->body);
	*m = (struct mail){};
}

size_t mbox_next(const char *text, size_t len, size_t from)
{
	while (from < len) {
		const char *p = text + from;
		const char *nl = memchr(p, '\n', len - from);
		size_t line_len = (nl ? nl : text + len) - p;

		if (starts(p, line_len, "From ") && nl) {
			const char *q = nl + 1;

			while (q < text + len && (isalnum((unsigned char)*q) || *q == '-'))
				q++;
			if (q > nl + 1 && q < text + len && *q == ':')
				return from;
		}
		if (!nl)
			break;
		from = nl + 1 - text;
	}
	return len;
}

bool mail_adds(const struct mail *m, const char *suffix, const char *word)
{
	for (size_t i = 0; i < m->nr_files; i++)
		for (size_t j = 0; j < m->files[i].nr; j++)
			if (m->files[i].lines[j].sign == DIFF_ADDED &&
			    (!suffix || path_ends(m->files[i].path, suffix)) &&
			    strstr(m->files[i].lines[j].text, word))
				return true;
	return false;
}
