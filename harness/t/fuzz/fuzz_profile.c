// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text as the plugin's counts, any as a named profile, any bytes as a vmlinux. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "build/vmlinux.h"
#include "decode/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	if (profile_rows(copy, size, &rows, &nr, &err) == 0)
		free(rows);
	if (vmlinux_parse(data, size, "fuzz", &v, &err) == 0)
		vmlinux_release(&v);
	free(copy);
	return 0;
}
