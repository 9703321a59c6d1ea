// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/words.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

/* Longer words are no slips of the finger. */
#define MAX_WORD 64

void words_add(struct words *w, const char *word)
{
	w->v = xreallocarray(w->v, w->nr + 1, sizeof(*w->v));
	w->v[w->nr++] = xstrdup(word);
}

void words_add_choices(struct words *w, const char *choices)
{
	char *copy = xstrdup(choices), *rest = copy;

	while (rest)
		words_add(w, strsep(&rest, "|"));
	free(copy);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void words_add_files(struct words *w, const char *dir, const char *suffix)
{
	const size_t first = w->nr, tail = strlen(suffix);
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d))) {
		const size_t len = strlen(e->d_name);
		char *word;

		if (e->d_name[0] == '.' || len <= tail ||
		    strcmp(e->d_name + len - tail, suffix) != 0)
			continue;
		word = xstrndup(e->d_name, len - tail);
		words_add(w, word);
		free(word);
	}
	closedir(d);
	if (w->nr > first)
		qsort(w->v + first, w->nr - first, sizeof(*w->v), by_text);
}

void words_release(struct words *w)
{
	for (size_t i = 0; i < w->nr; i++)
		free(w->v[i]);
	free(w->v);
	*w = (struct words)WORDS_INIT;
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/*
 * Edits from @a to @b: insert, delete, replace a byte, swap two neighbours
 * (optimal string alignment; Damerau 1964). Three rows of the table suffice.
 */
static unsigned int distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned int rows[3][MAX_WORD + 1];

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = (unsigned int)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned int *row = rows[i % 3], *last = rows[(i + 2) % 3],
			     *before = rows[(i + 1) % 3];

		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= b_len; j++) {
			row[j] = min3(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
	}
	return rows[a_len % 3][b_len];
}

const char *words_nearest(const struct words *w, const char *typed)
{
	const size_t len = strlen(typed);
	/* A third of the letters wrong is another word. */
	unsigned int best = (unsigned int)len / 3 + 1;
	const char *nearest = NULL;

	if (!len || len > MAX_WORD)
		return NULL;
	for (size_t i = 0; i < w->nr; i++) {
		const size_t other = strlen(w->v[i]);
		unsigned int d;

		if (other > MAX_WORD)
			continue;
		d = distance(typed, len, w->v[i], other);
		if (d < best || (!nearest && d == best && d < len)) {
			best = d;
			nearest = w->v[i];
		}
	}
	return nearest;
}

void words_unknown(const struct words *w, const char *what, const char *typed, struct strbuf *out)
{
	const char *nearest = words_nearest(w, typed);

	strbuf_addf(out, "unknown %s '%s':", what, typed);
	if (nearest)
		strbuf_addf(out, " did you mean '%s'?", nearest);
	strbuf_adds(out, w->nr ? " allowed: " : " there is none");
	for (size_t i = 0; i < w->nr; i++)
		strbuf_addf(out, "%s%s", i ? ", " : "", w->v[i]);
}
