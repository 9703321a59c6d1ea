// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "lib/parse.h"
#include "lib/xalloc.h"
#include "plan/kernel.h"
#include "plan/spec.h"
#include "proto/require.h"

#define MIB (1ull << 20)
#define MIN_MEMORY (64 * MIB)
#define MAX_MEMORY (1ull << 40)
#define MAX_VCPUS 4 /* NR_CPUS of the guest kernels */
#define MAX_SEED 1000000
#define MIN_SAMPLE_NS 100000ull
#define MAX_SAMPLE_NS 1000000000000ull
/* At more the gathering takes over 1 % of the guest (harness/t/guest/samples.t). */
#define DEFAULT_SAMPLE "50ms"
/* Below, perf would throttle the count: 100 overflows in a tick. */
#define MIN_SAMPLE_ALLOCS 1000
#define MAX_SAMPLE_ALLOCS 1000000000
#define MAX_TIMEOUT_S 86400
#define MAX_TUNABLE 128
#define MAX_REQUIRE 400

static int check_kernel(const struct spec *spec, const char *text, unsigned int line,
			struct value *ret, struct error *err)
{
	struct kernel_name k;
	struct error why;

	(void)ret;
	if (kernel_name_parse(text, spec->configs, &k, &why))
		return spec_error(spec, line, err, "%s", why.msg);
	kernel_name_release(&k);
	return 0;
}

static int check_arch(const struct spec *spec, const char *text, unsigned int line,
		      struct value *ret, struct error *err)
{
	enum arch arch;

	if (arch_by_name(text, &arch)) {
		ret->code = arch;
		return 0;
	}
	return spec_error(spec, line, err, "unknown arch '%s': i386 or x86_64", text);
}

static int check_clock(const struct spec *spec, const char *text, unsigned int line,
		       struct value *ret, struct error *err)
{
	ret->code = strcmp(text, "insn") == 0 ? CLOCK_INSN : CLOCK_WALL;
	if (ret->code == CLOCK_WALL && strcmp(text, "wall") != 0)
		return spec_error(spec, line, err, "unknown clock '%s': insn or wall", text);
	return 0;
}

/* A number or size between two bounds; sizes get their shortest form. */
static int check_number(const struct spec *spec, const char *what, const char *text, bool size,
			uint64_t min, uint64_t max, unsigned int line, struct value *ret,
			struct error *err)
{
	char lo[32], hi[32], normal[32];
	int rc = size ? parse_size(text, &ret->number) : parse_u64(text, &ret->number);

	if (rc || ret->number < min || ret->number > max) {
		parse_size_format(min, lo, sizeof(lo));
		parse_size_format(max, hi, sizeof(hi));
		if (!size) {
			snprintf(lo, sizeof(lo), "%" PRIu64, min);
			snprintf(hi, sizeof(hi), "%" PRIu64, max);
		}
		return spec_error(spec, line, err, "bad %s '%s': %s from %s to %s", what, text,
				  size ? "a size" : "a number", lo, hi);
	}
	if (size) {
		parse_size_format(ret->number, normal, sizeof(normal));
		free(ret->text);
		ret->text = xstrdup(normal);
	}
	return 0;
}

static int check_memory(const struct spec *spec, const char *text, unsigned int line,
			struct value *ret, struct error *err)
{
	if (check_number(spec, "memory", text, true, MIN_MEMORY, MAX_MEMORY, line, ret, err))
		return -1;
	if (ret->number % MIB)
		return spec_error(spec, line, err, "bad memory '%s': a multiple of 1M", text);
	return 0;
}

static int check_vcpus(const struct spec *spec, const char *text, unsigned int line,
		       struct value *ret, struct error *err)
{
	return check_number(spec, "vcpus", text, false, 1, MAX_VCPUS, line, ret, err);
}

static int check_seed(const struct spec *spec, const char *text, unsigned int line,
		      struct value *ret, struct error *err)
{
	return check_number(spec, "seed", text, false, 1, MAX_SEED, line, ret, err);
}

static int check_timeout(const struct spec *spec, const char *text, unsigned int line,
			 struct value *ret, struct error *err)
{
	return check_number(spec, "timeout", text, false, 1, MAX_TIMEOUT_S, line, ret, err);
}

static int check_events(const struct spec *spec, const char *text, unsigned int line,
			struct value *ret, struct error *err)
{
	char *path;
	bool there;

	(void)ret;
	if (strcmp(text, "none") == 0 || plan_events_inline(text))
		return 0;
	path = xasprintf("%s/events/%s.list", spec->configs, text);
	there = !strchr(text, '/') && io_exists(path);
	free(path);
	if (!there)
		return spec_error(spec, line, err,
				  "unknown events '%s': there is no configs/events/%s.list", text, text);
	return 0;
}

struct unit {
	const char *name;
	enum sample_unit code;
	uint64_t factor, min, max;
};

static void set_sample(struct value *ret, uint64_t n, const struct unit *u)
{
	ret->code = u->code;
	ret->number = n * u->factor;
	free(ret->text);
	ret->text = xasprintf("%" PRIu64 "%s", n, u->name);
}

/* "none", a number of us, ms or s (in the largest unit that fits), or of allocations. */
static int check_sample(const struct spec *spec, const char *text, unsigned int line,
			struct value *ret, struct error *err)
{
	static const struct unit units[] = {
		{ "allocs", SAMPLE_ALLOCS, 1, MIN_SAMPLE_ALLOCS, MAX_SAMPLE_ALLOCS },
		{ "s", SAMPLE_NS, 1000000000, MIN_SAMPLE_NS, MAX_SAMPLE_NS },
		{ "ms", SAMPLE_NS, 1000000, MIN_SAMPLE_NS, MAX_SAMPLE_NS },
		{ "us", SAMPLE_NS, 1000, MIN_SAMPLE_NS, MAX_SAMPLE_NS },
	};
	const char *from = strcmp(text, "default") == 0 ? DEFAULT_SAMPLE : text;
	size_t digits = strspn(from, "0123456789");
	const struct unit *u = NULL;
	char number[16];
	uint64_t n = 0;

	if (strcmp(text, "none") == 0)
		return 0;
	snprintf(number, sizeof(number), "%.*s", (int)(digits < 11 ? digits : 0), from);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && parse_u64(number, &n) == 0; i++)
		if (strcmp(from + digits, units[i].name) == 0)
			u = &units[i];
	if (!u || n > u->max / u->factor || n * u->factor < u->min)
		return spec_error(spec, line, err,
				  "bad sample '%s': none, default (%s), a time from 100us to 1000s, or "
				  "from %dallocs to %dallocs",
				  text, DEFAULT_SAMPLE, MIN_SAMPLE_ALLOCS, MAX_SAMPLE_ALLOCS);
	n *= u->factor;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].code == u->code && n % units[i].factor == 0) {
			set_sample(ret, n / units[i].factor, &units[i]);
			break;
		}
	return 0;
}

/* "none", or what proto/require.h can parse; kept as written, with single blanks. */
static int check_require(const struct spec *spec, const char *text, unsigned int line,
			 struct value *ret, struct error *err)
{
	struct requirement all[REQUIRE_MAX];
	const char *why;
	char *to;
	size_t nr;

	if (strcmp(text, "none") == 0)
		return 0;
	why = strlen(text) < MAX_REQUIRE ? require_parse(text, all, &nr) : "too long";
	if (why)
		return spec_error(spec, line, err, "bad require '%s': %s", text, why);
	to = ret->text;
	for (const char *p = text + strspn(text, " "); *p; p++)
		if (*p != ' ' || (p[1] && p[1] != ' '))
			*to++ = *p;
	*to = '\0';
	return 0;
}

/* "none" is the one swap that is written as a word. */
static int check_swap_word(const struct spec *spec, const char *text, unsigned int line,
			   struct value *ret, struct error *err)
{
	return value_check_swap(spec, text, NULL, line, ret, err);
}

static int (*const checks[NR_AXES])(const struct spec *spec, const char *text, unsigned int line,
				    struct value *ret, struct error *err) = {
	[AXIS_MEMORY] = check_memory,	[AXIS_VCPUS] = check_vcpus, [AXIS_SWAP] = check_swap_word,
	[AXIS_EVENTS] = check_events,	[AXIS_SAMPLE] = check_sample,
	[AXIS_REQUIRE] = check_require, [AXIS_TIMEOUT] = check_timeout, [AXIS_ARCH] = check_arch,
	[AXIS_KERNEL] = check_kernel,	[AXIS_CLOCK] = check_clock, [AXIS_SEEDS] = check_seed,
};

int value_check(const struct spec *spec, enum axis_id id, const char *text, unsigned int line,
		struct value *ret, struct error *err)
{
	*ret = (struct value){ .text = xstrdup(text) };
	if (checks[id](spec, text, line, ret, err)) {
		free(ret->text);
		return -1;
	}
	return 0;
}

int value_check_swap(const struct spec *spec, const char *backing, const char *size,
		     unsigned int line, struct value *ret, struct error *err)
{
	unsigned int code = SWAP_NONE;

	while (code <= SWAP_DISK && strcmp(backing, swap_name(code)) != 0)
		code++;
	if (code > SWAP_DISK)
		return spec_error(spec, line, err, "unknown swap '%s': none, ram or disk", backing);
	if (code == SWAP_NONE && size)
		return spec_error(spec, line, err, "swap 'none' has no size");
	if (code != SWAP_NONE && !size)
		return spec_error(spec, line, err, "swap '%s' needs a size: {backing: %s, size: 256M}",
				  backing, backing);
	if (size && check_number(spec, "swap size", size, true, MIB, MAX_MEMORY, line, ret, err))
		return -1;
	ret->code = code;
	free(ret->text);
	ret->text = size ? xasprintf("%s:%s", backing, size) : xstrdup("none");
	return 0;
}

static bool printable(const char *s)
{
	const char *p = s;

	while (isprint((unsigned char)*p))
		p++;
	return p > s && !*p;
}

static bool sysctl_name(const char *key)
{
	static const char *const roots[] = { "vm.", "kernel.", "fs.", "net.", "dev." };
	bool known = false;

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		known |= strncmp(key, roots[i], strlen(roots[i])) == 0 && key[strlen(roots[i])];
	for (const char *p = key; *p; p++)
		if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) && !strchr("._-", *p))
			return false;
	return known && strlen(key) <= MAX_TUNABLE && !strstr(key, "..");
}

int value_check_tunable(const struct spec *spec, const char *key, const char *text,
			unsigned int line, struct value *ret, struct error *err)
{
	if (!sysctl_name(key))
		return spec_error(spec, line, err,
				  "bad tunable '%s': a sysctl such as vm.swappiness is expected", key);
	if (!printable(text) || strlen(text) > MAX_TUNABLE || text[0] == ' ' ||
	    text[strlen(text) - 1] == ' ')
		return spec_error(spec, line, err, "bad value '%s' of tunable '%s'", text, key);
	*ret = (struct value){ .text = xstrdup(text) };
	return 0;
}

static void describe(const struct param_desc *p, char *buf, size_t size)
{
	char lo[32], hi[32];

	switch (p->kind) {
	case PARAM_COUNT:
		snprintf(buf, size, "a number from %" PRIu64 " to %" PRIu64, p->min, p->max);
		break;
	case PARAM_SIZE:
		parse_size_format(p->min, lo, sizeof(lo));
		parse_size_format(p->max, hi, sizeof(hi));
		snprintf(buf, size, "a size from %s to %s", lo, hi);
		break;
	case PARAM_CHOICE:
		snprintf(buf, size, "one of %s", p->choices);
		break;
	case PARAM_WORD:
		snprintf(buf, size, "a word");
		break;
	}
}

int value_check_param(const struct spec *spec, const struct workload_desc *w,
		      const struct param_desc *p, const char *text, unsigned int line,
		      struct value *ret, struct error *err)
{
	char normal[96], want[160];

	if (param_normalize(p, text, normal, sizeof(normal))) {
		describe(p, want, sizeof(want));
		return spec_error(spec, line, err, "bad %s '%s' of workload '%s': %s", p->name, text,
				  w->name, want);
	}
	*ret = (struct value){ .text = xstrdup(normal) };
	return 0;
}
