// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/rundir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/parse.h"
#include "lib/xalloc.h"

#define CONSOLE_MAX (64u << 20) /* QEMU's file size limit keeps it far below */
#define REGION_MAX (1u << 30) /* frames or raw events of one run */
#define RUNDIR_MAX_N 1000000

char *rundir_path(const char *results, const char *id, unsigned int n)
{
	return xasprintf("%s/runs/%s/%u", results, id, n);
}

int rundir_name(const char *path, char id[SHA256_HEX], unsigned int *ret_n)
{
	const char *slash = strrchr(path, '/');
	const char *start = slash;
	uint64_t n;

	while (start && start > path && start[-1] != '/')
		start--;
	if (!slash || slash - start != SHA256_HEX - 1 ||
	    strspn(start, "0123456789abcdef") != SHA256_HEX - 1 || parse_u64(slash + 1, &n) ||
	    n < 1 || n > RUNDIR_MAX_N)
		return -1;
	memcpy(id, start, SHA256_HEX - 1);
	id[SHA256_HEX - 1] = '\0';
	*ret_n = (unsigned int)n;
	return 0;
}

int rundir_begin_copy(const char *results, const char *id, unsigned int n, struct rundir *ret,
		      struct error *err)
{
	struct rundir r = {
		.final = rundir_path(results, id, n),
		.tmp = xasprintf("%s/tmp/%.16s-%u-%ld", results, id, n, (long)getpid()),
	};

	r.region = xasprintf("%s/region", r.tmp);
	r.console = xasprintf("%s/console", r.tmp);
	r.qemu_log = xasprintf("%s/qemu.log", r.tmp);
	r.disk = xasprintf("%s/disk", r.tmp);
	*ret = r;
	if (io_remove_tree(r.tmp, err) || io_mkdirs(r.tmp, err) ||
	    io_write_file(r.console, "", 0, err)) {
		rundir_abandon(ret);
		rundir_release(ret);
		return -1;
	}
	return 0;
}

int rundir_begin(const char *results, const char *id, unsigned int n, struct region_size size,
		 const void *job, size_t job_bytes, struct rundir *ret, struct error *err)
{
	if (rundir_begin_copy(results, id, n, ret, err))
		return -1;
	if (region_create(ret->region, size, job, job_bytes, err)) {
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

/* A file that not every run has. */
static int read_optional(const char *path, size_t max, struct strbuf *out, struct error *err)
{
	return io_exists(path) ? io_read_file(path, max, out, err) : 0;
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
	    read_optional(r->qemu_log, CONSOLE_MAX, &e.qemu_log, err) ||
	    read_region(r->region, &e, err)) {
		rundir_evidence_release(&e);
		return -1;
	}
	digest(&e);
	*ret = e;
	return 0;
}

int rundir_read(const char *dir, struct rundir_evidence *ret, struct error *err)
{
	struct rundir_evidence e = {};
	char *console = xasprintf("%s/console", dir), *frames = xasprintf("%s/frames", dir);
	char *trace = xasprintf("%s/trace", dir);
	int rc = 0;

	if (io_read_file(console, CONSOLE_MAX, &e.console, err) ||
	    io_read_file(frames, REGION_MAX, &e.frames, err) ||
	    read_optional(trace, REGION_MAX, &e.trace, err)) {
		rundir_evidence_release(&e);
		rc = -1;
	} else {
		digest(&e);
		*ret = e;
	}
	free(console);
	free(frames);
	free(trace);
	return rc;
}

int rundir_events(const char *results, const char *id, unsigned int n, struct strbuf *frames,
		  struct strbuf *trace, struct error *err)
{
	char *dir = rundir_path(results, id, n);
	char *frames_path = xasprintf("%s/frames", dir), *trace_path = xasprintf("%s/trace", dir);
	int rc = read_optional(frames_path, REGION_MAX, frames, err);

	if (!rc)
		rc = read_optional(trace_path, REGION_MAX, trace, err);
	free(frames_path);
	free(trace_path);
	free(dir);
	return rc;
}

void rundir_evidence_release(struct rundir_evidence *e)
{
	strbuf_release(&e->frames);
	strbuf_release(&e->trace);
	strbuf_release(&e->console);
	strbuf_release(&e->qemu_log);
}

static int put(const char *dir, const char *name, const void *data, size_t len, struct error *err)
{
	char *path = xasprintf("%s/%s", dir, name);
	int rc = io_write_file(path, data, len, err);

	free(path);
	return rc;
}

/* A run that is being replaced (a failed one, run again) moves out of the way
 * whole: at no moment does half of it stand under its name. */
static int replace(struct rundir *r, struct error *err)
{
	char *old = xasprintf("%s.old", r->tmp);
	int rc = 0;

	if (io_exists(r->final))
		rc = io_publish(r->final, old, err);
	if (!rc)
		rc = io_publish(r->tmp, r->final, err);
	if (!rc)
		rc = io_remove_tree(old, err);
	free(old);
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
	if (!rc)
		rc = replace(r, err);
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

static int sweep(const char *results, struct error *err)
{
	char *tmp = xasprintf("%s/tmp", results);
	int rc = io_remove_tree(tmp, err);

	if (!rc)
		rc = io_mkdirs(tmp, err);
	free(tmp);
	return rc;
}

int rundir_lock(const char *results, struct error *err)
{
	char *path = xasprintf("%s/lock", results);
	int lock = io_lock(path, false, err);

	free(path);
	if (lock >= 0 && sweep(results, err)) {
		close(lock);
		return -1;
	}
	return lock;
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* The entries of @dir by name; none when it is not there. */
static int entries(const char *dir, struct dirent ***ret, struct error *err)
{
	int nr = scandir(dir, ret, visible, alphasort);

	if (nr >= 0)
		return nr;
	*ret = NULL;
	return errno == ENOENT || errno == ENOTDIR ?
		       0 :
		       error_errno(err, ERROR_HOST, errno, "cannot read '%s'", dir);
}

static void free_entries(struct dirent **v, int nr)
{
	for (int i = 0; i < nr; i++)
		free(v[i]);
	free(v);
}

static int each_run_of(const char *cell, int (*each)(void *ctx, const char *dir, struct error *err),
		       void *ctx, struct error *err)
{
	struct dirent **v;
	int nr = entries(cell, &v, err), rc = nr < 0 ? -1 : 0;

	for (int i = 0; !rc && i < nr; i++) {
		char *dir = xasprintf("%s/%s", cell, v[i]->d_name);
		char id[SHA256_HEX];
		unsigned int n;

		if (rundir_name(dir, id, &n) == 0)
			rc = each(ctx, dir, err);
		free(dir);
	}
	free_entries(v, nr);
	return rc;
}

int rundir_each(const char *results, int (*each)(void *ctx, const char *dir, struct error *err),
		void *ctx, struct error *err)
{
	char *runs = xasprintf("%s/runs", results);
	struct dirent **v;
	int nr = entries(runs, &v, err), rc = nr < 0 ? -1 : 0;

	for (int i = 0; !rc && i < nr; i++) {
		char *cell = xasprintf("%s/%s", runs, v[i]->d_name);

		rc = each_run_of(cell, each, ctx, err);
		free(cell);
	}
	free_entries(v, nr);
	free(runs);
	return rc;
}
