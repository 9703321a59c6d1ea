/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import: a run directory made elsewhere, checked and copied into RESULTS.
 *
 * Nothing in it is taken on trust: the canonical text must hash to the cell's
 * id, and the raw bytes to the digest that facts.json states. Only the files
 * of a run are read, never through a link. What is refused leaves RESULTS as
 * it was.
 */
#ifndef COLLECT_IMPORT_H
#define COLLECT_IMPORT_H

#include "lib/error.h"

enum import_state {
	IMPORT_NEW, /* copied */
	IMPORT_SAME, /* here already, equal */
	IMPORT_REPLACED, /* the one here was not ok, this one is */
	IMPORT_KEPT, /* the one here is kept: wall-clock runs differ, and a failed one is worth less */
	IMPORT_DIFFERS, /* insn: the two disagree, bit for bit; the one here is kept */
};

/*
 * Bring in the run directory @from (.../ID/N). @ret_final is where the run is
 * in RESULTS; the caller frees it.
 */
int import_run(const char *from, const char *results, enum import_state *ret, char **ret_final,
	       struct error *err);

#endif
