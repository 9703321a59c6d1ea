// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/toolchain.h"

#include <string.h>

#include "lib/proc.h"
#include "lib/strbuf.h"

int toolchain_text(char **ret, struct error *err)
{
	static const char *const tools[] = { "gcc", "ld" };
	struct strbuf out = STRBUF_INIT;
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(tools) / sizeof(tools[0]); i++) {
		const char *const argv[] = { tools[i], "--version", NULL };
		const char *const env[] = { "LC_ALL=C", NULL };
		struct proc_opts opts = { .argv = argv, .env = env };
		struct proc_result r;

		rc = proc_run_checked(&opts, &r, err);
		if (!rc) {
			strbuf_add(&out, r.out.buf, strcspn(r.out.buf, "\n"));
			strbuf_addc(&out, '\n');
		}
		proc_result_release(&r);
	}
	if (rc)
		strbuf_release(&out);
	else
		*ret = strbuf_detach(&out);
	return rc;
}
