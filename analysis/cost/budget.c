// SPDX-License-Identifier: GPL-2.0-or-later
#include "cost/cost.h"

#include <stdlib.h>
#include <string.h>

#include "lib/parse.h"
#include "lib/xalloc.h"

#define FIELDS 5
#define LINE_MAX_BYTES 256
#define LIMIT_MAX 1000000000000

void budget_release(struct budget *b)
{
	for (size_t i = 0; i < b->nr; i++) {
		free(b->v[i].arch);
		free(b->v[i].mode);
		free(b->v[i].path);
	}
	free(b->v);
	*b = (struct budget){};
}

static char *name_or_any(const char *s)
{
	return strcmp(s, "*") == 0 ? NULL : xstrdup(s);
}

static int take_patch(const char *s, long *ret)
{
	uint64_t n;

	if (strcmp(s, "*") == 0) {
		*ret = -1;
		return 0;
	}
	if (strcmp(s, "all") == 0) {
		*ret = COST_ALL;
		return 0;
	}
	if (parse_u64(s, &n) || n < 1 || n > 100000)
		return -1;
	*ret = (long)n;
	return 0;
}

static int take_limit(const char *s, struct budget_rule *r)
{
	r->exactly = *s == '=';
	if (*s != '=' && *s != '+')
		return -1;
	if (parse_i64(s + 1, &r->limit) || r->limit > LIMIT_MAX || r->limit < -LIMIT_MAX)
		return -1;
	return !r->exactly && r->limit < 0 ? -1 : 0;
}

/* One line without its comment, cut up in place. NULL, or what is wrong. */
static const char *take_line(char *line, struct budget *b)
{
	char *save = NULL, *f[FIELDS + 1];
	struct budget_rule r = {};
	size_t nr = 0;

	for (char *p = strtok_r(line, " \t\r", &save); p; p = strtok_r(NULL, " \t\r", &save)) {
		if (nr == FIELDS)
			return "more than PATCH ARCH EVENTS PATH LIMIT";
		f[nr++] = p;
	}
	if (!nr)
		return NULL;
	if (nr != FIELDS)
		return "PATCH ARCH EVENTS PATH LIMIT are needed";
	if (take_patch(f[0], &r.patch))
		return "PATCH is a number from 1, 'all' or '*'";
	if (take_limit(f[4], &r))
		return "LIMIT is +K (at most) or =K (exactly)";
	r.arch = name_or_any(f[1]);
	r.mode = name_or_any(f[2]);
	r.path = name_or_any(f[3]);
	b->v = xreallocarray(b->v, b->nr + 1, sizeof(*b->v));
	b->v[b->nr++] = r;
	return NULL;
}

int budget_parse(const char *text, size_t len, const char *name, struct budget *ret,
		 struct error *err)
{
	const char *end = text + len, *wrong = NULL;
	struct budget b = {};
	unsigned int nr = 0;

	for (const char *p = text; !wrong && p < end; nr++) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		size_t bytes = (size_t)((eol ? eol : end) - p);
		char line[LINE_MAX_BYTES];

		if (bytes >= sizeof(line) || memchr(p, '\0', bytes)) {
			wrong = "not a line of text";
		} else {
			memcpy(line, p, bytes);
			line[bytes] = '\0';
			line[strcspn(line, "#")] = '\0';
			wrong = take_line(line, &b);
		}
		p += bytes + (eol != NULL);
	}
	if (wrong) {
		budget_release(&b);
		return error_set(err, ERROR_INPUT, "%s:%u: %s", name, nr, wrong);
	}
	*ret = b;
	return 0;
}

static bool is_known(const char *name, char *const *names, size_t nr)
{
	for (size_t i = 0; name && i < nr; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return !name;
}

int budget_check_names(const struct budget *b, const struct cost *c, const char *name,
		       struct error *err)
{
	static const char *const arches[] = { "i386", "x86_64" }, *const modes[] = { "off", "ring", "hist" };

	for (size_t i = 0; i < b->nr; i++) {
		const struct budget_rule *r = &b->v[i];

		/* One that is not run now is no mistake; one that does not exist is. */
		if (!is_known(r->arch, (char *const *)arches, 2))
			return error_set(err, ERROR_INPUT, "%s: there is no architecture '%s'", name, r->arch);
		if (!is_known(r->mode, (char *const *)modes, 3))
			return error_set(err, ERROR_INPUT, "%s: events are off, ring or hist, not '%s'", name,
					 r->mode);
		if (!is_known(r->path, c->paths, c->nr_paths))
			return error_set(err, ERROR_INPUT, "%s: there is no path '%s'", name, r->path);
		if (r->patch > 0 && (size_t)r->patch >= c->nr_steps)
			return error_set(err, ERROR_INPUT, "%s: there is no patch %ld, the series has %zu", name,
					 r->patch, c->nr_steps - 1);
	}
	return 0;
}

static bool fits(const char *want, const char *is)
{
	return !want || strcmp(want, is) == 0;
}

const struct budget_rule *budget_rule(const struct budget *b, const struct cost *c, size_t patch,
				      size_t arch, size_t mode, size_t path)
{
	for (size_t i = b ? b->nr : 0; i; i--) {
		const struct budget_rule *r = &b->v[i - 1];

		if (r->patch == -1 ? patch == COST_ALL : (size_t)r->patch != patch)
			continue;
		if (fits(r->arch, c->arches[arch]) && fits(r->mode, c->modes[mode]) &&
		    fits(r->path, c->paths[path]))
			return r;
	}
	return NULL;
}

enum budget_verdict budget_judge(const struct budget *b, const struct cost *c, size_t patch,
				 size_t arch, size_t mode, size_t path)
{
	const struct budget_rule *r = budget_rule(b, c, patch, arch, mode, path);
	const size_t to = patch == COST_ALL ? c->nr_steps - 1 : patch;
	const size_t from = patch == COST_ALL ? 0 : patch - 1;
	int64_t d;

	/* A path this guest has not: huge pages, on a kernel without. */
	if (!r || (!cost_at(c, from, arch, mode, path)->there && !cost_at(c, to, arch, mode, path)->there))
		return BUDGET_FREE;
	switch (cost_delta(c, patch, arch, mode, path, &d)) {
	case COST_EXACT:
		return (r->exactly ? d == r->limit : d <= r->limit) ? BUDGET_KEPT : BUDGET_BROKEN;
	case COST_ABOUT:
		return BUDGET_UNSURE;
	default:
		return BUDGET_BROKEN;
	}
}

bool budget_broken(const struct budget *b, const struct cost *c)
{
	for (size_t patch = 0; patch < c->nr_steps; patch++)
		for (size_t a = 0; a < c->nr_arches; a++)
			for (size_t m = 0; m < c->nr_modes; m++)
				for (size_t p = 0; p < c->nr_paths; p++)
					if (budget_judge(b, c, patch, a, m, p) == BUDGET_BROKEN)
						return true;
	return false;
}
