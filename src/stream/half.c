/* The reorder queue of one direction: sorted, without overlaps, the first copy
 * of each byte wins (RFC 9293 3.8 leaves the choice to the receiver). */
#include "stream/half.h"

#include <string.h>

#include "base/hash.h"

static struct w101_waiting *piece(struct w101_quota *q, const struct w101_waiting *like, int64_t offset, uint32_t len,
	struct w101_bytes data)
{
	struct w101_waiting *w = w101_alloc(q, sizeof *w + data.n);
	if (!w)
		return NULL;
	*w = *like;
	w->next = NULL;
	w->offset = offset;
	w->len = len;
	w->have = (uint32_t)data.n;
	if (data.n)
		memcpy(w->data, data.p, data.n);
	return w;
}

void w101_waiting_free(struct w101_quota *q, struct w101_waiting *w)
{
	w101_free(q, w, sizeof *w + w->have);
}

/* Bytes of `data` (beginning at offset) that lie in [from, to). */
static struct w101_bytes part(struct w101_bytes data, int64_t offset, int64_t from, int64_t to)
{
	int64_t end = offset + (int64_t)data.n;
	if (to > end)
		to = end;
	return from < to ? (struct w101_bytes){ data.p + (from - offset), (size_t)(to - from) }
			 : (struct w101_bytes){ 0 };
}

static void compare(const struct w101_waiting *w, struct w101_bytes data, int64_t offset, bool *differs, int64_t *at)
{
	int64_t from = offset > w->offset ? offset : w->offset;
	struct w101_bytes mine = part(data, offset, from, w->offset + w->have);
	if (mine.n && memcmp(mine.p, w->data + (from - w->offset), mine.n) != 0 && !*differs) {
		*differs = true;
		*at = from;
	}
}

void w101_half_queue(struct w101_half *h, struct w101_quota *q, const struct w101_waiting *like,
	struct w101_bytes data, bool *differs, int64_t *differs_at)
{
	int64_t from = like->offset, end = like->offset + like->len;
	/* most come behind all that wait */
	bool append = h->last && from >= h->last->offset + (int64_t)h->last->len;
	struct w101_waiting **at = append ? &h->last->next : &h->queue;
	*differs = false;
	while (from < end) {
		struct w101_waiting *w = *at;
		if (w && w->offset + (int64_t)w->len <= from) {
			at = &w->next;
			continue;
		}
		int64_t stop = w && w->offset < end ? w->offset : end;
		if (from < stop) {
			struct w101_waiting *n = piece(q, like, from, (uint32_t)(stop - from), part(data, like->offset, from, stop));
			if (!n)
				return;
			n->next = w;
			*at = n;
			at = &n->next;
			h->last = w ? h->last : n;
			h->queued += n->len + W101_WAITING_COST;
			from = stop;
		}
		if (w && w->offset < end) {
			compare(w, data, like->offset, differs, differs_at);
			from = w->offset + (int64_t)w->len;
			at = &w->next;
		}
	}
}

struct w101_waiting *w101_half_pop(struct w101_half *h)
{
	struct w101_waiting *w = h->queue;
	if (w) {
		h->queue = w->next;
		h->last = w->next ? h->last : NULL;
		h->queued -= w->len + W101_WAITING_COST;
	}
	return w;
}

void w101_half_clear(struct w101_half *h, struct w101_quota *q)
{
	for (struct w101_waiting *w; (w = w101_half_pop(h));)
		w101_waiting_free(q, w);
}

/* So many segments from one place ahead are believed: the capture has a large hole. */
#define FAR_BELIEVED 3

bool w101_half_plausible(struct w101_half *h, int64_t offset)
{
	uint64_t known = h->next > h->seen_end ? h->next : h->seen_end;
	if (!h->based || offset <= (int64_t)(known > h->acked ? known : h->acked) + W101_FAR_AHEAD) {
		h->far = 0;
		return true;
	}
	int64_t apart = offset - h->far_at;
	h->far = h->far && apart > -W101_FAR_AHEAD && apart < W101_FAR_AHEAD ? (uint8_t)(h->far + 1) : 1;
	h->far_at = offset;
	return h->far >= FAR_BELIEVED;
}

void w101_half_rebase(struct w101_half *h, struct w101_quota *q, uint32_t base)
{
	int64_t shift = h->anchored ? (int32_t)(h->base - base) : 0;
	h->base = base;
	h->anchored = h->based = true;
	h->seen_end = 0;
	for (struct w101_waiting *w = h->queue; w; w = w->next)
		w->offset += shift;
	while (h->queue && h->queue->offset + (int64_t)h->queue->len <= 0)
		w101_waiting_free(q, w101_half_pop(h));
	for (struct w101_waiting **at = &h->queue, *w; (w = *at);) {
		if (w->offset <= W101_FAR_AHEAD) {
			h->last = w;
			at = &w->next;
			continue;
		}
		*at = w->next; /* of an earlier connection */
		h->queued -= w->len + W101_WAITING_COST;
		w101_waiting_free(q, w);
	}
	h->last = h->queue ? h->last : NULL;
	if (h->last)
		h->seen_end = (uint64_t)(h->last->offset + h->last->len);
	h->fin_offset += shift;
	h->fin = h->fin && h->fin_offset >= 0 && h->fin_offset <= W101_FAR_AHEAD;
}

/* A sum that nearly any change of the bytes changes; it need not resist an attacker:
 * whoever can choose both copies gains nothing but a missing remark.  Four lanes,
 * so that the multiplications need not wait for each other; the last piece may
 * overlap the one before. */
struct lanes {
	uint64_t a, b, c, d;
};

static inline void stir(struct lanes *s, const uint8_t *p)
{
	struct lanes w;
	memcpy(&w, p, sizeof w);
	s->a = (s->a ^ w.a) * 0x9e3779b97f4a7c15u;
	s->b = (s->b ^ w.b) * 0xc2b2ae3d27d4eb4fu;
	s->c = (s->c ^ w.c) * 0x165667b19e3779f9u;
	s->d = (s->d ^ w.d) * 0xd6e8feb86659fd93u;
}

static uint32_t sum(struct w101_bytes b)
{
	struct lanes s = { b.n, 1, 2, 3 };
	uint8_t small[sizeof s] = { 0 };
	if (b.n >= sizeof small) {
		const uint8_t *p = b.p, *last = b.p + b.n - sizeof small;
		for (; p < last; p += sizeof small)
			stir(&s, p);
		stir(&s, last);
	} else {
		memcpy(small, b.p, b.n);
		stir(&s, small);
	}
	uint64_t all = w101_hash_fold(s.a ^ 0x2545f4914f6cdd1du, s.b ^ 0x5851f42d4c957f2du) +
		w101_hash_fold(s.c ^ 0xda942042e4dd58b5u, s.d ^ 0x369dea0f31a53f85u);
	return (uint32_t)(all ^ all >> 32);
}

void w101_half_remember(struct w101_half *h, uint64_t offset, struct w101_bytes b)
{
	unsigned i = h->history_at++ % W101_HISTORY;
	h->history[i].offset = offset;
	h->history[i].len = (uint32_t)b.n;
	h->history[i].sum = sum(b);
}

bool w101_half_contradicts(const struct w101_half *h, uint64_t offset, struct w101_bytes b)
{
	for (unsigned i = 0; i < W101_HISTORY; i++)
		if (h->history[i].len && h->history[i].len == b.n && h->history[i].offset == offset)
			return h->history[i].sum != sum(b);
	return false;
}
