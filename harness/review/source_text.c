// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/source_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/strbuf.h"
#include "lib/xalloc.h"

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

const char *source_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = text; n && (p = strstr(p, word)); p++)
		if ((p == text || !word_char(p[-1])) && !word_char(p[n]))
			return p;
	return NULL;
}

char *source_quoted(const char *line)
{
	size_t end = strcspn(line, "\n");
	const char *open = memchr(line, '"', end);
	const char *close = open ? memchr(open + 1, '"', line + end - open - 1) : NULL;

	return close ? xstrndup(open + 1, close - open - 1) : NULL;
}

char *source_identifier(const char *p)
{
	size_t n = 0;

	while (word_char(p[n]))
		n++;
	return xstrndup(p, n);
}

char *source_of_lines(const struct diff_file *f, enum diff_sign sign)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_adds(&out, "");
	for (size_t i = 0; i < f->nr; i++)
		if (f->lines[i].sign == sign)
			strbuf_addf(&out, "%s\n", f->lines[i].text);
	return strbuf_detach(&out);
}

static const char *line_after(const char *p)
{
	p += strcspn(p, "\n");
	return *p ? p + 1 : p;
}

/* Is the line an underline of reST: three or more of one sign and nothing else? */
static bool is_underline(const char *line)
{
	size_t n;

	if (!*line || !strchr("=-~^\"", *line))
		return false;
	n = strspn(line, (const char[]){ *line, '\0' });
	return n >= 3 && (line[n] == '\n' || line[n] == '\0');
}

char *source_section(const char *rst, const char *name)
{
	const char *next;

	for (const char *line = rst; *line; line = next) {
		char *one;
		bool found;

		next = line_after(line);
		if (!is_underline(next))
			continue;
		one = xstrndup(line, strcspn(line, "\n"));
		found = source_word(one, name) != NULL;
		free(one);
		if (found) {
			const char *start = line_after(next), *end = start;

			while (*end && !is_underline(line_after(end)))
				end = line_after(end);
			return xstrndup(start, end - start);
		}
	}
	return NULL;
}

static bool number_at(const char *p, long long *ret)
{
	char *end;

	if (!isdigit((unsigned char)*p) && !(*p == '-' && isdigit((unsigned char)p[1])))
		return false;
	*ret = strtoll(p, &end, 0);
	end += strspn(end, "uUlL");
	return !isalpha((unsigned char)*end);
}

bool source_documented_default(const char *section, long long *ret)
{
	static const char *const between[] = { "value", "is", "to", "of", "which", "setting" };

	for (const char *p = section; (p = strcasestr(p, "default"));) {
		p += strlen("default");
		p += *p == 's';
		for (bool more = true; more;) {
			p += strspn(p, " \t\n:=(`*");
			more = false;
			for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
				size_t n = strlen(between[i]);

				if (strncmp(p, between[i], n) == 0 && !word_char(p[n])) {
					p += n;
					more = true;
				}
			}
		}
		if (number_at(p, ret))
			return true;
	}
	return false;
}

/* An initializer that is a number or a product of some; whether it is one: what a
 * macro stands for is not known here. */
static bool initializer(const char *p, long long *ret)
{
	long long product = 1, factor;

	for (;; p++) {
		p += strspn(p, " \t\n(");
		if (!number_at(p, &factor) || __builtin_mul_overflow(product, factor, &product))
			return false;
		p += *p == '-';
		p += strspn(p, "0123456789abcdefABCDEFxXuUlL");
		p += strspn(p, " \t\n)");
		if (*p != '*')
			break;
	}
	*ret = product;
	return *p == ';' || *p == ',';
}

bool source_initial(const char *c, const char *variable, long long *ret)
{
	for (const char *p = c; (p = source_word(p, variable)); p++) {
		const char *start = p, *q = p + strlen(variable);
		bool typed;

		/* A definition starts at the margin with its type. */
		while (start > c && start[-1] != '\n')
			start--;
		typed = start < p && isalpha((unsigned char)*start) && p[-1] == ' ' &&
			strncmp(start, "extern", 6) != 0 && strncmp(start, "return", 6) != 0;
		if (!typed)
			continue;
		q += strspn(q, " \t");
		while (strncmp(q, "__", 2) == 0) {
			while (word_char(*q))
				q++;
			q += strspn(q, " \t");
		}
		if (*q == ';') {
			*ret = 0;
			return true;
		}
		if (*q == '=' && q[1] != '=' && initializer(q + 1, ret))
			return true;
	}
	return false;
}

void source_events_added(const struct mail *m, struct names *ret)
{
	/* The event's name is the first or the second argument. */
	static const struct {
		const char *macro;
		int argument;
	} macros[] = {
		{ "TRACE_EVENT", 1 },	  { "TRACE_EVENT_CONDITION", 1 },
		{ "DEFINE_EVENT", 2 },	  { "DEFINE_EVENT_CONDITION", 2 },
		{ "DEFINE_EVENT_PRINT", 2 },
	};

	for (size_t i = 0; i < m->nr_files; i++) {
		char *added;

		if (!strstr(m->files[i].path, "trace"))
			continue;
		added = source_of_lines(&m->files[i], DIFF_ADDED);
		for (size_t k = 0; k < sizeof(macros) / sizeof(macros[0]); k++)
			for (const char *p = added; (p = source_word(p, macros[k].macro)); p++) {
				const char *q = p + strlen(macros[k].macro);
				char *name;

				if (*q != '(')
					continue;
				q++;
				if (macros[k].argument == 2) {
					q += strcspn(q, ",\n)");
					q += *q == ',';
				}
				q += strspn(q, " \t\n");
				name = source_identifier(q);
				if (*name)
					names_add(ret, name);
				free(name);
			}
		free(added);
	}
}
