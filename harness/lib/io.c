// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/io.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/xalloc.h"

#define LOCK_PATIENCE_MS 1000
#define LOCK_RETRY_MS 20

int io_read_file(const char *path, size_t max, struct strbuf *out, struct error *err)
{
	char chunk[1 << 16];
	size_t total = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, ERROR_INPUT, errno, "cannot open '%s'", path);
	strbuf_add(out, "", 0);
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			error_errno(err, ERROR_HOST, errno, "cannot read '%s'", path);
			goto fail;
		}
		total += n;
		if (total > max) {
			error_set(err, ERROR_INPUT, "cannot read '%s': larger than %zu bytes", path, max);
			goto fail;
		}
		strbuf_add(out, chunk, n);
	}
	close(fd);
	return 0;
fail:
	close(fd);
	return -1;
}

int io_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= n;
	}
	return 0;
}

/* The directory @path is in; the caller frees. */
static char *parent(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : xstrndup(path, slash - path);
}

int io_fsync_path(const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc = fd < 0 ? -1 : fsync(fd);
	int errnum = errno;

	if (fd >= 0)
		close(fd);
	/* Some file systems have nothing to flush in a directory and say EINVAL. */
	if (rc && errnum != EINVAL)
		return error_errno(err, ERROR_HOST, errnum, "cannot flush '%s'", path);
	return 0;
}

int io_publish(const char *from, const char *to, struct error *err)
{
	char *dir;
	int rc;

	if (rename(from, to))
		return error_errno(err, ERROR_HOST, errno, "cannot rename '%s' to '%s'", from, to);
	dir = parent(to);
	rc = io_fsync_path(dir, err);
	free(dir);
	return rc;
}

/* A name beside @path that nobody else uses; the caller frees. */
static char *beside(const char *path)
{
	return xasprintf("%s.tmp.%ld", path, (long)getpid());
}

int io_write_file(const char *path, const void *data, size_t len, struct error *err)
{
	char *tmp = beside(path);
	int fd, rc;

	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	rc = fd < 0 ? -errno : io_write_all(fd, data, len);
	if (!rc && fsync(fd))
		rc = -errno;
	if (fd >= 0 && close(fd) && !rc)
		rc = -errno;
	if (rc) {
		unlink(tmp);
		rc = error_errno(err, ERROR_HOST, -rc, "cannot write '%s'", path);
	} else {
		rc = io_publish(tmp, path, err);
	}
	free(tmp);
	return rc;
}

int io_mkdirs(const char *path, struct error *err)
{
	char *copy = xstrdup(path);
	int rc = 0;

	for (char *p = copy + 1; !rc; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, 0777) && errno != EEXIST)
			rc = error_errno(err, ERROR_HOST, errno, "cannot create '%s'", copy);
		*p = c;
		if (!c)
			break;
	}
	free(copy);
	return rc;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int io_remove_tree(const char *path, struct error *err)
{
	if (nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS) && errno != ENOENT)
		return error_errno(err, ERROR_HOST, errno, "cannot remove '%s'", path);
	return 0;
}

bool io_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* Append all of @path to @out_fd; 0 or -errno. */
static int append_file(int out_fd, const char *path)
{
	ssize_t n;
	int rc = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	while ((n = sendfile(out_fd, fd, NULL, 1 << 24)) > 0)
		;
	if (n < 0)
		rc = -errno;
	close(fd);
	return rc;
}

int io_concat(const char *const *paths, size_t nr, const char *to, struct error *err)
{
	char *tmp = beside(to);
	const char *subject = to;
	int rc = 0;
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0)
		rc = -errno;
	for (size_t i = 0; !rc && i < nr; i++) {
		rc = append_file(fd, paths[i]);
		if (rc)
			subject = paths[i];
	}
	if (!rc && fsync(fd))
		rc = -errno;
	if (fd >= 0)
		close(fd);
	if (rc) {
		unlink(tmp);
		rc = error_errno(err, ERROR_HOST, -rc, "cannot join '%s'", subject);
	} else {
		rc = io_publish(tmp, to, err);
	}
	free(tmp);
	return rc;
}

/*
 * Killed with a child between fork and exec, a harness leaves its lock to that child for
 * some milliseconds: a second is long enough to tell that from one that is alive.
 */
static int try_lock(int fd)
{
	for (int left = LOCK_PATIENCE_MS; left > 0; left -= LOCK_RETRY_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
			break;
		usleep(LOCK_RETRY_MS * 1000);
	}
	return flock(fd, LOCK_EX | LOCK_NB);
}

int io_lock(const char *path, bool wait, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0)
		return error_errno(err, ERROR_HOST, errno, "cannot open lock '%s'", path);
	while (wait ? flock(fd, LOCK_EX) : try_lock(fd)) {
		int errnum = errno;

		if (errnum == EINTR && wait)
			continue;
		close(fd);
		if (errnum == EWOULDBLOCK)
			return error_set(err, ERROR_HOST, "'%s' is locked by another highwater", path);
		return error_errno(err, ERROR_HOST, errnum, "cannot lock '%s'", path);
	}
	return fd;
}
