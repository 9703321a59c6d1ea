/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool: items of work for a few threads, while the caller makes more of them.
 *
 *	struct pool *p = pool_new(&ops, arg, 0);
 *
 *	while (...)
 *		pool_put(p, item);
 *	pool_finish(p);
 *
 * Every item is worked on once, in any order, by one thread; what it writes can be read
 * after pool_finish(). Few items wait at a time: when the threads are busy the caller
 * works on one itself, and so it does on all of them where no thread can be had.
 */
#ifndef LIB_POOL_H
#define LIB_POOL_H

struct pool_ops {
	/* What a thread has of its own; both may be NULL. */
	void *(*start)(void);
	void (*stop)(void *own);
	void (*work)(void *arg, void *own, void *item);
};

struct pool;
/* @threads: with the caller's; 0: as many as the process has processors. */
struct pool *pool_new(const struct pool_ops *ops, void *arg, unsigned int threads);
/* @item stays the caller's. */
void pool_put(struct pool *p, void *item);
/* Wait until all is done, and free @p. */
void pool_finish(struct pool *p);

#endif
