/* The reorder queue of one direction: sorted, without overlaps, the first copy
 * of each byte wins (RFC 9293 3.8 leaves the choice to the receiver). */
#include "stream/half.h"

#include <string.h>

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

enum w101_queue_result w101_half_queue(struct w101_half *h, struct w101_quota *q, const struct w101_waiting *like,
	struct w101_bytes data, bool *differs, int64_t *differs_at)
{
	int64_t from = like->offset, end = like->offset + like->len;
	struct w101_waiting **at = &h->queue;
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
				return W101_QUEUE_REFUSED;
			n->next = w;
			*at = n;
			at = &n->next;
			h->queued += n->len;
			from = stop;
		}
		if (w && w->offset < end) {
			compare(w, data, like->offset, differs, differs_at);
			from = w->offset + (int64_t)w->len;
			at = &w->next;
		}
	}
	return W101_QUEUED;
}

struct w101_waiting *w101_half_pop(struct w101_half *h)
{
	struct w101_waiting *w = h->queue;
	if (w) {
		h->queue = w->next;
		h->queued -= w->len;
	}
	return w;
}

void w101_half_push(struct w101_half *h, struct w101_waiting *w)
{
	w->next = h->queue;
	h->queue = w;
	h->queued += w->len;
}

void w101_half_clear(struct w101_half *h, struct w101_quota *q)
{
	for (struct w101_waiting *w; (w = w101_half_pop(h));)
		w101_waiting_free(q, w);
}

void w101_half_rebase(struct w101_half *h, struct w101_quota *q, uint32_t base)
{
	int64_t shift = h->anchored ? (int32_t)(h->base - base) : 0;
	h->base = base;
	h->anchored = h->based = true;
	h->seen_end = 0;
	for (struct w101_waiting **at = &h->queue; *at;) {
		struct w101_waiting *w = *at;
		w->offset += shift;
		if (w->offset + (int64_t)w->len <= 0) {
			*at = w->next;
			h->queued -= w->len;
			w101_waiting_free(q, w);
			continue;
		}
		h->seen_end = (uint64_t)(w->offset + w->len);
		at = &w->next;
	}
	if (h->fin)
		h->fin_offset = h->fin_offset + shift > 0 ? h->fin_offset + shift : 0;
}

/* A sum that any change of one word changes; it need not resist an attacker:
 * whoever can choose both copies gains nothing but a missing remark. */
static uint32_t sum(struct w101_bytes b)
{
	uint64_t s = b.n, w;
	size_t i = 0;
	for (; b.n - i >= 8; i += 8) {
		memcpy(&w, b.p + i, 8);
		s = (s ^ w) * 0x9e3779b97f4a7c15u;
		s ^= s >> 32;
	}
	if (i < b.n) {
		w = 0;
		memcpy(&w, b.p + i, b.n - i);
		s = (s ^ w) * 0x9e3779b97f4a7c15u;
		s ^= s >> 32;
	}
	return (uint32_t)s;
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
