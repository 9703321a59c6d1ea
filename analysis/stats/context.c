// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "lib/xalloc.h"
#include "stats/private.h"

#define SEED 20260101

struct stats *stats_new(void)
{
	struct stats *s = xcalloc(1, sizeof(*s));

	s->rng = gsl_rng_alloc(gsl_rng_mt19937);
	if (!s->rng)
		abort();
	return s;
}

void stats_free(struct stats *s)
{
	if (!s)
		return;
	gsl_rng_free(s->rng);
	free(s->weights);
	free(s->sums);
	free(s->squares);
	free(s->far);
	free(s->far_sums);
	free(s->far_squares);
	free(s->t);
	free(s->low);
	free(s->high);
	free(s->coins);
	free(s->rank_cdf);
	free(s);
}

void stats_rewind(struct stats *s)
{
	gsl_rng_set(s->rng, SEED);
}
