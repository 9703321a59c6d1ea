// SPDX-License-Identifier: GPL-2.0-or-later
#include "decode/trace_field.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define MAX_LINE 256
#define MAX_OFFSET 65536

/* Is @name the last word of "TYPE NAME" at @p, which ends at the semicolon? */
static bool declares(const char *p, const char *name)
{
	const char *end = strchr(p, ';');
	size_t len = strlen(name);

	return end && (size_t)(end - p) > len && end[-(ptrdiff_t)len - 1] == ' ' &&
	       memcmp(end - len, name, len) == 0;
}

/* "\tfield:int nid;\toffset:8;\tsize:4;\tsigned:1;" */
static bool parse_line(const char *line, const char *name, struct trace_field *ret)
{
	unsigned int offset, size, is_signed;
	const char *rest;

	if (strncmp(line, "\tfield:", 7) != 0 || !declares(line + 7, name))
		return false;
	rest = strchr(line, ';') + 1;
	if (sscanf(rest, " offset:%5u; size:%5u; signed:%1u;", &offset, &size, &is_signed) != 3 ||
	    offset > MAX_OFFSET || (size != 1 && size != 2 && size != 4 && size != 8))
		return false;
	*ret = (struct trace_field){ offset, size, is_signed };
	return true;
}

/* The line at *@at, without its end, or "" when it is longer than any field's. */
static bool next_line(const struct trace_text *text, size_t *at, char line[MAX_LINE])
{
	const char *p = text->p + *at, *nl;
	size_t n;

	if (*at >= text->len)
		return false;
	nl = memchr(p, '\n', text->len - *at);
	n = nl ? (size_t)(nl - p) : text->len - *at;
	*line = '\0';
	if (n < MAX_LINE) {
		memcpy(line, p, n);
		line[n] = '\0';
	}
	*at += n + (nl != NULL);
	return true;
}

bool trace_find_field(const struct trace_format *format, const char *name,
		      struct trace_field *ret)
{
	char line[MAX_LINE];
	size_t at = 0;

	while (next_line(&format->text, &at, line))
		if (parse_line(line, name, ret))
			return true;
	return false;
}

/* The last word of "TYPE NAME" of a field's line, if it is one of plain letters. */
static bool last_word(const char *line, char *name, size_t size)
{
	const char *end, *p;

	if (strncmp(line, "\tfield:", 7) != 0 || strstr(line, "__data_loc") ||
	    strstr(line, "__rel_loc"))
		return false;
	end = strchr(line, ';');
	for (p = end; p && p > line + 7 && (isalnum((unsigned char)p[-1]) || p[-1] == '_'); p--)
		;
	if (!end || p == end || (size_t)(end - p) >= size)
		return false;
	memcpy(name, p, (size_t)(end - p));
	name[end - p] = '\0';
	return true;
}

bool trace_next_field(const struct trace_format *format, size_t *at, char *name, size_t size,
		      struct trace_field *ret)
{
	char line[MAX_LINE];

	while (next_line(&format->text, at, line))
		if (last_word(line, name, size) && parse_line(line, name, ret))
			return true;
	return false;
}

bool trace_read_field(const struct trace_field *f, const struct trace_event *e, uint64_t *ret)
{
	const unsigned int unused = 64 - 8 * f->size;
	uint64_t v = 0;

	if ((uint64_t)f->offset + f->size > e->len)
		return false;
	memcpy(&v, e->data + f->offset, f->size);
	*ret = f->is_signed ? (uint64_t)((int64_t)(v << unused) >> unused) : v;
	return true;
}
