/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rundir: one run on disk, complete or not there.
 *
 *   RESULTS/runs/ID/N/      ID: the cell's id; N: 1, and 2 when verified
 *     cell                  canonical text of the cell
 *     facts.json            what ran, on what, how it ended
 *     frames                the guest's frames, as it wrote them
 *     trace                 raw events (proto/trace.h), if the cell records any
 *     console               what the guest printed
 *     qemu.log              what QEMU itself said, if anything
 *
 * A run is made in RESULTS/tmp/, flushed, and renamed into place last; what is
 * left in tmp/ belongs to a harness that died and may be removed by whoever
 * holds the lock of RESULTS.
 */
#ifndef COLLECT_RUNDIR_H
#define COLLECT_RUNDIR_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/region.h"
#include "lib/error.h"
#include "lib/sha256.h"
#include "lib/strbuf.h"

struct rundir {
	char *final; /* RESULTS/runs/ID/N */
	char *tmp; /* where it is made */
	char *region; /* the shared file, while the guest runs */
	char *console;
	char *qemu_log;
	char *disk; /* image of a swap disk, while the guest runs */
};

/* Make the temporary directory with a region that holds @job. */
int rundir_begin(const char *results, const char *id, unsigned int n, struct region_size size,
		 const void *job, size_t job_bytes, struct rundir *ret, struct error *err);

/* The same without a region and a guest: for a run that is copied from elsewhere. */
int rundir_begin_copy(const char *results, const char *id, unsigned int n, struct rundir *ret,
		      struct error *err);

/* Make the image of a swap disk, @bytes long, sparse. */
int rundir_add_disk(struct rundir *r, uint64_t bytes, struct error *err);

/* What a finished run is judged by: frames and raw events of the region and the console. */
struct rundir_evidence {
	struct strbuf frames; /* the part of the region that is frames */
	struct strbuf trace; /* the part that is raw events, often empty */
	struct strbuf console;
	struct strbuf qemu_log; /* not part of the digest */
	char problem[256]; /* why the region cannot be read (further), or "" */
	char digest[SHA256_HEX]; /* over frames, console and raw events */
};
int rundir_evidence(const struct rundir *r, struct rundir_evidence *ret, struct error *err);
/* The same of a run directory that is finished. */
int rundir_read(const char *dir, struct rundir_evidence *ret, struct error *err);
/* frames and raw events of run @n of cell @id; a file that is not there is empty. */
int rundir_events(const char *results, const char *id, unsigned int n, struct strbuf *frames,
		  struct strbuf *trace, struct error *err);
void rundir_evidence_release(struct rundir_evidence *e);

/* Write the files, drop the region and publish. */
int rundir_finish(struct rundir *r, const struct rundir_evidence *e, const char *cell,
		  const char *facts_json, struct error *err);
/* Remove what rundir_begin() made; for runs that were given up. */
void rundir_abandon(struct rundir *r);
void rundir_release(struct rundir *r);

/* Take RESULTS/lock and remove what dead harnesses left in RESULTS/tmp. The descriptor, to
 * be closed; -1 when another one holds it. */
int rundir_lock(const char *results, struct error *err);

/* RESULTS/runs/ID/N; the caller frees. */
char *rundir_path(const char *results, const char *id, unsigned int n);
/* Cell and number from the last two components of @path; -1 when they are none. */
int rundir_name(const char *path, char id[SHA256_HEX], unsigned int *ret_n);

/* Call @each with every run directory below @results, ordered by name; stops at -1. */
int rundir_each(const char *results, int (*each)(void *ctx, const char *dir, struct error *err),
		void *ctx, struct error *err);

#endif
