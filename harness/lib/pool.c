// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "lib/xalloc.h"

#define MAX_THREADS 64
#define WAITING 4 /* items a thread */

struct pool {
	const struct pool_ops *ops;
	void *arg, *own; /* own: the caller's */
	pthread_t *threads;
	size_t nr_threads; /* beside the caller's */
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t more;
	void **items; /* a ring */
	size_t first, nr, room;
	bool closed;
};

static unsigned int processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : (unsigned int)CPU_COUNT(&set);
}

/* The first item that waits; needs the lock. */
static void *take(struct pool *p)
{
	void *item = p->items[p->first];

	p->first = (p->first + 1) % p->room;
	p->nr--;
	return item;
}

static void *start(const struct pool *p)
{
	return p->ops->start ? p->ops->start() : NULL;
}

static void stop(const struct pool *p, void *own)
{
	if (p->ops->stop)
		p->ops->stop(own);
}

static void *loop(void *arg)
{
	struct pool *p = arg;
	void *own = start(p);

	pthread_mutex_lock(&p->lock);
	for (;;) {
		void *item;

		while (!p->nr && !p->closed)
			pthread_cond_wait(&p->more, &p->lock);
		if (!p->nr)
			break;
		item = take(p);
		pthread_mutex_unlock(&p->lock);
		p->ops->work(p->arg, own, item);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	stop(p, own);
	return NULL;
}

struct pool *pool_new(const struct pool_ops *ops, void *arg, unsigned int threads)
{
	struct pool *p = xcalloc(1, sizeof(*p));
	const unsigned int wanted = threads ? threads : processors();
	const size_t others = (wanted < MAX_THREADS ? wanted : MAX_THREADS) - 1;

	p->ops = ops;
	p->arg = arg;
	p->own = start(p);
	p->room = others * WAITING + 1;
	p->items = xcalloc(p->room, sizeof(*p->items));
	p->threads = xcalloc(others + 1, sizeof(*p->threads));
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->more, NULL);
	while (p->nr_threads < others && !pthread_create(&p->threads[p->nr_threads], NULL, loop, p))
		p->nr_threads++;
	return p;
}

void pool_put(struct pool *p, void *item)
{
	bool full;

	pthread_mutex_lock(&p->lock);
	full = !p->nr_threads || p->nr == p->room;
	if (!full) {
		p->items[(p->first + p->nr++) % p->room] = item;
		pthread_cond_signal(&p->more);
	}
	pthread_mutex_unlock(&p->lock);
	if (full)
		p->ops->work(p->arg, p->own, item);
}

void pool_finish(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->closed = true;
	pthread_cond_broadcast(&p->more);
	while (p->nr) {
		void *item = take(p);

		pthread_mutex_unlock(&p->lock);
		p->ops->work(p->arg, p->own, item);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; i < p->nr_threads; i++)
		pthread_join(p->threads[i], NULL);
	stop(p, p->own);
	pthread_cond_destroy(&p->more);
	pthread_mutex_destroy(&p->lock);
	free(p->threads);
	free(p->items);
	free(p);
}
