// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/xalloc.h"
#include "plan/expand.h"

/* Generous for a plan; libyaml's anchors are quadratic. */
#define PLAN_MAX (64u << 10)

struct plan {
	struct spec spec;
	struct expansion expansion;
};

int plan_parse(const char *text, size_t len, const char *name, const char *configs,
	       struct plan **ret, struct error *err)
{
	struct plan *plan = xcalloc(1, sizeof(*plan));
	int rc;

	plan->spec.file = xstrdup(name);
	plan->spec.configs = xstrdup(configs);
	rc = spec_parse(text, len, &plan->spec, err);
	if (!rc)
		rc = expand(&plan->spec, &plan->expansion, err);
	if (rc)
		plan_free(plan);
	else
		*ret = plan;
	return rc;
}

int plan_load(const char *path, const char *configs, struct plan **ret, struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	int rc = io_read_file(path, PLAN_MAX, &text, err);

	if (rc)
		err->kind = ERROR_INPUT;
	else
		rc = plan_parse(text.buf, text.len, path, configs, ret, err);
	strbuf_release(&text);
	return rc;
}

void plan_add_scalar(struct strbuf *out, const char *s)
{
	strbuf_addc(out, '\'');
	for (; *s; s++)
		strbuf_adds(out, *s == '\'' ? "''" : (const char[]){ *s, '\0' });
	strbuf_addc(out, '\'');
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	expansion_release(&plan->expansion);
	spec_release(&plan->spec);
	free(plan);
}

const char *plan_name(const struct plan *plan)
{
	return plan->spec.name;
}

size_t plan_nr_cells(const struct plan *plan)
{
	return plan->expansion.nr_cells;
}

const struct cell *plan_cell(const struct plan *plan, size_t i)
{
	return &plan->expansion.cells[i];
}

const char *plan_statement(const struct plan *plan)
{
	return plan->spec.statement ? plan->spec.statement : "";
}

size_t plan_nr_claims(const struct plan *plan)
{
	return plan->spec.nr_claims;
}

struct plan_claim plan_claim(const struct plan *plan, size_t i)
{
	const struct claim *c = &plan->spec.claims[i];

	return (struct plan_claim){ c->claim, c->conditions, c->check };
}
