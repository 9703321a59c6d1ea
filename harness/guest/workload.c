// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/workload.h"

#include <stdio.h>
#include <string.h>

#include "lib/parse.h"

#define WORKLOAD(ident) &workload_##ident,
static const struct workload *const all[] = {
#include "guest/workload.def"
};
#undef WORKLOAD

const struct workload *workload_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	return NULL;
}

const char *param_text(const struct job *job, const char *key)
{
	const char *text = job_param(job, key);

	if (!text)
		agent_fail("the job has no parameter '%s'", key);
	return text;
}

uint64_t param_number(const struct job *job, const char *key)
{
	uint64_t v;

	if (parse_u64(param_text(job, key), &v))
		agent_fail("parameter '%s' is no number", key);
	return v;
}

void emit_cost(const struct job *job, const char *per, const char *label, uint64_t ticks,
	       uint64_t nr)
{
	char name[48];

	snprintf(name, sizeof(name), "%s_per_%s", job->insn ? "insns" : "tsc_ticks", per);
	emit_ratio(name, label, job->insn ? ticks >> job->shift : ticks, nr);
}
