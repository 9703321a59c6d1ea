// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/paths_plan.h"

#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/strbuf.h"
#include "lib/xalloc.h"

#define PLAN_MAX (1u << 20)

static void add_list(struct strbuf *out, const char *key, const char *const *v, size_t nr)
{
	strbuf_addf(out, "%s: [", key);
	for (size_t i = 0; i < nr; i++) {
		strbuf_adds(out, i ? ", " : "");
		plan_add_scalar(out, v[i]);
	}
	strbuf_adds(out, "]\n");
}

static bool is_replaced(const char *line)
{
	static const char *const keys[] = { "name:", "kernel:", "arch:", "events:", "workload:" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strncmp(line, keys[i], strlen(keys[i])) == 0)
			return true;
	return false;
}

int paths_plan(const struct paths_plan *p, const struct paths *paths, struct plan **ret,
	       struct error *err)
{
	char *path = xasprintf("%s/plan/paths.yaml", paths->configs), *save = NULL;
	struct strbuf text = STRBUF_INIT, out = STRBUF_INIT;
	const char *names[NR_ARCHES];
	int rc = io_read_file(path, PLAN_MAX, &text, err);

	if (!rc) {
		for (size_t i = 0; i < p->nr_arches; i++)
			names[i] = arch_name(p->arches[i]);
		strbuf_addf(&out, "name: %s\nworkload: {name: paths, path: ", p->name);
		plan_add_scalar(&out, p->path ? p->path : "all");
		strbuf_adds(&out, "}\n");
		add_list(&out, "kernel", p->kernels, p->nr_kernels);
		add_list(&out, "arch", names, p->nr_arches);
		add_list(&out, "events", p->events, p->nr_events);
		for (char *line = strtok_r(text.buf, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
			if (!is_replaced(line))
				strbuf_addf(&out, "%s\n", line);
		rc = plan_parse(out.buf, out.len, path, paths->configs, ret, err);
	}
	strbuf_release(&text);
	strbuf_release(&out);
	free(path);
	return rc;
}
