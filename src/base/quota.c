/* Accounting for memory that traffic decides about, and the one place that
 * calls malloc for it.  Knows nothing of what the memory is for. */
#include "base/quota.h"

#include <stdlib.h>
#include <string.h>

void w101_quota_init(struct w101_quota *q, uint64_t max, size_t reserve)
{
	*q = (struct w101_quota){ .max = max };
	if (reserve)
		q->reserve = malloc(reserve);
}

void w101_quota_clear(struct w101_quota *q)
{
	free(q->reserve);
	q->reserve = NULL;
}

static bool fits(const struct w101_quota *q, uint64_t n)
{
	return n <= q->max && q->used <= q->max - n;
}

static bool make_room(struct w101_quota *q, uint64_t n)
{
	if (!q->make_room || q->making || n > q->max)
		return false;
	q->making = true;
	while (!fits(q, n) && q->make_room(q->room_self, n))
		;
	q->making = false;
	return fits(q, n);
}

bool w101_quota_take(struct w101_quota *q, uint64_t n)
{
	if (!fits(q, n) && !make_room(q, n)) {
		q->refused++;
		return false;
	}
	q->used += n;
	return true;
}

void w101_quota_give(struct w101_quota *q, uint64_t n)
{
	q->used = n > q->used ? 0 : q->used - n;
}

static void *exhausted(struct w101_quota *q, uint64_t taken)
{
	w101_quota_give(q, taken);
	q->exhausted = true;
	free(q->reserve);
	q->reserve = NULL;
	return NULL;
}

void *w101_alloc(struct w101_quota *q, size_t n)
{
	if (!w101_quota_take(q, n))
		return NULL;
	void *p = malloc(n ? n : 1);
	return p ? p : exhausted(q, n);
}

void *w101_alloc0(struct w101_quota *q, size_t n)
{
	if (!w101_quota_take(q, n))
		return NULL;
	void *p = calloc(1, n ? n : 1);
	return p ? p : exhausted(q, n);
}

void *w101_realloc(struct w101_quota *q, void *old, size_t old_n, size_t n)
{
	if (n > old_n && !w101_quota_take(q, n - old_n))
		return NULL;
	void *p = realloc(old, n ? n : 1);
	if (!p)
		return exhausted(q, n > old_n ? n - old_n : 0);
	if (n < old_n)
		w101_quota_give(q, old_n - n);
	return p;
}

void w101_free(struct w101_quota *q, void *p, size_t n)
{
	if (!p)
		return;
	free(p);
	w101_quota_give(q, n);
}
