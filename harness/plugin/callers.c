// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who calls whom: a call stack for each task, kept by looking at how each segment
 * ends (call, ret, iret) and where the next one begins. No register is read: a
 * return is known by the address behind its call, the task that runs by the
 * address that __switch_to_asm loads the next stack pointer from
 * (arch/x86/entry/entry_64.S, entry_32.S: &next->thread.sp).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/plugin.h"

#define DEPTH 192
#define NR_BUCKETS (1u << 16)
#define ROOT 0xfffffffeu
#define COMMON 1 /* no address: what an entry has jumped to */

struct node {
	struct node *parent, *next; /* next in its bucket */
	uint32_t function;
	uint32_t id;
	bool used; /* dump: it or one below has counts */
	uint64_t insns, calls;
};

struct frame {
	struct node *node;
	uint64_t ret; /* 0: entered by an exception, left by iret; or COMMON */
};

struct stack {
	uint64_t key; /* &task->thread.sp */
	struct stack *next;
	uint32_t depth;
	struct frame v[DEPTH];
};

static struct node *buckets[NR_BUCKETS], **nodes;
static uint32_t nr_nodes;
static struct node root = { .function = ROOT };
static struct stack *stacks, *stack; /* all, and the running task's */
static struct node *user, *now; /* now: where the running segment is counted */
static const struct segment *last;
static bool switching; /* __switch_to_asm has begun */

static void *must(void *p)
{
	if (!p)
		plugin_die("out of memory");
	return p;
}

static struct node *child(struct node *parent, uint32_t function)
{
	struct node **head = &buckets[(parent->id * 2654435761u ^ function * 40503u) % NR_BUCKETS];
	struct node *n;

	for (n = *head; n; n = n->next)
		if (n->parent == parent && n->function == function)
			return n;
	n = must(calloc(1, sizeof(*n)));
	n->parent = parent;
	n->function = function;
	n->next = *head;
	*head = n;
	if ((nr_nodes & (nr_nodes - 1)) == 0)
		nodes = must(realloc(nodes, (nr_nodes ? 2 * nr_nodes : 1) * sizeof(struct node *)));
	nodes[nr_nodes++] = n;
	n->id = nr_nodes;
	return n;
}

static struct stack *stack_of(uint64_t key)
{
	struct stack *s;

	for (s = stacks; s; s = s->next)
		if (s->key == key)
			return s;
	s = must(calloc(1, sizeof(*s)));
	s->key = key;
	s->next = stacks;
	return stacks = s;
}

static struct node *top(void)
{
	return stack->depth ? stack->v[stack->depth - 1].node : &root;
}

static void push(uint32_t function, uint64_t ret)
{
	struct node *n = child(top(), function);

	/* Deeper than any kernel stack: something is wrong with it; begin anew. */
	if (stack->depth == DEPTH)
		stack->depth = 0;
	stack->v[stack->depth++] = (struct frame){ n, ret };
	if (plugin.open)
		n->calls++;
}

static bool is_entry(uint32_t function)
{
	enum function_kind k = symbols_function(function)->kind;

	return k == FUNCTION_SYSCALL || k == FUNCTION_FAULT || k == FUNCTION_IRQ ||
	       k == FUNCTION_STUBS;
}

/* The same call goes on in another function: a jump, a tail call, a cold part. */
static void replace(uint32_t function, bool called)
{
	struct frame *f;

	if (!stack->depth) {
		push(function, 0);
		return;
	}
	f = &stack->v[stack->depth - 1];
	if (f->node->function == function)
		return;
	/* From an entry to what all entries have in common: the entry tells the context. */
	if (!f->ret && is_entry(f->node->function) && !is_entry(function)) {
		push(function, COMMON);
		return;
	}
	f->node = child(f->node->parent, function);
	if (plugin.open && called)
		f->node->calls++;
}

static void pop_to(uint64_t addr, uint32_t function)
{
	for (uint32_t d = stack->depth; d; d--) {
		if (stack->v[d - 1].ret == addr) {
			stack->depth = d - 1;
			/* The caller may have been entered by a jump that was not seen. */
			replace(function, false);
			return;
		}
		if (!stack->v[d - 1].ret)
			break; /* not beyond an exception */
	}
	replace(function, false);
}

static void pop_exception(void)
{
	while (stack->depth && stack->v[stack->depth - 1].ret)
		stack->depth--;
	if (stack->depth)
		stack->depth--;
}

/*
 * An interrupt came before the first instruction of where the last one went: what was
 * left is left all the same. Who was called is not known; replace() sets that right.
 */
static void finish_last(void)
{
	if (last->flow == FLOW_IRET)
		pop_exception();
	else if (last->flow == FLOW_RET && stack->depth && stack->v[stack->depth - 1].ret > COMMON)
		stack->depth--;
}

/* Does segment @s enter the kernel, rather than go on in it? */
static bool enters(const struct segment *s, bool from_user)
{
	if (!is_entry(s->function))
		return false;
	if (!s->at_entry && symbols_function(s->function)->kind != FUNCTION_STUBS)
		return false;
	/* A jump from one entry to what they have in common goes on. */
	return from_user || !is_entry(last->function) || last->flow != FLOW_NONE;
}

/* Where control is now that segment @s begins. */
static void follow(const struct segment *s)
{
	const bool from_user = !last || last->function == FUNCTION_USER;

	if (s->function == FUNCTION_USER) {
		stack->depth = 0;
		now = user;
		return;
	}
	if (enters(s, from_user)) {
		/* The instruction that faulted is counted when it is executed again. */
		if (symbols_function(s->function)->kind == FUNCTION_FAULT && last && last->faults &&
		    last->flow == FLOW_NONE && plugin.open && now->insns)
			now->insns--;
		if (!from_user)
			finish_last();
		push(s->function, 0);
	} else if (s->at_entry && symbols_function(s->function)->kind == FUNCTION_FORK) {
		/* Where a task begins; this one's stack pointer was a dead task's before. */
		stack->depth = 0;
		push(s->function, 0);
	} else if (from_user || last->flow == FLOW_NONE) {
		replace(s->function, s->at_entry);
	} else if (last->flow == FLOW_CALL && s->addr != last->end) {
		push(s->function, last->end);
	} else if (last->flow == FLOW_RET) {
		pop_to(s->addr, s->function);
	} else if (last->flow == FLOW_IRET) {
		pop_exception();
		replace(s->function, false);
	}
	now = top();
}

static void executed(unsigned int vcpu, void *udata)
{
	const struct segment *s = udata;

	(void)vcpu;
	follow(s);
	last = s;
	if (plugin.open)
		now->insns += s->nr_insns;
	if (s->at_entry && symbols_function(s->function)->kind == FUNCTION_SWITCH)
		switching = true;
}

/* The first load of __switch_to_asm: the next task's stack pointer. */
static void loaded(unsigned int vcpu, uint32_t info, uint64_t vaddr, void *udata)
{
	(void)vcpu;
	(void)udata;
	if (!switching || qemu_plugin_mem_is_store(info))
		return;
	switching = false;
	stack = stack_of(vaddr);
}

static bool init(void)
{
	user = child(&root, FUNCTION_USER);
	now = user;
	stack = stack_of(0);
	return true;
}

static void translated(struct block *b, struct qemu_plugin_insn **insns)
{
	size_t at = 0;

	for (uint32_t i = 0; i < b->nr; i++) {
		struct segment *s = &b->v[i];

		qemu_plugin_register_vcpu_insn_exec_cb(insns[at], executed, CB_NO_REGS, s);
		if (s->function != FUNCTION_USER &&
		    symbols_function(s->function)->kind == FUNCTION_SWITCH)
			for (uint32_t k = 0; k < s->nr_insns; k++)
				qemu_plugin_register_vcpu_mem_cb(insns[at + k], loaded, CB_NO_REGS,
								 MEM_RW, NULL);
		at += s->nr_insns;
	}
}

static void nothing(void)
{
}

static void dump(FILE *out)
{
	for (uint32_t i = 0; i < nr_nodes; i++)
		if (nodes[i]->insns || nodes[i]->calls)
			for (struct node *n = nodes[i]; n != &root && !n->used; n = n->parent)
				n->used = true;
	/* Parents were made before their children. */
	for (uint32_t i = 0; i < nr_nodes; i++) {
		const struct node *n = nodes[i];

		if (n->used)
			fprintf(out, "node %u %u %" PRIx64 " %" PRIu64 " %" PRIu64 "\n", n->id, n->parent->id,
				n->function == FUNCTION_USER ? 0 : symbols_function(n->function)->addr,
				n->insns, n->calls);
	}
}

const struct mode mode_callers = { "callers", init, translated, nothing, nothing, dump };
