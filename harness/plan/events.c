// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of events, configs/events/NAME.list, to the lines of proto/trace.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "plan/spec.h"
#include "proto/trace.h"

#define FILE_MAX_BYTES (64u << 10)

/* @line without its comment, and with single blanks between words. */
static void normalize(const char *line, size_t len, struct strbuf *out)
{
	bool blank = false;

	for (size_t i = 0; i < len && line[i] != '#'; i++) {
		if (line[i] == ' ' || line[i] == '\t') {
			blank = out->len > 0;
			continue;
		}
		if (blank)
			strbuf_addc(out, ' ');
		blank = false;
		strbuf_addc(out, line[i]);
	}
}

/* Is @line one of the lines of @all? */
static bool has_line(const struct strbuf *all, const struct strbuf *line)
{
	const char *p = all->len ? all->buf : "";

	while (*p) {
		size_t len = strcspn(p, "\n");

		if (len == line->len && memcmp(p, line->buf, len) == 0)
			return true;
		p += len + 1;
	}
	return false;
}

/* Check one line and append its normal form; returns what is wrong, or NULL. */
static const char *add_line(struct strbuf *out, const struct strbuf *line, size_t *nr)
{
	struct trace_line t;
	const char *why = trace_line_parse(line->buf, &t);

	if (why)
		return why;
	if (has_line(out, line))
		return "the same line comes twice";
	if (++*nr > TRACE_MAX_LINES)
		return "too many lines";
	if (t.kind == TRACE_BUFFER || t.kind == TRACE_ROOM)
		strbuf_addf(out, "%s %" PRIu64 "\n", t.kind == TRACE_ROOM ? "room" : "buffer",
			    t.bytes);
	else
		strbuf_addf(out, "%s\n", line->buf);
	return NULL;
}

bool plan_events_inline(const char *value)
{
	return strchr(value, ':') != NULL;
}

int plan_events_parse(const char *text, size_t len, const char *path, char **ret,
		      struct error *err)
{
	struct strbuf out = STRBUF_INIT, line = STRBUF_INIT;
	unsigned int number = 0;
	size_t nr = 0;
	int rc = 0;

	strbuf_add(&out, "", 0);
	for (size_t at = 0; !rc && at < len;) {
		const char *nl = memchr(text + at, '\n', len - at);
		size_t n = nl ? (size_t)(nl - text) - at : len - at;
		const char *why = NULL;

		number++;
		strbuf_reset(&line);
		if (memchr(text + at, '\0', n))
			why = "only printable ASCII is expected";
		else
			normalize(text + at, n, &line);
		if (!why && line.len)
			why = add_line(&out, &line, &nr);
		if (why)
			rc = error_set(err, ERROR_INPUT, "%s:%u: %s", path, number, why);
		at += n + 1;
	}
	if (!rc && !nr)
		rc = error_set(err, ERROR_INPUT, "%s: the list is empty; write 'events: none'", path);
	if (!rc)
		*ret = strbuf_detach(&out);
	strbuf_release(&out);
	strbuf_release(&line);
	return rc;
}

int plan_events_text(const char *path, char **ret, struct error *err)
{
	struct strbuf raw = STRBUF_INIT;
	int rc = io_read_file(path, FILE_MAX_BYTES, &raw, err);

	if (!rc)
		rc = plan_events_parse(raw.buf, raw.len, path, ret, err);
	strbuf_release(&raw);
	return rc;
}
