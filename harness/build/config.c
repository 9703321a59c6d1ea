// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/proc.h"
#include "lib/xalloc.h"

#define FRAGMENT_MAX (1 << 20)

void config_fragments(const struct paths *paths, const struct kernel_name *kernel, enum arch arch,
		      struct argv *ret)
{
	argv_addf(ret, "%s/kernel/arch/common.config", paths->configs);
	argv_addf(ret, "%s/kernel/arch/%s.config", paths->configs, arch_name(arch));
	for (size_t i = 0; i < kernel->nr_variants; i++)
		if (config_is_built_in(paths, kernel->variants[i]))
			argv_addf(ret, "%s/kernel/%s.config", paths->configs, kernel->variants[i]);
}

bool config_is_built_in(const struct paths *paths, const char *variant)
{
	char *path = xasprintf("%s/kernel/%s.config", paths->configs, variant);
	bool there = io_exists(path);

	free(path);
	return there;
}

int config_text(const struct argv *fragments, struct strbuf *out, struct error *err)
{
	strbuf_adds(out, "");
	for (size_t i = 0; i < fragments->nr; i++) {
		if (io_read_file(fragments->v[i], FRAGMENT_MAX, out, err))
			return -1;
		strbuf_addc(out, '\n');
	}
	return 0;
}

/* One option a fragment speaks of. */
struct option {
	const char *name;
	size_t name_len;
	const char *value; /* "n" for "is not set" */
	size_t value_len;
};

/* Parse a line of a fragment or a .config; false when it sets nothing. */
static bool parse_line(const char *line, size_t len, struct option *ret)
{
	static const char unset[] = " is not set";
	const char *eq;

	if (len >= 9 + sizeof(unset) && strncmp(line, "# CONFIG_", 9) == 0 &&
	    strncmp(line + len - (sizeof(unset) - 1), unset, sizeof(unset) - 1) == 0) {
		*ret = (struct option){ line + 2, len - 2 - (sizeof(unset) - 1), "n", 1 };
		return true;
	}
	eq = memchr(line, '=', len);
	if (strncmp(line, "CONFIG_", 7) != 0 || !eq)
		return false;
	*ret = (struct option){ line, eq - line, eq + 1, line + len - eq - 1 };
	return true;
}

/* Call @fn for every line of @text that sets an option. */
#define for_each_option(text, line, opt)                                             \
	for (const char *line = (text), *line##_end;                                 \
	     *line && (line##_end = line + strcspn(line, "\n"));                     \
	     line = *line##_end ? line##_end + 1 : line##_end)                       \
		if (parse_line(line, line##_end - line, &(opt)))

/* The last value @text gives @name, in @ret; false when it gives none. */
static bool lookup(const char *text, const struct option *name, struct option *ret)
{
	struct option o;
	bool found = false;

	for_each_option(text, line, o) {
		if (o.name_len == name->name_len && memcmp(o.name, name->name, o.name_len) == 0) {
			*ret = o;
			found = true;
		}
	}
	return found;
}

int config_check(const char *asked, const char *got, struct error *err)
{
	struct strbuf missing = STRBUF_INIT;
	struct option o, last, have;
	int rc = 0;

	for_each_option(asked, line, o) {
		/* Only the last word counts, and it is judged once. */
		if (!lookup(asked, &o, &last) || last.name != o.name)
			continue;
		if (!lookup(got, &o, &have))
			have = (struct option){ .value = "n", .value_len = 1 };
		if (have.value_len != o.value_len ||
		    memcmp(have.value, o.value, o.value_len) != 0)
			strbuf_addf(&missing, "\n  %.*s=%.*s asked, %.*s in the result", (int)o.name_len,
				    o.name, (int)o.value_len, o.value, (int)have.value_len, have.value);
	}
	if (missing.len)
		rc = error_set(err, ERROR_INPUT, "kernel options not honoured:%s", missing.buf);
	strbuf_release(&missing);
	return rc;
}

static int run_merge(const char *src, const char *obj, const char *arch,
		     const struct argv *fragments, struct error *err)
{
	char *env_arch = xasprintf("ARCH=%s", arch);
	char *config = xasprintf("%s/.config", obj);
	const char *const env[] = { env_arch, "LC_ALL=C", NULL };
	struct argv argv = {};
	struct proc_opts opts = { .env = env, .dir = obj };
	int rc;

	argv_addf(&argv, "%s/scripts/kconfig/merge_config.sh", src);
	argv_add(&argv, "-m");
	argv_add(&argv, "-O");
	argv_add(&argv, obj);
	argv_add(&argv, config);
	for (size_t i = 0; i < fragments->nr; i++)
		argv_add(&argv, fragments->v[i]);
	opts.argv = (const char *const *)argv.v;
	rc = proc_check(&opts, err);
	argv_release(&argv);
	free(config);
	free(env_arch);
	return rc;
}

static int run_make(const char *src, const char *obj, const char *arch, const char *target,
		    struct error *err)
{
	char *o = xasprintf("O=%s", obj);
	char *a = xasprintf("ARCH=%s", arch);
	const char *const argv[] = { "make", "-s", "-C", src, o, a, target, NULL };
	const char *const env[] = { "LC_ALL=C", NULL };
	struct proc_opts opts = { .argv = argv, .env = env };
	int rc = proc_check(&opts, err);

	free(o);
	free(a);
	return rc;
}

int config_make(const char *src, const char *obj, const char *arch, const struct argv *fragments,
		struct error *err)
{
	struct strbuf asked = STRBUF_INIT, got = STRBUF_INIT;
	char *config = xasprintf("%s/.config", obj);
	int rc;

	rc = run_make(src, obj, arch, "tinyconfig", err);
	if (!rc)
		rc = run_merge(src, obj, arch, fragments, err);
	if (!rc)
		rc = run_make(src, obj, arch, "olddefconfig", err);
	if (!rc)
		rc = config_text(fragments, &asked, err);
	if (!rc)
		rc = io_read_file(config, FRAGMENT_MAX, &got, err);
	if (!rc)
		rc = config_check(asked.buf, got.buf, err);
	strbuf_release(&asked);
	strbuf_release(&got);
	free(config);
	return rc;
}
