// SPDX-License-Identifier: GPL-2.0-or-later
/* Every run: one line, and behind it facts, findings, console and kernel configuration. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/xalloc.h"
#include "report/private.h"

#define CONSOLE_MAX (256u << 10)
#define CONFIG_MAX (1u << 20)

struct runs {
	struct report *r;
	struct archive archive;
	size_t begin; /* of the section in the page */
	char (*digests)[65]; /* kernels whose configuration is wanted */
	size_t nr_digests;
};

static void print_facts(struct strbuf *out, json_t *facts)
{
	json_t *v;
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
}

/* The first of the runs are text, so that they can be read without scripts. */
static bool is_plain(const struct runs *s)
{
	return s->r->out->len - s->begin < REPORT_PLAIN_BYTES;
}

static void print_text(struct runs *s, const char *name, const char *text, size_t len)
{
	if (!is_plain(s)) {
		archive_add(&s->archive, name, text, len, s->r->out);
		return;
	}
	strbuf_addf(s->r->out, "<details><summary>%s</summary><pre tabindex=\"0\">", name);
	html_text(s->r->out, text, len);
	strbuf_adds(s->r->out, "</pre></details>");
}

static void print_console(struct runs *s, const struct query_cell *c)
{
	char *path = xasprintf("%s/runs/%s/1/console", s->r->o->results, c->hash);
	struct strbuf text = STRBUF_INIT;
	struct error ignored;

	if (io_read_file(path, CONSOLE_MAX, &text, &ignored))
		strbuf_adds(s->r->out, "<p class=\"dim\">No console: it is not beside the store, or too long.</p>");
	else
		print_text(s, "console", text.buf, text.len);
	strbuf_release(&text);
	free(path);
}

/* Latencies whole: a line a bucket. */
static int print_buckets(struct runs *s, const struct query_cell *c, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	struct query_buckets b;

	if (query_buckets(s->r->store, c->run, "*", &b, err))
		return -1;
	strbuf_addf(&text, "A bucket is at most %.1f%% of its values wide; below 256 ns each value has its own.\n"
			   "name,label,low_ns,high_ns,count\n", 100 * QUERY_BUCKET_ERROR);
	for (size_t i = 0; i < b.nr; i++)
		strbuf_addf(&text, "%s,\"%s\",%" PRId64 ",%" PRId64 ",%" PRId64 "\n", b.v[i].name, b.v[i].label,
			    b.v[i].low_ns, b.v[i].high_ns, b.v[i].count);
	if (b.nr)
		print_text(s, "latencies", text.buf, text.len);
	strbuf_release(&text);
	query_buckets_release(&b);
	return 0;
}

/* A link to the configuration of the kernel, which is in the page once. */
static void print_config_link(struct runs *s, json_t *facts)
{
	const char *digest = json_string_value(json_object_get(facts, "kernel_digest"));
	size_t i;

	if (!digest || strlen(digest) >= sizeof(s->digests[0]) || strspn(digest, "0123456789abcdef") < strlen(digest))
		return;
	for (i = s->nr_digests; i > 0 && strcmp(s->digests[i - 1], digest) != 0; i--)
		;
	if (i == 0) {
		s->digests = xreallocarray(s->digests, s->nr_digests + 1, sizeof(s->digests[0]));
		strcpy(s->digests[s->nr_digests++], digest);
	}
	strbuf_addf(s->r->out, "<p><a href=\"#k%.16s\">kernel configuration</a></p>", digest);
}

static int print_inside(struct runs *s, const struct query_cell *c, struct error *err)
{
	char *text, *findings;
	json_t *facts;

	if (!c->run)
		return 0;
	if (query_run_facts(s->r->store, c->run, &text, err))
		return -1;
	facts = json_loads(text, 0, NULL);
	if (is_plain(s))
		print_facts(s->r->out, facts);
	else
		archive_add(&s->archive, "facts", text, strlen(text), s->r->out);
	free(text);
	print_config_link(s, facts);
	json_decref(facts);
	if (query_findings(s->r->store, c->run, &findings, err))
		return -1;
	if (*findings) {
		strbuf_adds(s->r->out, "<p class=\"warn\">The console says:</p><pre tabindex=\"0\">");
		html_str(s->r->out, findings);
		strbuf_adds(s->r->out, "</pre>");
	}
	free(findings);
	print_console(s, c);
	return print_buckets(s, c, err);
}

static int print_run(struct runs *s, const struct query_cell *c, struct error *err)
{
	static const char *const but[] = { NULL };
	const bool ok = strcmp(c->status, "ok") == 0;
	struct strbuf *out = s->r->out;
	char *title = report_title(c, but);
	int rc = 0;

	strbuf_addf(out, "<details id=\"r%.16s\"><summary>%.12s <span class=\"%s\">", c->hash, c->hash,
		    ok ? "good" : "bad");
	html_str(out, c->run ? c->status : "not run");
	strbuf_adds(out, "</span> ");
	html_str(out, title);
	strbuf_addf(out, "%s</summary>",
		    c->verified == 1 ? ", identical twice" : c->verified == 0 ? ", DIFFERS when run again" : "");
	free(title);
	if (*c->detail) {
		strbuf_adds(out, "<p class=\"warn\">");
		html_str(out, c->detail);
		strbuf_adds(out, "</p>");
	}
	if (out->len - s->begin + s->archive.text.len / 4 < REPORT_RUN_BYTES)
		rc = print_inside(s, c, err);
	else
		strbuf_addf(out, "<p class=\"dim\">Left out to keep the page small: highwater show %.12s</p>",
			    c->hash);
	strbuf_adds(out, "</details>\n");
	return rc;
}

static void print_configs(struct runs *s)
{
	strbuf_adds(s->r->out, "<h3>Kernel configurations</h3>\n");
	for (size_t i = 0; i < s->nr_digests; i++) {
		char *path = xasprintf("%s/kernels/%s.config", s->r->o->results, s->digests[i]);
		struct strbuf text = STRBUF_INIT;
		struct error ignored;

		strbuf_addf(s->r->out, "<details id=\"k%.16s\"><summary>image %.12s</summary>", s->digests[i],
			    s->digests[i]);
		if (io_read_file(path, CONFIG_MAX, &text, &ignored))
			strbuf_adds(s->r->out, "<p class=\"dim\">No configuration beside the store.</p>");
		else
			print_text(s, "config", text.buf, text.len);
		strbuf_adds(s->r->out, "</details>\n");
		strbuf_release(&text);
		free(path);
	}
	if (!s->nr_digests)
		strbuf_adds(s->r->out, "<p class=\"dim\">none</p>");
}

/* Those that did not end well come first: they are looked for, and never left out. */
int report_runs(struct report *r, struct error *err)
{
	struct runs s = { .r = r, .begin = r->out->len };
	int rc = 0;

	strbuf_adds(r->out, "<section id=\"runs\" class=\"runs\"><h2>Runs</h2>\n");
	for (int ok = 0; ok < 2; ok++)
		for (size_t i = 0; !rc && i < r->cells.nr; i++) {
			const struct query_cell *c = &r->cells.v[i];

			if ((strcmp(c->status, "ok") == 0) == ok)
				rc = print_run(&s, c, err);
		}
	print_configs(&s);
	archive_finish(&s.archive, r->out);
	strbuf_adds(r->out, "</section>\n");
	free(s.digests);
	return rc;
}
