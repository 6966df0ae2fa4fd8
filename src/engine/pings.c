/* Which Pong answers which Ping, and how long it took.  Payloads are compared
 * by a hash: a wrong match would only spoil a figure. */
#include "engine/pings.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static uint64_t hash(struct w101_bytes b)
{
	static const uint8_t seed[16];
	return w101_hash(seed, b.n ? b.p : seed, b.n);
}

struct w101_pings *w101_pings_new(struct w101_quota *q)
{
	struct w101_pings *p = w101_alloc0(q, sizeof *p);
	for (unsigned i = 0; p && i < 2 * W101_PINGS_OPEN; i++)
		p->open[i / W101_PINGS_OPEN][i % W101_PINGS_OPEN].at = W101_TIME_NONE;
	return p;
}

void w101_pings_free(struct w101_quota *q, struct w101_pings *p)
{
	w101_free(q, p, sizeof *p);
}

void w101_pings_sent(struct w101_pings *p, enum w101_dir d, struct w101_bytes payload, w101_time at)
{
	unsigned i = p->next[d]++ % W101_PINGS_OPEN;
	p->open[d][i].hash = hash(payload);
	p->open[d][i].at = at;
}

void w101_pings_answered(struct w101_pings *p, enum w101_dir d, struct w101_bytes payload, w101_time at)
{
	enum w101_dir by = w101_dir_other(d);
	uint64_t h = hash(payload);
	for (unsigned k = 1; k <= W101_PINGS_OPEN; k++) { /* the latest first */
		unsigned i = (unsigned)(p->next[by] - k) % W101_PINGS_OPEN;
		if (p->open[by][i].at == W101_TIME_NONE || p->open[by][i].hash != h)
			continue;
		int64_t took = w101_elapsed(p->open[by][i].at, at);
		p->open[by][i].at = W101_TIME_NONE;
		p->min = p->n && p->min < took ? p->min : took;
		p->max = p->n && p->max > took ? p->max : took;
		p->sample[p->n++ % W101_PINGS_SAMPLES] = took;
		return;
	}
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

int64_t w101_pings_median(const struct w101_pings *p)
{
	int64_t sorted[W101_PINGS_SAMPLES];
	size_t n = p->n < W101_PINGS_SAMPLES ? (size_t)p->n : W101_PINGS_SAMPLES;
	if (!n)
		return -1;
	memcpy(sorted, p->sample, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, compare);
	return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}
