/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disasm: which functions a function calls on the way where every static key
 * is off, read from objdump's text. Pure.
 *
 * The text is that of "objdump -dr --no-show-raw-insn -w". From the start of
 * the function on, both ways of a conditional jump are followed, a NOP is
 * passed, and a jump to another section ends the way: that is cold code.
 */
#ifndef REVIEW_DISASM_H
#define REVIEW_DISASM_H

#include "review/objects.h"

/* Symbols called; each time it is called once more in the list. Not names_add(). */
struct calls {
	char **v;
	size_t nr;
};

void disasm_calls(const char *text, const char *function, struct calls *ret);
size_t calls_count(const struct calls *c, const char *symbol);
void calls_release(struct calls *c);

#endif
