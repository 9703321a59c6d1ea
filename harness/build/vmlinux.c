// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/vmlinux.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/strbuf.h"
#include "lib/xalloc.h"

#define RANK_FUNCTION 2u
#define EXTABLE_ENTRY 12 /* three ints; arch/x86/include/asm/extable.h */

/* A section, whatever the word size. */
struct section {
	uint32_t name, type, link;
	uint64_t flags, addr, offset, size;
};

struct elf {
	const unsigned char *p;
	size_t len;
	bool is_64;
	struct section *v;
	size_t nr;
	const char *names; /* of sections */
	size_t names_len;
};

/* @size bytes at @at, or NULL; unaligned, so the caller copies. */
static const void *at(const struct elf *e, uint64_t off, uint64_t size)
{
	return off <= e->len && size <= e->len - off ? e->p + off : NULL;
}

/* A NUL-terminated string at @off of a table, or NULL. */
static const char *string_at(const char *table, size_t len, uint64_t off)
{
	return off < len && memchr(table + off, '\0', len - off) ? table + off : NULL;
}

static void take_section(struct elf *e, const void *p, struct section *ret)
{
	Elf64_Shdr h64;
	Elf32_Shdr h32;

	if (e->is_64) {
		memcpy(&h64, p, sizeof(h64));
		*ret = (struct section){ h64.sh_name, h64.sh_type, h64.sh_link, h64.sh_flags,
					 h64.sh_addr, h64.sh_offset, h64.sh_size };
	} else {
		memcpy(&h32, p, sizeof(h32));
		*ret = (struct section){ h32.sh_name, h32.sh_type, h32.sh_link, h32.sh_flags,
					 h32.sh_addr, h32.sh_offset, h32.sh_size };
	}
}

static int read_sections(struct elf *e, uint64_t off, size_t nr, size_t entry, size_t names)
{
	const size_t want = e->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);

	if (entry != want || !nr || names >= nr || !at(e, off, nr * entry))
		return -1;
	e->v = xcalloc(nr, sizeof(*e->v));
	e->nr = nr;
	for (size_t i = 0; i < nr; i++)
		take_section(e, e->p + off + i * entry, &e->v[i]);
	e->names = at(e, e->v[names].offset, e->v[names].size);
	e->names_len = e->names ? e->v[names].size : 0;
	return e->names ? 0 : -1;
}

static int read_header(struct elf *e)
{
	Elf64_Ehdr h64;
	Elf32_Ehdr h32;

	if (!at(e, 0, sizeof(h64)) || memcmp(e->p, ELFMAG, SELFMAG) != 0 ||
	    e->p[EI_DATA] != ELFDATA2LSB)
		return -1;
	e->is_64 = e->p[EI_CLASS] == ELFCLASS64;
	if (e->is_64) {
		memcpy(&h64, e->p, sizeof(h64));
		return read_sections(e, h64.e_shoff, h64.e_shnum, h64.e_shentsize, h64.e_shstrndx);
	}
	memcpy(&h32, e->p, sizeof(h32));
	return read_sections(e, h32.e_shoff, h32.e_shnum, h32.e_shentsize, h32.e_shstrndx);
}

static void add_size(struct vmlinux_size *size, const struct section *s)
{
	if (!(s->flags & SHF_ALLOC))
		return;
	if (s->flags & SHF_EXECINSTR)
		size->text += s->size;
	else if (s->type == SHT_NOBITS)
		size->bss += s->size;
	else if (s->flags & SHF_WRITE)
		size->data += s->size;
	else
		size->rodata += s->size;
}

static void add_section(const struct elf *e, const struct section *s, struct vmlinux *v)
{
	const unsigned char *p = at(e, s->offset, s->size);

	if (!p || !(s->flags & SHF_ALLOC) || s->type == SHT_NOBITS)
		return;
	v->sections = xreallocarray(v->sections, v->nr_sections + 1, sizeof(*v->sections));
	v->sections[v->nr_sections++] = (struct vmlinux_section){ s->addr, s->size, p };
}

/* The table of instructions that may fault: the first int is relative to itself. */
static void read_extable(const struct elf *e, const struct section *s, struct vmlinux *v)
{
	const unsigned char *p = at(e, s->offset, s->size);
	size_t nr = p ? s->size / EXTABLE_ENTRY : 0;

	if (!nr || v->fixups)
		return;
	v->fixups = xcalloc(nr, sizeof(*v->fixups));
	for (size_t i = 0; i < nr; i++) {
		int32_t rel;
		uint64_t addr = s->addr + i * EXTABLE_ENTRY;

		memcpy(&rel, p + i * EXTABLE_ENTRY, sizeof(rel));
		addr += (uint64_t)(int64_t)rel;
		v->fixups[v->nr_fixups++] = e->is_64 ? addr : (uint32_t)addr;
	}
}

struct raw_symbol {
	uint32_t name, section;
	unsigned int type, bind;
	uint64_t value, size;
};

static void take_symbol(const struct elf *e, const unsigned char *p, struct raw_symbol *ret)
{
	Elf64_Sym s64;
	Elf32_Sym s32;

	if (e->is_64) {
		memcpy(&s64, p, sizeof(s64));
		*ret = (struct raw_symbol){ s64.st_name, s64.st_shndx, ELF64_ST_TYPE(s64.st_info),
					    ELF64_ST_BIND(s64.st_info), s64.st_value, s64.st_size };
	} else {
		memcpy(&s32, p, sizeof(s32));
		*ret = (struct raw_symbol){ s32.st_name, s32.st_shndx, ELF32_ST_TYPE(s32.st_info),
					    ELF32_ST_BIND(s32.st_info), s32.st_value, s32.st_size };
	}
}

static void append(struct vmlinux_symbol **list, size_t *nr, struct vmlinux_symbol s)
{
	if ((*nr & (*nr - 1)) == 0)
		*list = xreallocarray(*list, *nr ? 2 * *nr : 1, sizeof(s));
	(*list)[(*nr)++] = s;
}

/* Padding before functions (CONFIG_CALL_PADDING) and the assembler's own labels. */
static bool is_no_function(const char *name)
{
	return !*name || strncmp(name, "__pfx_", 6) == 0 || name[0] == '.' || name[0] == '$';
}

static void add_symbol(const struct elf *e, const struct raw_symbol *r, const char *name,
		       struct vmlinux *v)
{
	struct vmlinux_symbol s = { .addr = r->value, .size = r->size, .name = name };

	if (r->section >= e->nr || r->type > STT_FUNC || is_no_function(name))
		return;
	s.code = e->v[r->section].flags & SHF_EXECINSTR;
	s.rank = (r->type == STT_FUNC ? RANK_FUNCTION : 0) + (r->bind == STB_GLOBAL ? 1 : 0);
	if (s.code && r->type != STT_OBJECT)
		append(&v->functions, &v->nr_functions, s);
	if (s.size && r->type != STT_NOTYPE)
		append(&v->objects, &v->nr_objects, s);
}

static void read_symbols(const struct elf *e, const struct section *s, struct vmlinux *v)
{
	const size_t entry = e->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	const unsigned char *p = at(e, s->offset, s->size);
	const struct section *strings = s->link < e->nr ? &e->v[s->link] : NULL;
	const char *table = strings ? at(e, strings->offset, strings->size) : NULL;

	if (!p || !table)
		return;
	for (size_t i = 0; i < s->size / entry; i++) {
		struct raw_symbol r;
		const char *name;

		take_symbol(e, p + i * entry, &r);
		name = string_at(table, strings->size, r.name);
		if (name)
			add_symbol(e, &r, name, v);
	}
}

static int by_addr(const void *a, const void *b)
{
	const struct vmlinux_symbol *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	/* The name that says what it is for. */
	if ((vmlinux_entry(x->name) == ENTRY_NONE) != (vmlinux_entry(y->name) == ENTRY_NONE))
		return vmlinux_entry(x->name) == ENTRY_NONE ? 1 : -1;
	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int by_name(const void *a, const void *b)
{
	const struct vmlinux_symbol *x = a, *y = b;
	int rc = strcmp(x->name, y->name);

	return rc ? rc : (x->addr > y->addr) - (x->addr < y->addr);
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void sort(struct vmlinux *v)
{
	size_t nr = 0;

	if (!v->nr_functions)
		return;
	qsort(v->functions, v->nr_functions, sizeof(*v->functions), by_addr);
	for (size_t i = 0; i < v->nr_functions; i++) {
		const struct vmlinux_symbol *s = &v->functions[i];
		const struct vmlinux_symbol *before = nr ? &v->functions[nr - 1] : NULL;

		/* Another name of it, or a label inside. */
		if (before && (before->addr == s->addr ||
			       (s->rank < RANK_FUNCTION && s->addr < before->addr + before->size)))
			continue;
		v->functions[nr++] = *s;
	}
	v->nr_functions = nr;
	if (v->nr_objects)
		qsort(v->objects, v->nr_objects, sizeof(*v->objects), by_name);
	if (v->nr_fixups)
		qsort(v->fixups, v->nr_fixups, sizeof(*v->fixups), by_value);
}

int vmlinux_parse(const void *data, size_t len, const char *name, struct vmlinux *ret,
		  struct error *err)
{
	struct elf e = { .p = data, .len = len };
	struct vmlinux v = {};
	int rc = 0;

	if (read_header(&e)) {
		rc = error_set(err, ERROR_INPUT, "'%s' is no little-endian ELF file, or is damaged", name);
		goto out;
	}
	for (size_t i = 0; i < e.nr; i++) {
		const char *section = string_at(e.names, e.names_len, e.v[i].name);

		add_size(&v.size, &e.v[i]);
		add_section(&e, &e.v[i], &v);
		if (e.v[i].type == SHT_SYMTAB)
			read_symbols(&e, &e.v[i], &v);
		else if (section && strcmp(section, "__ex_table") == 0)
			read_extable(&e, &e.v[i], &v);
	}
	sort(&v);
	if (!v.nr_functions || !v.nr_objects) {
		rc = error_set(err, ERROR_INPUT, "'%s' has no kernel symbols: stripped?", name);
		vmlinux_release(&v);
		goto out;
	}
	v.word = e.is_64 ? 8 : 4;
	/* PAGE_OFFSET of either split on i386, the kernel's mapping on x86_64. */
	v.base = v.functions[0].addr & ~0xfffffffull;
	*ret = v;
out:
	free(e.v);
	return rc;
}

int vmlinux_open(const char *path, struct vmlinux *ret, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;
	void *map = MAP_FAILED;
	struct stat st = {};

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
		map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd >= 0)
		close(fd);
	if (map == MAP_FAILED)
		return error_errno(err, ERROR_INPUT, errno, "cannot read '%s'", path);
	rc = vmlinux_parse(map, (size_t)st.st_size, path, ret, err);
	if (rc) {
		munmap(map, (size_t)st.st_size);
		return rc;
	}
	ret->map = map;
	ret->len = (size_t)st.st_size;
	return 0;
}

void vmlinux_release(struct vmlinux *v)
{
	if (v->map)
		munmap(v->map, v->len);
	free(v->functions);
	free(v->objects);
	free(v->sections);
	free(v->fixups);
	*v = (struct vmlinux){};
}

const struct vmlinux_symbol *vmlinux_find(const struct vmlinux *v, uint64_t addr)
{
	size_t lo = 0, hi = v->nr_functions;

	if (addr < v->base)
		return NULL;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (v->functions[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? &v->functions[lo - 1] : NULL;
}

const struct vmlinux_symbol *vmlinux_function(const struct vmlinux *v, const char *name)
{
	for (size_t i = 0; i < v->nr_functions; i++)
		if (strcmp(v->functions[i].name, name) == 0)
			return &v->functions[i];
	return NULL;
}

const struct vmlinux_symbol *vmlinux_object(const struct vmlinux *v, const char *name)
{
	for (size_t i = 0; i < v->nr_objects; i++)
		if (strcmp(v->objects[i].name, name) == 0)
			return &v->objects[i];
	return NULL;
}

bool vmlinux_pointer(const struct vmlinux *v, uint64_t addr, uint64_t *ret)
{
	for (size_t i = 0; i < v->nr_sections; i++) {
		const struct vmlinux_section *s = &v->sections[i];

		if (addr < s->addr || addr - s->addr > s->size || v->word > s->size - (addr - s->addr))
			continue;
		*ret = 0;
		memcpy(ret, s->p + (addr - s->addr), v->word); /* both little-endian */
		return true;
	}
	return false;
}

enum vmlinux_entry vmlinux_entry(const char *name)
{
	static const struct {
		const char *glob;
		enum vmlinux_entry entry;
	} entries[] = {
		{ "entry_SYSCALL_*", ENTRY_SYSCALL },
		{ "entry_SYSENTER_*", ENTRY_SYSCALL },
		{ "entry_INT80_*", ENTRY_SYSCALL },
		{ "asm_int80_emulation", ENTRY_SYSCALL },
		{ "asm_exc_*", ENTRY_FAULT },
		{ "asm_common_interrupt", ENTRY_IRQ },
		{ "asm_spurious_interrupt", ENTRY_IRQ },
		{ "asm_sysvec_*", ENTRY_IRQ },
		{ "irq_entries_start", ENTRY_STUBS },
		{ "spurious_entries_start", ENTRY_STUBS },
		{ "__switch_to_asm", ENTRY_SWITCH },
		{ "ret_from_fork_asm", ENTRY_FORK },
	};

	if (!strchr("aeirs_", *name)) /* most */
		return ENTRY_NONE;
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		if (fnmatch(entries[i].glob, name, 0) == 0)
			return entries[i].entry;
	return ENTRY_NONE;
}

int vmlinux_write_symbols(const struct vmlinux *v, const char *path, struct error *err)
{
	struct strbuf out = STRBUF_INIT;
	int rc;

	strbuf_addf(&out, "k %" PRIx64 "\n", v->base);
	for (size_t i = 0; i < v->nr_functions; i++)
		strbuf_addf(&out, "f %" PRIx64 " %c\n", v->functions[i].addr,
			    (char)vmlinux_entry(v->functions[i].name));
	for (size_t i = 0; i < v->nr_fixups; i++)
		strbuf_addf(&out, "x %" PRIx64 "\n", v->fixups[i]);
	rc = io_write_file(path, out.buf, out.len, err);
	strbuf_release(&out);
	return rc;
}
