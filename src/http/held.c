/* A bounded copy of chunks, taken from the front.  Must not know what they say. */
#include "http/held.h"

#include <string.h>

void w101_held_init(struct w101_held *h, struct w101_quota *q)
{
	*h = (struct w101_held){ .n = 0 };
	w101_buf_init(&h->bytes, q);
}

void w101_held_clear(struct w101_held *h)
{
	w101_free(h->bytes.quota, h->chunks, h->cap * sizeof *h->chunks);
	w101_buf_clear(&h->bytes);
	w101_held_init(h, h->bytes.quota);
}

static struct w101_chunk *new_chunk(struct w101_held *h, size_t max)
{
	if (h->n == h->cap) {
		size_t cap = h->cap ? h->cap * 2 : 2;
		struct w101_chunk *p = w101_realloc(h->bytes.quota, h->chunks, h->cap * sizeof *p, cap * sizeof *p);
		if (!p)
			return NULL;
		h->chunks = p;
		h->cap = cap;
	}
	/* many tiny packets must not cost more than a few times the bytes allowed */
	return h->n - h->first <= 16 + max / 16 ? &h->chunks[h->n] : NULL;
}

void w101_held_add(struct w101_held *h, const struct w101_chunk *c, size_t used, size_t max)
{
	size_t n = c->bytes.n - used, have = h->bytes.n - h->taken, k = have < max ? max - have : 0;
	if (!n)
		return;
	if (k > n)
		k = n;
	struct w101_chunk *last = h->n > h->first ? &h->chunks[h->n - 1] : NULL, *to = last;
	bool same = last && last->packet == c->packet && last->acked == c->acked && last->at == c->at;
	if (h->dropped || !k || (!same && !(to = new_chunk(h, max))) ||
		!w101_buf_add(&h->bytes, c->bytes.p + used, k)) {
		h->dropped += n;
		return;
	}
	if (same) {
		to->bytes.n += k;
	} else {
		*to = *c;
		to->bytes = (struct w101_bytes){ NULL, k };
		to->offset = c->offset + used;
		h->n++;
	}
	h->dropped = n - k;
}

void w101_held_gap(struct w101_held *h, uint64_t n)
{
	h->dropped += n;
}

bool w101_held_first(struct w101_held *h, struct w101_chunk *out)
{
	if (h->bytes.n == h->taken)
		return false;
	*out = h->chunks[h->first];
	out->bytes.p = h->bytes.p + h->taken;
	return true;
}

void w101_held_take(struct w101_held *h, size_t n)
{
	struct w101_chunk *c = &h->chunks[h->first];
	h->taken += n;
	c->bytes.n -= n;
	c->offset += n;
	if (!c->bytes.n)
		h->first++;
	/* the front is given up when it is most of all, so that each byte is moved a bounded number of times */
	if (h->first > h->n / 2) {
		h->n -= h->first;
		memmove(h->chunks, h->chunks + h->first, h->n * sizeof *c);
		h->first = 0;
	}
	if (h->taken > h->bytes.n / 2) {
		w101_buf_drop(&h->bytes, h->taken);
		h->taken = 0;
	}
}

const struct w101_chunk *w101_held_chunks(struct w101_held *h, size_t *n)
{
	const uint8_t *p = h->bytes.p ? h->bytes.p + h->taken : NULL;
	for (size_t i = h->first; i < h->n; i++) {
		h->chunks[i].bytes.p = p;
		p += h->chunks[i].bytes.n;
	}
	*n = h->n - h->first;
	return *n ? h->chunks + h->first : NULL;
}
