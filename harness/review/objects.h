/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * objects: single objects of a step, compiled with W=1 in an object tree of
 * the review that goes along with the work tree.
 *
 * What was compiled is kept in CACHE/review/BASE/set under the digest of tree,
 * architecture, configuration, compiler and list, with what the compiler said;
 * the kernel's own make does the work, so flags and generated headers are
 * right.
 */
#ifndef REVIEW_OBJECTS_H
#define REVIEW_OBJECTS_H

#include <stdbool.h>

#include "plan/cell.h"
#include "review/diag.h"
#include "review/review.h"

struct names {
	char **v;
	size_t nr;
};
void names_add(struct names *n, const char *name); /* once each */
bool names_have(const struct names *n, const char *name);
void names_release(struct names *n);

/* How a set is compiled. */
struct objects_how {
	enum arch arch;
	const char *off; /* an option switched off, "HIGHMEM"; NULL: none */
	const char *off_lines; /* the lines of .config that do it */
	bool sparse; /* only look with sparse */
};

struct objects {
	char *dir; /* holds the objects, '/' in names as "__" */
	char *log; /* paths relative to the tree */
	struct diags diags; /* of the log */
	struct names built; /* sources whose object is there */
	bool off_refused; /* the option stays on: something selects it */
};

/*
 * The sources to compile for a patch: what it touches, and of what includes a
 * touched header a sample. *@ret_left_out: how many such users are left out.
 */
int objects_of(struct review *r, const struct review_patch *p, struct names *ret,
	       size_t *ret_left_out, struct error *err);
/* Compile @sources at @commit, whose tree is @tree. Errors of the compiler are no error here. */
int objects_get(struct review *r, const char *commit, const char *tree,
		const struct objects_how *how, const struct names *sources, struct objects *ret,
		struct error *err);
void objects_release(struct objects *o);
/* The path of the object of @source in a set; the caller frees. */
char *objects_path(const struct objects *o, const char *source);

#endif
