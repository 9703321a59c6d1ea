// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/document.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

/* A plan nests four deep: workload, entry, tunables, list. */
#define MAX_DEPTH 16
/* libyaml looks through all anchors at each new one. */
#define MAX_ANCHORS 1000
#define MAX_VISITS 1000000

/* libyaml's own words for what is wrong, at their line. */
static int yaml_error(const char *file, const yaml_parser_t *p, const char *text, size_t len,
		      struct error *err)
{
	struct place at = { file, (unsigned int)p->problem_mark.line + 1, err };
	const char *problem = p->problem ? p->problem : "unknown problem";

	if (p->error == YAML_MEMORY_ERROR)
		return error_set(err, ERROR_HOST, "no memory to parse '%s'", file);
	if (p->error != YAML_READER_ERROR)
		return place_error(at, "bad YAML: %s%s%s", p->context ? p->context : "",
				   p->context ? ": " : "", problem);
	/* The reader knows the byte, not the line. */
	at.line = 1;
	for (size_t i = 0; i < len && i < p->problem_offset; i++)
		at.line += text[i] == '\n';
	return place_error(at, "not UTF-8 text: %s", problem);
}

struct census {
	unsigned int depth, anchors, documents;
};

static const char *anchor_of(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return (const char *)e->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return (const char *)e->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return (const char *)e->data.mapping_start.anchor;
	default:
		return NULL;
	}
}

static int count_event(struct census *c, const yaml_event_t *e, struct place at)
{
	c->anchors += anchor_of(e) != NULL;
	c->documents += e->type == YAML_DOCUMENT_START_EVENT;
	c->depth += e->type == YAML_SEQUENCE_START_EVENT || e->type == YAML_MAPPING_START_EVENT;
	c->depth -= e->type == YAML_SEQUENCE_END_EVENT || e->type == YAML_MAPPING_END_EVENT;
	if (c->anchors > MAX_ANCHORS)
		return place_error(at, "more than %d anchors", MAX_ANCHORS);
	if (c->documents > 1)
		return place_error(at, "a second document: a plan is one");
	if (c->depth > MAX_DEPTH)
		return place_error(at, "nested deeper than %d", MAX_DEPTH);
	return 0;
}

static int start_parser(yaml_parser_t *p, const char *file, const char *text, size_t len,
			struct error *err)
{
	if (!yaml_parser_initialize(p))
		return error_set(err, ERROR_HOST, "no memory to parse '%s'", file);
	yaml_parser_set_encoding(p, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(p, (const unsigned char *)text, len);
	return 0;
}

/* Read the text once for what would make loading it slow or its meaning doubtful. */
static int take_census(const char *file, const char *text, size_t len, struct error *err)
{
	struct census c = {};
	yaml_parser_t p;
	bool end = false;
	int rc = start_parser(&p, file, text, len, err);

	if (rc)
		return rc;
	while (!rc && !end) {
		yaml_event_t e;

		if (!yaml_parser_parse(&p, &e)) {
			rc = yaml_error(file, &p, text, len, err);
			break;
		}
		end = e.type == YAML_STREAM_END_EVENT;
		rc = count_event(&c, &e,
				 (struct place){ file, (unsigned int)e.start_mark.line + 1, err });
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&p);
	return rc;
}

int document_open(struct document *d, const char *file, const char *text, size_t len,
		  struct error *err)
{
	yaml_parser_t p;
	int rc;

	*d = (struct document){ .file = file, .err = err };
	if (take_census(file, text, len, err) || start_parser(&p, file, text, len, err))
		return -1;
	rc = yaml_parser_load(&p, &d->yaml) ? 0 : yaml_error(file, &p, text, len, err);
	yaml_parser_delete(&p);
	return rc;
}

void document_close(struct document *d)
{
	yaml_document_delete(&d->yaml);
}

bool document_root(struct document *d, struct node *ret)
{
	*ret = (struct node){ d, yaml_document_get_root_node(&d->yaml) };
	return ret->yaml != NULL;
}

struct place node_place(struct node n)
{
	return (struct place){ n.doc->file, (unsigned int)n.yaml->start_mark.line + 1, n.doc->err };
}

bool node_is_map(struct node n)
{
	return n.yaml->type == YAML_MAPPING_NODE;
}

bool node_is_list(struct node n)
{
	return n.yaml->type == YAML_SEQUENCE_NODE;
}

const char *node_text(struct node n, const char *what)
{
	const char *text = (const char *)n.yaml->data.scalar.value;

	if (n.yaml->type != YAML_SCALAR_NODE) {
		place_fill(node_place(n), "'%s' wants a plain value, not a %s", what,
			   node_is_list(n) ? "list" : "map");
		return NULL;
	}
	for (size_t i = 0; i < n.yaml->data.scalar.length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == '\x7f') {
			place_fill(node_place(n), "'%s' has a control character in its value", what);
			return NULL;
		}
	return text;
}

/* The node with @index, counted. */
static int enter(struct node from, int index, struct node *ret)
{
	*ret = (struct node){ from.doc, yaml_document_get_node(&from.doc->yaml, index) };
	if (++from.doc->visits > MAX_VISITS)
		return place_error(node_place(from), "more than %d values, aliases followed",
				   MAX_VISITS);
	return 0;
}

struct key {
	const char *text;
	struct node node;
};

static int by_text_and_line(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order)
		return order;
	return x->node.yaml->start_mark.index < y->node.yaml->start_mark.index ? -1 : 1;
}

static int check_keys(struct node map, const char *what)
{
	const size_t nr = (size_t)(map.yaml->data.mapping.pairs.top - map.yaml->data.mapping.pairs.start);
	struct key *keys = xcalloc(nr + 1, sizeof(*keys));
	int rc = 0;

	for (size_t i = 0; i < nr && !rc; i++) {
		rc = enter(map, map.yaml->data.mapping.pairs.start[i].key, &keys[i].node);
		if (!rc)
			keys[i].text = node_text(keys[i].node, what);
		if (!keys[i].text)
			rc = -1;
	}
	if (!rc)
		qsort(keys, nr, sizeof(*keys), by_text_and_line);
	for (size_t i = 1; i < nr && !rc; i++)
		if (strcmp(keys[i - 1].text, keys[i].text) == 0)
			rc = place_error(node_place(keys[i].node),
					 "key '%s' twice, first in line %u", keys[i].text,
					 node_place(keys[i - 1].node).line);
	free(keys);
	return rc;
}

int node_each_pair(struct node map, const char *what,
		   int (*fn)(struct node key, struct node value, void *arg), void *arg)
{
	int rc = 0;

	if (!node_is_map(map))
		return place_error(node_place(map), "'%s' wants a map of keys and values", what);
	rc = check_keys(map, what);
	for (yaml_node_pair_t *p = map.yaml->data.mapping.pairs.start;
	     !rc && p < map.yaml->data.mapping.pairs.top; p++) {
		struct node key, value;

		rc = enter(map, p->key, &key) || enter(map, p->value, &value) ? -1 :
										fn(key, value, arg);
	}
	return rc;
}

int node_each_item(struct node n, const char *what, int (*fn)(struct node item, void *arg),
		   void *arg)
{
	int rc = 0;

	if (!node_is_list(n))
		return fn(n, arg);
	if (n.yaml->data.sequence.items.start == n.yaml->data.sequence.items.top)
		return place_error(node_place(n), "'%s' is an empty list", what);
	for (yaml_node_item_t *i = n.yaml->data.sequence.items.start;
	     !rc && i < n.yaml->data.sequence.items.top; i++) {
		struct node item;

		rc = enter(n, *i, &item);
		if (!rc)
			rc = fn(item, arg);
	}
	return rc;
}
