// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text as a plan. */
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plan *plan;
	struct error err;

	if (size > 4096)
		return 0;
	if (plan_parse((const char *)data, size, "fuzz", "configs", &plan, &err) == 0)
		plan_free(plan);
	return 0;
}
