// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A fault injector, preloaded into the harness. It counts the calls that change
 * what is on disk and does something at the K-th:
 *
 *   FAULT_LOG=FILE      at the end, write how many there were
 *   FAULT_AT=K          which one
 *   FAULT_DO=kill       the process dies before the call
 *            after      it dies after the call
 *            cut        it dies before the call, and the power with it: of every
 *                       file it wrote, only what was fsynced is left
 *            ENOSPC|EIO the call fails with that error, and so do all later ones
 *                       of its kind
 *
 *   FAULT_NOSYNC=1      fsync does nothing (does a test notice?)
 *
 * Only the process named FAULT_IN (default highwater) is touched, not the
 * programs it starts.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILES 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool active;
static unsigned long count, at;
static const char *what = "";
static int fail_with;
static char failing; /* the kind of call that fails from now on */

/* A file that was opened for writing, by inode, held open so that it can be cut. */
static struct file {
	dev_t dev;
	ino_t ino;
	int fd;
	off_t synced; /* its size at the last fsync */
} files[MAX_FILES];
static size_t nr_files;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void __attribute__((constructor)) init(void)
{
	const char *in = getenv("FAULT_IN"), *k = getenv("FAULT_AT"), *how = getenv("FAULT_DO");

	active = strcmp(program_invocation_short_name, in ? in : "highwater") == 0;
	at = k ? strtoul(k, NULL, 10) : 0;
	what = how ? how : "";
	fail_with = strcmp(what, "ENOSPC") == 0 ? ENOSPC : strcmp(what, "EIO") == 0 ? EIO : 0;
}

static void __attribute__((destructor)) report(void)
{
	const char *log = active ? getenv("FAULT_LOG") : NULL;
	FILE *f = log ? fopen(log, "w") : NULL;

	active = false;
	if (f) {
		fprintf(f, "%lu\n", count);
		fclose(f);
	}
}

/* Forget what never reached the disk. */
static void cut_power(void)
{
	for (size_t i = 0; i < nr_files; i++)
		if (REAL(ftruncate)(files[i].fd, files[i].synced))
			_exit(99);
}

static void die(void)
{
	raise(SIGKILL);
	for (;;)
		pause();
}

/* Before a call of kind @kind: true when it is to fail. */
static bool before(char kind)
{
	bool hit;

	if (!active)
		return false;
	pthread_mutex_lock(&lock);
	hit = ++count == at;
	if (hit && strcmp(what, "cut") == 0)
		cut_power();
	if (hit && (strcmp(what, "kill") == 0 || strcmp(what, "cut") == 0))
		die();
	if (hit && fail_with)
		failing = kind;
	pthread_mutex_unlock(&lock);
	if (failing == kind)
		errno = fail_with;
	return failing == kind;
}

static void after(void)
{
	if (active && count == at && strcmp(what, "after") == 0)
		die();
}

static struct file *find(int fd)
{
	struct stat st;

	if (!active || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return NULL;
	for (size_t i = 0; i < nr_files; i++)
		if (files[i].ino == st.st_ino && files[i].dev == st.st_dev)
			return &files[i];
	return NULL;
}

static void opened(int fd, int flags)
{
	struct stat st;
	struct file *f;

	if (!active || fd < 0 || (flags & O_ACCMODE) == O_RDONLY || fstat(fd, &st) ||
	    !S_ISREG(st.st_mode))
		return;
	f = find(fd);
	if (!f && nr_files < MAX_FILES) {
		f = &files[nr_files++];
		*f = (struct file){ st.st_dev, st.st_ino, fcntl(fd, F_DUPFD_CLOEXEC, 500), st.st_size };
	}
	if (f && st.st_size < f->synced)
		f->synced = st.st_size;
}

static void synced(int fd)
{
	struct file *f = getenv("FAULT_NOSYNC") ? NULL : find(fd);
	struct stat st;

	if (f && fstat(fd, &st) == 0)
		f->synced = st.st_size;
}

/* One wrapper: FAULTY(kind, return type, name, parameters, arguments) */
#define FAULTY(kind, type, name, params, args)          \
	type name params                                \
	{                                               \
		type rc;                                \
							\
		if (before(kind))                       \
			return -1;                      \
		rc = REAL(name) args;                   \
		after();                                \
		return rc;                              \
	}

FAULTY('w', ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n))
FAULTY('w', ssize_t, pwrite, (int fd, const void *p, size_t n, off_t o), (fd, p, n, o))
FAULTY('w', ssize_t, pwrite64, (int fd, const void *p, size_t n, off64_t o), (fd, p, n, o))
FAULTY('w', int, ftruncate, (int fd, off_t n), (fd, n))
FAULTY('w', int, ftruncate64, (int fd, off64_t n), (fd, n))
FAULTY('w', int, truncate, (const char *p, off_t n), (p, n))
FAULTY('d', int, rename, (const char *a, const char *b), (a, b))
FAULTY('d', int, unlink, (const char *p), (p))
FAULTY('d', int, mkdir, (const char *p, mode_t m), (p, m))

int fsync(int fd)
{
	int rc;

	if (before('s'))
		return -1;
	rc = REAL(fsync)(fd);
	synced(fd);
	after();
	return rc;
}

int fdatasync(int fd)
{
	int rc;

	if (before('s'))
		return -1;
	rc = REAL(fdatasync)(fd);
	synced(fd);
	after();
	return rc;
}

static mode_t mode_of(int flags, va_list ap)
{
	return flags & O_CREAT ? (mode_t)va_arg(ap, int) : 0;
}

#define OPEN(name)                                                  \
	int name(const char *path, int flags, ...)                  \
	{                                                           \
		va_list ap;                                         \
		mode_t mode;                                        \
		int fd;                                             \
								    \
		va_start(ap, flags);                                \
		mode = mode_of(flags, ap);                          \
		va_end(ap);                                         \
		if ((flags & O_CREAT) && before('d'))               \
			return -1;                                  \
		fd = REAL(name)(path, flags, mode);                 \
		opened(fd, flags);                                  \
		if (flags & O_CREAT)                                \
			after();                                    \
		return fd;                                          \
	}

OPEN(open)
OPEN(open64)
