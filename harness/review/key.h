/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * key: what a result depends on, as one digest; and the results kept under it.
 */
#ifndef REVIEW_KEY_H
#define REVIEW_KEY_H

#include "lib/sha256.h"
#include "review/check.h"

/* The programs a check needs that this host lacks, separated by ", "; NULL: none. The
 * caller frees. */
char *key_missing(const struct check *c);
int key_of(struct review *r, const struct check *c, const struct review_patch *p,
	   char key[SHA256_HEX], struct error *err);
/* Is there a result under @key? Then it is read into @res. */
bool key_load(const struct review *r, const char *key, struct review_result *res);
int key_store(const struct review *r, const char *key, const struct review_result *res,
	      struct error *err);

#endif
