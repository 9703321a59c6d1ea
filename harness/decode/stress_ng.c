// SPDX-License-Identifier: GPL-2.0-or-later
/* stress-ng's --yaml file to metrics; label is the stressor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "decode/metric.h"

static const char *text_of(const yaml_node_t *n)
{
	if (!n || n->type != YAML_SCALAR_NODE ||
	    strlen((const char *)n->data.scalar.value) != n->data.scalar.length)
		return NULL;
	return (const char *)n->data.scalar.value;
}

static yaml_node_t *get(yaml_document_t *doc, const yaml_node_t *map, const char *key)
{
	if (!map || map->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
		const char *k = text_of(yaml_document_get_node(doc, p->key));

		if (k && strcmp(k, key) == 0)
			return yaml_document_get_node(doc, p->value);
	}
	return NULL;
}

static int add_stressor(yaml_document_t *doc, const yaml_node_t *entry, struct metrics *m,
			struct error *err)
{
	static const char *const keys[] = {
		"bogo-ops",	  "bogo-ops-per-second-usr-sys-time", "bogo-ops-per-second-real-time",
		"wall-clock-time", "user-time",			      "system-time",
	};
	const char *label = text_of(get(doc, entry, "stressor"));

	if (!label)
		return error_set(err, ERROR_FOUND, "stress-ng reports a stressor without a name");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = text_of(get(doc, entry, keys[i]));
		char name[80];

		if (!value)
			return error_set(err, ERROR_FOUND, "stress-ng reports no '%s' for '%.40s'",
					 keys[i], label);
		snprintf(name, sizeof(name), "stress-ng.%s", keys[i]);
		if (metrics_add(m, name, label, value, err))
			return -1;
	}
	return 0;
}

static int add_all(yaml_document_t *doc, struct metrics *m, struct error *err)
{
	yaml_node_t *list = get(doc, yaml_document_get_root_node(doc), "metrics");

	if (!list || list->type != YAML_SEQUENCE_NODE ||
	    list->data.sequence.items.start == list->data.sequence.items.top)
		return error_set(err, ERROR_FOUND, "stress-ng reports no metrics");
	for (yaml_node_item_t *i = list->data.sequence.items.start;
	     i < list->data.sequence.items.top; i++)
		if (add_stressor(doc, yaml_document_get_node(doc, *i), m, err))
			return -1;
	return 0;
}

int stress_ng_metrics(const char *text, size_t len, struct metrics *m, struct error *err)
{
	yaml_parser_t parser;
	yaml_document_t doc;
	int rc;

	if (!yaml_parser_initialize(&parser))
		return error_set(err, ERROR_HOST, "no memory to parse stress-ng's output");
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	if (!yaml_parser_load(&parser, &doc)) {
		rc = error_set(err, ERROR_FOUND, "stress-ng's output is no YAML: %s",
			       parser.problem ? parser.problem : "unknown");
	} else {
		rc = add_all(&doc, m, err);
		yaml_document_delete(&doc);
	}
	yaml_parser_delete(&parser);
	return rc;
}
