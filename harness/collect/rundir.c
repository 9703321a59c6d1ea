// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/xalloc.h"

#define CONSOLE_MAX (64u << 20) /* QEMU's file size limit keeps it far below */

int rundir_begin(const char *results, const char *id, unsigned int n, struct region_size size,
		 const void *job, size_t job_bytes, struct rundir *ret, struct error *err)
{
	struct rundir r = {
		.final = xasprintf("%s/runs/%s/%u", results, id, n),
		.tmp = xasprintf("%s/tmp/%.16s-%u-%ld", results, id, n, (long)getpid()),
	};

	r.region = xasprintf("%s/region", r.tmp);
	r.console = xasprintf("%s/console", r.tmp);
	r.qemu_log = xasprintf("%s/qemu.log", r.tmp);
	r.disk = xasprintf("%s/disk", r.tmp);
	*ret = r;
	if (io_remove_tree(r.tmp, err) || io_mkdirs(r.tmp, err) ||
	    io_write_file(r.console, "", 0, err) ||
	    region_create(r.region, size, job, job_bytes, err)) {
		rundir_abandon(ret);
		rundir_release(ret);
		return -1;
	}
	return 0;
}

int rundir_add_disk(struct rundir *r, uint64_t bytes, struct error *err)
{
	if (io_write_file(r->disk, "", 0, err))
		return -1;
	if (truncate(r->disk, (off_t)bytes))
		return error_errno(err, ERROR_HOST, errno, "cannot make swap disk '%s'", r->disk);
	return 0;
}

/* frames, console and raw events, with their lengths, so that no byte can move between them. */
static void digest(struct rundir_evidence *e)
{
	struct strbuf all = STRBUF_INIT;

	strbuf_addf(&all, "frames %zu\n", e->frames.len);
	strbuf_add(&all, e->frames.buf, e->frames.len);
	strbuf_addf(&all, "console %zu\n", e->console.len);
	strbuf_add(&all, e->console.buf, e->console.len);
	if (e->trace.len) {
		strbuf_addf(&all, "trace %zu\n", e->trace.len);
		strbuf_add(&all, e->trace.buf, e->trace.len);
	}
	sha256_bytes(all.buf, all.len, e->digest);
	strbuf_release(&all);
}

/* Take frames and raw events out of the region, most of which was never written. */
static int read_region(const char *path, struct rundir_evidence *e, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = 0;
	void *map = MAP_FAILED;
	struct stat st = {};

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
		map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED) {
		rc = error_errno(err, ERROR_HOST, errno, "cannot map region '%s'", path);
	} else {
		region_frames(map, (size_t)st.st_size, &e->frames, e->problem, sizeof(e->problem));
		region_trace(map, (size_t)st.st_size, &e->trace, e->problem, sizeof(e->problem));
		munmap(map, (size_t)st.st_size);
	}
	if (fd >= 0)
		close(fd);
	return rc;
}

int rundir_evidence(const struct rundir *r, struct rundir_evidence *ret, struct error *err)
{
	struct rundir_evidence e = {};

	if (io_read_file(r->console, CONSOLE_MAX, &e.console, err) ||
	    read_region(r->region, &e, err)) {
		rundir_evidence_release(&e);
		return -1;
	}
	digest(&e);
	*ret = e;
	return 0;
}

void rundir_evidence_release(struct rundir_evidence *e)
{
	strbuf_release(&e->frames);
	strbuf_release(&e->trace);
	strbuf_release(&e->console);
}

static int put(const char *dir, const char *name, const void *data, size_t len, struct error *err)
{
	char *path = xasprintf("%s/%s", dir, name);
	int rc = io_write_file(path, data, len, err);

	free(path);
	return rc;
}

int rundir_finish(struct rundir *r, const struct rundir_evidence *e, const char *cell,
		  const char *facts_json, struct error *err)
{
	char *parent = xstrndup(r->final, strrchr(r->final, '/') - r->final);
	int rc;

	unlink(r->region);
	unlink(r->disk);
	rc = put(r->tmp, "cell", cell, strlen(cell), err);
	if (!rc)
		rc = put(r->tmp, "frames", e->frames.buf, e->frames.len, err);
	if (!rc && e->trace.len)
		rc = put(r->tmp, "trace", e->trace.buf, e->trace.len, err);
	if (!rc)
		rc = put(r->tmp, "facts.json", facts_json, strlen(facts_json), err);
	if (!rc)
		rc = io_fsync_path(r->console, err);
	if (!rc)
		rc = io_fsync_path(r->tmp, err);
	if (!rc)
		rc = io_mkdirs(parent, err);
	/* A run that is being replaced (a failed one, run again) goes first. */
	if (!rc)
		rc = io_remove_tree(r->final, err);
	if (!rc)
		rc = io_publish(r->tmp, r->final, err);
	free(parent);
	return rc;
}

void rundir_abandon(struct rundir *r)
{
	struct error ignored;

	io_remove_tree(r->tmp, &ignored);
}

void rundir_release(struct rundir *r)
{
	free(r->final);
	free(r->tmp);
	free(r->region);
	free(r->console);
	free(r->qemu_log);
	free(r->disk);
	*r = (struct rundir){};
}

int rundir_sweep(const char *results, struct error *err)
{
	char *tmp = xasprintf("%s/tmp", results);
	int rc = io_remove_tree(tmp, err);

	if (!rc)
		rc = io_mkdirs(tmp, err);
	free(tmp);
	return rc;
}
