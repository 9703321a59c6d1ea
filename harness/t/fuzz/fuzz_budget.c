// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a budget of patches: refused, or judged against a series of two. */
#include <stddef.h>
#include <stdint.h>

#include "cost/cost.h"
#include "lib/xalloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const arches[] = { "i386", "x86_64" }, *const modes[] = { "off", "hist" };
	struct strbuf out = STRBUF_INIT;
	struct budget b;
	struct error err;
	struct cost c;

	if (budget_parse((const char *)data, size, "b", &b, &err))
		return 0;
	cost_init(&c, arches, 2, modes, 2, 3);
	for (size_t i = 0; i < 3; i++) {
		c.steps[i].name = xasprintf("series@%zu", i);
		c.steps[i].subject = xstrdup("");
		cost_at(&c, i, 0, 0, cost_path(&c, "fault"))->there = true;
		cost_at(&c, i, 1, 1, cost_path(&c, "fault"))->insns = (int64_t)(size * i);
	}
	budget_check_names(&b, &c, "b", &err);
	cost_ktap(&c, &b, &out);
	cost_text(&c, &b, &out);
	budget_release(&b);
	cost_release(&c);
	strbuf_release(&out);
	return 0;
}
