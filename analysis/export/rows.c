// SPDX-License-Identifier: GPL-2.0-or-later
/* All runs as rows: csv and json. */
#include <inttypes.h>
#include <string.h>

#include "export/private.h"

struct rows {
	struct store *s;
	const struct export_options *o;
	FILE *to;
	size_t nr;
};

static const char *better_name(const char *metric)
{
	const enum query_better b = query_better(metric);

	return b == QUERY_HIGHER ? "higher" : b == QUERY_LOWER ? "lower" : "neither";
}

static void csv_text(FILE *to, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, to);
		return;
	}
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void csv_cell(FILE *to, const struct query_cell *c)
{
	struct strbuf axes = STRBUF_INIT;

	fprintf(to, "%s,%s,", c->hash, c->run ? c->status : "not run");
	for (size_t i = 0; i < c->nr_axes; i++)
		strbuf_addf(&axes, "%s%s=%s", i ? ";" : "", c->axes[i].name, c->axes[i].value);
	csv_text(to, axes.buf ? axes.buf : "");
	strbuf_release(&axes);
}

/* The buckets of the run that are wanted; none where nobody asks. */
static int get_buckets(const struct rows *r, const struct query_cell *c, struct query_buckets *ret,
		       struct error *err)
{
	*ret = (struct query_buckets){};
	if (!r->o->histograms || !c->run || strcmp(c->status, "ok") != 0)
		return 0;
	return query_buckets(r->s, c->run, r->o->metrics ? r->o->metrics : "*", ret, err);
}

static int csv_buckets(const struct rows *r, const struct query_cell *c, struct error *err)
{
	struct query_buckets b;

	if (get_buckets(r, c, &b, err))
		return -1;
	for (size_t i = 0; i < b.nr; i++) {
		const struct query_bucket *v = &b.v[i];

		csv_cell(r->to, c);
		fprintf(r->to, ",%s.bucket,\"%s%s%" PRId64 "-%" PRId64 "\",%" PRId64 ",events,neither\r\n", v->name,
			v->label, *v->label ? "," : "", v->low_ns, v->high_ns, v->count);
	}
	query_buckets_release(&b);
	return 0;
}

static int csv_run(void *ctx, const struct query_cell *c, const struct query_metrics *m, struct error *err)
{
	const struct rows *r = ctx;

	/* A run without figures has a line all the same: a crash is a result. */
	if (!m->nr) {
		csv_cell(r->to, c);
		fputs(",,,,,\r\n", r->to);
	}
	for (size_t i = 0; i < m->nr; i++) {
		struct strbuf number = STRBUF_INIT;

		if (!export_wanted(r->o, &m->v[i]))
			continue;
		csv_cell(r->to, c);
		fputc(',', r->to);
		csv_text(r->to, m->v[i].name);
		fputc(',', r->to);
		csv_text(r->to, m->v[i].label);
		export_number(&number, &m->v[i]);
		fprintf(r->to, ",%s,", number.buf);
		csv_text(r->to, query_unit(m->v[i].name));
		fprintf(r->to, ",%s\r\n", better_name(m->v[i].name));
		strbuf_release(&number);
	}
	return csv_buckets(r, c, err);
}

int export_csv(struct store *s, const struct export_options *o, FILE *to, struct error *err)
{
	struct rows r = { .s = s, .o = o, .to = to };

	fputs("cell,status,axes,metric,label,value,unit,better\r\n", to);
	return export_walk(s, o, csv_run, &r, err);
}

static void json_pair(struct strbuf *out, const char *key, const char *value)
{
	export_json_text(out, key);
	strbuf_addc(out, ':');
	export_json_text(out, value);
}

static int json_buckets(const struct rows *r, const struct query_cell *c, struct strbuf *out,
			struct error *err)
{
	struct query_buckets b;

	if (get_buckets(r, c, &b, err))
		return -1;
	strbuf_adds(out, ",\"latencies\":[");
	for (size_t i = 0; i < b.nr; i++) {
		strbuf_adds(out, i ? ",{" : "{");
		json_pair(out, "name", b.v[i].name);
		strbuf_addc(out, ',');
		json_pair(out, "label", b.v[i].label);
		strbuf_addf(out, ",\"low_ns\":%" PRId64 ",\"high_ns\":%" PRId64 ",\"count\":%" PRId64 "}",
			    b.v[i].low_ns, b.v[i].high_ns, b.v[i].count);
	}
	strbuf_addc(out, ']');
	query_buckets_release(&b);
	return 0;
}

static int json_run(void *ctx, const struct query_cell *c, const struct query_metrics *m, struct error *err)
{
	struct rows *r = ctx;
	struct strbuf out = STRBUF_INIT;
	size_t nr = 0;
	int rc = 0;

	strbuf_adds(&out, r->nr++ ? ",\n{" : "\n{");
	json_pair(&out, "cell", c->hash);
	strbuf_addc(&out, ',');
	json_pair(&out, "status", c->run ? c->status : "not run");
	strbuf_addc(&out, ',');
	json_pair(&out, "detail", c->detail);
	strbuf_addc(&out, ',');
	json_pair(&out, "accelerator", c->accelerator);
	/* A cell can go by several names: an axis is a list. */
	strbuf_adds(&out, ",\"axes\":{");
	for (size_t i = 0; i < c->nr_axes; i++) {
		const bool again = i && strcmp(c->axes[i].name, c->axes[i - 1].name) == 0;

		strbuf_adds(&out, !i ? "" : again ? "," : "],");
		if (!again) {
			export_json_text(&out, c->axes[i].name);
			strbuf_adds(&out, ":[");
		}
		export_json_text(&out, c->axes[i].value);
	}
	strbuf_adds(&out, c->nr_axes ? "]},\"metrics\":[" : "},\"metrics\":[");
	for (size_t i = 0; i < m->nr; i++) {
		if (!export_wanted(r->o, &m->v[i]))
			continue;
		strbuf_adds(&out, nr++ ? ",{" : "{");
		json_pair(&out, "name", m->v[i].name);
		strbuf_addc(&out, ',');
		json_pair(&out, "label", m->v[i].label);
		strbuf_adds(&out, ",\"value\":");
		export_number(&out, &m->v[i]);
		strbuf_addc(&out, ',');
		json_pair(&out, "unit", query_unit(m->v[i].name));
		strbuf_addc(&out, '}');
	}
	strbuf_addc(&out, ']');
	if (r->o->histograms)
		rc = json_buckets(r, c, &out, err);
	strbuf_addc(&out, '}');
	fwrite(out.buf, 1, out.len, r->to);
	strbuf_release(&out);
	return rc;
}

int export_json(struct store *s, const struct export_options *o, FILE *to, struct error *err)
{
	struct rows r = { .s = s, .o = o, .to = to };
	int rc;

	fputc('[', to);
	rc = export_walk(s, o, json_run, &r, err);
	fputs("\n]\n", to);
	return rc;
}
