// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/elf.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

struct bytes {
	const uint8_t *p;
	size_t len;
};

/* One section header, widened. */
struct header {
	uint32_t name, type, link, info;
	uint64_t offset, size, entry;
};

void elf_release(struct elf *e)
{
	free(e->sections);
	free(e->symbols);
	free(e->relocs);
	*e = (struct elf){};
}

static bool fits(const struct bytes *b, uint64_t offset, uint64_t size)
{
	return offset <= b->len && size <= b->len - offset;
}

/* Copy a struct of the file; false when it is not inside. */
static bool get(const struct bytes *b, uint64_t offset, void *to, size_t size)
{
	if (!fits(b, offset, size))
		return false;
	memcpy(to, b->p + offset, size);
	return true;
}

static bool get_header(const struct bytes *b, bool is_64, uint64_t offset, struct header *ret)
{
	Elf64_Shdr h64;
	Elf32_Shdr h32;

	if (is_64) {
		if (!get(b, offset, &h64, sizeof(h64)))
			return false;
		*ret = (struct header){ h64.sh_name, h64.sh_type, h64.sh_link, h64.sh_info,
					h64.sh_offset, h64.sh_size, h64.sh_entsize };
		return true;
	}
	if (!get(b, offset, &h32, sizeof(h32)))
		return false;
	*ret = (struct header){ h32.sh_name, h32.sh_type, h32.sh_link, h32.sh_info,
				h32.sh_offset, h32.sh_size, h32.sh_entsize };
	return true;
}

/* A string of a table; "" when it is not inside or does not end. */
static const char *string_at(const struct bytes *b, const struct header *table, uint64_t at)
{
	const char *s;

	if (!fits(b, table->offset, table->size) || at >= table->size)
		return "";
	s = (const char *)b->p + table->offset + at;
	return memchr(s, '\0', table->size - at) ? s : "";
}

static bool read_symbols(const struct bytes *b, struct elf *e, const struct header *h,
			 const struct header *strings)
{
	size_t entry = e->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	size_t nr = h->size / entry;

	if (!fits(b, h->offset, h->size))
		return false;
	e->symbols = xreallocarray(e->symbols, nr + 1, sizeof(*e->symbols));
	e->nr_symbols = nr;
	for (size_t i = 0; i < nr; i++) {
		struct elf_symbol *s = &e->symbols[i];
		Elf64_Sym s64;
		Elf32_Sym s32;

		if (e->is_64) {
			memcpy(&s64, b->p + h->offset + i * entry, entry);
			*s = (struct elf_symbol){ string_at(b, strings, s64.st_name), s64.st_shndx,
						  s64.st_value, s64.st_size,
						  ELF64_ST_TYPE(s64.st_info) == STT_FUNC };
		} else {
			memcpy(&s32, b->p + h->offset + i * entry, entry);
			*s = (struct elf_symbol){ string_at(b, strings, s32.st_name), s32.st_shndx,
						  s32.st_value, s32.st_size,
						  ELF32_ST_TYPE(s32.st_info) == STT_FUNC };
		}
	}
	return true;
}

/* The addend of i386 stands at the place itself. */
static int64_t addend_in_place(const struct elf *e, uint32_t section, uint64_t offset)
{
	const struct elf_section *s = &e->sections[section];
	int32_t v = 0;

	if (s->data && offset <= s->size && s->size - offset >= sizeof(v))
		memcpy(&v, s->data + offset, sizeof(v));
	return v;
}

static bool read_relocs(const struct bytes *b, struct elf *e, const struct header *h)
{
	const bool rela = h->type == SHT_RELA;
	size_t entry = e->is_64 ? (rela ? sizeof(Elf64_Rela) : sizeof(Elf64_Rel)) :
				  (rela ? sizeof(Elf32_Rela) : sizeof(Elf32_Rel));
	size_t nr = h->size / entry;

	if (!fits(b, h->offset, h->size) || h->info >= e->nr_sections)
		return false;
	e->relocs = xreallocarray(e->relocs, e->nr_relocs + nr + 1, sizeof(*e->relocs));
	for (size_t i = 0; i < nr; i++) {
		struct elf_reloc r = { .section = h->info };
		const uint8_t *p = b->p + h->offset + i * entry;

		if (e->is_64) {
			Elf64_Rela a = {};

			memcpy(&a, p, entry);
			r.offset = a.r_offset;
			r.symbol = (uint32_t)ELF64_R_SYM(a.r_info);
			r.addend = a.r_addend;
		} else {
			Elf32_Rela a = {};

			memcpy(&a, p, entry);
			r.offset = a.r_offset;
			r.symbol = ELF32_R_SYM(a.r_info);
			r.addend = a.r_addend;
		}
		if (!rela)
			r.addend = addend_in_place(e, r.section, r.offset);
		e->relocs[e->nr_relocs++] = r;
	}
	return true;
}

/* Section headers' place and number, and the index of the one with their names. */
static bool read_file_header(const struct bytes *b, struct elf *e, uint64_t *ret_at, size_t *ret_nr,
			     uint32_t *ret_names)
{
	unsigned char ident[EI_NIDENT];
	Elf64_Ehdr h64;
	Elf32_Ehdr h32;

	if (!get(b, 0, ident, sizeof(ident)) || memcmp(ident, ELFMAG, SELFMAG) != 0 ||
	    ident[EI_DATA] != ELFDATA2LSB)
		return false;
	e->is_64 = ident[EI_CLASS] == ELFCLASS64;
	if (e->is_64 && get(b, 0, &h64, sizeof(h64))) {
		*ret_at = h64.e_shoff;
		*ret_nr = h64.e_shnum;
		*ret_names = h64.e_shstrndx;
		return h64.e_machine == EM_X86_64 && h64.e_type == ET_REL;
	}
	if (!e->is_64 && get(b, 0, &h32, sizeof(h32))) {
		*ret_at = h32.e_shoff;
		*ret_nr = h32.e_shnum;
		*ret_names = h32.e_shstrndx;
		return h32.e_machine == EM_386 && h32.e_type == ET_REL;
	}
	return false;
}

static bool read_sections(const struct bytes *b, struct elf *e, const struct header *h,
			  uint32_t names)
{
	if (names >= e->nr_sections)
		return false;
	for (size_t i = 0; i < e->nr_sections; i++) {
		bool data = h[i].type != SHT_NOBITS && h[i].type != SHT_NULL;

		if (data && !fits(b, h[i].offset, h[i].size))
			return false;
		e->sections[i] = (struct elf_section){ string_at(b, &h[names], h[i].name),
						       data ? b->p + h[i].offset : NULL,
						       data ? h[i].size : 0 };
	}
	return true;
}

int elf_parse(const void *data, size_t len, struct elf *ret, struct error *err)
{
	const struct bytes b = { data, len };
	struct header *h = NULL;
	uint32_t names = 0;
	uint64_t at = 0;
	size_t size;
	bool ok;

	*ret = (struct elf){};
	ok = read_file_header(&b, ret, &at, &ret->nr_sections, &names);
	size = ret->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	if (ok) {
		h = xcalloc(ret->nr_sections + 1, sizeof(*h));
		ret->sections = xcalloc(ret->nr_sections + 1, sizeof(*ret->sections));
	}
	for (size_t i = 0; ok && i < ret->nr_sections; i++)
		ok = at <= len && get_header(&b, ret->is_64, at + i * size, &h[i]);
	if (ok)
		ok = read_sections(&b, ret, h, names);
	for (size_t i = 0; ok && i < ret->nr_sections; i++)
		if (h[i].type == SHT_SYMTAB)
			ok = h[i].link < ret->nr_sections &&
			     read_symbols(&b, ret, &h[i], &h[h[i].link]);
	for (size_t i = 0; ok && i < ret->nr_sections; i++)
		if (h[i].type == SHT_RELA || h[i].type == SHT_REL)
			ok = read_relocs(&b, ret, &h[i]);
	for (size_t i = 0; ok && i < ret->nr_relocs; i++)
		ok = ret->relocs[i].symbol < ret->nr_symbols;
	free(h);
	if (ok)
		return 0;
	elf_release(ret);
	return error_set(err, ERROR_INPUT, "no relocatable x86 object, or cut short");
}

uint32_t elf_section(const struct elf *e, const char *name)
{
	for (size_t i = 1; i < e->nr_sections; i++)
		if (strcmp(e->sections[i].name, name) == 0)
			return (uint32_t)i;
	return 0;
}

const char *elf_function(const struct elf *e, uint32_t section, uint64_t offset)
{
	for (size_t i = 0; i < e->nr_symbols; i++) {
		const struct elf_symbol *s = &e->symbols[i];

		if (s->function && s->section == section && offset >= s->value &&
		    offset - s->value < s->size)
			return s->name;
	}
	return "?";
}
