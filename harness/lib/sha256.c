// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/sha256.h"

#include <errno.h>
#include <sha2.h>
#include <sys/types.h>

void sha256_bytes(const void *data, size_t len, char hex[SHA256_HEX])
{
	SHA256Data(data, len, hex);
}

int sha256_file(const char *path, char hex[SHA256_HEX], struct error *err)
{
	if (!SHA256File(path, hex))
		return error_errno(err, ERROR_HOST, errno, "cannot digest '%s'", path);
	return 0;
}
