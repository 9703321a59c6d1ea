// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "export/private.h"

int export_walk(struct store *s, const struct export_options *o, export_each each, void *ctx,
		struct error *err)
{
	struct query_cells cells;
	size_t found = 0;
	int rc = query_cells(s, &cells, err);

	for (size_t i = 0; !rc && i < cells.nr; i++) {
		const struct query_cell *c = &cells.v[i];
		struct query_metrics m = {};

		if (!query_matches(c, &o->where))
			continue;
		found++;
		if (c->run && strcmp(c->status, "ok") == 0)
			rc = query_metrics(s, c->run, &m, err);
		if (!rc)
			rc = each(ctx, c, &m, err);
		query_metrics_release(&m);
	}
	if (!rc && !found)
		rc = error_set(err, ERROR_INPUT,
			       cells.nr ? "no cell matches all conditions together" : "the store is empty");
	query_cells_release(&cells);
	return rc;
}

bool export_wanted(const struct export_options *o, const struct query_metric *m)
{
	return !o->metrics || fnmatch(o->metrics, m->name, 0) == 0;
}

void export_number(struct strbuf *out, const struct query_metric *m)
{
	if (m->exact)
		strbuf_addf(out, "%lld", (long long)m->i);
	else
		strbuf_addf(out, "%.17g", m->d);
}

void export_json_text(struct strbuf *out, const char *text)
{
	strbuf_addc(out, '"');
	for (; *text; text++) {
		const unsigned char c = (unsigned char)*text;

		/* A guest's bytes need not be UTF-8: only ASCII passes as it is. */
		if (c < ' ' || c >= 127 || c == '"' || c == '\\')
			strbuf_addf(out, "\\u%04x", c);
		else
			strbuf_addc(out, (char)c);
	}
	strbuf_addc(out, '"');
}

void export_component(struct strbuf *out, const char *text)
{
	const size_t begin = out->len;

	for (; *text; text++)
		strbuf_addc(out, isalnum((unsigned char)*text) || strchr("._=@+-", *text) ? *text : '_');
	/* No component is empty, or leads upwards. */
	if (out->len == begin)
		strbuf_addc(out, '_');
	if (out->buf[begin] == '.')
		out->buf[begin] = '_';
}

void export_axes(struct strbuf *out, const struct query_cell *c, const char *const *names, bool but)
{
	const size_t begin = out->len;

	for (size_t i = 0; i < c->nr_axes; i++) {
		const struct query_axis *a = &c->axes[i];
		bool named = false;

		for (size_t k = 0; names[k]; k++)
			named |= strcmp(names[k], a->name) == 0;
		if (named == but || strcmp(a->value, "none") == 0)
			continue;
		if (out->len > begin)
			strbuf_addc(out, '-');
		if (but) {
			export_component(out, a->name);
			strbuf_addc(out, '=');
		}
		export_component(out, a->value);
	}
	if (out->len == begin)
		strbuf_adds(out, "default");
}
