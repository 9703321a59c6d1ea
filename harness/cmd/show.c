// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/store.h"
#include "lib/io.h"
#include "lib/parse.h"
#include "lib/xalloc.h"

#define CONSOLE_MAX (64u << 20)

struct options {
	const char *results, *run;
	unsigned int n;
	bool json, console;
	const char *samples; /* glob of series, or NULL */
	const char *latencies; /* glob of latencies, or NULL */
};

static const struct argp_option argp_options[] = {
	{ "output", 'o', "DIR", 0, "results to read; default results", 0 },
	{ "number", 'n', "N", 0, "the second run of a verified cell: 2", 0 },
	{ "console", 'c', NULL, 0, "only what the guest printed", 0 },
	{ "samples", 's', "GLOB", 0, "only the samples of series such as 'vmstat.nr_free*', as CSV", 0 },
	{ "latencies", 'l', "GLOB", 0, "only the buckets of latencies such as 'latency.swap*', as CSV", 0 },
	{ "json", 'J', NULL, 0, "facts, metrics and the buckets of latencies as JSON", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	uint64_t n = 0;

	switch (key) {
	case 'o':
		o->results = arg;
		return 0;
	case 'n':
		if (parse_u64(arg, &n) || n < 1 || n > 1000000)
			argp_error(state, "-n '%s' is no run number", arg);
		o->n = (unsigned int)n;
		return 0;
	case 'c':
		o->console = true;
		return 0;
	case 's':
		o->samples = arg;
		return 0;
	case 'l':
		o->latencies = arg;
		return 0;
	case 'J':
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->run)
			argp_error(state, "one run at a time; '%s' is too many", arg);
		o->run = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->run)
			argp_error(state, "a run is needed: the first digits of its cell");
		else if (o->samples && o->latencies)
			argp_error(state, "-s or -l: one table at a time");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* A console is the guest's: control characters are not passed to the terminal. */
static void print_console(const struct strbuf *text)
{
	for (size_t i = 0; i < text->len; i++) {
		unsigned char c = (unsigned char)text->buf[i];

		if (c != '\r')
			putchar(c == '\n' || c == '\t' || (c >= ' ' && c != 127) ? c : '?');
	}
}

static int show_console(const struct options *o, const char *hash, struct error *err)
{
	char *path = xasprintf("%s/runs/%s/%u/console", o->results, hash, o->n);
	struct strbuf text = STRBUF_INIT;
	int rc = io_read_file(path, CONSOLE_MAX, &text, err);

	if (!rc)
		print_console(&text);
	strbuf_release(&text);
	free(path);
	return rc;
}

static void print_facts(const char *facts, const char *hash)
{
	json_t *o = json_loads(facts, 0, NULL), *v;
	const char *key;

	printf("cell %s\n", hash);
	json_object_foreach(o, key, v) {
		char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);

		printf("%-16s %s\n", key, json_string_value(v) ? json_string_value(v) : text);
		free(text);
	}
	json_decref(o);
}

static void print_metrics(const struct query_metrics *m)
{
	for (size_t i = 0; i < m->nr; i++) {
		const struct query_metric *r = &m->v[i];
		int len = printf("%s%s%s", r->name, *r->label ? " " : "", r->label);

		printf("%*s ", len < 40 ? 40 - len : 0, "");
		if (r->exact)
			printf("%15" PRId64, r->i);
		else
			printf("%15.3f", r->d);
		printf(" %s\n", query_unit(r->name));
	}
}

static json_t *buckets_json(const struct query_buckets *b)
{
	json_t *all = json_array();

	for (size_t i = 0; i < b->nr; i++)
		json_array_append_new(
			all, json_pack("{s:s, s:s, s:I, s:I, s:I}", "name", b->v[i].name, "label", b->v[i].label,
				       "low_ns", (json_int_t)b->v[i].low_ns, "high_ns",
				       (json_int_t)b->v[i].high_ns, "count", (json_int_t)b->v[i].count));
	return json_pack("{s:f, s:o}", "most_relative_width", QUERY_BUCKET_ERROR, "buckets", all);
}

static void print_json(const char *facts, const char *hash, const struct query_metrics *m,
		       const struct query_buckets *b)
{
	json_t *o = json_loads(facts, 0, NULL), *all = json_array();

	for (size_t i = 0; i < m->nr; i++)
		json_array_append_new(
			all, json_pack("{s:s, s:s, s:s, s:o}", "name", m->v[i].name, "label",
				       m->v[i].label, "unit", query_unit(m->v[i].name), "value",
				       m->v[i].exact ? json_integer((json_int_t)m->v[i].i) :
						       json_real(m->v[i].d)));
	json_object_set_new(o, "cell", json_string(hash));
	json_object_set_new(o, "metrics", all);
	json_object_set_new(o, "latencies", buckets_json(b));
	json_dumpf(o, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(o);
}

static int show_samples(const struct options *o, struct store *s, int64_t run, struct error *err)
{
	struct query_samples q;

	if (query_samples(s, run, o->samples, &q, err))
		return -1;
	if (!q.nr)
		return error_set(err, ERROR_INPUT, "run '%s' has no samples of '%s'; the plan needs sample:",
				 o->run, o->samples);
	puts("name,label,t_ns,value");
	for (size_t i = 0; i < q.nr; i++)
		printf("%s,\"%s\",%" PRId64 ",%" PRId64 "\n", q.v[i].name, q.v[i].label, q.v[i].t_ns,
		       q.v[i].value);
	query_samples_release(&q);
	return 0;
}

static int show_latencies(const struct options *o, struct store *s, int64_t run, struct error *err)
{
	struct query_buckets q;

	if (query_buckets(s, run, o->latencies, &q, err))
		return -1;
	if (!q.nr)
		return error_set(err, ERROR_INPUT, "run '%s' has no latency '%s'; the plan needs events: that time it",
				 o->run, o->latencies);
	puts("name,label,low_ns,high_ns,count");
	for (size_t i = 0; i < q.nr; i++)
		printf("%s,\"%s\",%" PRId64 ",%" PRId64 ",%" PRId64 "\n", q.v[i].name, q.v[i].label,
		       q.v[i].low_ns, q.v[i].high_ns, q.v[i].count);
	query_buckets_release(&q);
	return 0;
}

static int show_run(const struct options *o, struct store *s, struct error *err)
{
	char *facts, *hash, *findings = NULL;
	struct query_metrics m = {};
	struct query_buckets b = {};
	int64_t run;
	int rc;

	if (query_facts(s, o->run, o->n, &facts, &hash, &run, err))
		return -1;
	if (o->samples || o->latencies) {
		rc = o->samples ? show_samples(o, s, run, err) : show_latencies(o, s, run, err);
		free(facts);
		free(hash);
		return rc;
	}
	rc = query_metrics(s, run, &m, err);
	if (!rc)
		rc = query_findings(s, run, &findings, err);
	if (!rc)
		rc = query_buckets(s, run, "*", &b, err);
	if (!rc && o->json) {
		print_json(facts, hash, &m, &b);
	} else if (!rc && !o->console) {
		print_facts(facts, hash);
		printf("\nmetrics\n");
		print_metrics(&m);
		if (b.nr)
			printf("\nquantiles of latencies are upper edges of buckets: never too low, at most %.1f%% too\n"
			       "high; the buckets: highwater show -l 'latency.*'\n",
			       100 * QUERY_BUCKET_ERROR);
		printf("\nfindings on the console\n%s\nconsole\n", *findings ? findings : "none\n");
	}
	if (!rc && !o->json)
		rc = show_console(o, hash, err);
	query_metrics_release(&m);
	query_buckets_release(&b);
	free(findings);
	free(facts);
	free(hash);
	return rc;
}

int cmd_show(int argc, char **argv)
{
	static const struct argp argp = {
		.options = argp_options,
		.parser = parse,
		.args_doc = "RUN",
		.doc = "Show one run whole: what ran on what, its metrics, its console.\v"
		       "RUN is the beginning of a cell's id, as list and run print it.",
	};
	struct options o = { .results = "results", .n = 1 };
	struct store *s;
	struct error err;
	int rc;

	cmd_parse(&argp, argc, argv, &o);
	rc = cmd_open_store(o.results, &s, &err);
	if (!rc) {
		rc = show_run(&o, s, &err);
		store_close(s);
	}
	return rc ? cmd_fail(&err) : 0;
}
