/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * option: which options of the kernel guard what a patch touches, and how to
 * switch each off.
 */
#ifndef REVIEW_OPTION_H
#define REVIEW_OPTION_H

#include "plan/cell.h"
#include "review/review.h"

struct option {
	char *name; /* without CONFIG_ */
	char *lines; /* of a .config, that switch it off */
	enum arch arch;
};

struct option_list {
	struct option *v;
	size_t nr;
};

int options_of(struct review *r, const struct review_patch *p, struct option_list *ret,
	       struct error *err);
void options_release(struct option_list *l);

#endif
