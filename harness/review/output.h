/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output: a finished review, for people and for programs.
 *
 * JSON is b4's check protocol: an array of {tool, status, summary, url, details}
 * for each patch and for the series, status one of pass, warn, fail. What was
 * not checked is "warn" there: the protocol has no word for it, and it is not
 * green.
 */
#ifndef REVIEW_OUTPUT_H
#define REVIEW_OUTPUT_H

#include <stdio.h>

#include "review/review.h"

struct output_format {
	const char *name;
	void (*print)(const struct review *r, FILE *to);
};

/* text, markdown, ktap, json, cover; ends with a NULL name. */
extern const struct output_format output_formats[];

/* b4's array for one patch (from 1), or the series (0). */
void output_b4(const struct review *r, size_t patch, FILE *to);

/* "3/7", or "series"; in a buffer of its own. */
const char *output_place(const struct review *r, size_t patch, char *buf, size_t size);
/* The subject of a patch; "the series" for 0. */
const char *output_subject(const struct review *r, size_t patch);

void output_text(const struct review *r, FILE *to);
void output_markdown(const struct review *r, FILE *to);
void output_ktap(const struct review *r, FILE *to);
void output_json(const struct review *r, FILE *to);
void output_cover(const struct review *r, FILE *to);

#endif
