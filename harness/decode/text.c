// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/text.h"

#include <stdio.h>
#include <string.h>

#include "lib/parse.h"

int text_each_line(const char *what, const char *text, size_t len,
		   int (*take)(void *arg, char *line, struct error *err), void *arg,
		   struct error *err)
{
	char line[TEXT_MAX_LINE];

	while (len) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) : len;

		if (!nl || n >= sizeof(line) || memchr(text, '\0', n))
			return error_set(err, ERROR_FOUND, "%s: a line is cut off or too long", what);
		memcpy(line, text, n);
		line[n] = '\0';
		if (take(arg, line, err))
			return -1;
		text += n + 1;
		len -= n + 1;
	}
	return 0;
}

int text_number(const char *word, int64_t *ret)
{
	uint64_t v;

	if (!word || parse_u64(word, &v) || v > INT64_MAX)
		return -1;
	*ret = (int64_t)v;
	return 0;
}

char *text_word(char **rest)
{
	char *word = NULL;

	while (*rest && (!word || !*word))
		word = strsep(rest, " \t");
	return word && *word ? word : NULL;
}

int text_zone(char **rest, char *name, size_t size)
{
	char *node, *zone;

	if (strncmp(*rest, "Node", 4) != 0)
		return -1;
	*rest += 4;
	*rest += strspn(*rest, " ");
	node = strsep(rest, ",");
	if (!*rest || strncmp(*rest, " zone ", 6) != 0)
		return -1;
	*rest += 6;
	*rest += strspn(*rest, " ");
	zone = *rest;
	*rest += strcspn(*rest, " ,");
	if (**rest)
		*(*rest)++ = '\0';
	if (!*zone || !*node ||
	    snprintf(name, size, strcmp(node, "0") ? "%s@%s" : "%s", zone, node) >= (int)size)
		return -1;
	return 0;
}
