// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/node.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_KEYS 1000

void spec_error_at(const struct spec *spec, unsigned int line, struct error *err, const char *fmt,
		   ...)
{
	char msg[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	error_set(err, ERROR_INPUT, "%s:%u: %s", spec->file, line, msg);
}

unsigned int line_of(const yaml_node_t *n)
{
	return (unsigned int)n->start_mark.line + 1;
}

unsigned int problem_line(const yaml_parser_t *parser, const char *text, size_t len)
{
	unsigned int line = 1;

	/* A reader's error (no UTF-8) knows its offset only. */
	if (parser->error != YAML_READER_ERROR)
		return (unsigned int)parser->problem_mark.line + 1;
	for (size_t i = 0; i < parser->problem_offset && i < len; i++)
		line += text[i] == '\n';
	return line;
}

const char *scalar(const struct at *at, yaml_node_t *n, const char *what)
{
	if (n->type != YAML_SCALAR_NODE ||
	    strlen((char *)n->data.scalar.value) != n->data.scalar.length) {
		spec_error(at->spec, line_of(n), at->err, "'%s' wants a plain value", what);
		return NULL;
	}
	return (char *)n->data.scalar.value;
}

static struct at child(const struct at *at, int index)
{
	struct at c = *at;

	c.node = yaml_document_get_node(at->doc, index);
	return c;
}

int each_pair(const struct at *at, const char *what,
	      int (*fn)(const struct at *value, const char *key, void *arg), void *arg)
{
	yaml_node_pair_t *p, *q;

	if (at->node->type != YAML_MAPPING_NODE)
		return spec_error(at->spec, line_of(at->node), at->err, "'%s' wants a map", what);
	if (at->node->data.mapping.pairs.top - at->node->data.mapping.pairs.start > MAX_KEYS)
		return spec_error(at->spec, line_of(at->node), at->err, "'%s' has more than %d keys", what,
				  MAX_KEYS);
	for (p = at->node->data.mapping.pairs.start; p < at->node->data.mapping.pairs.top; p++) {
		struct at value = child(at, p->value);
		yaml_node_t *kn = yaml_document_get_node(at->doc, p->key);
		const char *key = scalar(at, kn, what);

		if (!key)
			return -1;
		value.key_line = line_of(kn);
		for (q = at->node->data.mapping.pairs.start; q < p; q++) {
			yaml_node_t *other = yaml_document_get_node(at->doc, q->key);

			if (other->type == YAML_SCALAR_NODE &&
			    strcmp((char *)other->data.scalar.value, key) == 0)
				return spec_error(at->spec, line_of(kn), at->err, "key '%s' twice", key);
		}
		if (fn(&value, key, arg))
			return -1;
	}
	return 0;
}

int each_value(const struct at *at, const char *what,
	       int (*fn)(const struct at *value, void *arg), void *arg)
{
	yaml_node_item_t *i;

	if (at->node->type != YAML_SEQUENCE_NODE)
		return fn(at, arg);
	if (at->node->data.sequence.items.start == at->node->data.sequence.items.top)
		return spec_error(at->spec, line_of(at->node), at->err, "'%s' is an empty list", what);
	for (i = at->node->data.sequence.items.start; i < at->node->data.sequence.items.top; i++) {
		struct at item = child(at, *i);

		if (fn(&item, arg))
			return -1;
	}
	return 0;
}
