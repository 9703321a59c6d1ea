// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/result.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/strbuf.h"
#include "lib/xalloc.h"

static const char *const status_names[] = {
	[REVIEW_PASS] = "pass",
	[REVIEW_WARN] = "warn",
	[REVIEW_FAIL] = "fail",
	[REVIEW_UNCHECKED] = "unchecked",
};

#define NR_STATUS (sizeof(status_names) / sizeof(status_names[0]))

const char *review_status_name(enum review_status status)
{
	return status_names[status];
}

void result_release(struct review_result *r)
{
	for (size_t i = 0; i < r->nr; i++) {
		free(r->findings[i].summary);
		free(r->findings[i].details);
		free(r->findings[i].file);
	}
	free(r->findings);
	free(r->note);
	*r = (struct review_result){};
}

static char *format(const char *fmt, va_list ap)
{
	char *s;

	return vasprintf(&s, fmt, ap) < 0 ? xstrdup("") : s;
}

void result_note(struct review_result *r, const char *fmt, ...)
{
	va_list ap;

	free(r->note);
	va_start(ap, fmt);
	r->note = format(fmt, ap);
	va_end(ap);
}

void result_unchecked(struct review_result *r, const char *fmt, ...)
{
	va_list ap;
	char *why;

	va_start(ap, fmt);
	why = format(fmt, ap);
	va_end(ap);
	result_note(r, "not checked: %s", why);
	free(why);
	if (r->status == REVIEW_PASS)
		r->status = REVIEW_UNCHECKED;
}

struct review_finding *result_find(struct review_result *r, enum review_status severity,
				   const char *file, unsigned int line, const char *fmt, ...)
{
	struct review_finding f = { .severity = severity, .line = line };
	va_list ap;

	va_start(ap, fmt);
	f.summary = format(fmt, ap);
	va_end(ap);
	f.summary[strcspn(f.summary, "\n")] = '\0';
	f.file = xstrdup(file ? file : "");
	f.details = xstrdup("");
	if (severity > r->status || r->status == REVIEW_UNCHECKED)
		r->status = severity;
	r->findings = xreallocarray(r->findings, r->nr + 1, sizeof(f));
	r->findings[r->nr] = f;
	return &r->findings[r->nr++];
}

void finding_details(struct review_finding *f, const char *fmt, ...)
{
	va_list ap;
	char *line, *both;

	va_start(ap, fmt);
	line = format(fmt, ap);
	va_end(ap);
	both = xasprintf("%s%s\n", f->details, line);
	free(line);
	free(f->details);
	f->details = both;
}

/* A JSON string of bytes that may not be UTF-8. */
static json_t *text(const char *s)
{
	json_t *j = json_string(s);
	char *ascii;

	if (j)
		return j;
	ascii = xstrdup(s);
	for (char *p = ascii; *p; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	j = json_string(ascii);
	free(ascii);
	return j;
}

char *result_to_json(const struct review_result *r)
{
	json_t *findings = json_array();
	json_t *j;
	char *s;

	for (size_t i = 0; i < r->nr; i++) {
		const struct review_finding *f = &r->findings[i];

		json_array_append_new(findings, json_pack("{s:i, s:o, s:o, s:o, s:I}", "severity",
							  (int)f->severity, "summary", text(f->summary),
							  "details", text(f->details), "file",
							  text(f->file), "line", (json_int_t)f->line));
	}
	j = json_pack("{s:i, s:o, s:o, s:f, s:f}", "status", (int)r->status, "note",
		      text(r->note ? r->note : ""), "findings", findings, "cpu_s", r->cpu_s, "wall_s",
		      r->wall_s);
	s = json_dumps(j, JSON_INDENT(1));
	json_decref(j);
	return s ? s : xstrdup("{}");
}

int result_from_json(const char *s, struct review_result *ret, struct error *err)
{
	const char *note, *summary, *details, *file;
	json_t *j = json_loads(s, 0, NULL), *findings, *one;
	int status, severity;
	size_t i;

	if (!j || json_unpack(j, "{s:i, s:s, s:o, s:F, s:F}", "status", &status, "note", &note,
			      "findings", &findings, "cpu_s", &ret->cpu_s, "wall_s", &ret->wall_s) ||
	    status < 0 || status >= (int)NR_STATUS)
		goto bad;
	result_note(ret, "%s", note);
	json_array_foreach(findings, i, one) {
		json_int_t line;

		if (json_unpack(one, "{s:i, s:s, s:s, s:s, s:I}", "severity", &severity, "summary",
				&summary, "details", &details, "file", &file, "line", &line) ||
		    (severity != REVIEW_WARN && severity != REVIEW_FAIL))
			goto bad;
		free(result_find(ret, severity, file, (unsigned int)line, "%s", summary)->details);
		ret->findings[ret->nr - 1].details = xstrdup(details);
	}
	ret->status = status;
	json_decref(j);
	return 0;
bad:
	json_decref(j);
	return error_set(err, ERROR_INPUT, "no review result");
}
