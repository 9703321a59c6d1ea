// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text as the plugin's counts, any as a named profile and what its events cost, any bytes
 * as a vmlinux. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "build/vmlinux.h"
#include "decode/profile.h"
#include "profile/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count_events(const struct profile_row *rows, size_t nr)
{
	struct query_profile_row *v = calloc(nr + 1, sizeof(*v));
	const struct query_profile q = { v, nr };
	struct profile_events e = {};
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; v && i < nr; i++)
		v[i] = (struct query_profile_row){ (int64_t)(rows[i].insns >> 8), (int64_t)(rows[i].calls >> 8),
						   (char *)rows[i].context, (char *)rows[i].stack };
	if (v) {
		profile_events_add(&e, "i386", &q);
		profile_events_add(&e, "x86_64", &q);
	}
	profile_events_text(&e, &out);
	profile_events_json(&e, &out);
	profile_events_release(&e);
	strbuf_release(&out);
	free(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);
	struct profile_raw raw;
	struct profile_row *rows;
	struct vmlinux v;
	struct error err;
	size_t nr;

	memcpy(copy, data, size);
	copy[size] = '\0';
	if (profile_parse(copy, size, &raw, &err) == 0)
		profile_release(&raw);
	if (profile_rows(copy, size, &rows, &nr, &err) == 0) {
		count_events(rows, nr);
		free(rows);
	}
	if (vmlinux_parse(data, size, "fuzz", &v, &err) == 0)
		vmlinux_release(&v);
	free(copy);
	return 0;
}
