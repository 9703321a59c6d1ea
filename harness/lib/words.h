/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words: the words that are allowed somewhere, for messages that say so.
 *
 * Start with WORDS_INIT, add (words are copied), ask, end with words_release().
 */
#ifndef LIB_WORDS_H
#define LIB_WORDS_H

#include <stddef.h>

#include "lib/strbuf.h"

struct words {
	char **v;
	size_t nr;
};

#define WORDS_INIT \
	{          \
	}

void words_add(struct words *w, const char *word);
/* Each of "a|b|c". */
void words_add_choices(struct words *w, const char *choices);
/* The files *@suffix of @dir without the suffix, sorted; a directory that is not there has none. */
void words_add_files(struct words *w, const char *dir, const char *suffix);
void words_release(struct words *w);

/* The word that @typed was probably meant to be, or NULL. */
const char *words_nearest(const struct words *w, const char *typed);
/* Append "unknown WHAT 'TYPED': did you mean 'a'? allowed: a, b, c". */
void words_unknown(const struct words *w, const char *what, const char *typed, struct strbuf *out);

#endif
