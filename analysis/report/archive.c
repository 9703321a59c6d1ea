// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Long texts behind a click. Most lines of a console or of facts stand in another one
 * too, so that a text is pieces of one common text, in which no line is twice; that is
 * cut into blocks of zlib in base64, which the page's script opens.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/xalloc.h"
#include "report/private.h"

#define LEVEL 6
#define FIRST_SLOTS 4096

struct archive_line {
	uint64_t hash; /* of its bytes; 0: an empty slot */
	size_t at, len;
};

static void base64(const unsigned char *v, size_t len, struct strbuf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		const unsigned int left = len - i < 3 ? (unsigned int)(len - i) : 3;
		const unsigned int w = (unsigned int)v[i] << 16 | (left > 1 ? (unsigned int)v[i + 1] << 8 : 0) |
				       (left > 2 ? v[i + 2] : 0);
		const char four[4] = { digits[w >> 18], digits[w >> 12 & 63],
				       left > 1 ? digits[w >> 6 & 63] : '=', left > 2 ? digits[w & 63] : '=' };

		strbuf_add(out, four, sizeof(four));
	}
}

/* FNV-1a; never 0 */
static uint64_t hash_of(const char *s, size_t len)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * UINT64_C(1099511628211);
	return h ? h : 1;
}

static struct archive_line *find(const struct archive *a, const char *line, size_t len, uint64_t hash)
{
	size_t i = hash & (a->nr_slots - 1);

	while (a->slots[i].hash &&
	       (a->slots[i].hash != hash || a->slots[i].len != len ||
		memcmp(a->text.buf + a->slots[i].at, line, len) != 0))
		i = (i + 1) & (a->nr_slots - 1);
	return &a->slots[i];
}

static void grow(struct archive *a)
{
	struct archive_line *old = a->slots;
	const size_t nr = a->nr_slots;

	a->nr_slots = nr ? 2 * nr : FIRST_SLOTS;
	a->slots = xcalloc(a->nr_slots, sizeof(*a->slots));
	for (size_t i = 0; i < nr; i++)
		if (old[i].hash)
			*find(a, a->text.buf + old[i].at, old[i].len, old[i].hash) = old[i];
	free(old);
}

/* Where @line is in the common text; put there if it is new. */
static size_t place(struct archive *a, const char *line, size_t len)
{
	const uint64_t hash = hash_of(line, len);
	struct archive_line *l;

	if (2 * a->nr_lines >= a->nr_slots)
		grow(a);
	l = find(a, line, len, hash);
	if (!l->hash) {
		*l = (struct archive_line){ hash, a->text.len, len };
		a->nr_lines++;
		strbuf_add(&a->text, line, len);
	}
	return l->at;
}

void archive_add(struct archive *a, const char *name, const char *text, size_t len, struct strbuf *out)
{
	size_t begin = 0, end = 0;
	const char *comma = "";

	strbuf_addf(out, "<details class=\"z js\" hidden data-z=\"");
	for (size_t at = 0, next; at < len; at = next) {
		const char *nl = memchr(text + at, '\n', len - at);
		size_t found;

		next = nl ? (size_t)(nl - text) + 1 : len;
		found = place(a, text + at, next - at);
		if (found != end && end > begin) {
			strbuf_addf(out, "%s%zu+%zu", comma, begin, end - begin);
			comma = " ";
		}
		if (found != end)
			begin = found;
		end = found + (next - at);
	}
	strbuf_addf(out, "%s%zu+%zu\"><summary>%s</summary><pre tabindex=\"0\"></pre></details>", comma, begin,
		    end - begin, name);
}

void archive_finish(struct archive *a, struct strbuf *out)
{
	for (size_t at = 0; at < a->text.len; at += ARCHIVE_BLOCK) {
		const size_t len = a->text.len - at < ARCHIVE_BLOCK ? a->text.len - at : ARCHIVE_BLOCK;
		uLongf packed_len = compressBound(len);
		unsigned char *packed = xcalloc(packed_len, 1);

		/* It can fail for want of memory only: the bound is its own. */
		if (compress2(packed, &packed_len, (const unsigned char *)a->text.buf + at, len, LEVEL) != Z_OK)
			abort();
		strbuf_addf(out, "<script type=\"text/plain\" class=\"z\" data-size=\"%u\">", ARCHIVE_BLOCK);
		base64(packed, packed_len, out);
		strbuf_adds(out, "</script>\n");
		free(packed);
	}
	strbuf_release(&a->text);
	free(a->slots);
	*a = (struct archive){};
}
