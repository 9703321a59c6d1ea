/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * io: whole files and directories.
 *
 * Every writer here is atomic: a file appears whole under its name or not at
 * all (written beside it, fsynced, renamed, the directory fsynced).
 */
#ifndef LIB_IO_H
#define LIB_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/error.h"
#include "lib/strbuf.h"

/* Append the whole of @path to @out; more than @max bytes is an error. */
int io_read_file(const char *path, size_t max, struct strbuf *out, struct error *err);
int io_write_file(const char *path, const void *data, size_t len, struct error *err);
/* Write all of @len to @fd; 0 or -errno. */
int io_write_all(int fd, const void *data, size_t len);
/* mkdir -p */
int io_mkdirs(const char *path, struct error *err);
/* rm -rf; a path that is not there is fine. Never follows a link. */
int io_remove_tree(const char *path, struct error *err);
/* Rename @from to @to (a finished directory or file) and fsync the parent of @to. */
int io_publish(const char *from, const char *to, struct error *err);
/* Flush @path, a directory or file, and what a rename in it needs. */
int io_fsync_path(const char *path, struct error *err);
bool io_exists(const char *path);
/* Concatenate @nr files into @to, atomically. */
int io_concat(const char *const *paths, size_t nr, const char *to, struct error *err);
/* Open @path (created if need be) and take an exclusive lock, waiting if @wait.
 * Returns the fd, closed by the caller to unlock; -1 with @err set. */
int io_lock(const char *path, bool wait, struct error *err);

#endif
