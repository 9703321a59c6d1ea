// SPDX-License-Identifier: GPL-2.0-or-later
/* The plugin's classifier, what it writes, kernels' symbols, and profiles as text. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#include "build/vmlinux.h"
#include "decode/profile.h"
#include "plugin/x86.h"
#include "profile/profile.h"
#include "proto/mark.h"

static void instructions(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool is_64;
		struct x86_insn want;
	} cases[] = {
		{ "\xe8\0\0\0\0", 5, true, { FLOW_CALL, true, -1 } },
		{ "\xff\xd0", 2, true, { FLOW_CALL, true, -1 } }, /* call *%rax */
		{ "\x41\xff\xd4", 3, true, { FLOW_CALL, true, -1 } }, /* call *%r12 */
		{ "\xff\xe0", 2, true, { FLOW_NONE, false, -1 } }, /* jmp *%rax */
		{ "\xc3", 1, true, { FLOW_RET, true, -1 } },
		{ "\xf3\xc3", 2, true, { FLOW_RET, true, -1 } },
		{ "\xcf", 1, false, { FLOW_IRET, true, -1 } },
		{ "\x48\xcf", 2, true, { FLOW_IRET, true, -1 } },
		{ "\x48\x0f\x07", 3, true, { FLOW_IRET, false, -1 } }, /* sysretq */
		{ "\x0f\x05", 2, true, { FLOW_NONE, false, -1 } }, /* syscall */
		{ "\x89\xd8", 2, false, { FLOW_NONE, false, -1 } }, /* mov %ebx,%eax */
		{ "\x8b\x03", 2, false, { FLOW_NONE, true, -1 } }, /* mov (%ebx),%eax */
		{ "\x8d\x03", 2, false, { FLOW_NONE, false, -1 } }, /* lea */
		{ "\x40", 1, false, { FLOW_NONE, false, -1 } }, /* inc %eax */
		{ "\x55", 1, true, { FLOW_NONE, true, -1 } }, /* push */
		{ "\xf3\xa4", 2, true, { FLOW_NONE, true, -1 } }, /* rep movsb */
		{ "\x0f\xb6\xc0", 3, true, { FLOW_NONE, false, -1 } }, /* movzbl %al,%eax */
		{ "\x0f\xb6\x00", 3, true, { FLOW_NONE, true, -1 } },
		{ "\x0f\x1f\x80\x05\x00\x57\x48", 7, true, { FLOW_NONE, false, 5 } },
		{ "\x0f\x1f\x80\x05\x00\x57\x48", 7, false, { FLOW_NONE, false, 5 } },
		{ "\x0f\x1f\x80\x05\x00\x58\x48", 7, true, { FLOW_NONE, false, -1 } },
		{ "\x0f", 1, true, { FLOW_NONE, false, -1 } },
		{ "\x66", 1, true, { FLOW_NONE, true, -1 } },
		{ "", 0, true, { FLOW_NONE, false, -1 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct x86_insn x =
			x86_classify((const uint8_t *)cases[i].bytes, cases[i].len, cases[i].is_64);

		assert_int_equal(x.flow, cases[i].want.flow);
		assert_int_equal(x.memory, cases[i].want.memory);
		assert_int_equal(x.mark, cases[i].want.mark);
	}
	assert_int_equal(MARK_END(MARK_WINDOW), MARK_BEGIN(MARK_WINDOW) + 1);
}

/* No prefix of anything, on either word size, is read beyond its end. */
static void any_bytes(void **state)
{
	(void)state;
	for (unsigned int a = 0; a < 256; a++)
		for (unsigned int b = 0; b < 256; b++)
			for (size_t len = 0; len <= 2; len++) {
				uint8_t *p = malloc(len ? len : 1);

				if (len > 0)
					p[0] = (uint8_t)a;
				if (len > 1)
					p[1] = (uint8_t)b;
				x86_classify(p, len, a & 1);
				free(p);
			}
}

/* A kernel of three functions and an exception table, as ELF of either word size. */
struct kernel_file {
	unsigned char bytes[4096];
	size_t len;
};

static const char strings[] = "\0_stext\0entry_SYSCALL_64\0do_work\0inside\0object";
static const char sections[] = "\0.text\0__ex_table\0.symtab\0.strtab\0.shstrtab\0.data";

#define TEXT 0xffffffff81000000ull

static void make_kernel(struct kernel_file *k)
{
	Elf64_Ehdr h = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
			 .e_shoff = 1024, .e_shentsize = sizeof(Elf64_Shdr), .e_shnum = 7,
			 .e_shstrndx = 5 };
	const Elf64_Sym symbols[] = {
		{},
		{ 1, ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE), 0, 1, TEXT, 0 },
		{ 8, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0, 1, TEXT + 64, 32 },
		{ 25, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 0, 1, TEXT + 128, 64 },
		{ 33, ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE), 0, 1, TEXT + 140, 0 },
		{ 40, ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), 0, 6, TEXT + 4096, 8 },
	};
	const int32_t extable[3] = { 130 - 2048, 0, 0 };
	const Elf64_Shdr s[] = {
		{},
		{ .sh_name = 1, .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
		  .sh_addr = TEXT, .sh_size = 256 },
		{ .sh_name = 7, .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC, .sh_addr = TEXT + 2048,
		  .sh_offset = 512, .sh_size = sizeof(extable) },
		{ .sh_name = 18, .sh_type = SHT_SYMTAB, .sh_link = 4, .sh_offset = 2048,
		  .sh_size = sizeof(symbols) },
		{ .sh_name = 26, .sh_type = SHT_STRTAB, .sh_offset = 600, .sh_size = sizeof(strings) },
		{ .sh_name = 34, .sh_type = SHT_STRTAB, .sh_offset = 700, .sh_size = sizeof(sections) },
		{ .sh_name = 44, .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC | SHF_WRITE,
		  .sh_addr = TEXT + 4096, .sh_size = 8 },
	};

	memset(k, 0, sizeof(*k));
	memcpy(k->bytes, &h, sizeof(h));
	memcpy(k->bytes + 512, extable, sizeof(extable));
	memcpy(k->bytes + 600, strings, sizeof(strings));
	memcpy(k->bytes + 700, sections, sizeof(sections));
	memcpy(k->bytes + 1024, s, sizeof(s));
	memcpy(k->bytes + 2048, symbols, sizeof(symbols));
	k->len = 2048 + sizeof(symbols);
}

static void kernel_symbols(void **state)
{
	struct kernel_file k;
	struct vmlinux v;
	struct error err;
	uint64_t pointer;

	(void)state;
	make_kernel(&k);
	assert_int_equal(vmlinux_parse(k.bytes, k.len, "k", &v, &err), 0);
	assert_int_equal(v.nr_functions, 3); /* not the label inside do_work */
	assert_string_equal(vmlinux_find(&v, TEXT + 63)->name, "_stext");
	assert_string_equal(vmlinux_find(&v, TEXT + 150)->name, "do_work");
	assert_null(vmlinux_find(&v, 0x1000));
	assert_int_equal(v.nr_fixups, 1);
	assert_true(v.fixups[0] == TEXT + 130);
	assert_true(v.base == 0xffffffff80000000ull);
	assert_int_equal(v.size.text, 256);
	assert_int_equal(v.size.data, 8);
	/* Its data is the beginning of the file. */
	assert_true(vmlinux_pointer(&v, TEXT + 4096, &pointer) && pointer == 0x00010102464c457f);
	assert_false(vmlinux_pointer(&v, TEXT + 4097, &pointer));
	assert_false(vmlinux_pointer(&v, TEXT - 1, &pointer));
	assert_false(vmlinux_pointer(&v, UINT64_MAX, &pointer));
	assert_int_equal(vmlinux_entry("entry_SYSCALL_64"), ENTRY_SYSCALL);
	assert_int_equal(vmlinux_entry("asm_exc_page_fault"), ENTRY_FAULT);
	assert_int_equal(vmlinux_entry("exc_page_fault"), ENTRY_NONE);
	vmlinux_release(&v);
}

/* Whatever sections it claims to have can be read, or are not there. */
static void read_data(struct vmlinux *v)
{
	uint64_t pointer;

	for (size_t i = 0; i < v->nr_sections; i++)
		for (uint64_t at = 0; at < 16; at++) {
			vmlinux_pointer(v, v->sections[i].addr + at, &pointer);
			vmlinux_pointer(v, v->sections[i].addr + v->sections[i].size - at, &pointer);
		}
	vmlinux_release(v);
}

/* Truncated anywhere and with any one byte changed: an error or some kernel, no crash. */
static void damaged_kernels(void **state)
{
	struct kernel_file k;
	struct vmlinux v;
	struct error err;

	(void)state;
	make_kernel(&k);
	for (size_t len = 0; len < k.len; len++) {
		unsigned char *cut = malloc(len ? len : 1);

		memcpy(cut, k.bytes, len);
		if (vmlinux_parse(cut, len, "k", &v, &err) == 0)
			read_data(&v);
		free(cut);
	}
	for (size_t i = 0; i < k.len; i++) {
		unsigned char was = k.bytes[i];

		k.bytes[i] = (unsigned char)~was;
		if (vmlinux_parse(k.bytes, k.len, "k", &v, &err) == 0)
			read_data(&v);
		k.bytes[i] = was;
	}
}

#define HEAD "highwater-profile 1\nmode callers\napi 1 1\nwindows 1 closed\n"

static void callers_to_rows(void **state)
{
	static const char raw[] = HEAD "node 1 0 0 100 0\n"
				       "node 2 0 ffffffff81000040 20 5\n"
				       "node 4 2 ffffffff81000080 300 7\n"
				       "end\n";
	struct kernel_file k;
	struct profile_raw p;
	struct profile_row *rows;
	struct strbuf text = STRBUF_INIT;
	struct vmlinux v;
	struct error err;
	size_t nr;

	(void)state;
	make_kernel(&k);
	assert_int_equal(vmlinux_parse(k.bytes, k.len, "k", &v, &err), 0);
	assert_int_equal(profile_parse(raw, strlen(raw), &p, &err), 0);
	assert_int_equal(p.insns, 420);
	assert_int_equal(profile_name(&p, &v, &text, &err), 0);
	assert_string_equal(text.buf, "highwater-stacks 1 callers\n"
				      "100 0 user user\n"
				      "20 5 syscall entry_SYSCALL_64\n"
				      "300 7 syscall entry_SYSCALL_64;do_work\n");
	assert_int_equal(profile_rows(text.buf, text.len, &rows, &nr, &err), 0);
	assert_int_equal(nr, 3);
	assert_int_equal(rows[2].insns, 300);
	assert_string_equal(rows[2].stack, "entry_SYSCALL_64;do_work");
	free(rows);
	strbuf_release(&text);
	profile_release(&p);
	vmlinux_release(&v);
}

static void counts_to_rows(void **state)
{
	static const char raw[] = "highwater-profile 1\nmode counts\napi 2 4\nwindows 1 closed\n"
				  "seg 8048000 50 10 0102030405060708\n"
				  "seg ffffffff81000080 30 3\nseg ffffffff81000090 9 2\nend\n";
	static const char elsewhere[] = "highwater-profile 1\nmode counts\napi 1 1\nwindows 1 closed\n"
					"seg ffffffff92345678 30 3\nend\n";
	struct kernel_file k;
	struct profile_raw p;
	struct strbuf text = STRBUF_INIT;
	struct vmlinux v;
	struct error err;

	(void)state;
	make_kernel(&k);
	assert_int_equal(vmlinux_parse(k.bytes, k.len, "k", &v, &err), 0);
	assert_int_equal(profile_parse(raw, strlen(raw), &p, &err), 0);
	assert_int_equal(profile_name(&p, &v, &text, &err), 0);
	assert_string_equal(text.buf, "highwater-stacks 1 counts\n39 3 - do_work\n50 0 - user\n");
	profile_release(&p);
	assert_int_equal(profile_parse(elsewhere, strlen(elsewhere), &p, &err), 0);
	assert_int_equal(profile_name(&p, &v, &text, &err), -1);
	assert_non_null(strstr(err.msg, "KASLR"));
	profile_release(&p);
	strbuf_release(&text);
	vmlinux_release(&v);
}

static void damaged_counts(void **state)
{
	static const char *const texts[] = {
		"", "highwater-profile 2\n", HEAD, HEAD "node 1 0 0 1 1\n",
		HEAD "node 1 1 0 1 1\nend\n", /* its own parent */
		HEAD "node 2 1 0 1 1\nend\n", /* a parent that is not there */
		HEAD "node 1 0 0 1 1\nnode 1 0 0 1 1\nend\n",
		HEAD "node 4294967295 0 0 1 1\nend\n",
		HEAD "node 1 0 0 18446744073709551615 1\nnode 2 0 0 18446744073709551615 1\nend\n",
		HEAD "node 1 0 0 1 1 1\nend\n", HEAD "seg 1 2 3\nend\n", HEAD "node 1 0 0 1\nend\n",
	};
	static const char *const named[] = { "", "x\n", "highwater-stacks 1 counts\n1 2 3\n",
					     "highwater-stacks 1 counts\n1 2 - a b\n",
					     "highwater-stacks 1 counts\nx 2 - a\n",
					     "highwater-stacks 1 counts\n1 2 - a" };
	struct profile_row *rows;
	struct profile_raw p;
	struct error err;
	size_t nr;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(profile_parse(texts[i], strlen(texts[i]), &p, &err), -1);
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		char *copy = strdup(named[i]);

		assert_int_equal(profile_rows(copy, strlen(copy), &rows, &nr, &err), -1);
		free(copy);
	}
}

static struct query_profile_row row(int64_t insns, int64_t calls, const char *context,
				    const char *stack)
{
	return (struct query_profile_row){ insns, calls, (char *)context, (char *)stack };
}

static void tables(void **state)
{
	struct query_profile_row a[] = { row(100, 0, "user", "user"), row(20, 5, "syscall", "sys"),
					 row(300, 7, "syscall", "sys;work"),
					 row(30, 1, "fault", "exc;work") };
	struct query_profile_row b[] = { row(100, 0, "user", "user"), row(20, 5, "syscall", "sys"),
					 row(307, 7, "syscall", "sys;work"),
					 row(30, 1, "fault", "exc;work"), row(4, 1, "fault", "exc;new<>") };
	struct query_profile qa = { a, 4 }, qb = { b, 5 };
	struct strbuf out = STRBUF_INIT;
	struct profile pa, pb;
	struct profile_change *c;
	size_t nr;

	(void)state;
	profile_make(&qa, &pa);
	profile_make(&qb, &pb);
	assert_int_equal(pa.insns, 450);
	assert_string_equal(pa.v[0].name, "work");
	assert_int_equal(pa.v[0].insns, 330);
	assert_int_equal(pa.v[0].calls, 8);
	assert_string_equal(pa.contexts[0], "syscall");
	assert_int_equal(pa.in_context[0], 320);
	c = profile_diff(&pa, &pb, &nr);
	assert_int_equal(nr, 2);
	assert_string_equal(c[0].name, "work");
	assert_int_equal(c[0].b - c[0].a, 7);
	assert_string_equal(c[1].name, "new<>");
	assert_true(c[1].is_new);
	free(c);
	profile_flame(&qb, "a <title>", &out);
	assert_non_null(strstr(out.buf, "a &lt;title&gt;: 461 instructions"));
	assert_non_null(strstr(out.buf, "<title>new&lt;&gt; 4 (0.87%)"));
	strbuf_reset(&out);
	profile_clock_text(450, 448, &out);
	assert_non_null(strstr(out.buf, "2 lie at its two edges"));
	strbuf_reset(&out);
	profile_collapsed(&qa, &out);
	assert_string_equal(out.buf, "user 100\nsys 20\nsys;work 300\nexc;work 30\n");
	strbuf_release(&out);
	profile_free(&pa);
	profile_free(&pb);
}

/* Two probes to the ring buffer, one of them interrupted; one to a hist trigger; one that a
 * filter has stopped; one that goes both ways. */
static void event_costs(void **state)
{
	struct query_profile_row ring[] = {
		row(10, 2, "syscall", "sys;trace_event_raw_event_a"),
		row(20, 2, "syscall", "sys;trace_event_raw_event_a;trace_buffer_unlock_commit_regs"),
		row(5, 1, "irq", "asm_irq;trace_event_raw_event_a.isra.0"),
		row(10, 1, "irq", "asm_irq;trace_event_raw_event_a.isra.0;trace_buffer_unlock_commit_regs"),
		row(1000, 1, "irq", "sys;trace_event_raw_event_a;asm_irq"),
		row(1000, 9, "irq", "sys;trace_event_raw_event_a;asm_irq;trace_event_raw_event_b"),
		row(7, 1, "syscall", "sys;trace_event_raw_event_filtered"),
		row(7, 1, "syscall", "sys;trace_event_raw_event_both"),
		row(7, 1, "syscall", "sys;trace_event_raw_event_both;event_hist_trigger"),
		row(7, 1, "syscall", "sys;trace_event_raw_event_both;trace_buffer_unlock_commit"),
		row(500, 3, "syscall", "sys;other"),
	};
	struct query_profile_row hist[] = {
		row(3, 1, "syscall", "sys;trace_event_raw_event_a"),
		row(4, 1, "syscall", "sys;trace_event_raw_event_a;event_hist_trigger"),
		row(0, 0, "user", "user"),
	};
	const struct query_profile r = { ring, 11 }, h = { hist, 3 };
	struct profile_events e = {};
	struct strbuf out = STRBUF_INIT;

	(void)state;
	profile_events_text(&e, &out);
	assert_non_null(strstr(out.buf, "in 0 of 0"));
	strbuf_reset(&out);
	profile_events_add(&e, "i386", &r);
	profile_events_add(&e, "i386", &h);
	profile_events_add(&e, "x86_64", &h);
	profile_events_add(&e, "x86_64", &h);
	profile_events_text(&e, &out);
	assert_non_null(strstr(out.buf, "\na                   15.0      7.0        -      7.0\n"));
	assert_non_null(strstr(out.buf, "at most half of the ring buffer in 1 of 1."));
	assert_non_null(strstr(out.buf, "2 were recorded and counted at once, or neither"));
	assert_null(strstr(out.buf, "both"));
	assert_null(strstr(out.buf, "filtered"));
	strbuf_reset(&out);
	profile_events_json(&e, &out);
	assert_non_null(strstr(out.buf, "\"events\": 3,"));
	assert_non_null(strstr(out.buf, "\"insns\": 45"));
	strbuf_release(&out);
	profile_events_release(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions),	   cmocka_unit_test(any_bytes),
		cmocka_unit_test(kernel_symbols),  cmocka_unit_test(damaged_kernels),
		cmocka_unit_test(callers_to_rows), cmocka_unit_test(counts_to_rows),
		cmocka_unit_test(damaged_counts),  cmocka_unit_test(tables),
		cmocka_unit_test(event_costs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
