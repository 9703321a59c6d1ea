// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gcc turns a division of 64-bit values on i386 into a call of its library,
 * which the kernel does not have: the object names it, no link is needed.
 */
#include "review/check.h"

#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/xalloc.h"
#include "review/elf.h"
#include "review/objects.h"

#define OBJECT_MAX (64 << 20)

static bool is_division(const char *symbol)
{
	static const char *const names[] = { "__udivdi3", "__divdi3", "__umoddi3", "__moddi3",
					     "__udivmoddi4", "__divmoddi4" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], symbol) == 0)
			return true;
	return false;
}

static int judge_object(const char *path, const char *source, struct review_result *res,
			struct error *err)
{
	struct strbuf bytes = STRBUF_INIT;
	struct names reported = {};
	struct elf e;
	int rc = io_read_file(path, OBJECT_MAX, &bytes, err);

	if (!rc)
		rc = elf_parse(bytes.buf, bytes.len, &e, err);
	if (!rc) {
		for (size_t i = 0; i < e.nr_relocs; i++) {
			const char *symbol = e.symbols[e.relocs[i].symbol].name;
			const char *function = elf_function(&e, e.relocs[i].section, e.relocs[i].offset);

			if (!is_division(symbol) || names_have(&reported, function))
				continue;
			names_add(&reported, function);
			result_find(res, REVIEW_FAIL, source, 0,
				    "i386: 64-bit division in %s() (%s): use div_u64(), do_div() or their like",
				    function, symbol);
		}
		elf_release(&e);
	}
	names_release(&reported);
	strbuf_release(&bytes);
	return rc;
}

int check_division(struct review *r, struct review_patch *p, struct review_result *res,
		   struct error *err)
{
	const struct objects_how how = { .arch = ARCH_I386 };
	struct objects o = {};
	struct names sources;
	size_t left_out;
	int rc = objects_of(r, p, &sources, &left_out, err);

	if (!rc && sources.nr)
		rc = objects_get(r, p->commit, p->tree, &how, &sources, &o, err);
	for (size_t i = 0; !rc && i < o.built.nr; i++) {
		char *path = objects_path(&o, o.built.v[i]);

		rc = judge_object(path, o.built.v[i], res, err);
		free(path);
	}
	if (!rc)
		result_note(res, "%zu objects on i386", o.built.nr);
	objects_release(&o);
	names_release(&sources);
	return rc;
}
