/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * document: one YAML document as nodes that know their line. Private to plan/.
 *
 * libyaml's loader shares the node of an alias and does not copy it, so what a
 * document can blow up to is bounded by how often the walk enters a node; the
 * walk counts that. Texts belong to the document.
 */
#ifndef PLAN_DOCUMENT_H
#define PLAN_DOCUMENT_H

#include <stdbool.h>
#include <yaml.h>

#include "plan/place.h"

struct document {
	const char *file; /* for messages */
	yaml_document_t yaml;
	unsigned int visits; /* of nodes, aliases followed */
	struct error *err;
};

struct node {
	struct document *doc;
	yaml_node_t *yaml;
};

/* UTF-8 only, one document, not too deep. */
int document_open(struct document *d, const char *file, const char *text, size_t len,
		  struct error *err);
void document_close(struct document *d);
/* false: the document is empty */
bool document_root(struct document *d, struct node *ret);

struct place node_place(struct node n);
bool node_is_map(struct node n);
bool node_is_list(struct node n);

/* The text of a scalar without control characters; NULL with the error set. */
const char *node_text(struct node n, const char *what);
/*
 * Call @fn for each key of a map until it returns non-zero. @key is a scalar;
 * one that comes twice is an error. @what names the map in messages.
 */
int node_each_pair(struct node map, const char *what,
		   int (*fn)(struct node key, struct node value, void *arg), void *arg);
/* Call @fn for each item of a list, which must have one, or for the node itself. */
int node_each_item(struct node n, const char *what, int (*fn)(struct node item, void *arg),
		   void *arg);

#endif
