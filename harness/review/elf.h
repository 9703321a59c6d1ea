/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elf: the sections, symbols and relocations of a relocatable x86 object, 32 or
 * 64 bits. Pure; an object that is cut short or lies about its offsets is an
 * error, never a read outside the bytes given.
 */
#ifndef REVIEW_ELF_H
#define REVIEW_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"

struct elf_section {
	const char *name; /* points into the bytes given */
	const uint8_t *data; /* NULL when it has none */
	uint64_t size;
};

struct elf_symbol {
	const char *name;
	uint32_t section; /* 0: undefined */
	uint64_t value, size;
	bool function;
};

struct elf_reloc {
	uint32_t section; /* that it changes */
	uint64_t offset; /* in it */
	uint32_t symbol; /* index */
	int64_t addend; /* of i386 too, where it stands in the section */
};

struct elf {
	bool is_64;
	struct elf_section *sections;
	size_t nr_sections;
	struct elf_symbol *symbols;
	size_t nr_symbols;
	struct elf_reloc *relocs;
	size_t nr_relocs;
};

/* @bytes must outlive @ret. */
int elf_parse(const void *bytes, size_t len, struct elf *ret, struct error *err);
void elf_release(struct elf *e);

/* The index of the section of this name; 0: none. */
uint32_t elf_section(const struct elf *e, const char *name);
/* The function that holds this place, or "?". */
const char *elf_function(const struct elf *e, uint32_t section, uint64_t offset);

#endif
