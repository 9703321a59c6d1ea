// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/plugin.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proto/mark.h"

#define NR_BUCKETS (1u << 16)
#define PAGE_MASK 0xfffull

/* Read by QEMU after our constructor has run. */
EXPORT int qemu_plugin_version = 1;

struct plugin plugin;

static const struct mode *mode; /* NULL: only idle.c */
static char *out_path;
static unsigned int window = MARK_WINDOW;
static struct block *buckets[NR_BUCKETS];
static void *insn_data; /* of one type or another: api.h */

/* A QEMU with scoreboards refuses plugins of version 1, an older one those of 2. */
static void __attribute__((constructor)) choose_version(void)
{
	insn_data = dlsym(RTLD_DEFAULT, "qemu_plugin_insn_data");
	plugin.api = qemu_plugin_scoreboard_new ? 2 : 1;
	qemu_plugin_version = plugin.api;
}

void plugin_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("highwater plugin: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	_exit(3);
}

void plugin_each_block(void (*f)(const struct block *b, void *ctx), void *ctx)
{
	for (size_t i = 0; i < NR_BUCKETS; i++)
		for (const struct block *b = buckets[i]; b; b = b->next)
			f(b, ctx);
}

size_t plugin_code(const struct qemu_plugin_insn *insn, uint8_t *buf, size_t size)
{
	size_t len = qemu_plugin_insn_size(insn);

	if (len > size)
		len = size;
	if (plugin.qemu_api >= 3)
		((insn_data_copy)insn_data)(insn, buf, len);
	else
		memcpy(buf, ((insn_data_pointer)insn_data)(insn), len);
	return len;
}

static void at_mark(unsigned int vcpu, void *udata)
{
	uintptr_t n = (uintptr_t)udata;

	(void)vcpu;
	if (n == MARK_BEGIN(window) && !plugin.open) {
		plugin.open = true;
		plugin.nr_windows++;
		mode->opened();
	} else if (n == MARK_END(window) && plugin.open) {
		plugin.open = false;
		mode->closed();
	}
}

struct reading {
	struct qemu_plugin_insn *insns[MAX_INSNS];
	struct segment segs[MAX_INSNS];
	size_t nr_insns, nr_segs;
	uint64_t hash;
};

/* Divide a block into segments. */
static void read_block(const struct qemu_plugin_tb *tb, struct reading *r)
{
	const bool kernel = symbols_is_kernel(qemu_plugin_tb_vaddr(tb));
	bool begin = true;

	r->nr_insns = qemu_plugin_tb_n_insns(tb);
	r->nr_segs = 0;
	r->hash = 14695981039346656037u; /* FNV-1a */
	if (r->nr_insns > MAX_INSNS)
		plugin_die("a block of %zu instructions", r->nr_insns);
	for (size_t i = 0; i < r->nr_insns; i++) {
		struct qemu_plugin_insn *insn = r->insns[i] = qemu_plugin_tb_get_insn(tb, i);
		uint64_t addr = qemu_plugin_insn_vaddr(insn);
		uint8_t code[16] = {};
		size_t len = plugin_code(insn, code, sizeof(code));
		struct x86_insn x = x86_classify(code, len, plugin.is_64);
		struct segment *s;
		/*
		 * An instruction that would cross into the next page is begun, handed to us
		 * as far as it was read, and then taken out of the block again
		 * (target/i386/tcg/translate.c, advance_pc()). Its length says nothing, so
		 * whatever could cross is kept apart: taken out, it is never counted.
		 */
		bool tail = i && i == r->nr_insns - 1 && (addr & PAGE_MASK) + X86_INSN_MAX > PAGE_MASK + 1;

		for (size_t c = 0; c < len; c++)
			r->hash = (r->hash ^ code[c]) * 1099511628211u;
		if (begin || tail || (x.mark >= 0 && !kernel)) {
			s = &r->segs[r->nr_segs++];
			*s = (struct segment){ .addr = addr, .tail = tail };
			memcpy(s->code, code, sizeof(s->code));
		}
		s = &r->segs[r->nr_segs - 1];
		s->nr_insns++;
		s->end = addr + qemu_plugin_insn_size(insn);
		s->flow = x.flow;
		s->faults = kernel ? symbols_can_fault(addr) : x.memory;
		begin = s->faults || (x.mark >= 0 && !kernel);
		if (x.mark >= 0 && !kernel)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, at_mark, CB_NO_REGS,
							       (void *)(uintptr_t)x.mark);
	}
}

/* The block as it was when QEMU translated it before, or a new one. */
static struct block *keep_block(uint64_t addr, const struct reading *r)
{
	struct block **head = &buckets[(addr ^ addr >> 16 ^ r->hash) % NR_BUCKETS];
	struct block *b;

	for (b = *head; b; b = b->next)
		if (b->addr == addr && b->hash == r->hash && b->nr_insns == r->nr_insns)
			return b;
	b = malloc(sizeof(*b) + r->nr_segs * sizeof(b->v[0]));
	if (!b)
		plugin_die("out of memory");
	*b = (struct block){ addr, r->hash, (uint32_t)r->nr_insns, (uint32_t)r->nr_segs, *head };
	memcpy(b->v, r->segs, r->nr_segs * sizeof(b->v[0]));
	for (size_t i = 0; i < r->nr_segs; i++) {
		struct segment *s = &b->v[i];

		s->function = symbols_is_kernel(s->addr) ? symbols_find(s->addr) : FUNCTION_USER;
		s->at_entry = s->function != FUNCTION_USER &&
			      symbols_function(s->function)->addr == s->addr;
	}
	*head = b;
	return b;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	static struct reading r;
	struct block *b;

	(void)id;
	idle_translate(tb);
	if (!mode)
		return;
	read_block(tb, &r);
	b = keep_block(qemu_plugin_tb_vaddr(tb), &r);
	mode->translated(b, r.insns);
}

static void finish(qemu_plugin_id_t id, void *udata)
{
	FILE *out = fopen(out_path, "we");

	(void)id;
	(void)udata;
	if (!out)
		plugin_die("cannot write '%s'", out_path);
	fprintf(out, "highwater-profile 1\nmode %s\napi %d %d\nwindows %u %s\n", mode->name, plugin.api,
		plugin.qemu_api, plugin.nr_windows, plugin.open ? "open" : "closed");
	mode->dump(out);
	fputs("end\n", out);
	if (fclose(out))
		plugin_die("cannot write '%s'", out_path);
}

static bool take_argument(const char *arg)
{
	if (strncmp(arg, "out=", 4) == 0)
		return (out_path = strdup(arg + 4)) != NULL;
	if (strncmp(arg, "symbols=", 8) == 0)
		return symbols_load(arg + 8);
	if (strncmp(arg, "window=", 7) == 0) {
		window = (unsigned int)atoi(arg + 7);
		return true;
	}
	if (strcmp(arg, "mode=counts") == 0 || strcmp(arg, "mode=callers") == 0) {
		mode = strcmp(arg + 5, "callers") == 0 ? &mode_callers : &mode_counts;
		return true;
	}
	if (strcmp(arg, "mode=stop") == 0) {
		mode = &mode_stop;
		return true;
	}
	return stop_argument(arg);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc,
			       char **argv);

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc,
			       char **argv)
{
	plugin.qemu_api = info->version.cur;
	plugin.nr_cpus = info->system.smp_vcpus;
	plugin.is_64 = strcmp(info->target_name, "x86_64") == 0;
	for (int i = 0; i < argc; i++)
		if (!take_argument(argv[i])) {
			fprintf(stderr, "highwater plugin: bad argument '%s'\n", argv[i]);
			return -1;
		}
	if (!steady_init() || !idle_init())
		return -1;
	if (mode && (!out_path || !mode->init())) {
		fprintf(stderr, "highwater plugin: no output, or no memory\n");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	if (mode)
		qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
