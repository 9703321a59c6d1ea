/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of export/ share; nobody else includes it. */
#ifndef EXPORT_PRIVATE_H
#define EXPORT_PRIVATE_H

#include "export/export.h"
#include "lib/strbuf.h"

/* Call @each with every selected cell and the metrics of its first run (none when it
 * did not end well). */
typedef int (*export_each)(void *ctx, const struct query_cell *c, const struct query_metrics *m,
			   struct error *err);
int export_walk(struct store *s, const struct export_options *o, export_each each, void *ctx,
		struct error *err);
bool export_wanted(const struct export_options *o, const struct query_metric *m);
/* Whole numbers as such, others so that they read back the same. */
void export_number(struct strbuf *out, const struct query_metric *m);
/* A quoted JSON string. */
void export_json_text(struct strbuf *out, const char *text);
/* @text as one component of a path: what is not a letter, a digit or in "._=@+-" is '_'. */
void export_component(struct strbuf *out, const char *text);
/* The axes of kind @kind but kernel, seed and plan: "a=1-b=2", or "default". */
void export_axes(struct strbuf *out, const struct query_cell *c, const char *const *names, bool but);

/* A tree in the making: beside @dir until it is published. */
struct tree {
	const char *dir;
	char *tmp;
};
int tree_begin(struct tree *t, const char *dir, struct error *err);
/* Write @text to @path below it; directories are made. */
int tree_write(struct tree *t, const char *path, const struct strbuf *text, bool executable,
	       struct error *err);
/* Publish it when @rc is 0, else remove it; returns @rc or the error. */
int tree_end(struct tree *t, int rc, struct error *err);

#endif
