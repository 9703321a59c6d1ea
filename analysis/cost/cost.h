/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cost: what each patch of a series adds to each path, in instructions per operation
 * (workload paths), and to the kernel's size. Pure: takes numbers, returns text.
 *
 * Step 0 is the kernel without any patch, step n the one with the first n. A number
 * is exact when many operations cost just that much; one that is not is shown with a
 * "~" and never judged.
 */
#ifndef COST_COST_H
#define COST_COST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"
#include "lib/strbuf.h"

#define COST_ALL 0 /* as a patch's number: all patches together */

struct cost_number {
	bool there;
	bool exact;
	int64_t insns; /* of one operation */
	double batch; /* an operation's share of a whole batch; 0: not known */
};

struct cost_size {
	bool there;
	int64_t text, rodata, data, bss; /* bytes */
};

struct cost_step {
	char *name; /* of the kernel */
	char *subject; /* of its last patch; "" for step 0 */
};

struct cost {
	char **arches, **modes, **paths; /* modes: "off", "ring", "hist" */
	size_t nr_arches, nr_modes, nr_paths;
	struct cost_step *steps;
	size_t nr_steps;
	struct cost_number *numbers; /* cost_at() */
	struct cost_size *sizes; /* cost_size_at() */
};

/* Room for @nr_steps, their names and all names copied. */
void cost_init(struct cost *c, const char *const *arches, size_t nr_arches,
	       const char *const *modes, size_t nr_modes, size_t nr_steps);
/* The index of path @name, which is added if it is new. */
size_t cost_path(struct cost *c, const char *name);
void cost_release(struct cost *c);

struct cost_number *cost_at(const struct cost *c, size_t step, size_t arch, size_t mode,
			    size_t path);
struct cost_size *cost_size_at(const struct cost *c, size_t step, size_t arch);

enum cost_known { COST_UNKNOWN, COST_ABOUT, COST_EXACT };

/* What @patch (1...) adds, or all together (COST_ALL). */
enum cost_known cost_delta(const struct cost *c, size_t patch, size_t arch, size_t mode,
			   size_t path, int64_t *ret);

/*
 * A budget, as text: a line is "PATCH ARCH EVENTS PATH LIMIT", '#' begins a comment.
 * PATCH is a number, "all" (the series as a whole) or "*" (each patch); of ARCH, EVENTS
 * and PATH "*" is any. LIMIT is "+K", at most K instructions more, or "=K", exactly K
 * more (or, negative, fewer). The last line that fits counts; where none fits nothing is asked.
 */
struct budget_rule {
	long patch; /* -1: each; COST_ALL */
	char *arch, *mode, *path; /* NULL: any */
	int64_t limit;
	bool exactly;
};

struct budget {
	struct budget_rule *v;
	size_t nr;
};

/* @name stands for the file in messages; an error names the line. */
int budget_parse(const char *text, size_t len, const char *name, struct budget *ret,
		 struct error *err);
void budget_release(struct budget *b);
/* A name in it that @c knows nothing of, which would guard nothing, is an error. */
int budget_check_names(const struct budget *b, const struct cost *c, const char *name,
		       struct error *err);
/* The rule that counts there, or NULL. */
const struct budget_rule *budget_rule(const struct budget *b, const struct cost *c, size_t patch,
				      size_t arch, size_t mode, size_t path);

enum budget_verdict { BUDGET_FREE, BUDGET_KEPT, BUDGET_UNSURE, BUDGET_BROKEN };
/* BUDGET_UNSURE: the number is not exact. A path that only one of the kernels has breaks it. */
enum budget_verdict budget_judge(const struct budget *b, const struct cost *c, size_t patch,
				 size_t arch, size_t mode, size_t path);
/* Is one broken? */
bool budget_broken(const struct budget *b, const struct cost *c);

/* @b may be NULL. */
void cost_text(const struct cost *c, const struct budget *b, struct strbuf *out);
void cost_json(const struct cost *c, const struct budget *b, struct strbuf *out);
void cost_ktap(const struct cost *c, const struct budget *b, struct strbuf *out);

#endif
