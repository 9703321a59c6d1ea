// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/output.h"

#include <jansson.h>
#include <stdlib.h>

#include "lib/strbuf.h"

/* Bytes that are not UTF-8 become '?'. */
static json_t *text(const char *s)
{
	json_t *j = json_string(s);
	struct strbuf ascii = STRBUF_INIT;

	if (j)
		return j;
	strbuf_adds(&ascii, "");
	for (; *s; s++)
		strbuf_addc(&ascii, (unsigned char)*s < 0x80 ? *s : '?');
	j = json_string(ascii.buf);
	strbuf_release(&ascii);
	return j;
}

/* The protocol's three words. */
static const char *b4_status(enum review_status status)
{
	return status == REVIEW_UNCHECKED ? "warn" : review_status_name(status);
}

static void add_details(const struct review_result *res, struct strbuf *out)
{
	for (size_t i = 0; i < res->nr; i++) {
		const struct review_finding *f = &res->findings[i];

		if (*f->file && f->line)
			strbuf_addf(out, "%s:%u: ", f->file, f->line);
		else if (*f->file)
			strbuf_addf(out, "%s: ", f->file);
		strbuf_addf(out, "%s\n%s", f->summary, f->details);
	}
}

/* Findings as records: beside the protocol's fields, which b4 reads. */
static json_t *findings(const struct review_result *res)
{
	json_t *all = json_array();

	for (size_t i = 0; i < res->nr; i++) {
		const struct review_finding *f = &res->findings[i];

		json_array_append_new(all, json_pack("{s:s, s:o, s:o, s:o, s:I}", "severity",
						     review_status_name(f->severity), "summary",
						     text(f->summary), "details", text(f->details),
						     "file", text(f->file), "line",
						     (json_int_t)f->line));
	}
	return all;
}

static json_t *one_check(const struct review_result *res)
{
	struct strbuf details = STRBUF_INIT;
	const char *summary = res->nr ? res->findings[0].summary : res->note ? res->note : "";
	json_t *j;

	strbuf_adds(&details, "");
	add_details(res, &details);
	j = json_pack("{s:s, s:s, s:o, s:s, s:o, s:b, s:b, s:f, s:o}", "tool", res->check, "status",
		      b4_status(res->status), "summary", text(summary), "url", "", "details",
		      text(details.buf), "checked", res->status != REVIEW_UNCHECKED, "cached",
		      res->cached, "cpu_s", res->cpu_s, "findings", findings(res));
	strbuf_release(&details);
	return j;
}

static json_t *checks_of(const struct review *r, size_t patch)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->nr_results; i++)
		if (r->results[i].patch == patch)
			json_array_append_new(all, one_check(&r->results[i]));
	return all;
}

static void dump(json_t *j, FILE *to)
{
	json_dumpf(j, to, JSON_INDENT(2));
	fputc('\n', to);
	json_decref(j);
}

void output_b4(const struct review *r, size_t patch, FILE *to)
{
	dump(checks_of(r, patch), to);
}

void output_json(const struct review *r, FILE *to)
{
	json_t *patches = json_array();

	for (size_t i = 0; i < r->nr; i++)
		json_array_append_new(patches,
				      json_pack("{s:I, s:o, s:o, s:o}", "patch", (json_int_t)i + 1,
						"subject", text(r->patches[i].mail.subject), "file",
						text(r->patches[i].patch->file), "checks",
						checks_of(r, i + 1)));
	dump(json_pack("{s:s, s:I, s:I, s:I, s:f, s:o, s:o}", "base", r->base.origin, "failed",
		       (json_int_t)r->nr_fail, "warned", (json_int_t)r->nr_warn, "unchecked",
		       (json_int_t)r->nr_unchecked, "cpu_s", r->cpu_s, "series", checks_of(r, 0),
		       "patches", patches),
	     to);
}
