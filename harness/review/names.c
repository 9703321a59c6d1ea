// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "review/objects.h"

bool names_have(const struct names *n, const char *name)
{
	for (size_t i = 0; i < n->nr; i++)
		if (strcmp(n->v[i], name) == 0)
			return true;
	return false;
}

void names_add(struct names *n, const char *name)
{
	if (names_have(n, name))
		return;
	n->v = xreallocarray(n->v, n->nr + 1, sizeof(*n->v));
	n->v[n->nr++] = xstrdup(name);
}

void names_release(struct names *n)
{
	for (size_t i = 0; i < n->nr; i++)
		free(n->v[i]);
	free(n->v);
	*n = (struct names){};
}
