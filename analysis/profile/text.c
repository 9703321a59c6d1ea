// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "profile/profile.h"

static double share(int64_t part, int64_t all)
{
	return all ? 100.0 * (double)part / (double)all : 0;
}

void profile_clock_text(int64_t insns, int64_t clock, struct strbuf *out)
{
	strbuf_addf(out, "%" PRId64 " instructions in the workload's window", insns);
	if (clock < 0)
		strbuf_adds(out, "; the run has no clock of its window");
	else if (insns >= clock)
		strbuf_addf(out, "; the instruction clock says %" PRId64 ", and %" PRId64
				 " lie at its two edges",
			    clock, insns - clock);
	else
		strbuf_addf(out, "; the clock says %" PRId64 ": the difference, %" PRId64
				 ", is idle time that was skipped",
			    clock, clock - insns);
	strbuf_addc(out, '\n');
}

static void add_contexts(const struct profile *p, const int64_t *parts, int64_t all,
			 struct strbuf *out)
{
	const char *sep = "";

	for (size_t i = 0; i < p->nr_contexts; i++) {
		if (!parts[i] || strcmp(p->contexts[i], "-") == 0)
			continue;
		strbuf_addf(out, "%s%s %.1f%%", sep, p->contexts[i], share(parts[i], all));
		sep = ", ";
	}
}

void profile_text(const struct profile *p, const struct profile_head *h, struct strbuf *out)
{
	size_t nr = h->top && h->top < p->nr ? h->top : p->nr;
	int64_t rest = p->insns;

	strbuf_addf(out, "%s\n", h->title);
	profile_clock_text(p->insns, h->clock, out);
	if (p->nr_contexts && strcmp(p->contexts[0], "-") != 0) {
		strbuf_adds(out, "by context: ");
		add_contexts(p, p->in_context, p->insns, out);
		strbuf_addc(out, '\n');
	}
	strbuf_addf(out, "\n%14s %7s %11s %10s  %-34s %s\n", "insns", "share", "calls", "per call",
		    "function", "context");
	for (size_t i = 0; i < nr; i++) {
		const struct profile_function *f = &p->v[i];

		strbuf_addf(out, "%14" PRId64 " %6.2f%% %11" PRId64 " ", f->insns,
			    share(f->insns, p->insns), f->calls);
		if (f->calls)
			strbuf_addf(out, "%10.2f", (double)f->insns / (double)f->calls);
		else
			strbuf_addf(out, "%10s", "-");
		strbuf_addf(out, "  %-34s ", f->name);
		add_contexts(p, f->by_context, f->insns, out);
		while (out->len && out->buf[out->len - 1] == ' ')
			out->buf[--out->len] = '\0';
		strbuf_addc(out, '\n');
		rest -= f->insns;
	}
	if (nr < p->nr)
		strbuf_addf(out, "%14" PRId64 " %6.2f%% %33s in %zu more functions (--all)\n", rest,
			    share(rest, p->insns), "", p->nr - nr);
}

static void dump(json_t *o, struct strbuf *out)
{
	char *text = json_dumps(o, JSON_INDENT(1));

	strbuf_adds(out, text ? text : "{}");
	strbuf_addc(out, '\n');
	free(text);
	json_decref(o);
}

static json_t *contexts_json(const struct profile *p, const int64_t *parts)
{
	json_t *o = json_object();

	for (size_t i = 0; i < p->nr_contexts; i++)
		if (parts[i] && strcmp(p->contexts[i], "-") != 0)
			json_object_set_new(o, p->contexts[i], json_integer(parts[i]));
	return o;
}

void profile_json(const struct profile *p, const struct profile_head *h, struct strbuf *out)
{
	json_t *functions = json_array();

	for (size_t i = 0; i < p->nr; i++)
		json_array_append_new(functions,
				      json_pack("{s:s, s:I, s:I, s:o}", "name", p->v[i].name, "insns",
						(json_int_t)p->v[i].insns, "calls",
						(json_int_t)p->v[i].calls, "contexts",
						contexts_json(p, p->v[i].by_context)));
	dump(json_pack("{s:s, s:I, s:I, s:o, s:o}", "cell", h->title, "insns", (json_int_t)p->insns,
		       "clock", (json_int_t)h->clock, "contexts", contexts_json(p, p->in_context),
		       "functions", functions),
	     out);
}

void profile_diff_text(const struct profile *a, const struct profile *b,
		       const struct profile_head *ha, const struct profile_head *hb,
		       struct strbuf *out)
{
	size_t nr, top;
	struct profile_change *c = profile_diff(a, b, &nr);
	int64_t rest = b->insns - a->insns;

	strbuf_addf(out, "A: %s\n   ", ha->title);
	profile_clock_text(a->insns, ha->clock, out);
	strbuf_addf(out, "B: %s\n   ", hb->title);
	profile_clock_text(b->insns, hb->clock, out);
	strbuf_addf(out, "B - A: %+" PRId64 " instructions (%+.3f%%), in %zu functions\n", rest,
		    share(rest, a->insns), nr);
	if (nr)
		strbuf_addf(out, "\n%14s %14s %14s %11s %11s  %s\n", "B - A", "A", "B", "calls A",
			    "calls B", "function");
	top = ha->top && ha->top < nr ? ha->top : nr;
	for (size_t i = 0; i < top; i++) {
		strbuf_addf(out,
			    "%+14" PRId64 " %14" PRId64 " %14" PRId64 " %11" PRId64 " %11" PRId64 "  %s%s\n",
			    c[i].b - c[i].a, c[i].a, c[i].b, c[i].calls_a, c[i].calls_b, c[i].name,
			    c[i].is_new ? " (new)" : c[i].is_gone ? " (gone)" : "");
		rest -= c[i].b - c[i].a;
	}
	if (top < nr)
		strbuf_addf(out, "%+14" PRId64 " %54s in %zu more functions (--all)\n", rest, "", nr - top);
	free(c);
}

void profile_diff_json(const struct profile *a, const struct profile *b,
		       const struct profile_head *ha, const struct profile_head *hb,
		       struct strbuf *out)
{
	size_t nr;
	struct profile_change *c = profile_diff(a, b, &nr);
	json_t *functions = json_array();

	for (size_t i = 0; i < nr; i++)
		json_array_append_new(
			functions,
			json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:s}", "name", c[i].name, "change",
				  (json_int_t)(c[i].b - c[i].a), "a", (json_int_t)c[i].a, "b",
				  (json_int_t)c[i].b, "calls_a", (json_int_t)c[i].calls_a, "calls_b",
				  (json_int_t)c[i].calls_b, "state",
				  c[i].is_new ? "new" : c[i].is_gone ? "gone" : "both"));
	free(c);
	dump(json_pack("{s:s, s:s, s:I, s:I, s:o}", "cell_a", ha->title, "cell_b", hb->title, "insns_a",
		       (json_int_t)a->insns, "insns_b", (json_int_t)b->insns, "functions", functions),
	     out);
}
