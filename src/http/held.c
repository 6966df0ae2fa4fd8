/* A bounded copy of chunks and the holes between them, taken from the front.
 * Must not know what they say. */
#include "http/held.h"

#include <string.h>

void w101_held_init(struct w101_held *h, struct w101_quota *q)
{
	*h = (struct w101_held){ .n = 0 };
	w101_buf_init(&h->bytes, q);
}

void w101_held_clear(struct w101_held *h)
{
	w101_free(h->bytes.quota, h->pieces, h->cap * sizeof *h->pieces);
	w101_buf_clear(&h->bytes);
	w101_held_init(h, h->bytes.quota);
}

static struct w101_held_piece *last_piece(struct w101_held *h)
{
	return h->n > h->first ? &h->pieces[h->n - 1] : NULL;
}

/* Room for one more, not yet counted. */
static struct w101_held_piece *new_piece(struct w101_held *h, size_t max)
{
	if (h->n == h->cap) {
		size_t cap = h->cap ? h->cap * 2 : 2;
		struct w101_held_piece *p =
			w101_realloc(h->bytes.quota, h->pieces, h->cap * sizeof *p, cap * sizeof *p);
		if (!p)
			return NULL;
		h->pieces = p;
		h->cap = cap;
	}
	/* many tiny packets must not cost more than a few times the bytes allowed */
	return h->n - h->first <= 16 + max / 16 ? &h->pieces[h->n] : NULL;
}

void w101_held_add(struct w101_held *h, const struct w101_chunk *c, size_t used, size_t max)
{
	size_t n = c->bytes.n - used, have = h->bytes.n - h->taken, k = have < max ? max - have : 0;
	if (!n)
		return;
	if (k > n)
		k = n;
	struct w101_held_piece *last = last_piece(h), *to = last;
	bool same = last && !last->gap && last->chunk.packet == c->packet && last->chunk.acked == c->acked &&
		    last->chunk.at == c->at;
	if (h->dropped || !k || (!same && !(to = new_piece(h, max))) ||
		!w101_buf_add(&h->bytes, c->bytes.p + used, k)) {
		h->dropped += n;
		return;
	}
	if (same) {
		to->chunk.bytes.n += k;
	} else {
		*to = (struct w101_held_piece){ .chunk = *c };
		to->chunk.bytes = (struct w101_bytes){ NULL, k };
		to->chunk.offset = c->offset + used;
		h->n++;
	}
	h->dropped = n - k;
}

void w101_held_gap(struct w101_held *h, const struct w101_chunk *where, uint64_t n, size_t max)
{
	struct w101_held_piece *last = last_piece(h), *to;
	if (h->dropped) {
		h->dropped += n;
	} else if (last && last->gap) {
		last->gap += n;
	} else if ((to = new_piece(h, max)) != NULL) {
		*to = (struct w101_held_piece){ .chunk = *where, .gap = n };
		to->chunk.bytes = (struct w101_bytes){ 0 };
		h->n++;
	} else {
		h->dropped = n;
	}
}

bool w101_held_first(struct w101_held *h, struct w101_held_piece *out)
{
	if (h->first == h->n)
		return false;
	*out = h->pieces[h->first];
	if (!out->gap)
		out->chunk.bytes.p = h->bytes.p + h->taken;
	return true;
}

void w101_held_take(struct w101_held *h, size_t n)
{
	struct w101_chunk *c = &h->pieces[h->first].chunk;
	h->taken += n;
	c->bytes.n -= n;
	c->offset += n;
	if (!c->bytes.n)
		h->first++;
	/* the front is given up when it is most of all, so that each byte is moved a bounded number of times */
	if (h->first > h->n / 2) {
		h->n -= h->first;
		memmove(h->pieces, h->pieces + h->first, h->n * sizeof *h->pieces);
		h->first = 0;
	}
	if (h->taken > h->bytes.n / 2) {
		w101_buf_drop(&h->bytes, h->taken);
		h->taken = 0;
	}
}

const struct w101_held_piece *w101_held_pieces(struct w101_held *h, size_t *n)
{
	const uint8_t *p = h->bytes.p ? h->bytes.p + h->taken : NULL;
	for (size_t i = h->first; i < h->n; i++) {
		struct w101_bytes *b = &h->pieces[i].chunk.bytes;
		if (!b->n)
			continue;
		b->p = p;
		p += b->n;
	}
	*n = h->n - h->first;
	return *n ? h->pieces + h->first : NULL;
}
