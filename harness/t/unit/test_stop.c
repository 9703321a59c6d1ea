// SPDX-License-Identifier: GPL-2.0-or-later
/* Free lists out of a guest's memory of either word size; damage is not believed. Packets of gdb. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test.h"

#include "boot/gdb.h"
#include "decode/free_lists.h"

#define BYTES ((size_t)65536)

/* A guest's memory: BYTES at its kernel address. */
struct fake {
	unsigned char p[BYTES];
	struct guest_memory m;
	size_t next_page; /* where the next page struct goes */
};

static int read_fake(void *ctx, uint64_t addr, void *to, size_t len, struct error *err)
{
	struct fake *f = ctx;

	if (addr < f->m.kernel || addr + len > f->m.kernel + BYTES)
		return error_set(err, ERROR_FOUND, "nothing there");
	memcpy(to, f->p + (addr - f->m.kernel), len);
	return 0;
}

static void put(struct fake *f, size_t off, uint64_t value)
{
	memcpy(f->p + off, &value, f->m.word);
}

/* A list of @nr entries with its head at @head. */
static void make_list(struct fake *f, size_t head, unsigned int nr)
{
	const size_t w = f->m.word;
	size_t last = head;

	for (unsigned int i = 0; i < nr; i++) {
		put(f, last, f->m.kernel + f->next_page);
		put(f, f->next_page + w, f->m.kernel + last);
		last = f->next_page;
		f->next_page += 64;
	}
	put(f, last, f->m.kernel + head);
	put(f, head + w, f->m.kernel + last);
}

/* A zone at @off: a name, some words, then free_area[] with 11 orders and @types lists. Returns
 * where free_area[] is. */
static size_t make_zone(struct fake *f, size_t off, const char *name, size_t name_at,
			unsigned int types)
{
	const size_t w = f->m.word, area = off + 40 * w, stride = (2 * (size_t)types + 1) * w;

	strcpy((char *)f->p + name_at, name);
	put(f, off + 3 * w, f->m.kernel + name_at);
	put(f, off + 5 * w, 12345);
	for (unsigned int o = 0; o < 11; o++) {
		unsigned int sum = 0;

		for (unsigned int t = 0; t < types; t++) {
			unsigned int nr = t == 1 ? o : t == 0 && o == 2 ? 1 : 0;

			make_list(f, area + o * stride + 2 * w * t, nr);
			sum += nr;
		}
		put(f, area + o * stride + 2 * w * types, sum);
	}
	return area;
}

static struct fake *make(unsigned int word)
{
	static struct fake f;

	memset(&f, 0, sizeof(f));
	f.m = (struct guest_memory){ read_fake, &f, word, word == 4 ? 0xc0000000 : 0xffff800000000000 };
	f.next_page = 0x8000;
	return &f;
}

static void both_word_sizes(void **state)
{
	(void)state;
	for (unsigned int word = 4; word <= 8; word += 4)
		for (unsigned int types = 4; types <= 6; types++) {
			struct fake *f = make(word);
			struct strbuf out = STRBUF_INIT;
			struct free_lists l;
			struct error err;

			make_zone(f, 0x40, "Normal", 0x7000, types);
			make_zone(f, 0x1000, "HighMem", 0x7100, types);
			if (free_lists_read(&f->m, f->m.kernel, 0x2000, &l, &err))
				fail_msg("word %u, %u types: %s", word, types, err.msg);
			assert_int_equal(l.nr, 2);
			assert_string_equal(l.v[0].name, "Normal");
			assert_string_equal(l.v[1].name, "HighMem");
			assert_int_equal(l.v[1].nr_types, types);
			assert_int_equal(l.v[1].nr_orders, 11);
			for (unsigned int o = 0; o < 11; o++)
				assert_int_equal(l.v[1].blocks[o][1], o);
			assert_int_equal(l.v[0].blocks[2][0], 1);
			free_lists_text(&l, &out);
			assert_non_null(strstr(out.buf, "Movable           0      1      2      3"));
			strbuf_release(&out);
		}
}

/* One number that is not the list's length, a list that goes astray, a circle: no free lists. */
static void not_believed(void **state)
{
	(void)state;
	for (int what = 0; what < 4; what++) {
		struct fake *f = make(8);
		size_t area = make_zone(f, 0x40, "Normal", 0x7000, 4), stride = 72;
		struct free_lists l;
		struct error err;

		switch (what) {
		case 0: put(f, area + 3 * stride + 64, 4); break; /* nr_free */
		case 1: put(f, 0x8000, f->m.kernel + BYTES); break; /* beyond memory */
		case 2: put(f, 0x8000, f->m.kernel + 0x8000); break; /* to itself */
		default: put(f, 0x8008, 0); break; /* prev */
		}
		assert_int_equal(free_lists_read(&f->m, f->m.kernel, 0x2000, &l, &err), -1);
		assert_non_null(strstr(err.msg, "no free lists"));
	}
}

static void nothing_and_too_much(void **state)
{
	struct fake *f = make(4);
	struct free_lists l;
	struct error err;

	(void)state;
	assert_int_equal(free_lists_read(&f->m, f->m.kernel, 0, &l, &err), -1);
	assert_int_equal(free_lists_read(&f->m, f->m.kernel, 3, &l, &err), -1);
	assert_int_equal(free_lists_read(&f->m, f->m.kernel, 2 * BYTES, &l, &err), -1);
	assert_int_equal(free_lists_read(&f->m, f->m.kernel, 1ul << 40, &l, &err), -1);
	/* All of it pointing to itself is no zone either: nr_free is not 0. */
	for (size_t off = 0; off < 0x2000; off += 4)
		put(f, off, f->m.kernel + off);
	assert_int_equal(free_lists_read(&f->m, f->m.kernel, 0x2000, &l, &err), -1);
}

static void packets(void **state)
{
	struct strbuf out = STRBUF_INIT;

	(void)state;
	gdb_packet("m1000,4", &out);
	assert_string_equal(out.buf, "$m1000,4#8e");
	strbuf_reset(&out);
	assert_int_equal(gdb_unpack("+$OK#9a", 7, &out), 7);
	assert_string_equal(out.buf, "OK");
	strbuf_reset(&out);
	for (size_t n = 0; n < 7; n++)
		assert_int_equal(gdb_unpack("+$OK#9a", n, &out), 0);
	assert_int_equal(gdb_unpack("$OK#9b", 6, &out), -1);
	assert_int_equal(gdb_unpack("$OK#zz", 6, &out), -1);
	assert_int_equal(gdb_unpack("#9a$", 4, &out), 0);
	strbuf_release(&out);
}

/* A stop that is reported late, before or in the middle of the answer, is not the answer. */
static void late_stop(void **state)
{
	static const char *const said[] = { "+$0b0a#23", "+$T02thread:01;#04+$0b0a#23", "$T02thread:01;#04", "+$E14#aa" };
	static const size_t after[] = { 0, 0, 1, 0 }; /* of these, the next comes too */

	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		unsigned char bytes[2] = {};
		struct error err;
		int fd[2], rc;

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
		assert_int_equal(write(fd[1], said[i], strlen(said[i])), (ssize_t)strlen(said[i]));
		if (after[i])
			assert_int_equal(write(fd[1], said[0], strlen(said[0])), (ssize_t)strlen(said[0]));
		rc = gdb_read(fd[0], 0x1000, bytes, 2, &err);
		assert_int_equal(rc, i == 3 ? -1 : 0);
		if (!rc)
			assert_true(bytes[0] == 0x0b && bytes[1] == 0x0a);
		close(fd[0]);
		close(fd[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_word_sizes),
		cmocka_unit_test(not_believed),
		cmocka_unit_test(nothing_and_too_much),
		cmocka_unit_test(packets),
		cmocka_unit_test(late_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
