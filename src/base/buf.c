/* The growing buffer: doubles, so that bytes are copied a bounded number of
 * times. */
#include "base/buf.h"

#include <string.h>

void w101_buf_init(struct w101_buf *b, struct w101_quota *q)
{
	*b = (struct w101_buf){ .quota = q };
}

void w101_buf_clear(struct w101_buf *b)
{
	w101_free(b->quota, b->p, b->cap);
	*b = (struct w101_buf){ .quota = b->quota };
}

uint8_t *w101_buf_reserve(struct w101_buf *b, size_t n)
{
	if (n > SIZE_MAX / 4 - b->n || (!n && !b->p))
		return NULL;
	if (b->cap - b->n < n) {
		size_t cap = b->cap ? b->cap : 64;
		while (cap - b->n < n)
			cap *= 2;
		uint8_t *p = w101_realloc(b->quota, b->p, b->cap, cap);
		if (!p && cap > b->n + n) { /* near the limit the exact size may still fit */
			cap = b->n + n;
			p = w101_realloc(b->quota, b->p, b->cap, cap);
		}
		if (!p)
			return NULL;
		b->p = p;
		b->cap = cap;
	}
	return b->p + b->n;
}

bool w101_buf_add(struct w101_buf *b, const void *p, size_t n)
{
	if (!n)
		return true;
	uint8_t *to = w101_buf_reserve(b, n);
	if (!to)
		return false;
	memcpy(to, p, n);
	b->n += n;
	return true;
}

void w101_buf_drop(struct w101_buf *b, size_t n)
{
	if (n >= b->n) {
		b->n = 0;
		return;
	}
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}
