/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place: where a guest is to stop. Whatever it was asked for, it is the n-th call of a
 * function of its kernel, counted from the beginning of the workload's window: that is
 * what the plugin can see without disturbing anything.
 *
 * An event stands for the function that records it: its own, its class's, which counts the
 * other events of the class too, or the function that a probe is at.
 */
#ifndef CMD_PLACE_H
#define CMD_PLACE_H

#include "build/vmlinux.h"
#include "plan/cell.h"

struct place {
	char function[192];
	uint64_t addr, nth;
	char said[320]; /* for people */
};

/* What is known of the guest. */
struct place_guest {
	const struct cell *cell;
	const struct vmlinux *v;
	const char *results, *id; /* of a run with raw events, for the two below */
};

int place_of_function(const struct place_guest *g, const char *function, uint64_t nth, struct place *ret,
		      struct error *err);
/* @event: "SYSTEM:EVENT" or "EVENT". One that shares its function is ERROR_INPUT. */
int place_of_event(const struct place_guest *g, const char *event, uint64_t nth, struct place *ret,
		   struct error *err);
/* The last recorded event at or before guest time @at_ns. */
int place_of_time(const struct place_guest *g, uint64_t at_ns, struct place *ret, struct error *err);
/* The same for the beginning of the longest latency @kind (decode/latency.def): at an event
 * that begins it, or the last one before. A kind that the run has not names those it has. */
int place_of_longest(const struct place_guest *g, const char *kind, struct place *ret, struct error *err);

#endif
