// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text as a check of a claim: parsed, evaluated, its figures put in. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/expr.h"
#include "lib/xalloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct strbuf out = STRBUF_INIT;
	struct error err;
	struct expr *e;
	double *values;
	bool is;

	if (size <= 2048 && expr_parse(text, &e, &err) == 0) {
		values = xcalloc(expr_nr_figures(e) + 1, sizeof(*values));
		for (size_t i = 0; i < expr_nr_figures(e); i++)
			values[i] = (double)i * 0.75;
		expr_eval(e, values, &is, &err);
		expr_substitute(e, values, &out);
		free(values);
		expr_free(e);
	}
	strbuf_release(&out);
	free(text);
	return 0;
}
