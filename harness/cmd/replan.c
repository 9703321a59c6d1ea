// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/replan.h"

#include <stdlib.h>
#include <string.h>

/* Keys of a plan whose values facts.json holds under the same name. */
static const char *const same_keys[] = { "kernel", "arch", "clock", "vcpus", "events", "sample",
					 "require" };

static const char *text_of(const json_t *facts, const char *key)
{
	const char *s = json_string_value(json_object_get(facts, key));

	return s ? s : "";
}

static json_t *swap_of(const json_t *facts)
{
	if (!*text_of(facts, "swap") || strcmp(text_of(facts, "swap"), "none") == 0)
		return NULL;
	return json_pack("{s:s, s:I}", "backing", text_of(facts, "swap"), "size",
			 json_integer_value(json_object_get(facts, "swap_bytes")));
}

/* YAML is a superset of JSON: the plan is an object. NULL values are left out. */
static json_t *plan_of(const json_t *facts)
{
	json_t *plan = json_pack("{s:s, s:O*, s:O*, s:O*, s:o*}", "name", "replan", "memory",
				 json_object_get(facts, "memory_bytes"), "seeds",
				 json_object_get(facts, "seed"), "tunables",
				 json_object_get(facts, "tunables"), "swap", swap_of(facts));
	json_t *workload = json_pack("{s:s}", "name", text_of(facts, "workload"));

	for (size_t i = 0; i < sizeof(same_keys) / sizeof(same_keys[0]); i++) {
		json_t *v = json_object_get(facts, same_keys[i]);

		if (v && strcmp(text_of(facts, same_keys[i]), "none") != 0)
			json_object_set(plan, same_keys[i], v);
	}
	json_object_update_missing(workload, json_object_get(facts, "params"));
	json_object_set_new(plan, "workload", json_pack("[o]", workload));
	return plan;
}

int replan(const json_t *facts, const char *configs, struct plan **ret, struct error *err)
{
	json_t *plan = plan_of(facts);
	char *text = plan ? json_dumps(plan, JSON_ENCODE_ANY) : NULL;
	int rc = text ? plan_parse(text, strlen(text), "facts.json", configs, ret, err) :
			error_set(err, ERROR_INPUT, "facts.json does not describe a cell");

	free(text);
	json_decref(plan);
	return rc;
}
