// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/parse.h"
#include "lib/xalloc.h"
#include "plan/spec.h"

#define FILE_MAX_BYTES (64u << 10)
#define MIB (1ull << 20)
#define MAX_PERCENT 10000

/* "%{mem:150}" at @p: its value for @memory, rounded down to 1 MiB; NULL if it is none. */
static const char *derived(const char *p, uint64_t memory, uint64_t *ret)
{
	static const char head[] = "%{mem:";
	const char *end;
	char number[16];
	uint64_t percent;

	if (strncmp(p, head, sizeof(head) - 1) != 0)
		return NULL;
	p += sizeof(head) - 1;
	end = strchr(p, '}');
	if (!end || end - p >= (long)sizeof(number))
		return NULL;
	memcpy(number, p, (size_t)(end - p));
	number[end - p] = '\0';
	if (parse_u64(number, &percent) || percent < 1 || percent > MAX_PERCENT)
		return NULL;
	*ret = memory * percent / 100 / MIB * MIB;
	return end + 1;
}

int plan_file_text(const char *path, uint64_t memory_bytes, char **ret, struct error *err)
{
	struct strbuf raw = STRBUF_INIT, out = STRBUF_INIT;
	uint64_t value = 0;
	int rc = io_read_file(path, FILE_MAX_BYTES, &raw, err);

	if (!rc && strlen(raw.buf) != raw.len)
		rc = error_set(err, ERROR_INPUT, "'%s' is no text", path);
	for (const char *p = raw.buf; !rc && *p;) {
		const char *percent = strstr(p, "%{");
		const char *next;

		strbuf_add(&out, p, percent ? (size_t)(percent - p) : strlen(p));
		if (!percent)
			break;
		next = derived(percent, memory_bytes, &value);
		if (!next)
			rc = error_set(err, ERROR_INPUT,
				       "'%s' has '%.16s', only %%{mem:PERCENT} is known", path, percent);
		else
			strbuf_addf(&out, "%" PRIu64, value);
		p = next;
	}
	if (!rc)
		*ret = strbuf_detach(&out);
	strbuf_release(&out);
	strbuf_release(&raw);
	return rc;
}
