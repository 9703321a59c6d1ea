// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>

#include "verdict/verdict.h"

static json_t *cells_json(const struct verdict_claim *c)
{
	json_t *a = json_array();

	for (size_t i = 0; i < c->nr_cells; i++)
		json_array_append_new(a, json_pack("{s:s, s:s, s:s, s:s, s:s}", "cell", c->cells[i].hash,
						   "title", c->cells[i].title, "state",
						   verdict_state_name(c->cells[i].state), "figures",
						   c->cells[i].figures, "why", c->cells[i].why));
	return a;
}

void verdicts_json(const struct verdicts *v, FILE *to)
{
	json_t *plans = json_array();

	for (size_t i = 0; i < v->nr; i++) {
		const struct verdict *p = &v->v[i];
		json_t *claims = json_array();

		for (size_t k = 0; k < p->nr_claims; k++)
			json_array_append_new(
				claims, json_pack("{s:s, s:s, s:s, s:s, s:o}", "claim", p->claims[k].claim,
						  "where", p->claims[k].where, "check", p->claims[k].check,
						  "state", verdict_state_name(p->claims[k].state), "cells",
						  cells_json(&p->claims[k])));
		json_array_append_new(plans, json_pack("{s:s, s:s, s:I, s:o}", "plan", p->plan, "statement",
						       p->statement, "missing",
						       (json_int_t)p->nr_missing, "claims", claims));
	}
	json_dumpf(plans, to, JSON_INDENT(2));
	fputc('\n', to);
	json_decref(plans);
}
