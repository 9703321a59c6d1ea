/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every unit test includes: cmocka wants these four before it. */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
