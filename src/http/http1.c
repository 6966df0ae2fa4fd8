/* One HTTP/1 connection (RFC 9112): both directions walked message by message,
 * answers paired with requests, exchanges that are about an upgrade judged.  It
 * stops at the first byte of the next protocol and must not know it.
 *
 * - Client bytes behind an upgrade request (or CONNECT) are held until the final
 *   answer: whose they are is decided by it.  So at most one such request waits,
 *   and it is the last in the queue.
 * - An answer belongs to the oldest request that waits.  When bytes are missing
 *   it belongs to the last one that its sender had received.
 * - An answer without a request has request NULL, and nothing of it is blamed.
 * - So is the answer to a request whose head is above the limit: whether that was
 *   about an upgrade, and how long its body is, nobody knows.  Client bytes are
 *   held until the answer, and read on as after a gap. */
#include "http/http1.h"

#include "base/ascii.h"
#include "http/verdict.h"

#define NONE ((struct w101_bytes){ 0 })

struct w101_http1 *w101_http1_new(const struct w101_http1_config *cfg)
{
	struct w101_http1 *h = w101_alloc0(cfg->quota, sizeof *h);
	if (!h)
		return NULL;
	h->cfg = *cfg;
	for (int d = 0; d < 2; d++) {
		w101_buf_init(&h->side[d].partial, cfg->quota);
		h->side[d].ended_at = W101_TIME_NONE;
		h->side[d].cut = cfg->midstream;
	}
	w101_http_queue_init(&h->queue, cfg->quota);
	w101_held_init(&h->held, cfg->quota);
	w101_buf_init(&h->kept, cfg->quota);
	return h;
}

/* What is of no use once the protocol has changed. */
static void clear_http(struct w101_http1 *h)
{
	w101_http_queue_clear(&h->queue);
	for (int d = 0; d < 2; d++)
		w101_buf_clear(&h->side[d].partial);
}

void w101_http1_free(struct w101_http1 *h)
{
	if (!h)
		return;
	clear_http(h);
	w101_held_clear(&h->held);
	w101_buf_clear(&h->kept);
	w101_free(h->cfg.quota, h, sizeof *h);
}

/* Nothing can be read any more. */
static enum w101_feed give_up(struct w101_http1 *h)
{
	w101_verdict_drain(h, false);
	clear_http(h);
	w101_held_clear(&h->held);
	h->dead = true;
	return W101_FEED_DEAD;
}

/* ---- the client's direction */

/* The client's message is complete at s->next. */
static void request_done(struct w101_http1 *h, w101_time at)
{
	struct w101_side *s = &h->side[W101_CLIENT];
	struct w101_http_waiting *w = h->walking ? w101_http_queue_at(&h->queue, h->queue.n - 1) : NULL;
	s->state = W101_SIDE_HEAD;
	h->walking = false;
	if (!w)
		return;
	w->complete = true;
	w->end = s->next;
	w->done = at;
	if (w->about || w->over || w->method == W101_WAITING_CONNECT)
		s->state = W101_SIDE_HOLD;
}

static void drop_oldest(struct w101_http1 *h)
{
	w101_verdict_unanswered(h, w101_http_queue_at(&h->queue, 0));
	w101_http_queue_pop(&h->queue);
	h->skip++;
}

/* The head is complete, or all that will be known of it.  NULL: no memory. */
static struct w101_http_waiting *wait_for_answer(struct w101_http1 *h, const struct w101_http_head *q, bool about)
{
	if (h->queue.n && h->queue.n >= h->cfg.limits->pending)
		drop_oldest(h);
	h->walking = true;
	return w101_http_queue_push(&h->queue, q, about, h->cfg.limits->held_client);
}

/* False: no memory. */
static bool on_request(struct w101_http1 *h, struct w101_http_head *q)
{
	struct w101_side *s = &h->side[W101_CLIENT];
	struct w101_wish wish = w101_request_wish(q);
	const bool about = w101_wish_any(&wish);
	size_t i = 0, k = 0;
	w101_body_request(&s->body, q);
	if (wish.challenge && !w101_head_find(q, "Content-Length", &i) && !w101_head_find(q, "Transfer-Encoding", &k))
		s->body = (struct w101_body){ .kind = W101_BODY_COUNTED,
			.left = 8 }; /* draft-hixie-76 1.3: the third key */
	struct w101_http_waiting *w = wait_for_answer(h, q, about);
	if (!w)
		return false;
	w->end = s->next + (s->body.kind == W101_BODY_COUNTED ? s->body.left : 0);
	w->websocket = wish.websocket && !wish.challenge;
	h->cfg.host.request(h->cfg.host.self, q, about);
	if (about)
		w101_verdict_asked(h, w, q, &wish);
	if (s->body.kind != W101_BODY_NONE && !s->body.bad) {
		s->state = W101_SIDE_BODY;
		return true;
	}
	request_done(h, q->at);
	if (s->body.bad && !about) /* nobody knows where the next request begins */
		s->state = W101_SIDE_MUTE;
	return true;
}

/* The head is above the limit; it is in s->partial and at `used`.  False: no memory. */
static bool on_request_over(struct w101_http1 *h, const struct w101_chunk *c, size_t used)
{
	struct w101_side *s = &h->side[W101_CLIENT];
	struct w101_bytes b = { c->bytes.p + used, c->bytes.n - used };
	if (s->partial.n)
		b = w101_buf_bytes(&s->partial);
	const uint8_t *space = memchr(b.p, ' ', b.n);
	struct w101_http_head q = { .method = { b.p, space ? (size_t)(space - b.p) : 0 },
		.offset = s->partial_at,
		.packet = c->packet,
		.at = c->at };
	struct w101_http_waiting *w = wait_for_answer(h, &q, false);
	if (!w)
		return false;
	w->over = true;
	w->end = s->partial_at + b.n;
	w101_side_over_begin(s);
	return true;
}

/* Reads up to the end of the chunk, or up to where bytes must be held. */
static bool read_client(struct w101_http1 *h, const struct w101_chunk *c, size_t *used)
{
	struct w101_side *s = &h->side[W101_CLIENT];
	while (*used < c->bytes.n && s->state != W101_SIDE_HOLD) {
		if (s->state == W101_SIDE_BODY) {
			*used +=
				w101_body_feed(&s->body, (struct w101_bytes){ c->bytes.p + *used, c->bytes.n - *used });
			s->next = c->offset + *used;
			if (s->body.done)
				request_done(h, c->at);
			else if (s->body.bad)
				s->state = W101_SIDE_MUTE;
			continue;
		}
		if (s->state == W101_SIDE_OVER) {
			if (w101_side_over(s, c, used)) {
				request_done(h, c->at);
				s->lost = true;
			}
			continue;
		}
		if (s->state == W101_SIDE_HEAD) {
			struct w101_head_store store;
			struct w101_http_head head;
			enum w101_side_result r =
				w101_side_head(s, W101_CLIENT, c, used, h->cfg.limits->http_head, &store, &head);
			if (r == W101_SIDE_COMPLETE) {
				if (!on_request(h, &head))
					return false;
				w101_side_head_done(s);
				continue;
			}
			if (r == W101_SIDE_MORE)
				return true;
			if (r == W101_SIDE_LIMIT) {
				if (!on_request_over(h, c, *used))
					return false;
				continue;
			}
			bool lost = (s->lost || s->cut) && r == W101_SIDE_NO_HEAD;
			h->unsure = h->unsure || (lost && s->cut);
			w101_side_head_done(s);
			s->lost = lost;
			if (!lost)
				s->state = W101_SIDE_MUTE;
		}
		*used = c->bytes.n; /* not readable, or not yet again */
		s->next = c->offset + *used;
	}
	return true;
}

static enum w101_feed client_data(struct w101_http1 *h, const struct w101_chunk *c, size_t *used)
{
	struct w101_side *s = &h->side[W101_CLIENT];
	*used = 0;
	if (!read_client(h, c, used))
		return give_up(h);
	if (*used < c->bytes.n) {
		w101_held_add(&h->held, c, *used, h->cfg.limits->held_client);
		*used = c->bytes.n;
	}
	/* unreadable requests matter only while an answer is still to come */
	return s->state == W101_SIDE_MUTE && !h->queue.n && !h->skip ? give_up(h) : W101_FEED_MORE;
}

static void client_gap(struct w101_http1 *h, uint64_t n, const struct w101_chunk *where)
{
	struct w101_side *s = &h->side[W101_CLIENT];
	if (s->state == W101_SIDE_MUTE)
		return;
	if (s->state == W101_SIDE_HOLD) {
		w101_held_gap(&h->held, where, n, h->cfg.limits->held_client);
		return;
	}
	const bool counted = s->state == W101_SIDE_BODY && s->body.kind == W101_BODY_COUNTED;
	if (w101_side_gap(s, n, where->offset)) {
		if (s->body.done)
			request_done(h, where->at);
		return;
	}
	h->unsure = true;
	struct w101_http_waiting *last = h->queue.n ? w101_http_queue_at(&h->queue, h->queue.n - 1) : NULL;
	if (last && last->lost == UINT64_MAX)
		last->lost = counted && h->walking ? last->end : where->offset;
	if (h->walking) { /* of a lost end it is known only that it came */
		uint64_t end = last && counted ? last->end : s->next;
		request_done(h, W101_TIME_NONE);
		if (last)
			last->end = end;
		s->state = W101_SIDE_HEAD;
	}
}

/* The request that the client waited for was answered with something else than a
 * switch: what it sent meanwhile is HTTP. */
static bool release(struct w101_http1 *h)
{
	struct w101_side *s = &h->side[W101_CLIENT];
	struct w101_held_piece p;
	if (s->state == W101_SIDE_HOLD)
		s->state = W101_SIDE_HEAD;
	while (s->state != W101_SIDE_HOLD && w101_held_first(&h->held, &p)) {
		size_t used = 0;
		if (p.gap)
			client_gap(h, p.gap, &p.chunk);
		else if (!read_client(h, &p.chunk, &used))
			return false;
		w101_held_take(&h->held, used);
	}
	if (s->state == W101_SIDE_HOLD)
		return true;
	uint64_t dropped = h->held.dropped;
	w101_held_clear(&h->held);
	if (dropped)
		client_gap(h, dropped, &(struct w101_chunk){ .offset = s->next, .at = W101_TIME_NONE });
	return true;
}

/* ---- the server's direction */

static void pop(struct w101_http1 *h)
{
	if (h->queue.n == 1)
		h->walking = false;
	w101_http_queue_pop(&h->queue);
}

/* Behind w, the last request that the server had when it answered, it had bytes too that we never saw: any request
 * may be among them. */
static bool lost_behind(struct w101_http1 *h, const struct w101_http_waiting *w, uint64_t acked)
{
	const struct w101_side *s = &h->side[W101_CLIENT];
	struct w101_held_piece p;
	if (!w)
		return false;
	if (w101_held_first(&h->held, &p)) /* what directly follows is known, or known to be lost */
		return p.gap ? acked > p.chunk.offset : w->lost < acked;
	uint64_t seen = w->end > s->next ? w->end : s->next;
	return w->lost < acked || acked > seen + s->ended; /* a FIN counts as one */
}

/* The request that this answer belongs to; NULL: not known. */
static struct w101_http_waiting *asked_by(struct w101_http1 *h, bool final, bool switches)
{
	const uint64_t acked = h->side[W101_SERVER].begun_acked;
	size_t n = 0;
	if (!h->unsure) {
		if (!h->skip)
			return w101_http_queue_at(&h->queue, 0);
		h->skip -= final;
		return NULL;
	}
	for (;;) {
		while (acked != UINT64_MAX && n < h->queue.n && w101_http_queue_at(&h->queue, n)->end <= acked)
			n++;
		/* The server had read on in what is held, and that is HTTP: the upgrade was refused in the missing
		 * bytes. */
		struct w101_held_piece p;
		if (!final || !n || n < h->queue.n || !w101_held_first(&h->held, &p) || p.gap ||
			acked < p.chunk.offset + p.chunk.bytes.n || w101_head_sniff(p.chunk.bytes, false) != 1)
			break;
		w101_verdict_drain(h, false);
		if (!release(h) || !h->queue.n)
			return NULL;
		n = 0;
	}
	if (n && lost_behind(h, w101_http_queue_at(&h->queue, n - 1), acked)) {
		if (final && !switches && n == h->queue.n) { /* what they waited for has come, or will not be known */
			w101_verdict_drain(h, false);
			release(h);
		}
		return NULL;
	}
	if (!n || !final)
		return n ? w101_http_queue_at(&h->queue, n - 1) : NULL;
	for (; n > 1; n--) /* their answers are in the missing bytes */
		pop(h);
	h->unsure = false;
	h->skip = 0;
	return w101_http_queue_at(&h->queue, 0);
}

/* The protocol changes behind the head at s->next. */
static enum w101_feed switch_here(struct w101_http1 *h, const struct w101_http_waiting *w, bool tunnel)
{
	struct w101_http1_switch *sw = &h->sw;
	bool held = w && w->lost == UINT64_MAX && (w->about || tunnel || (w->over && w->complete));
	sw->tunnel = tunnel;
	sw->offset[W101_CLIENT] = held ? w->end : h->side[W101_CLIENT].next;
	sw->offset[W101_SERVER] = h->side[W101_SERVER].next;
	sw->client_lost = !held && h->side[W101_CLIENT].lost;
	sw->held = w101_held_pieces(&h->held, &sw->n_held);
	sw->held_dropped = h->held.dropped;
	if (w)
		pop(h);
	w101_verdict_drain(h, false);
	clear_http(h);
	h->dead = true;
	return W101_FEED_SWITCH;
}

static enum w101_feed on_response(struct w101_http1 *h, const struct w101_http_head *r)
{
	static const char *const methods[] = { "", "HEAD", "CONNECT" };
	struct w101_side *s = &h->side[W101_SERVER];
	const bool final = r->status / 100 != 1 || r->status == 101;
	struct w101_http_waiting *w = asked_by(h, final, r->status == 101);
	const bool about = (w && w->about) || r->status == 101 || r->status == 426;
	h->cfg.host.response(h->cfg.host.self, r, about);
	if (!final) {
		if (w && r->status == 100)
			w->continued = true;
		return W101_FEED_MORE;
	}
	if (about && w && w->over)
		w101_verdict_over(h, w);
	if (about || h->cfg.plain_exchanges)
		w101_verdict_answered(h, w, r);
	if (!w)
		h->blind = true; /* its request, should it still come, has its answer */
	const bool tunnel = w && w->method == W101_WAITING_CONNECT && r->status / 100 == 2;
	if (r->status == 101 || tunnel)
		return switch_here(h, w, tunnel);
	w101_body_response(&s->body, r, w101_str(methods[w ? w->method : W101_WAITING_OTHER]));
	s->state = s->body.kind == W101_BODY_NONE ? W101_SIDE_HEAD : W101_SIDE_BODY;
	if (w) {
		pop(h);
		if (!h->queue.n && !release(h))
			return give_up(h);
	}
	return W101_FEED_MORE;
}

static enum w101_feed read_answer(struct w101_http1 *h, const struct w101_chunk *c, size_t *used)
{
	struct w101_side *s = &h->side[W101_SERVER];
	struct w101_head_store store;
	struct w101_http_head head;
	struct w101_bytes rest = { c->bytes.p + *used, c->bytes.n - *used };
	switch (w101_side_head(s, W101_SERVER, c, used, h->cfg.limits->http_head, &store, &head)) {
	case W101_SIDE_MORE:
		break;
	case W101_SIDE_COMPLETE: {
		enum w101_feed feed = on_response(h, &head);
		if (feed == W101_FEED_MORE)
			w101_side_head_done(s);
		return feed;
	}
	case W101_SIDE_NO_HEAD:
		if (!s->lost && !s->cut) {
			w101_side_seek_begin(s, c, *used);
			break;
		}
		s->lost = h->unsure = h->blind = true; /* an answer may be in these bytes */
		s->partial.n = 0;
		*used = c->bytes.n;
		s->next = c->offset + *used;
		break;
	case W101_SIDE_BROKEN:
		if (!s->lost)
			w101_verdict_no_head(h, W101_F_res_syntax, s->partial.n ? w101_buf_bytes(&s->partial) : rest,
				"the head cannot be read");
		return give_up(h);
	case W101_SIDE_LIMIT:
		w101_verdict_no_head(h, W101_F_limit_reached, NONE, "the head of the answer");
		return give_up(h);
	}
	return W101_FEED_MORE;
}

/* Bytes before an answer are its fault only when they were sent after the request. */
static bool sent_after_request(const struct w101_http1 *h)
{
	const struct w101_http_waiting *w = w101_http_queue_at(&h->queue, 0);
	uint64_t acked = h->side[W101_SERVER].begun_acked;
	return w && !h->skip && (acked == UINT64_MAX || acked >= w->end);
}

static enum w101_feed server_data(struct w101_http1 *h, const struct w101_chunk *c, size_t *used)
{
	struct w101_side *s = &h->side[W101_SERVER];
	enum w101_feed feed = W101_FEED_MORE;
	*used = 0;
	while (feed == W101_FEED_MORE && *used < c->bytes.n) {
		if (s->state == W101_SIDE_HEAD) {
			feed = read_answer(h, c, used);
		} else if (s->state == W101_SIDE_SEEK) {
			bool strange = sent_after_request(h);
			if (!w101_side_seek(s, c, used, h->cfg.limits->http_head)) {
				w101_verdict_no_head(
					h, W101_F_res_syntax, w101_buf_bytes(&s->partial), "these bytes are no HTTP");
				feed = give_up(h);
			} else if (s->state == W101_SIDE_HEAD) {
				s->strange = strange;
			}
		} else {
			*used +=
				w101_body_feed(&s->body, (struct w101_bytes){ c->bytes.p + *used, c->bytes.n - *used });
			s->next = c->offset + *used;
			if (s->body.bad)
				feed = give_up(h);
			else if (s->body.done)
				s->state = W101_SIDE_HEAD;
		}
	}
	return feed;
}

/* ---- the host's calls */

enum w101_feed w101_http1_data(struct w101_http1 *h, enum w101_dir dir, const struct w101_chunk *c, size_t *used)
{
	*used = 0;
	if (h->dead)
		return W101_FEED_DEAD;
	return dir == W101_CLIENT ? client_data(h, c, used) : server_data(h, c, used);
}

enum w101_feed w101_http1_gap(struct w101_http1 *h, enum w101_dir dir, uint64_t n, const struct w101_chunk *where)
{
	struct w101_side *s = &h->side[W101_SERVER];
	if (h->dead)
		return W101_FEED_DEAD;
	if (dir == W101_CLIENT) {
		client_gap(h, n, where);
		return W101_FEED_MORE;
	}
	if (w101_side_gap(s, n, where->offset)) {
		if (s->body.done)
			s->state = W101_SIDE_HEAD;
	} else {
		h->unsure = true;
		h->blind = true;
	}
	return W101_FEED_MORE;
}

void w101_http1_end(struct w101_http1 *h, enum w101_dir dir, enum w101_end how, const struct w101_chunk *where)
{
	struct w101_side *s = &h->side[dir];
	struct w101_head_store store;
	struct w101_http_head head;
	if (h->dead || s->ended)
		return;
	s->ended = true;
	s->how = how;
	s->ended_at = where->at;
	s->ended_packet = where->packet;
	struct w101_http_waiting *last = h->queue.n ? w101_http_queue_at(&h->queue, h->queue.n - 1) : NULL;
	if (w101_ended_by_tcp(s) && last && last->about && w101_http_queue_head(&h->queue, last, &store, &head))
		w101_upgrade_ended(&head, h->cfg.keys, h->cfg.flow, where->at);
	if (dir == W101_CLIENT)
		h->fin_acked = where->acked;
	else if (w101_ended_by_tcp(s) && s->partial.n && !s->lost)
		w101_verdict_no_head(h, W101_F_res_syntax, w101_buf_bytes(&s->partial),
			s->state == W101_SIDE_SEEK ? "these bytes are no HTTP"
						   : "the connection ended inside the head");
	if (h->side[w101_dir_other(dir)].ended)
		w101_http1_finish(h);
}

void w101_http1_finish(struct w101_http1 *h)
{
	const struct w101_side *cl = &h->side[W101_CLIENT], *se = &h->side[W101_SERVER];
	if (h->dead)
		return;
	/* when only the client ended, it must be known that it had no more from the server than we have */
	bool over = w101_ended_by_tcp(se) || (w101_ended_by_tcp(cl) && h->fin_acked <= se->next);
	/* the request may have had its answer when one was lost, or came without a request */
	w101_verdict_drain(h, over && !h->blind && !h->unsure && !h->skip);
	w101_verdict_unfinished(h);
	give_up(h);
}

bool w101_http1_holds(const struct w101_http1 *h)
{
	return !h->dead && h->side[W101_CLIENT].state == W101_SIDE_HOLD && h->queue.n;
}

bool w101_http1_held(struct w101_http1 *h, struct w101_http1_run *out)
{
	const struct w101_http_waiting *w = w101_http1_holds(h) ? w101_http_queue_at(&h->queue, h->queue.n - 1) : NULL;
	size_t n, i = 0;
	if (!w || w->lost != UINT64_MAX)
		return false;
	const struct w101_held_piece *p = w101_held_pieces(&h->held, &n);
	if (!n || p->gap)
		return false;
	*out = (struct w101_http1_run){ .bytes = { p->chunk.bytes.p, 0 }, .websocket = w->websocket };
	for (; i < n && !p[i].gap; i++) /* they lie one behind the other */
		out->bytes.n += p[i].chunk.bytes.n;
	out->whole = i == n && !h->held.dropped;
	out->full = h->held.dropped || out->bytes.n > h->cfg.limits->held_client / 2;
	return true;
}

enum w101_feed w101_http1_read_on(struct w101_http1 *h)
{
	h->unsure = h->blind = true;
	w101_verdict_drain(h, false);
	return release(h) ? W101_FEED_MORE : give_up(h);
}

void w101_http1_assume(struct w101_http1 *h)
{
	struct w101_http_waiting *w;
	while ((w = w101_http_queue_at(&h->queue, 0)) != NULL && h->queue.n > 1) {
		w101_verdict_unanswered(h, w); /* its answer is where the last one's is */
		w101_http_queue_pop(&h->queue);
	}
	if (!w)
		return;
	w101_verdict_assumed(h, w);
	h->sw.offset[W101_CLIENT] = w->end;
	h->sw.offset[W101_SERVER] = h->side[W101_SERVER].next;
	h->sw.held = w101_held_pieces(&h->held, &h->sw.n_held);
	h->sw.held_dropped = h->held.dropped;
	clear_http(h);
	h->dead = true;
}

void w101_http1_switched(const struct w101_http1 *h, struct w101_http1_switch *out)
{
	*out = h->sw;
}

bool w101_http1_early(const struct w101_http1_host *host, const struct w101_chunk *c, uint64_t server_offset)
{
	if (c->acked == UINT64_MAX || c->acked >= server_offset || !c->bytes.n)
		return false;
	w101_upgrade_early(host->self, host->finding, c->offset, c->bytes);
	return true;
}
