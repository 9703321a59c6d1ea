// SPDX-License-Identifier: GPL-2.0-or-later
/* The pure parts of the review stage: mails and diffs, what tools say, what C
 * and reST hold, objects and their disassembly; good, cut short, hostile. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"
#include "review/check.h"
#include "review/diag.h"
#include "review/disasm.h"
#include "review/elf.h"
#include "review/input.h"
#include "review/mail.h"
#include "review/source_text.h"

static const char good_mail[] =
	"From 0123 Mon Sep 17 00:00:00 2001\n"
	"From: A <a@b.c>\n"
	"Subject: [PATCH v2 03/17] mm/x: do\n"
	" it\n"
	"To: m@k.org\n"
	"\n"
	"Why.\n"
	"\n"
	"Fixes: 0123456789ab (\"mm: x\")\n"
	"[a: note]\n"
	"Signed-off-by: A <a@b.c>\n"
	"---\n"
	" mm/x.c | 2 +-\n"
	"\n"
	"diff --git a/mm/x.c b/mm/x.c\n"
	"index 1..2 100644\n"
	"--- a/mm/x.c\n"
	"+++ b/mm/x.c\n"
	"@@ -10,3 +10,4 @@ int f(void)\n"
	" one\n"
	"-two\n"
	"+TWO\n"
	"+++three\n"
	" four\n"
	"diff --git a/mm/new.h b/mm/new.h\n"
	"new file mode 100644\n"
	"--- /dev/null\n"
	"+++ b/mm/new.h\n"
	"@@ -0,0 +1 @@\n"
	"+line\n"
	"-- \n"
	"2.39\n";

static void a_mail_is_taken_apart(void **state)
{
	struct mail m;

	(void)state;
	mail_parse(good_mail, strlen(good_mail), &m);
	assert_string_equal(m.subject, "mm/x: do it");
	assert_string_equal(m.tag, "PATCH v2 03/17");
	assert_string_equal(m.from, "A <a@b.c>");
	assert_string_equal(m.cc, "");
	assert_int_equal(m.nr_trailers, 2);
	assert_string_equal(m.trailers[0].key, "Fixes");
	assert_string_equal(m.trailers[1].value, "A <a@b.c>");
	assert_int_equal(m.nr_files, 2);
	assert_string_equal(m.files[0].path, "mm/x.c");
	assert_int_equal(m.files[0].nr, 5);
	assert_int_equal(m.files[0].lines[1].old_line, 11);
	assert_string_equal(m.files[0].lines[3].text, "++three");
	assert_int_equal(m.files[0].lines[3].new_line, 12);
	assert_true(m.files[1].is_new);
	assert_int_equal(m.files[1].nr, 1);
	assert_true(mail_adds(&m, ".c", "TWO"));
	assert_false(mail_adds(&m, ".h", "TWO"));
	mail_release(&m);
}

/* Cut anywhere, or with heads that lie, it is still read without a fault. */
static void a_mail_cut_short_or_lying(void **state)
{
	static const char *const hostile[] = {
		"", "Subject:", "\n\n", "--- \n+++ \n@@ -1 +1 @@\n", "+++ b/x\n@@ -1,9 +1,9 @@\n",
		"Subject: x\n\n--- a/x\n+++ b/x\n@@ -1,4294967295 +1,99999999 @@\n+a\n",
		"Subject: x\n\n--- a/x\n+++ b/x\n@@ -,3 +1 @@\n+a\n@@ -1 +1\n",
		"Subject: [\n\n---\n", "Subject: x\nContent-Transfer-Encoding: base64\n\nQQ==\n",
	};
	struct mail m;

	(void)state;
	for (size_t n = 0; n < strlen(good_mail); n++) {
		char *cut = xstrndup(good_mail, n);

		mail_parse(cut, n, &m);
		mail_release(&m);
		free(cut);
	}
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		mail_parse(hostile[i], strlen(hostile[i]), &m);
		mail_release(&m);
	}
	mail_parse(hostile[8], strlen(hostile[8]), &m);
	assert_true(m.encoded);
	mail_release(&m);
}

/* "From " in a changelog is no mail: a header must follow. */
static void an_mbox_is_split(void **state)
{
	const char box[] = "From a\nSubject: one\n\nFrom here on\nnothing\nFrom b\nSubject: two\n\n";

	(void)state;
	assert_int_equal(mbox_next(box, strlen(box), 0), 0);
	assert_int_equal(mbox_next(box, strlen(box), 1), strstr(box, "From b") - box);
	assert_int_equal(mbox_next(box, strlen(box), strstr(box, "From b") - box + 1), strlen(box));
}

/* An mbox in the wrong order is put in that of its tags; the cover is set apart. */
static void an_mbox_is_ordered(void **state)
{
	static const char box[] =
		"From a\nSubject: [PATCH 2/2] mm: two\n\nx\n---\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
		"From b\nSubject: [PATCH 0/2] mm: cover\n\nhello\n"
		"From c\nSubject: [PATCH 1/2] mm: one\n\nx\n---\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-0\n+a\n";
	char dir[] = "/tmp/hw-review-XXXXXX";
	char *path, *in, *cover;
	struct series s;
	struct error err;

	(void)state;
	assert_non_null(mkdtemp(dir));
	path = xasprintf("%s/box", dir);
	in = xasprintf("%s/in", dir);
	assert_int_equal(io_write_file(path, box, strlen(box), &err), 0);
	assert_int_equal(input_load(path, in, &s, &cover, &err), 0);
	assert_int_equal(s.nr, 2);
	assert_string_equal(s.v[0].subject, "mm: one");
	assert_string_equal(s.v[1].subject, "mm: two");
	assert_non_null(cover);
	series_release(&s);
	free(cover);
	assert_int_equal(input_load("/nonexistent", in, &s, &cover, &err), -1);
	assert_int_equal(err.kind, ERROR_INPUT);
	io_remove_tree(dir, &err);
	free(path);
	free(in);
}

static void messages_of_compilers(void **state)
{
	struct diags d;

	(void)state;
	diags_parse("mm/x.c: In function 'f':\n"
		    "mm/x.c:12:5: warning: unused variable 'a' [-Wunused-variable]\n"
		    "mm/x.c:12:5: warning: unused variable 'a' [-Wunused-variable]\n"
		    "mm/y.h:3: error: no such thing\n"
		    "Warning: mm/z.c:40 No description of 'x'\n"
		    "make: *** [x] Error 2\n"
		    "mm/x.c:13:5: note: here\n",
		    &d);
	assert_int_equal(d.nr, 3);
	assert_string_equal(d.v[0].file, "mm/x.c");
	assert_int_equal(d.v[0].line, 12);
	assert_false(d.v[0].error);
	assert_true(d.v[1].error);
	assert_string_equal(d.v[2].text, "No description of 'x'");
	assert_int_equal(d.v[2].line, 40);
	diags_release(&d);
	diags_parse(":::\n:1:\nx:99999999999999999999: error: y\nWarning: \n: warning: \n", &d);
	diags_release(&d);
}

/* A line that moved is not new; one that is there once more is. */
static void only_new_messages_count(void **state)
{
	struct diags before = {}, after = {}, new;

	(void)state;
	diags_add(&before, "a.c", 10, false, "unused x");
	diags_add(&after, "a.c", 15, false, "unused x");
	diags_add(&after, "a.c", 20, false, "unused x");
	diags_add(&after, "b.c", 1, false, "unused x");
	diags_add(&before, "c.c", 1, true, "'__UNIQUE_ID_x__99' undeclared");
	diags_add(&after, "c.c", 1, true, "'__UNIQUE_ID_x__102' undeclared");
	diags_new(&before, &after, &new);
	assert_int_equal(new.nr, 2);
	assert_int_equal(new.v[0].line, 20);
	assert_string_equal(new.v[1].file, "b.c");
	diags_release(&before);
	diags_release(&after);
	diags_release(&new);
}

static void words_in_sources(void **state)
{
	const char rst[] = "swappiness\n==========\n\nThe default value is 60.\n\n\n"
			   "other\n=====\n\nDefaults to -1 here.\n";
	const char c[] = "extern int vm_a;\nint vm_a __read_mostly = 60;\nstatic int b;\nint c = f();\n";
	char *s;
	long long n;

	(void)state;
	assert_null(source_word("vm_swappiness", "swappiness"));
	assert_non_null(source_word("a swappiness b", "swappiness"));
	s = source_section(rst, "swappiness");
	assert_non_null(s);
	assert_true(source_documented_default(s, &n));
	assert_int_equal(n, 60);
	assert_null(strstr(s, "Defaults"));
	free(s);
	s = source_section(rst, "other");
	assert_true(source_documented_default(s, &n));
	assert_int_equal(n, -1);
	free(s);
	assert_null(source_section(rst, "missing"));
	assert_false(source_documented_default("the default is three", &n));
	assert_true(source_initial(c, "vm_a", &n));
	assert_int_equal(n, 60);
	assert_true(source_initial(c, "b", &n));
	assert_int_equal(n, 0);
	assert_false(source_initial(c, "c", &n));
	assert_false(source_initial(c, "nothing", &n));
	assert_true(source_initial("static int d __read_mostly = (10 * 1000UL);\n", "d", &n));
	assert_int_equal(n, 10000);
	assert_false(source_initial("static int e = 3 * HZ;\n", "e", &n));
	assert_false(source_initial("static int f = 1 << 3;\n", "f", &n));
}

static void events_in_a_patch(void **state)
{
	static const char text[] = "Subject: x\n\n---\n--- a/include/trace/events/a.h\n"
				   "+++ b/include/trace/events/a.h\n@@ -1,2 +1,4 @@\n"
				   " TRACE_EVENT(old,\n+TRACE_EVENT(one,\n+DEFINE_EVENT(cls, two,\n"
				   "-TRACE_EVENT(gone,\n+DEFINE_EVENT_CONDITION(cls,\n";
	struct names events = {};
	struct mail m;

	(void)state;
	mail_parse(text, strlen(text), &m);
	source_events_added(&m, &events);
	assert_int_equal(events.nr, 2);
	assert_true(names_have(&events, "one"));
	assert_true(names_have(&events, "two"));
	names_release(&events);
	mail_release(&m);
}

/* Calls behind a NOP that a static key patches are not on the way; those behind a
 * conditional jump are. */
static void calls_past_a_nop(void **state)
{
	static const char text[] =
		"\nx.o:     file format elf64-x86-64\n\n"
		"0000000000000010 <f>:\n"
		"  10:\tcall   15 <f+0x5>\t11: R_X86_64_PLT32\tcostly-0x4\n"
		"  15:\tnopl   0x0(%rax,%rax,1)\n"
		"  1a:\tjne    30 <f+0x20>\n"
		"  1c:\tret\n"
		"  20:\tcall   25 <f+0x15>\t21: R_X86_64_PLT32\ttrace-0x4\n"
		"  25:\tjmp    1a <f+0xa>\n"
		"  30:\tcall   35 <f+0x25>\t31: R_X86_64_PLT32\tslow-0x4\n"
		"  35:\tjmp    10 <f>\n"
		"\n0000000000000040 <g>:\n"
		"  40:\tjmp    45 <g+0x5>\t41: R_X86_64_PLT32\ttail-0x4\n";
	struct calls c;

	(void)state;
	disasm_calls(text, "f", &c);
	assert_int_equal(calls_count(&c, "costly"), 1);
	assert_int_equal(calls_count(&c, "slow"), 1);
	assert_int_equal(calls_count(&c, "trace"), 0);
	calls_release(&c);
	disasm_calls(text, "g", &c);
	assert_int_equal(calls_count(&c, "tail"), 1);
	calls_release(&c);
	disasm_calls(text, "h", &c);
	assert_int_equal(c.nr, 0);
	calls_release(&c);
	for (size_t n = 0; n < strlen(text); n++) {
		char *cut = xstrndup(text, n);

		disasm_calls(cut, "f", &c);
		calls_release(&c);
		free(cut);
	}
}

static void one_object(const char *dir, const char *bits, bool is_64)
{
	static const char code[] = "int other(int);\nint twice(int x)\n{\n\treturn other(x) + 1;\n}\n";
	char *src = xasprintf("%s/a.c", dir), *obj = xasprintf("%s/a%s.o", dir, bits);
	const char *const argv[] = { "gcc", bits, "-O1", "-fno-pic", "-c", "-o", obj, src, NULL };
	struct proc_opts opts = { .argv = argv };
	struct strbuf bytes = STRBUF_INIT;
	struct error err;
	struct elf e;
	bool found = false;

	assert_int_equal(io_write_file(src, code, strlen(code), &err), 0);
	assert_int_equal(proc_check(&opts, &err), 0);
	assert_int_equal(io_read_file(obj, 1 << 20, &bytes, &err), 0);
	assert_int_equal(elf_parse(bytes.buf, bytes.len, &e, &err), 0);
	assert_int_equal(e.is_64, is_64);
	assert_true(elf_section(&e, ".text") > 0);
	assert_int_equal(elf_section(&e, ".nothing"), 0);
	for (size_t i = 0; i < e.nr_relocs; i++)
		if (strcmp(e.symbols[e.relocs[i].symbol].name, "other") == 0) {
			found = true;
			assert_int_equal(e.relocs[i].addend, -4);
			assert_string_equal(elf_function(&e, e.relocs[i].section, e.relocs[i].offset),
					    "twice");
		}
	assert_true(found);
	elf_release(&e);
	/* Cut anywhere, and with each byte of the header changed. */
	for (size_t n = 0; n < bytes.len; n += 7) {
		char *cut = xmalloc(n + 1);

		memcpy(cut, bytes.buf, n);
		if (elf_parse(cut, n, &e, &err) == 0)
			elf_release(&e);
		free(cut);
	}
	for (size_t n = 0; n < 64; n++) {
		bytes.buf[n] = (char)(bytes.buf[n] ^ 0xff);
		if (elf_parse(bytes.buf, bytes.len, &e, &err) == 0)
			elf_release(&e);
		bytes.buf[n] = (char)(bytes.buf[n] ^ 0xff);
	}
	strbuf_release(&bytes);
	free(src);
	free(obj);
}

static void objects_of_both_sizes(void **state)
{
	char dir[] = "/tmp/hw-review-XXXXXX";
	struct error err;
	struct elf e;

	(void)state;
	assert_non_null(mkdtemp(dir));
	one_object(dir, "-m64", true);
	one_object(dir, "-m32", false);
	assert_int_equal(elf_parse("", 0, &e, &err), -1);
	assert_int_equal(elf_parse("\177ELF", 4, &e, &err), -1);
	io_remove_tree(dir, &err);
}

/* What a result says survives the cache; what is none is refused. */
static void results_are_kept(void **state)
{
	struct review_result r = { .check = "build" }, back = {};
	struct error err;
	char *json;

	(void)state;
	result_note(&r, "2 objects");
	finding_details(result_find(&r, REVIEW_WARN, "mm/x.c", 7, "unused \xff"), "more");
	assert_int_equal(r.status, REVIEW_WARN);
	result_find(&r, REVIEW_FAIL, NULL, 0, "broken\nsecond line");
	assert_int_equal(r.status, REVIEW_FAIL);
	json = result_to_json(&r);
	assert_int_equal(result_from_json(json, &back, &err), 0);
	assert_int_equal(back.status, REVIEW_FAIL);
	assert_int_equal(back.nr, 2);
	assert_string_equal(back.findings[0].summary, "unused ?");
	assert_string_equal(back.findings[0].details, "more\n");
	assert_int_equal(back.findings[0].line, 7);
	assert_string_equal(back.findings[1].summary, "broken");
	result_release(&back);
	free(json);
	result_release(&r);
	assert_int_equal(result_from_json("{}", &back, &err), -1);
	assert_int_equal(result_from_json("[1", &back, &err), -1);
	result_release(&back);
	assert_int_equal(result_from_json("{\"status\": 9, \"note\": \"\", \"findings\": [], "
					  "\"cpu_s\": 0, \"wall_s\": 0}", &back, &err), -1);
	result_release(&back);
	result_unchecked(&r, "needs %s", "sparse");
	assert_int_equal(r.status, REVIEW_UNCHECKED);
	assert_string_equal(r.note, "not checked: needs sparse");
	result_release(&r);
}

/* Every row of the table is complete and can be named. */
static void the_table_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < check_nr; i++) {
		assert_non_null(check_table[i].run);
		assert_true(check_table[i].version > 0);
		assert_ptr_equal(check_find(check_table[i].name), &check_table[i]);
	}
	assert_null(check_find("nothing"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_is_taken_apart),
		cmocka_unit_test(a_mail_cut_short_or_lying),
		cmocka_unit_test(an_mbox_is_split),
		cmocka_unit_test(an_mbox_is_ordered),
		cmocka_unit_test(messages_of_compilers),
		cmocka_unit_test(only_new_messages_count),
		cmocka_unit_test(words_in_sources),
		cmocka_unit_test(events_in_a_patch),
		cmocka_unit_test(calls_past_a_nop),
		cmocka_unit_test(objects_of_both_sizes),
		cmocka_unit_test(results_are_kept),
		cmocka_unit_test(the_table_is_whole),
	};

	return cmocka_run_group_tests_name("review", tests, NULL, NULL);
}
