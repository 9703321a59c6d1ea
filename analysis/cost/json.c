// SPDX-License-Identifier: GPL-2.0-or-later
#include "cost/cost.h"

#include <jansson.h>
#include <stdlib.h>

static const char *const verdict_names[] = { "free", "kept", "unsure", "broken" };

static json_t *number(const struct cost *c, const struct budget *b, size_t step, size_t arch,
		      size_t mode, size_t path)
{
	const struct cost_number *n = cost_at(c, step, arch, mode, path);
	json_t *o;
	int64_t d;

	if (!n->there)
		return json_null();
	o = json_pack("{s:I, s:b}", "insns", (json_int_t)n->insns, "exact", n->exact);
	if (n->batch > 0)
		json_object_set_new(o, "batch", json_real(n->batch));
	if (step && cost_delta(c, step, arch, mode, path, &d) != COST_UNKNOWN) {
		json_object_set_new(o, "added", json_integer(d));
		json_object_set_new(o, "budget",
				    json_string(verdict_names[budget_judge(b, c, step, arch, mode, path)]));
	}
	return o;
}

static json_t *size(const struct cost_size *s)
{
	if (!s->there)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I}", "text", (json_int_t)s->text, "rodata",
			 (json_int_t)s->rodata, "data", (json_int_t)s->data, "bss", (json_int_t)s->bss);
}

static json_t *arch_of(const struct cost *c, const struct budget *b, size_t step, size_t arch)
{
	json_t *o = json_pack("{s:o}", "size", size(cost_size_at(c, step, arch)));

	for (size_t m = 0; m < c->nr_modes; m++) {
		json_t *paths = json_object();

		for (size_t p = 0; p < c->nr_paths; p++)
			json_object_set_new(paths, c->paths[p], number(c, b, step, arch, m, p));
		json_object_set_new(o, c->modes[m], paths);
	}
	return o;
}

void cost_json(const struct cost *c, const struct budget *b, struct strbuf *out)
{
	json_t *steps = json_array(), *root;
	char *text;

	for (size_t i = 0; i < c->nr_steps; i++) {
		json_t *o = json_pack("{s:s, s:s}", "kernel", c->steps[i].name, "subject",
				      c->steps[i].subject);

		for (size_t a = 0; a < c->nr_arches; a++)
			json_object_set_new(o, c->arches[a], arch_of(c, b, i, a));
		json_array_append_new(steps, o);
	}
	root = json_pack("{s:o, s:b}", "steps", steps, "within_budget", !budget_broken(b, c));
	text = json_dumps(root, JSON_INDENT(2));
	strbuf_addf(out, "%s\n", text);
	free(text);
	json_decref(root);
}
