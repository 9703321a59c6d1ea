/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_text: what checks read out of C and reST without compiling it. Pure.
 * Words are found, not parsed: where a construct is written in a way these do
 * not know, they find nothing, and say so by returning false.
 */
#ifndef REVIEW_SOURCE_TEXT_H
#define REVIEW_SOURCE_TEXT_H

#include <stdbool.h>

#include "review/mail.h"
#include "review/objects.h"

/* The first whole word @word at or after @text, or NULL. */
const char *source_word(const char *text, const char *word);
/* The string between the next pair of quotes on the line; the caller frees, NULL: none. */
char *source_quoted(const char *line);
/* The identifier that starts at @p ("" when none does); the caller frees. */
char *source_identifier(const char *p);

/* The lines of @f with this sign, joined by newlines; the caller frees. */
char *source_of_lines(const struct diff_file *f, enum diff_sign sign);
/* The body of the reST section headed by a line with the word @name and underlined
 * next; the caller frees, NULL: no such heading. */
char *source_section(const char *rst, const char *name);
/* The number an @rst section gives as default: "The default is 5", "Default: 5". */
bool source_documented_default(const char *section, long long *ret);
/* What a variable defined in @c starts as; without initializer it is 0. */
bool source_initial(const char *c, const char *variable, long long *ret);

/* Events that TRACE_EVENT() and its like define in the lines a patch adds. */
void source_events_added(const struct mail *m, struct names *ret);

#endif
