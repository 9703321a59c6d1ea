/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * review: a series of patches, judged patch by patch by the checks of one table
 * (check.h).
 *
 * review_open() loads the series, finds its base and applies it step by step in
 * a repository of the cache that borrows the objects of the source; review_run()
 * runs the checks patch by patch, so that the work tree and the object trees
 * move forward and only what a patch touches is compiled. Every result is kept
 * in CACHE/review under the digest of all it depends on and is not made again
 * while that digest stays.
 */
#ifndef REVIEW_REVIEW_H
#define REVIEW_REVIEW_H

#include "build/series.h"
#include "build/source.h"
#include "review/mail.h"
#include "review/result.h"

struct review_options {
	const char *series; /* directory, mbox, patch; NULL: patches/ */
	const char *tree; /* a git tree; @series is then a range in it. NULL: the usual base */
	const char *checks; /* "a,b": only these; NULL: all */
	const char *skip; /* "a,b": not these */
	const char *changed; /* a git revision of the project: patches that differ go first */
	unsigned int patch; /* only this one; 0: all */
	bool independent; /* each patch on the base, not on the one before */
	bool fast; /* no whole kernels, no guests: those checks are "unchecked" */
	double budget_s; /* CPU seconds for what is not cached; 0: no limit */
	unsigned int jobs; /* make -j; 0: number of cores */
	const char *cost; /* a budget of highwater cost; NULL: none */
};

struct review_patch {
	struct patch *patch; /* in review.series */
	struct mail mail;
	char parent[GIT_ID], parent_tree[GIT_ID]; /* "" when a patch before does not apply */
	char commit[GIT_ID], tree[GIT_ID]; /* "" when it does not apply */
	char *problem; /* why it does not, or NULL */
	bool changed; /* against options.changed; true when that is not given */
};

struct review {
	const struct paths *paths;
	const struct review_options *o;
	struct series series;
	char *cover; /* text of the cover letter, or NULL */
	struct review_patch *patches;
	size_t nr;
	struct source base; /* its repository is ours */
	char *dir; /* CACHE/review/BASE */
	char *at; /* commit that is checked out, or NULL */
	char *toolchain;
	int lock;

	struct review_result *results;
	size_t nr_results;
	size_t nr_fail, nr_warn, nr_unchecked, nr_cached;
	double cpu_s;

	/* One result is there. May be NULL. */
	void (*progress)(void *ctx, const struct review *r, const struct review_result *result);
	void *ctx;
};

int review_open(struct review *r, const struct paths *paths, const struct review_options *o,
		struct error *err);
/* Findings are counted, not errors. Killed half-way, it goes on where it was. */
int review_run(struct review *r, struct error *err);
void review_close(struct review *r);

/* A result of @check for @patch (0: series), or NULL. */
const struct review_result *review_result(const struct review *r, const char *check, size_t patch);

#endif
