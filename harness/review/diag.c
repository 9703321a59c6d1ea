// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/diag.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

void diags_release(struct diags *d)
{
	for (size_t i = 0; i < d->nr; i++) {
		free(d->v[i].file);
		free(d->v[i].text);
	}
	free(d->v);
	*d = (struct diags){};
}

void diags_add(struct diags *d, const char *file, unsigned int line, bool error, const char *text)
{
	d->v = xreallocarray(d->v, d->nr + 1, sizeof(*d->v));
	d->v[d->nr++] = (struct diag){ xstrdup(file), line, error, xstrdup(text) };
}

/* Read ":123" at *@p; 0 when there is none. */
static unsigned int number(const char **p)
{
	char *end;
	unsigned long n;

	if (**p != ':' || !isdigit((unsigned char)(*p)[1]))
		return 0;
	n = strtoul(*p + 1, &end, 10);
	*p = end;
	return (unsigned int)n;
}

/* The word before a message, whether it is an error, and where the message starts. */
static const char *message(const char *p, bool *ret_error)
{
	static const struct {
		const char *word;
		bool error;
	} words[] = {
		{ ": warning: ", false }, { ": error: ", true },	 { ": fatal error: ", true },
		{ ": Warning: ", false }, { ": undefined reference to ", true },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i].word);

		if (strncmp(p, words[i].word, n) == 0) {
			*ret_error = words[i].error;
			/* The linker's words are the message. */
			return words[i].word[2] == 'u' ? p + 2 : p + n;
		}
	}
	return NULL;
}

/* A header speaks in every object that includes it, and some tools say all twice. */
static bool said_already(const struct diags *d, const char *file, unsigned int line,
			 const char *text)
{
	for (size_t i = 0; i < d->nr; i++)
		if (d->v[i].line == line && strcmp(d->v[i].file, file) == 0 &&
		    strcmp(d->v[i].text, text) == 0)
			return true;
	return false;
}

static void parse_line(const char *line, struct diags *ret)
{
	const char *p, *text;
	unsigned int at;
	bool error, first;
	char *file;

	/* New kernel-doc puts the word first: "Warning: FILE:LINE text". */
	first = strncmp(line, "Warning: ", 9) == 0;
	if (first)
		line += 9;
	for (p = strchr(line, ':'); p; p = strchr(p + 1, ':')) {
		const char *q = p;

		at = number(&q);
		if (!at)
			continue;
		number(&q);
		text = message(q, &error);
		if (!text && first && *q == ' ') {
			text = q + 1;
			error = false;
		}
		if (text) {
			file = xstrndup(line, p - line);
			if (!said_already(ret, file, at, text))
				diags_add(ret, file, at, error, text);
			free(file);
		}
		return;
	}
}

void diags_parse(const char *log, struct diags *ret)
{
	char *copy = xstrdup(log), *save, *line;

	*ret = (struct diags){};
	for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		parse_line(line, ret);
	free(copy);
}

/* Equal but for numbers: they are lines, sizes, and the counter in __UNIQUE_ID(). */
static bool same_text(const char *a, const char *b)
{
	while (*a && *b) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			a += strspn(a, "0123456789");
			b += strspn(b, "0123456789");
		} else if (*a++ != *b++) {
			return false;
		}
	}
	return *a == *b;
}

static bool same(const struct diag *a, const struct diag *b)
{
	return a->error == b->error && strcmp(a->file, b->file) == 0 && same_text(a->text, b->text);
}

void diags_new(const struct diags *before, const struct diags *after, struct diags *ret)
{
	bool *used = xcalloc(before->nr + 1, sizeof(*used));

	*ret = (struct diags){};
	for (size_t i = 0; i < after->nr; i++) {
		const struct diag *d = &after->v[i];
		size_t j;

		for (j = 0; j < before->nr; j++)
			if (!used[j] && same(&before->v[j], d))
				break;
		if (j < before->nr)
			used[j] = true;
		else
			diags_add(ret, d->file, d->line, d->error, d->text);
	}
	free(used);
}
