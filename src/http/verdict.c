/* From what the walk of a connection knows to verdicts: circumstances of an
 * answer, requests that stay without one, what the next protocol needs.  Must
 * not walk bytes. */
#include "http/verdict.h"

#include "base/ascii.h"
#include "http/request_rules.h"

static struct w101_judge judge(const struct w101_http1 *h, const struct w101_found *found)
{
	return (struct w101_judge){ h->cfg.host.self, h->cfg.host.finding, *found };
}

/* ---- verdicts */

/* Client bytes that were sent before the client could have the whole 101. */
static void find_early(struct w101_http1 *h, const struct w101_http_head *r, struct w101_upgrade *u)
{
	size_t n, i = 0;
	const struct w101_held_piece *p = w101_held_pieces(&h->held, &n);
	while (i < n && p[i].gap)
		i++;
	if (i == n)
		return;
	const struct w101_chunk *c = &p[i].chunk;
	uint64_t end = r->offset + r->raw.n;
	/* by time only when all that the server sent before is here */
	if (c->acked != UINT64_MAX ? c->acked < end : !h->cfg.midstream && !h->blind && c->at < r->at) {
		u->early = true;
		u->early_at = c->offset;
		u->early_bytes = c->bytes;
	}
}

/* What is known beside the two heads.  w, q, r may be NULL. */
static struct w101_upgrade circumstances(struct w101_http1 *h, const struct w101_http_waiting *w,
	const struct w101_http_head *q, const struct w101_http_head *r)
{
	struct w101_upgrade u = { .request = q,
		.response = r,
		.latency = -1,
		.end = W101_TIME_NONE,
		.keys = h->cfg.keys,
		.flow = h->cfg.flow };
	if (!w)
		return u;
	u.asked = w->found;
	u.continued = w->continued;
	if (!r)
		return u;
	if (w->complete && w->done != W101_TIME_NONE && r->at != W101_TIME_NONE)
		u.latency = w101_elapsed(w->done, r->at);
	if (r->status == 101) {
		uint64_t acked = h->side[W101_SERVER].begun_acked, next = h->side[W101_CLIENT].next;
		uint64_t end = w->complete || w->end > next ? w->end : next + 1;
		u.too_early = acked != UINT64_MAX && acked < end;
		find_early(h, r, &u);
	}
	return u;
}

/* What the next protocol needs of the two heads.  q may be NULL. */
static void keep_texts(struct w101_http1 *h, const struct w101_exchange *x, struct w101_bytes token,
	const struct w101_http_head *q)
{
	struct w101_http1_switch *sw = &h->sw;
	size_t room = token.n + x->subprotocol.n + x->extensions.n + (q ? q->raw.n : 0);
	const struct {
		struct w101_bytes from, *to;
	} texts[] = { { token, &sw->token }, { x->subprotocol, &sw->subprotocol },
		{ x->extensions, &sw->extensions } };
	if (w101_buf_reserve(&h->kept, room + 1)) { /* else: no memory, and the token alone must do */
		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
			*texts[i].to = (struct w101_bytes){ h->kept.p + h->kept.n, texts[i].from.n };
			w101_buf_add(&h->kept, texts[i].from.p, texts[i].from.n);
		}
		char *p = (char *)h->kept.p + h->kept.n;
		size_t n = q ? w101_head_joined(q, "Sec-WebSocket-Extensions", p, q->raw.n) : 0;
		h->kept.n += n;
		sw->offered_extensions = (struct w101_bytes){ (const uint8_t *)p, n };
	} else if (x->websocket) {
		sw->token = W101_LIT("websocket");
	}
}

/* Judges, tells, and keeps what the next protocol needs.  assumed: it is WebSocket, though there is no answer. */
static void verdict(struct w101_http1 *h, const struct w101_upgrade *u, bool assumed)
{
	struct w101_judge j = judge(h, &u->asked);
	struct w101_exchange x;
	struct w101_buf joined;
	w101_buf_init(&joined, h->cfg.quota);
	w101_upgrade_judge(&j, u, &joined, &x);
	if (assumed || (u->response && u->response->status == 101)) {
		struct w101_http1_switch *sw = &h->sw;
		const struct w101_http_head *q = u->request;
		sw->verified = x.verified;
		sw->websocket = x.websocket;
		sw->assumed = assumed;
		sw->old_draft = q && x.websocket && w101_request_wish(q).challenge;
		keep_texts(h, &x, assumed ? W101_LIT("websocket") : w101_token_name(x.switched), q);
	}
	if (x.is_upgrade || h->cfg.plain_exchanges)
		h->cfg.host.exchange(h->cfg.host.self, &x);
	w101_buf_clear(&joined);
}

static const char *end_name(enum w101_end how, enum w101_dir dir)
{
	if (how == W101_END_RST)
		return dir == W101_CLIENT ? "RST from the client" : "RST from the server";
	return dir == W101_CLIENT ? "FIN from the client" : "FIN from the server";
}

/* over: no answer can come any more, for sure. */
static void unanswered(struct w101_http1 *h, const struct w101_http_waiting *w, bool over)
{
	struct w101_head_store store;
	struct w101_http_head head;
	const struct w101_side *cl = &h->side[W101_CLIENT], *se = &h->side[W101_SERVER];
	const bool client_first = cl->ended_at == se->ended_at ? cl->ended_packet < se->ended_packet : cl->ended_at < se->ended_at;
	const bool by_server = w101_ended_by_tcp(se) && !(w101_ended_by_tcp(cl) && client_first);
	const enum w101_dir by = by_server ? W101_SERVER : W101_CLIENT;
	if ((!w->about && !h->cfg.plain_exchanges) || !w101_http_queue_head(&h->queue, w, &store, &head))
		return;
	struct w101_upgrade u = circumstances(h, w, &head, NULL);
	u.end = h->side[by].ended ? h->side[by].ended_at : W101_TIME_NONE;
	if (over && w->about && !w101_found_has(&w->found, W101_F_res_syntax)) {
		u.abandoned = true;
		/* one RST ends both sides, and whose it was is not told */
		u.abandoned_by = cl->ended && cl->how == W101_END_RST && se->ended && se->how == W101_END_RST
					 ? W101_LIT("RST")
					 : w101_str(end_name(h->side[by].how, by));
		u.abandoned_at = se->next;
	}
	verdict(h, &u, false);
}

void w101_verdict_assumed(struct w101_http1 *h, const struct w101_http_waiting *w)
{
	struct w101_head_store store;
	struct w101_http_head head;
	bool have = w101_http_queue_head(&h->queue, w, &store, &head);
	struct w101_upgrade u = circumstances(h, w, have ? &head : NULL, NULL);
	verdict(h, &u, true);
}

void w101_verdict_unanswered(struct w101_http1 *h, const struct w101_http_waiting *w)
{
	unanswered(h, w, false);
}

void w101_verdict_drain(struct w101_http1 *h, bool over)
{
	for (struct w101_http_waiting *w; (w = w101_http_queue_at(&h->queue, 0)) != NULL; w101_http_queue_pop(&h->queue))
		unanswered(h, w, over);
}

void w101_verdict_asked(
	struct w101_http1 *h, struct w101_http_waiting *w, const struct w101_http_head *q, const struct w101_wish *wish)
{
	struct w101_judge j = judge(h, &w->found);
	w101_upgrade_asked(&j, q, wish, h->cfg.keys, h->cfg.flow);
	w->found = j.found;
}

void w101_verdict_answered(struct w101_http1 *h, const struct w101_http_waiting *w, const struct w101_http_head *r)
{
	struct w101_head_store store;
	struct w101_http_head head;
	bool have = w && w101_http_queue_head(&h->queue, w, &store, &head);
	struct w101_upgrade u = circumstances(h, w, have ? &head : NULL, r);
	verdict(h, &u, false);
}

void w101_verdict_no_head(struct w101_http1 *h, enum w101_finding_id id, struct w101_bytes seen, const char *detail)
{
	struct w101_http_waiting *w = w101_http_queue_at(&h->queue, 0);
	if (!w || !w->about || h->blind || h->skip)
		return;
	const uint8_t *lf = seen.n ? memchr(seen.p, '\n', seen.n) : NULL;
	struct w101_judge j = judge(h, &w->found);
	w101_judge_say(&j, &(struct w101_finding){ .id = id,
				   .dir = W101_SERVER,
				   .offset = h->side[W101_SERVER].partial_at,
				   .seen = { seen.p, lf ? (size_t)(lf - seen.p) : seen.n },
				   .detail = w101_str(detail) });
	w->found = j.found;
}

void w101_verdict_over(struct w101_http1 *h, struct w101_http_waiting *w)
{
	struct w101_judge j = judge(h, &w->found);
	w101_judge_say(&j, &(struct w101_finding){ .id = W101_F_limit_reached,
				   .dir = W101_CLIENT,
				   .offset = w->offset,
				   .detail = W101_LIT("the head of the request") });
	w->found = j.found;
}

void w101_verdict_unfinished(struct w101_http1 *h)
{
	struct w101_side *s = &h->side[W101_CLIENT];
	struct w101_head_store store;
	struct w101_http_head head;
	const size_t n = s->partial.n;
	if (s->state != W101_SIDE_HEAD || !s->sniffed || s->lost || !n || !w101_buf_add(&s->partial, "\r\n\r\n", 4) ||
		w101_head_parse(w101_buf_bytes(&s->partial), false, 0, &store, &head) <= 0)
		return;
	struct w101_wish wish = w101_request_wish(&head);
	if (!w101_wish_any(&wish))
		return;
	head.raw.n = n - (size_t)(head.raw.p - s->partial.p);
	head.defects |= W101_HEAD_UNFINISHED;
	head.offset = s->partial_at;
	head.at = s->ended_at;
	h->cfg.host.request(h->cfg.host.self, &head, true);
	struct w101_upgrade u = circumstances(h, NULL, &head, NULL);
	if (w101_ended_by_tcp(s)) {
		struct w101_judge j = judge(h, &u.asked);
		w101_judge_defects(&j, W101_F_req_syntax, &head, W101_HEAD_UNFINISHED);
		u.asked = j.found;
	}
	u.end = s->ended_at;
	verdict(h, &u, false);
	s->partial.n = 0;
}
