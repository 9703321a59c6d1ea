/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check: the table of what a review asks. A check is a row and a function in a
 * file of its own.
 */
#ifndef REVIEW_CHECK_H
#define REVIEW_CHECK_H

#include "review/review.h"

enum check_scope { CHECK_PATCH, CHECK_SERIES };

/* What it costs: text only, single objects, whole kernels and guests. */
enum check_class { CHECK_TEXT, CHECK_OBJECT, CHECK_GUEST };

/* What a result depends on besides the text of the patch and the row's version. */
enum check_uses {
	USES_COVER = 1 << 0, /* the cover letter */
	USES_FILES = 1 << 1, /* the files it touches, before and after */
	USES_TREE = 1 << 2, /* the whole tree, before and after */
	USES_CONFIG = 1 << 3, /* configs/, compiler and linker */
	USES_SERIES = 1 << 4, /* the subjects of all patches */
	USES_GUEST = 1 << 5, /* the guest agents */
	USES_COCCI = 1 << 6, /* our semantic patches */
	USES_BUDGET = 1 << 7, /* the budget of costs */
};

struct check {
	const char *name;
	enum check_scope scope;
	enum check_class class;
	const char *needs; /* programs, separated by blanks */
	unsigned int uses; /* of enum check_uses */
	unsigned int version; /* change when its verdicts change */
	bool unapplied; /* also runs when the patch does not apply */
	/* @p is the last patch for a check of the series. */
	int (*run)(struct review *r, struct review_patch *p, struct review_result *res,
		   struct error *err);
	const char *asks; /* one line for people */
};

extern const struct check check_table[];
extern const size_t check_nr;

const struct check *check_find(const char *name);

#define CHECK_FN(name)                                                           \
	int check_##name(struct review *r, struct review_patch *p, struct review_result *res, \
			 struct error *err)

CHECK_FN(applies);
CHECK_FN(changelog);
CHECK_FN(cover);
CHECK_FN(checkpatch);
CHECK_FN(maintainers);
CHECK_FN(sysctl_docs);
CHECK_FN(trace_docs);
CHECK_FN(param_docs);
CHECK_FN(kernel_doc);
CHECK_FN(coccinelle);
CHECK_FN(build);
CHECK_FN(options);
CHECK_FN(sparse);
CHECK_FN(division);
CHECK_FN(static_key);
CHECK_FN(size);
CHECK_FN(defaults);
CHECK_FN(boot);
CHECK_FN(tests);
CHECK_FN(debug);
CHECK_FN(faults);
CHECK_FN(cost);

#endif
