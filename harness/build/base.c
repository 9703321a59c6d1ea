// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "build/source.h"
#include "lib/io.h"
#include "lib/xalloc.h"

#define BASE_MAX (64 << 10)

/* Where a key of BASE goes; a key that is not here is information for people. */
static char **slot(struct base *base, const char *key)
{
	const struct {
		const char *key;
		char **slot;
	} table[] = {
		{ "version", &base->version },
		{ "debian-package", &base->debian_package },
		{ "debian-suites", &base->debian_suites },
		{ "url", &base->url },
		{ "sha256", &base->sha256 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(key, table[i].key) == 0)
			return table[i].slot;
	return NULL;
}

static void take_line(struct base *base, char *line)
{
	char *value = line + strcspn(line, " \t");
	char **to;

	if (*line == '#' || !*line || !*value)
		return;
	*value++ = '\0';
	value += strspn(value, " \t");
	to = slot(base, line);
	if (to && !*to)
		*to = xstrdup(value);
}

int base_load(const char *patches, struct base *ret, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	char *path = xasprintf("%s/BASE", patches);
	char *save, *line;
	int rc;

	*ret = (struct base){};
	rc = io_read_file(path, BASE_MAX, &text, err);
	if (!rc) {
		for (line = strtok_r(text.buf, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
			take_line(ret, line);
		if (!ret->version)
			rc = error_set(err, ERROR_INPUT, "'%s' has no 'version' line", path);
	}
	if (rc)
		base_release(ret);
	strbuf_release(&text);
	free(path);
	return rc;
}

void base_release(struct base *base)
{
	free(base->version);
	free(base->debian_package);
	free(base->debian_suites);
	free(base->url);
	free(base->sha256);
	*base = (struct base){};
}
