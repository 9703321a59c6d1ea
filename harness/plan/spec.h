/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spec: a plan as it is written, before it is expanded: for each experiment
 * (an entry of workload:) a list of axes with their values in normal form.
 * Private to plan/.
 */
#ifndef PLAN_SPEC_H
#define PLAN_SPEC_H

#include <stdbool.h>

#include "plan/place.h"
#include "plan/plan.h"

/* The axes every experiment has, in expansion order, the last fastest. */
enum axis_id {
	AXIS_MEMORY,
	AXIS_VCPUS,
	AXIS_SWAP,
	AXIS_EVENTS,
	AXIS_TIMEOUT,
	AXIS_ARCH,
	AXIS_KERNEL,
	AXIS_CLOCK,
	AXIS_SEED,
	NR_AXES,
};

struct value {
	char *text; /* normal form */
	uint64_t number; /* bytes, counts; for swap the size */
	unsigned int code; /* enum arch, clock or swap */
	unsigned int line; /* 0: not written, a default */
	bool any_number; /* exclude: a swap of this backing and any size */
	size_t hits; /* exclude: cells that it left out */
};

struct axis {
	char *name; /* of the guest's axis, tunable or parameter */
	struct value *v;
	size_t nr;
};

struct experiment {
	const struct workload_desc *workload;
	struct axis axes[NR_AXES]; /* nr 0: not given */
	struct axis *params; /* one for each of workload->params */
	struct axis *tunables;
	size_t nr_tunables;
	unsigned int line;
};

/* A cell that has one of the values of every axis is left out. */
struct exclusion {
	struct axis *keys;
	size_t nr;
	unsigned int line;
	size_t hits;
};

struct spec {
	char *file; /* for messages */
	char *configs;
	char *name;
	struct experiment defaults; /* the top level */
	struct experiment *experiments;
	size_t nr_experiments;
	struct exclusion *exclusions;
	size_t nr_exclusions;
};

/* @spec->file and @spec->configs are set by the caller; release also after a failure. */
int spec_parse(const char *text, size_t len, struct spec *spec, struct error *err);
void spec_release(struct spec *spec);
struct place spec_place(const struct spec *spec, unsigned int line, struct error *err);

/* Append @v, whose text is taken over. */
void axis_add(struct axis *a, struct value v);
/* Make @a anew, without values. */
void axis_start(struct axis *a, const char *name);
/* A value that is written twice is a slip: say where. */
int axis_check(const struct axis *a, struct place at);

/* "memory": of the axis, and in exclude:. */
const char *axis_name(enum axis_id id);

/*
 * value.c: check the text of a value and bring it to normal form. What is
 * returned is for axis_add().
 */
int value_check(const struct spec *spec, struct place at, enum axis_id id, const char *text,
		struct value *ret);
int value_check_swap(struct place at, const char *backing, const char *size, struct value *ret);
int value_check_tunable_name(struct place at, const char *name);
int value_check_tunable(struct place at, const char *name, const char *text, struct value *ret);
int value_check_param(struct place at, const struct workload_desc *w, const struct param_desc *p,
		      const char *text, struct value *ret);
/* "none", "ram" or "disk", for exclude: */
int value_check_backing(struct place at, const char *text, struct value *ret);

/* file.c: the file of a workload, with what is derived from memory resolved. */
int plan_file_text(const char *path, uint64_t memory_bytes, char **ret, struct error *err);

#endif
