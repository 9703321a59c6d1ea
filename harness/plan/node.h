/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node: walking a YAML document with what every message needs: the spec's file
 * name and the node's line. Private to plan/.
 */
#ifndef PLAN_NODE_H
#define PLAN_NODE_H

#include "plan/spec.h"

/* A document and the node at hand, with what messages need. */
struct at {
	struct spec *spec;
	yaml_document_t *doc;
	yaml_node_t *node;
	unsigned int key_line; /* of the key whose value this is */
	struct error *err;
};

/* The line of a node, 1-based. */
unsigned int line_of(const yaml_node_t *n);
/* The line of what the parser stumbled over. */
unsigned int problem_line(const yaml_parser_t *parser, const char *text, size_t len);

/* The text of a scalar; NULL with an error when it is none or holds a NUL. */
const char *scalar(const struct at *at, yaml_node_t *n, const char *what);
/* Call @fn for each key of the map at @at; a key that comes twice is an error. */
int each_pair(const struct at *at, const char *what,
	      int (*fn)(const struct at *value, const char *key, void *arg), void *arg);
/* Call @fn for the value at @at, or for each item of the list there. */
int each_value(const struct at *at, const char *what,
	       int (*fn)(const struct at *value, void *arg), void *arg);

/* parse.c: a key of a selection, @sel, with its value or values. */
int take_selection_key(const struct at *at, const char *key, void *sel);
/* claim.c: an entry of verdict:; @spec is the spec. */
int take_claim(const struct at *at, void *spec);

#endif
