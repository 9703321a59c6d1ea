// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdict: of a plan: what it claims of its cells. The check is parsed here, so that
 * a slip in it is found before anything runs; axes and values it names must exist.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/expr.h"
#include "lib/strbuf.h"
#include "lib/xalloc.h"
#include "plan/node.h"

#define MAX_CLAIMS 200
#define MAX_SENTENCE 400

void claim_release(struct claim *c)
{
	selection_release(&c->where);
	for (size_t i = 0; i < c->nr_others; i++)
		selection_release(&c->others[i]);
	free(c->others);
	free(c->claim);
	free(c->check);
	free(c->conditions);
}

/* A text of one line: what is folded over lines is joined. */
static int take_text(const struct at *at, const char *key, char **to)
{
	const char *text = scalar(at, at->node, key);
	size_t len = text ? strlen(text) : 0;
	char *copy;

	if (!text)
		return -1;
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	if (!len || len > MAX_SENTENCE)
		return spec_error(at->spec, line_of(at->node), at->err,
				  "'%s' of a verdict has 1 to %d characters", key, MAX_SENTENCE);
	copy = xstrndup(text, len);
	for (char *p = copy; *p; p++)
		if (iscntrl((unsigned char)*p))
			*p = ' ';
	*to = copy;
	return 0;
}

/* The cells a figure of the check turns to: some cell must be there. */
static int add_other(struct spec *spec, struct claim *c, const struct expr_figure *f,
		     struct error *err)
{
	struct selection *sel;

	if (!f->nr_changes)
		return 0;
	c->others = xreallocarray(c->others, c->nr_others + 1, sizeof(*c->others));
	sel = &c->others[c->nr_others++];
	*sel = (struct selection){ .line = c->line };
	for (size_t i = 0; i < f->nr_changes; i++)
		if (selection_add(spec, sel, f->changes[i].axis, f->changes[i].value, c->line, err))
			return -1;
	return 0;
}

static int take_check(const struct at *at, struct claim *c)
{
	struct expr *e;
	struct error why;
	int rc = 0;

	if (take_text(at, "check", &c->check))
		return -1;
	c->line = line_of(at->node);
	if (expr_parse(c->check, &e, &why))
		return spec_error(at->spec, c->line, at->err, "check '%s', %s", c->check, why.msg);
	if (!expr_nr_figures(e))
		rc = spec_error(at->spec, c->line, at->err, "check '%s' has no figure: {metric label}",
				c->check);
	for (size_t i = 0; !rc && i < expr_nr_figures(e); i++)
		rc = add_other(at->spec, c, expr_figure(e, i), at->err);
	expr_free(e);
	return rc;
}

static int take_claim_key(const struct at *at, const char *key, void *arg)
{
	struct claim *c = arg;

	if (strcmp(key, "claim") == 0)
		return take_text(at, key, &c->claim);
	if (strcmp(key, "check") == 0)
		return take_check(at, c);
	if (strcmp(key, "where") == 0) {
		c->where.line = line_of(at->node);
		return each_pair(at, key, take_selection_key, &c->where);
	}
	return spec_error(at->spec, at->key_line, at->err,
			  "unknown key '%s' of a verdict: claim, where, check", key);
}

static char *conditions_of(const struct selection *where)
{
	struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < where->nr; i++)
		for (size_t j = 0; j < where->keys[i].nr; j++)
			strbuf_addf(&sb, "%s=%s\n",
				    strcmp(where->keys[i].name, "seeds") ? where->keys[i].name : "seed",
				    where->keys[i].v[j].text);
	return strbuf_detach(&sb);
}

int take_claim(const struct at *at, void *arg)
{
	struct spec *spec = arg;
	struct claim *c;

	if (spec->nr_claims == MAX_CLAIMS)
		return spec_error(spec, line_of(at->node), at->err, "more than %d claims", MAX_CLAIMS);
	spec->claims = xreallocarray(spec->claims, spec->nr_claims + 1, sizeof(*c));
	c = &spec->claims[spec->nr_claims++];
	*c = (struct claim){ .line = line_of(at->node) };
	if (each_pair(at, "verdict", take_claim_key, c))
		return -1;
	if (!c->claim || !c->check)
		return spec_error(spec, line_of(at->node), at->err, "an entry of verdict needs a '%s'",
				  c->claim ? "check" : "claim");
	c->conditions = conditions_of(&c->where);
	return 0;
}
