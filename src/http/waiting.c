/* The queue of requests without an answer: a ring of small records, and their
 * heads as bytes, which are parsed again when a verdict needs them. */
#include "http/waiting.h"

#include "base/ascii.h"

#define IDLE_KEEP 2048u /* bytes that an empty queue may keep for the next head */

void w101_http_queue_init(struct w101_http_queue *q, struct w101_quota *quota)
{
	*q = (struct w101_http_queue){ .quota = quota };
	w101_buf_init(&q->raw, quota);
}

void w101_http_queue_clear(struct w101_http_queue *q)
{
	w101_free(q->quota, q->ring, q->cap * sizeof *q->ring);
	w101_buf_clear(&q->raw);
	w101_http_queue_init(q, q->quota);
}

static bool grow(struct w101_http_queue *q)
{
	size_t cap = q->cap ? q->cap * 2 : 1;
	struct w101_http_waiting *ring = w101_alloc(q->quota, cap * sizeof *ring);
	if (!ring)
		return false;
	for (size_t i = 0; i < q->n; i++)
		ring[i] = *w101_http_queue_at(q, i);
	w101_free(q->quota, q->ring, q->cap * sizeof *q->ring);
	q->ring = ring;
	q->cap = cap;
	q->first = 0;
	return true;
}

struct w101_http_waiting *w101_http_queue_push(struct w101_http_queue *q, const struct w101_http_head *h, bool about,
	size_t raw_max)
{
	if (q->n == q->cap && !grow(q))
		return NULL;
	struct w101_http_waiting *w = &q->ring[(q->first + q->n++) % q->cap];
	*w = (struct w101_http_waiting){ .offset = h->offset,
		.packet = h->packet,
		.at = h->at,
		.done = W101_TIME_NONE,
		.lost = UINT64_MAX,
		.raw = q->raw_base + q->raw.n,
		.about = about };
	if (w101_eq(h->method, W101_LIT("HEAD")))
		w->method = W101_WAITING_HEAD;
	else if (w101_eq(h->method, W101_LIT("CONNECT")))
		w->method = W101_WAITING_CONNECT;
	if ((about || q->raw.n + h->raw.n <= raw_max) && w101_buf_add(&q->raw, h->raw.p, h->raw.n))
		w->raw_n = (uint32_t)h->raw.n;
	return w;
}

void w101_http_queue_pop(struct w101_http_queue *q)
{
	struct w101_http_waiting *w = w101_http_queue_at(q, 0);
	if (!w)
		return;
	uint64_t past = w->raw + w->raw_n;
	q->first = (q->first + 1) % q->cap;
	q->n--;
	size_t gone = (size_t)(past - q->raw_base);
	if (!q->n) {
		q->raw_base += q->raw.n;
		q->raw.n = 0;
		if (q->raw.cap > IDLE_KEEP)
			w101_buf_clear(&q->raw);
	} else if (gone > q->raw.n / 2) { /* rarely, so that each byte is moved a bounded number of times */
		w101_buf_drop(&q->raw, gone);
		q->raw_base = past;
	}
}

bool w101_http_queue_head(const struct w101_http_queue *q, const struct w101_http_waiting *w,
	struct w101_head_store *store, struct w101_http_head *out)
{
	if (!w->raw_n)
		return false;
	struct w101_bytes raw = { q->raw.p + (w->raw - q->raw_base), w->raw_n };
	if (w101_head_parse(raw, false, 0, store, out) <= 0)
		return false;
	out->offset = w->offset;
	out->packet = w->packet;
	out->at = w->at;
	return true;
}
