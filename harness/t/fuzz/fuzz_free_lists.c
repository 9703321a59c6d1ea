// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a guest's memory with a node in it, and as an answer of a gdb stub. The
 * first byte chooses the word size; then each is a word, many of which point a little
 * back or to themselves, as list heads do.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "boot/gdb.h"
#include "decode/free_lists.h"
#include "lib/xalloc.h"

#define KERNEL 0xc0000000ull

struct memory {
	unsigned char *p;
	size_t size;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_memory(void *ctx, uint64_t addr, void *to, size_t len, struct error *err)
{
	const struct memory *m = ctx;

	if (addr < KERNEL || addr - KERNEL > m->size || len > m->size - (size_t)(addr - KERNEL))
		return error_set(err, ERROR_FOUND, "nothing there");
	memcpy(to, m->p + (addr - KERNEL), len);
	return 0;
}

/* A word an input byte: 0 to 127 a number, 128 to 254 so many words back, 255 itself. */
static void fill(struct memory *m, const uint8_t *data, unsigned int word)
{
	for (size_t i = 0; i < m->size / word; i++) {
		uint64_t self = KERNEL + i * word, v = data[i];

		if (data[i] >= 128)
			v = self - (uint64_t)(255 - data[i]) * word;
		memcpy(m->p + i * word, &v, word);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned int word = size && data[0] & 1 ? 8 : 4;
	struct memory memory = {};
	const struct guest_memory m = { read_memory, &memory, word, KERNEL };
	struct strbuf out = STRBUF_INIT;
	struct free_lists *f;
	struct error err;

	if (!size || size > 4096)
		return 0;
	memory.size = (size - 1) * word;
	memory.p = xcalloc(memory.size + 1, 1);
	fill(&memory, data + 1, word);
	f = xcalloc(1, sizeof(*f));
	if (free_lists_read(&m, KERNEL, memory.size, f, &err) == 0)
		free_lists_text(f, &out);
	gdb_unpack((const char *)data, size, &out);
	strbuf_release(&out);
	free(f);
	free(memory.p);
	return 0;
}
