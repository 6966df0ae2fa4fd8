/* Requests that wait for their answers, oldest first. */
#ifndef W101_HTTP_WAITING_H
#define W101_HTTP_WAITING_H

#include "base/buf.h"
#include "http/head.h"
#include "http/judge.h"

enum w101_waiting_method { W101_WAITING_OTHER, W101_WAITING_HEAD, W101_WAITING_CONNECT };

struct w101_http_waiting {
	uint64_t end;        /* stream offset behind the request; while it is not complete: at least there */
	uint64_t lost;       /* behind it bytes are missing from this offset on; UINT64_MAX: none */
	bool complete;       /* with its body */
	w101_time done;      /* when its last byte came */
	uint64_t offset;     /* of the head, its packet and time */
	uint64_t packet;
	w101_time at;
	uint64_t raw;        /* place of the head in the queue's bytes */
	uint32_t raw_n;      /* 0: it was not kept */
	enum w101_waiting_method method;
	bool about;          /* about an upgrade ... */
	bool websocket;      /* ... to the WebSocket of RFC 6455 */
	bool over;           /* its head was above the limit: only its answer tells what it is about */
	bool continued;      /* a 100 came */
	struct w101_found found;
};

struct w101_http_queue {
	struct w101_quota *quota;
	struct w101_http_waiting *ring;
	size_t cap, first, n;
	struct w101_buf raw; /* heads of the requests, one after the other */
	uint64_t raw_base;   /* place of raw.p[0] */
};

void w101_http_queue_init(struct w101_http_queue *, struct w101_quota *);
void w101_http_queue_clear(struct w101_http_queue *);
/* Takes a copy of the head when it is about an upgrade, or when all heads stay
 * below raw_max bytes.  NULL: no memory. */
struct w101_http_waiting *w101_http_queue_push(struct w101_http_queue *, const struct w101_http_head *, bool about,
					   size_t raw_max);
void w101_http_queue_pop(struct w101_http_queue *); /* the oldest */
static inline struct w101_http_waiting *w101_http_queue_at(const struct w101_http_queue *q, size_t i)
{
	return i < q->n ? &q->ring[(q->first + i) % q->cap] : NULL;
}
/* The head again; false when it was not kept. */
bool w101_http_queue_head(const struct w101_http_queue *, const struct w101_http_waiting *, struct w101_head_store *,
		     struct w101_http_head *out);

#endif
