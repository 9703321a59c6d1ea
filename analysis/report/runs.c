// SPDX-License-Identifier: GPL-2.0-or-later
/* Every run: one line, and behind it facts, findings and console. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/xalloc.h"
#include "report/private.h"

#define CONSOLE_MAX (256u << 10)

static void print_facts(struct strbuf *out, const char *text)
{
	json_t *facts = json_loads(text, 0, NULL), *v;
	const char *key;

	strbuf_adds(out, "<table><tbody>");
	json_object_foreach(facts, key, v) {
		char *value = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);

		strbuf_adds(out, "<tr><th scope=\"row\">");
		html_str(out, key);
		strbuf_adds(out, "</th><td>");
		html_str(out, json_string_value(v) ? json_string_value(v) : value);
		strbuf_adds(out, "</td></tr>");
		free(value);
	}
	strbuf_adds(out, "</tbody></table>");
	json_decref(facts);
}

static void print_console(struct report *r, const struct query_cell *c)
{
	char *path = xasprintf("%s/runs/%s/1/console", r->o->results, c->hash);
	struct strbuf text = STRBUF_INIT;
	struct error ignored;

	if (io_read_file(path, CONSOLE_MAX, &text, &ignored)) {
		strbuf_adds(r->out, "<p class=\"dim\">No console here: it is not beside the store, or too long.</p>");
	} else {
		strbuf_adds(r->out, "<details><summary>console</summary><pre tabindex=\"0\">");
		html_text(r->out, text.buf, text.len);
		strbuf_adds(r->out, "</pre></details>");
	}
	strbuf_release(&text);
	free(path);
}

static int print_inside(struct report *r, const struct query_cell *c, struct error *err)
{
	char *facts, *findings;

	if (!c->run)
		return 0;
	if (query_run_facts(r->store, c->run, &facts, err))
		return -1;
	print_facts(r->out, facts);
	free(facts);
	if (query_findings(r->store, c->run, &findings, err))
		return -1;
	if (*findings) {
		strbuf_adds(r->out, "<p class=\"warn\">The console says:</p><pre>");
		html_str(r->out, findings);
		strbuf_adds(r->out, "</pre>");
	}
	free(findings);
	print_console(r, c);
	return 0;
}

static int print_run(struct report *r, const struct query_cell *c, size_t begin, struct error *err)
{
	static const char *const but[] = { NULL };
	const bool ok = strcmp(c->status, "ok") == 0;
	char *title = report_title(c, but);
	int rc = 0;

	strbuf_addf(r->out, "<details id=\"r%.16s\"><summary>%.12s <span class=\"%s\">", c->hash, c->hash,
		    ok ? "good" : "bad");
	html_str(r->out, c->run ? c->status : "not run");
	strbuf_adds(r->out, "</span> ");
	html_str(r->out, title);
	strbuf_addf(r->out, "%s</summary>",
		    c->verified == 1 ? ", identical twice" : c->verified == 0 ? ", DIFFERS when run again" : "");
	free(title);
	if (*c->detail) {
		strbuf_adds(r->out, "<p class=\"warn\">");
		html_str(r->out, c->detail);
		strbuf_adds(r->out, "</p>");
	}
	if (r->out->len - begin < REPORT_RUN_BYTES)
		rc = print_inside(r, c, err);
	else
		strbuf_addf(r->out, "<p class=\"dim\">Left out to keep the page small: highwater show %.12s</p>",
			    c->hash);
	strbuf_adds(r->out, "</details>\n");
	return rc;
}

/* Those that did not end well come first: they are looked for, and never left out. */
int report_runs(struct report *r, struct error *err)
{
	const size_t begin = r->out->len;

	strbuf_adds(r->out, "<section id=\"runs\" class=\"runs\"><h2>Runs</h2>\n");
	for (int ok = 0; ok < 2; ok++)
		for (size_t i = 0; i < r->cells.nr; i++) {
			const struct query_cell *c = &r->cells.v[i];

			if ((strcmp(c->status, "ok") == 0) == ok && print_run(r, c, begin, err))
				return -1;
		}
	strbuf_adds(r->out, "</section>\n");
	return 0;
}
