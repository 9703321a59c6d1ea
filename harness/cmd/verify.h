/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verify: two runs of a cell, compared from their run directories.
 */
#ifndef CMD_VERIFY_H
#define CMD_VERIFY_H

#include <stddef.h>

#include "lib/error.h"

/* 1: equal, 0: @where says where they part, -1: @err. */
int verify_dirs(const char *dir_a, const char *dir_b, char *where, size_t size, struct error *err);
int verify_cell(const char *results, const char *id, char *where, size_t size, struct error *err);

#endif
