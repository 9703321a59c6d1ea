// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What it costs to change an address space: mmap, munmap, mremap in place and to
 * another place, brk up and down, and mprotect of a page amid a mapping, which splits
 * it in three and, back, joins it again. Untouched mappings are promises; with
 * touch: yes every page of them is there, and page tables and frames go too.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/workload.h"

#define PAGE 4096u

struct churn {
	const struct job *job;
	size_t bytes;
	bool touch;
	uint32_t rounds;
};

/* Ticks of one kind of operation, summed over the rounds. */
struct cost {
	const char *label;
	uint64_t ticks;
};

static char *map_bytes(const struct churn *c)
{
	char *p = mmap(NULL, c->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		agent_fail_errno("cannot map %zu bytes", c->bytes);
	return p;
}

static void touch(const struct churn *c, char *p, size_t bytes)
{
	for (size_t at = 0; c->touch && at < bytes; at += PAGE)
		*(volatile char *)(p + at) = 1;
}

static void unmap(char *p, size_t bytes)
{
	if (munmap(p, bytes))
		agent_fail_errno("cannot unmap %zu bytes", bytes);
}

static void map_and_unmap(const struct churn *c, struct cost *map, struct cost *gone)
{
	uint64_t t = clock_ticks();
	char *p = map_bytes(c);

	map->ticks += clock_ticks() - t;
	touch(c, p, c->bytes);
	t = clock_ticks();
	unmap(p, c->bytes);
	gone->ticks += clock_ticks() - t;
}

/* Another page each round: the seed decides where. */
static void protect(const struct churn *c, uint32_t round, struct cost *split, struct cost *join)
{
	const size_t pages = c->bytes / PAGE;
	const size_t page = 1 + (size_t)(c->job->seed * 31 + round) % (pages - 2);
	char *p = map_bytes(c);
	uint64_t t;

	touch(c, p, c->bytes);
	t = clock_ticks();
	if (mprotect(p + page * PAGE, PAGE, PROT_READ))
		agent_fail_errno("cannot protect a page");
	split->ticks += clock_ticks() - t;
	t = clock_ticks();
	if (mprotect(p + page * PAGE, PAGE, PROT_READ | PROT_WRITE))
		agent_fail_errno("cannot unprotect a page");
	join->ticks += clock_ticks() - t;
	unmap(p, c->bytes);
}

static void remap(const struct churn *c, struct cost *grow, struct cost *move)
{
	char *p = map_bytes(c), *there;
	uint64_t t;

	/* Room behind it, so that it grows in place, and a place to move to. */
	unmap(p + c->bytes / 2, c->bytes - c->bytes / 2);
	touch(c, p, c->bytes / 2);
	t = clock_ticks();
	if (mremap(p, c->bytes / 2, c->bytes, 0) != p)
		agent_fail_errno("cannot grow a mapping in place");
	grow->ticks += clock_ticks() - t;
	there = map_bytes(c);
	t = clock_ticks();
	if (mremap(p, c->bytes, c->bytes, MREMAP_MAYMOVE | MREMAP_FIXED, there) != there)
		agent_fail_errno("cannot move a mapping");
	move->ticks += clock_ticks() - t;
	unmap(there, c->bytes);
}

static void move_break(const struct churn *c, struct cost *up, struct cost *down)
{
	char *end = sbrk(0);
	uint64_t t = clock_ticks();

	if (brk(end + c->bytes))
		agent_fail_errno("cannot move the break up");
	up->ticks += clock_ticks() - t;
	touch(c, end, c->bytes);
	t = clock_ticks();
	if (brk(end))
		agent_fail_errno("cannot move the break down");
	down->ticks += clock_ticks() - t;
}

static void run(const struct job *job)
{
	const struct churn c = { .job = job,
				 .bytes = (size_t)param_number(job, "pages") * PAGE,
				 .touch = strcmp(param_text(job, "touch"), "yes") == 0,
				 .rounds = (uint32_t)param_number(job, "rounds") };
	struct cost costs[] = { { "mmap", 0 },	       { "munmap", 0 },	     { "mprotect-split", 0 },
				{ "mprotect-join", 0 }, { "mremap-grow", 0 }, { "mremap-move", 0 },
				{ "brk-up", 0 },	{ "brk-down", 0 } };

	for (uint32_t i = 0; i < c.rounds; i++) {
		map_and_unmap(&c, &costs[0], &costs[1]);
		protect(&c, i, &costs[2], &costs[3]);
		remap(&c, &costs[4], &costs[5]);
		move_break(&c, &costs[6], &costs[7]);
	}
	for (size_t i = 0; i < sizeof(costs) / sizeof(costs[0]); i++)
		emit_cost(job, "op", costs[i].label, costs[i].ticks, c.rounds);
}

const struct workload workload_churn = { .name = "churn", .run = run };
