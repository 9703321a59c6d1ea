/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text: lines and numbers of the kernel's text files. A line is cut out, checked (no NUL,
 * not longer than TEXT_MAX_LINE, ended by a newline) and given to a function that may
 * write into it.
 */
#ifndef DECODE_TEXT_H
#define DECODE_TEXT_H

#include "decode/metric.h"

#define TEXT_MAX_LINE 512

/* @take returns 0, or -1 with @err set; @arg is its own. */
int text_each_line(const char *what, const char *text, size_t len,
		   int (*take)(void *arg, char *line, struct error *err), void *arg,
		   struct error *err);
/* A number from 0 to INT64_MAX and nothing else; -1 if @word is none (or NULL). */
int text_number(const char *word, int64_t *ret);
/* The next word of *@rest, which blanks separate; NULL at the end. */
char *text_word(char **rest);
/* "Node 0, zone   Normal..." to "Normal", or "Normal@1" on node 1, and what follows in
 * *@rest. -1 if the line does not begin so. */
int text_zone(char **rest, char *name, size_t size);

#endif
