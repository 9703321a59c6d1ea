/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * result: what one check says of one patch, or of the whole series.
 *
 * A result with findings is "warn" or "fail" by its worst finding; one that
 * could not be had is "unchecked" and says what it needs: never green.
 * Results own their strings.
 */
#ifndef REVIEW_RESULT_H
#define REVIEW_RESULT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/error.h"

enum review_status { REVIEW_PASS, REVIEW_WARN, REVIEW_FAIL, REVIEW_UNCHECKED };

const char *review_status_name(enum review_status status); /* "pass", "warn", ... */

struct review_finding {
	enum review_status severity; /* REVIEW_WARN or REVIEW_FAIL */
	char *summary; /* one line */
	char *details; /* more lines, or "" */
	char *file; /* or "" */
	unsigned int line; /* 0: unknown */
};

struct review_result {
	const char *check; /* name, of the table */
	size_t patch; /* from 1; 0: the series */
	enum review_status status;
	char *note; /* one line: what was done, or what is lacking */
	struct review_finding *findings;
	size_t nr;
	bool cached;
	double cpu_s, wall_s; /* of this process and its children; from when it really ran */
};

void result_release(struct review_result *r);
/* Set the note; the last one stays. */
void result_note(struct review_result *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* "not checked: ..." */
void result_unchecked(struct review_result *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Add a finding; @file may be NULL. It becomes the result's status if it is worse. */
struct review_finding *result_find(struct review_result *r, enum review_status severity,
				   const char *file, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* Append a line to the details of a finding. */
void finding_details(struct review_finding *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* As JSON text and back, for the cache. A text that is none is an error. */
char *result_to_json(const struct review_result *r);
int result_from_json(const char *text, struct review_result *ret, struct error *err);

#endif
