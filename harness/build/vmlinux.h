/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmlinux: what an exact tool needs of a linked kernel: its functions, the
 * instructions that may fault (the exception table), and how large it is.
 *
 * Reads ELF of both word sizes. Every offset is checked before use: the file may
 * come from somebody's own tree.
 */
#ifndef BUILD_VMLINUX_H
#define BUILD_VMLINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"

struct vmlinux_symbol {
	uint64_t addr, size;
	const char *name; /* into the file */
	bool code;
	unsigned int rank; /* private: of names of one address the best counts */
};

struct vmlinux_size {
	uint64_t text, rodata, data, bss;
};

/* Where in the file the bytes of a section are. */
struct vmlinux_section {
	uint64_t addr, size;
	const unsigned char *p;
};

struct vmlinux {
	void *map;
	size_t len;
	unsigned int word; /* bytes of a pointer: 4 or 8 */
	struct vmlinux_symbol *functions; /* by address, one an address */
	size_t nr_functions;
	struct vmlinux_symbol *objects; /* every function and object with a size, by name */
	size_t nr_objects;
	struct vmlinux_section *sections; /* that are loaded and have bytes */
	size_t nr_sections;
	uint64_t *fixups; /* addresses of instructions that may fault, ascending */
	size_t nr_fixups;
	uint64_t base; /* user addresses are below */
	struct vmlinux_size size;
};

int vmlinux_open(const char *path, struct vmlinux *ret, struct error *err);
/* The same from memory, which must outlive it; @name is for messages. */
int vmlinux_parse(const void *data, size_t len, const char *name, struct vmlinux *ret,
		  struct error *err);
void vmlinux_release(struct vmlinux *v);

/* The function that holds @addr, or NULL. */
const struct vmlinux_symbol *vmlinux_find(const struct vmlinux *v, uint64_t addr);
/* The function with this name, or NULL. */
const struct vmlinux_symbol *vmlinux_function(const struct vmlinux *v, const char *name);

/* The function or object with this name and a size, or NULL. */
const struct vmlinux_symbol *vmlinux_object(const struct vmlinux *v, const char *name);

/* The pointer that the file has at @addr; false: the file has nothing there. */
bool vmlinux_pointer(const struct vmlinux *v, uint64_t addr, uint64_t *ret);

/* How control gets into the kernel at a function of this name; by the names of
 * arch/x86/entry. */
enum vmlinux_entry {
	ENTRY_NONE = '-',
	ENTRY_SYSCALL = 's',
	ENTRY_FAULT = 'e',
	ENTRY_IRQ = 'i',
	ENTRY_STUBS = 'v', /* one for each interrupt vector, entered anywhere */
	ENTRY_SWITCH = 'w', /* not an entry: where tasks are switched */
	ENTRY_FORK = 'f', /* where a task begins */
};
enum vmlinux_entry vmlinux_entry(const char *name);

/* Write what the plugin reads (plugin/symbols.c) to @path. */
int vmlinux_write_symbols(const struct vmlinux *v, const char *path, struct error *err);

#endif
