/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spec: a plan as it is written, before it is expanded: for each experiment
 * (an entry of workload:) a list of axes with their values in normal form.
 * Private to plan/.
 */
#ifndef PLAN_SPEC_H
#define PLAN_SPEC_H

#include <stdbool.h>
#include <yaml.h>

#include "plan/plan.h"

/* The axes every experiment has, in expansion order, the last fastest. */
enum axis_id {
	AXIS_MEMORY,
	AXIS_VCPUS,
	AXIS_SWAP,
	AXIS_EVENTS,
	AXIS_SAMPLE,
	AXIS_REQUIRE,
	AXIS_TIMEOUT,
	AXIS_ARCH,
	AXIS_KERNEL,
	AXIS_CLOCK,
	AXIS_SEEDS,
	NR_AXES,
};

enum sample_unit { SAMPLE_NS, SAMPLE_ALLOCS };

struct value {
	char *text; /* normal form */
	uint64_t number; /* bytes, counts; for swap the size */
	unsigned int code; /* enum arch, clock, swap or sample_unit */
	size_t hits; /* of an exclusion: cells that have it */
};

struct axis {
	char *name; /* of the key, tunable or parameter */
	struct value *v;
	size_t nr;
	unsigned int line; /* 1-based; 0: not given */
};

struct experiment {
	const struct workload_desc *workload;
	struct axis axes[NR_AXES];
	struct axis *params; /* one for each of workload->params */
	struct axis *tunables;
	size_t nr_tunables;
	unsigned int line;
};

/* The cells that have one of the values of every key. */
struct selection {
	struct axis *keys;
	size_t nr;
	unsigned int line;
	size_t nr_hits;
};

/* An entry of verdict:. */
struct claim {
	char *claim, *check;
	struct selection where;
	struct selection *others; /* what the check's "{... | axis=value}" turn to */
	size_t nr_others;
	char *conditions; /* where, in normal form */
	unsigned int line;
};

struct spec {
	char *file; /* for messages */
	char *configs;
	char *name;
	struct experiment defaults; /* the top level */
	struct experiment *experiments;
	size_t nr_experiments;
	struct selection *exclusions;
	size_t nr_exclusions;
	char *statement; /* or NULL */
	struct claim *claims;
	size_t nr_claims;
	size_t nr_values; /* of all lists together */
};

/* An error at a line: "FILE:LINE: message". */
#define spec_error(spec, line, err, ...) ({ spec_error_at(spec, line, err, __VA_ARGS__); -1; })
void spec_error_at(const struct spec *spec, unsigned int line, struct error *err, const char *fmt,
		   ...) __attribute__((format(printf, 4, 5)));

int spec_parse(const char *text, size_t len, struct spec *spec, struct error *err);
void spec_release(struct spec *spec);
void axis_release(struct axis *a);

/* Add @value to key @key of @sel, sizes in normal form; the same value twice is an error. */
int selection_add(struct spec *spec, struct selection *sel, const char *key, const char *value,
		  unsigned int line, struct error *err);
void selection_release(struct selection *sel);

/* The key of an axis, e.g. "memory". */
const char *axis_key(enum axis_id id);
/* -1 when @key is none. */
int axis_find(const char *key);

/* value.c: check the text of a value and bring it to normal form. */
int value_check(const struct spec *spec, enum axis_id id, const char *text, unsigned int line,
		struct value *ret, struct error *err);
int value_check_swap(const struct spec *spec, const char *backing, const char *size,
		     unsigned int line, struct value *ret, struct error *err);
int value_check_tunable(const struct spec *spec, const char *key, const char *text,
			unsigned int line, struct value *ret, struct error *err);
int value_check_param(const struct spec *spec, const struct workload_desc *w,
		      const struct param_desc *p, const char *text, unsigned int line,
		      struct value *ret, struct error *err);

/* claim.c: free what it holds. */
void claim_release(struct claim *c);

/* file.c: the file of a workload, with what is derived from memory resolved. */
int plan_file_text(const char *path, uint64_t memory_bytes, char **ret, struct error *err);

/* events.c: a list of events in normal form, a line each (proto/trace.h); the caller
 * frees. Errors name @path and the line in it. */
bool plan_events_inline(const char *value); /* a line itself, not the name of a list */
int plan_events_text(const char *path, char **ret, struct error *err);
int plan_events_parse(const char *text, size_t len, const char *path, char **ret,
		      struct error *err);

#endif
