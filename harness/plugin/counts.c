// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "plugin/plugin.h"

#define MAX_SLOTS (1u << 21)

/* Version 1 adds here; newer ones to the scoreboard, which is summed on reading. */
static uint64_t *counters;
static struct qemu_plugin_scoreboard *score;
static uint64_t *at_open, *in_window;
static uint32_t nr_slots;

static void *pages(void)
{
	void *p = mmap(NULL, MAX_SLOTS * sizeof(uint64_t), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		plugin_die("out of memory");
	return p;
}

static bool init(void)
{
	at_open = pages();
	in_window = pages();
	if (plugin.api == 1)
		counters = pages();
	else
		score = qemu_plugin_scoreboard_new(MAX_SLOTS * sizeof(uint64_t));
	return counters || score;
}

static uint64_t now(uint32_t slot)
{
	uint64_t sum = 0;

	if (plugin.api == 1)
		return counters[slot];
	for (int cpu = 0; cpu < plugin.nr_cpus; cpu++)
		sum += ((uint64_t *)qemu_plugin_scoreboard_find(score, (unsigned int)cpu))[slot];
	return sum;
}

static void translated(struct block *b, struct qemu_plugin_insn **insns)
{
	size_t at = 0;

	for (uint32_t i = 0; i < b->nr; i++) {
		if (!b->v[i].slot) {
			if (nr_slots + 1 >= MAX_SLOTS)
				plugin_die("more than %u segments of code", MAX_SLOTS);
			b->v[i].slot = ++nr_slots;
		}
		if (plugin.api == 1)
			qemu_plugin_register_vcpu_insn_exec_inline(insns[at], INLINE_ADD_U64,
								   &counters[b->v[i].slot], 1);
		else
			qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
				insns[at], INLINE_ADD_U64,
				(struct qemu_plugin_u64){ score, b->v[i].slot * sizeof(uint64_t) }, 1);
		at += b->v[i].nr_insns;
	}
}

static void opened(void)
{
	for (uint32_t i = 1; i <= nr_slots; i++)
		at_open[i] = now(i);
}

static void closed(void)
{
	for (uint32_t i = 1; i <= nr_slots; i++)
		in_window[i] += now(i) - at_open[i];
	/* What is translated later starts from nothing. */
	memset(at_open, 0, (nr_slots + 1) * sizeof(*at_open));
}

/* Segments follow one another: as often as the next one began less, this one's last
 * instruction has faulted. */
static void dump_block(const struct block *b, void *ctx)
{
	for (uint32_t i = 0; i < b->nr; i++) {
		const struct segment *s = &b->v[i];
		uint64_t n = in_window[s->slot];
		uint64_t insns = n * s->nr_insns, after;

		if (!n)
			continue;
		after = i + 1 < b->nr ? in_window[b->v[i + 1].slot] : n;
		if (s->faults && after < n && !(b->v[i + 1].tail && !after))
			insns -= n - after;
		fprintf(ctx, "seg %" PRIx64 " %" PRIu64 " %" PRIu64, s->addr, insns, n);
		if (!symbols_is_kernel(s->addr)) {
			fputc(' ', ctx);
			for (size_t c = 0; c < sizeof(s->code); c++)
				fprintf(ctx, "%02x", s->code[c]);
		}
		fputc('\n', ctx);
	}
}

static void dump(FILE *out)
{
	plugin_each_block(dump_block, out);
}

const struct mode mode_counts = { "counts", init, translated, opened, closed, dump };
