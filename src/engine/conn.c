/* The life of one connection (DESIGN 4):
 *
 *   SNIFF --request or "HTTP/1."--> HTTP1 --101, or frames when only the client was captured--> DECODER
 *     ^ '--PROXY header: skipped        '---CONNECT 2xx--> SNIFF (inside the tunnel)
 *     '--anything else--> ignored
 *
 * Protocols are the rooms' affair: here is only who reads the next byte. */
#include "engine/conn.h"

#include <string.h>

#include "base/ascii.h"
#include "decode/table.h"
#include "engine/one_way.h"
#include "http/head.h"
#include "http/proxy.h"

/* Without a SYN a head may begin anywhere; so many bytes of a side are looked at. */
#define MIDSTREAM_MAX (64u << 10)
/* ... or so many of both, when one side sends next to nothing. */
#define MIDSTREAM_BULK (4u << 20)
/* PROXY headers of one connection: a chain of load balancers may leave one each. */
#define PROXIES_MAX 4

#define QUIET (W101_SKIP(W101_EV_FRAME) | W101_SKIP(W101_EV_MESSAGE))

static enum w101_feed feed(struct w101_conn *, enum w101_dir, const struct w101_chunk *);

static struct w101_conn *conn_new(struct w101_engine *e, struct w101_flow *f)
{
	struct w101_flow_info i;
	struct w101_conn *c = w101_alloc0(e->quota, sizeof *c);
	if (!c)
		return NULL;
	c->engine = e;
	c->flow = f;
	c->number = w101_flow_number(f);
	c->verified = -1;
	c->switched_at = c->first_frame_at = c->last_frame_at = c->frame_before_at = W101_TIME_NONE;
	w101_buf_init(&c->sniffed[0], e->quota);
	w101_buf_init(&c->sniffed[1], e->quota);
	w101_flow_info(f, &i);
	c->resync = i.midstream;
	w101_flow_set_user(f, c);
	return c;
}

static void conn_free(struct w101_conn *c)
{
	struct w101_quota *q = c->engine->quota;
	w101_http1_free(c->http1);
	if (c->decoder)
		c->ops->free(c->decoder);
	w101_buf_clear(&c->sniffed[0]);
	w101_buf_clear(&c->sniffed[1]);
	w101_pings_free(q, c->pings);
	w101_free(q, c->repeats, c->cap_repeats * sizeof *c->repeats);
	w101_conn_forget_early(c);
	w101_flow_set_user(c->flow, NULL);
	w101_free(q, c, sizeof *c);
}

static void at_chunk(struct w101_conn *c, const struct w101_chunk *k)
{
	c->packet = k->packet;
	c->at = k->at;
}

static void advance(struct w101_chunk *k, size_t n)
{
	k->bytes.p += n;
	k->bytes.n -= n;
	k->offset += n;
}

/* ---- SNIFF */

static enum w101_feed to_http1(struct w101_conn *c)
{
	struct w101_http1_config config = { .host = w101_conn_http1_host, .limits = &c->engine->config.limits,
		.quota = c->engine->quota, .keys = c->engine->keys, .flow = c->number,
		.plain_exchanges = c->engine->config.plain_http, .midstream = c->resync };
	config.host.self = c;
	if (!(c->http1 = w101_http1_new(&config)))
		return W101_FEED_DEAD;
	c->state = W101_CONN_HTTP1;
	w101_conn_open(c);
	for (unsigned d = 0; d < 2; d++) { /* the other side may be anywhere in a message */
		struct w101_chunk where = { .packet = c->packet, .at = c->at, .acked = UINT64_MAX };
		if (c->resync && c->passed[d] && !c->sniffed[d].n)
			w101_http1_gap(c->http1, (enum w101_dir)d, 1, &where);
	}
	/* what was held while sniffing belongs to HTTP now, the client's first */
	struct w101_buf held[2] = { c->sniffed[0], c->sniffed[1] };
	enum w101_feed r = W101_FEED_MORE;
	for (unsigned d = 0; d < 2; d++)
		w101_buf_init(&c->sniffed[d], c->engine->quota);
	for (unsigned d = 0; d < 2; d++) {
		if (held[d].n && r == W101_FEED_MORE) {
			struct w101_chunk k = c->first[d];
			k.bytes = w101_buf_bytes(&held[d]);
			r = feed(c, (enum w101_dir)d, &k);
		}
		w101_buf_clear(&held[d]);
	}
	return r;
}

static void swap_roles(struct w101_conn *c)
{
	struct w101_buf b = c->sniffed[0];
	struct w101_chunk k = c->first[0];
	uint64_t passed = c->passed[0];
	c->sniffed[0] = c->sniffed[1];
	c->sniffed[1] = b;
	c->first[0] = c->first[1];
	c->first[1] = k;
	c->passed[0] = c->passed[1];
	c->passed[1] = passed;
	w101_flow_swap(c->flow);
}

/* 1: HTTP begins here; 0: not decided; -1: it does not.  *d changes when the bytes tell who the client is. */
static int sniff_http(struct w101_conn *c, enum w101_dir *d, struct w101_bytes b)
{
	struct w101_flow_info i;
	w101_flow_info(c->flow, &i);
	int mine = w101_head_sniff(b, *d == W101_SERVER);
	if (i.role_sure || mine == 1)
		return mine;
	int other = w101_head_sniff(b, *d == W101_CLIENT);
	if (other == 1) {
		swap_roles(c);
		*d = w101_dir_other(*d);
	}
	return other > mine ? other : mine;
}

static void tell_proxy(struct w101_conn *c, const struct w101_proxy *x)
{
	char seen[W101_PROXY_TEXT], detail[W101_PROXY_TEXT];
	struct w101_finding f = { .id = W101_F_req_proxy_header, .dir = W101_CLIENT,
		.offset = c->first[W101_CLIENT].offset };
	f.seen = (struct w101_bytes){ (const uint8_t *)seen, w101_proxy_seen(x, seen) };
	f.detail = (struct w101_bytes){ (const uint8_t *)detail, w101_proxy_detail(x, detail) };
	w101_conn_finding(c->engine, c->flow, &f, &c->first[W101_CLIENT]);
}

/* A PROXY header can only be the first that the client sends, also into a tunnel,
 * or stand behind another.  1: it is one, *used bytes long; 0: not decided; -1: no. */
static int sniff_proxy(struct w101_conn *c, enum w101_dir *d, struct w101_bytes b, uint64_t *used)
{
	struct w101_flow_info i;
	struct w101_proxy x;
	if (c->proxies == PROXIES_MAX || c->first[*d].offset != c->proxy_at)
		return -1;
	w101_flow_info(c->flow, &i);
	if (*d == W101_SERVER && (i.role_sure || c->tunnel || c->proxies))
		return -1;
	long n = w101_proxy_parse(b, &x);
	if (n <= 0)
		return n < 0 ? -1 : 0;
	c->proxies++;
	c->proxy_at += (uint64_t)n;
	if (*d == W101_SERVER) {
		swap_roles(c);
		*d = W101_CLIENT;
	}
	tell_proxy(c, &x);
	*used = (uint64_t)n;
	return 1;
}

static enum w101_feed sniff(struct w101_conn *c, enum w101_dir d, const struct w101_chunk *k)
{
	struct w101_buf *b = &c->sniffed[d];
	uint64_t proxy = 0;
	if (!b->n)
		c->first[d] = *k;
	if (!w101_buf_add(b, k->bytes.p, k->bytes.n))
		return W101_FEED_DEAD;
	switch (sniff_proxy(c, &d, w101_buf_bytes(b), &proxy)) {
	case 1: { /* it ended in this chunk, or goes on behind it */
		struct w101_chunk rest = *k;
		size_t n = c->sniffed[d].n;
		c->proxy_left = proxy > n ? (uint32_t)(proxy - n) : 0;
		at_chunk(c, k);
		advance(&rest, proxy > n ? k->bytes.n : k->bytes.n - (n - (size_t)proxy));
		w101_buf_clear(&c->sniffed[d]);
		return feed(c, d, &rest);
	}
	case 0:
		return W101_FEED_MORE;
	}
	switch (sniff_http(c, &d, w101_buf_bytes(b))) {
	case 1:
		return to_http1(c);
	case 0:
		return W101_FEED_MORE;
	}
	c->passed[d] += b->n;
	w101_buf_clear(b);
	bool enough = (c->passed[0] > MIDSTREAM_MAX && c->passed[1] > MIDSTREAM_MAX) ||
		c->passed[0] + c->passed[1] > MIDSTREAM_BULK;
	return c->resync && !enough ? W101_FEED_MORE : W101_FEED_DEAD;
}

/* ---- the switch */

static bool open_decoder(struct w101_conn *c, const struct w101_http1_switch *sw)
{
	struct w101_out out = w101_conn_out;
	out.self = c;
	struct w101_handshake h = { .token = sw->token, .subprotocol = sw->subprotocol, .extensions = sw->extensions,
		.offered_extensions = sw->offered_extensions, .assumed = sw->assumed, .offset = { sw->offset[0], sw->offset[1] },
		.limits = &c->engine->config.limits, .quota = c->engine->quota,
		.keep_messages = c->engine->config.keep_messages,
		.quiet = (c->engine->config.sink.skips & QUIET) == QUIET };
	size_t n = sw->token.n < sizeof c->token - 1 ? sw->token.n : sizeof c->token - 1;
	if (n)
		memcpy(c->token, sw->token.p, n);
	c->token[n] = 0;
	c->ops = sw->old_draft ? &w101_opaque_decoder : w101_decoder_find(sw->token);
	c->from[W101_CLIENT] = sw->offset[W101_CLIENT];
	c->from[W101_SERVER] = sw->offset[W101_SERVER];
	c->await_client = sw->websocket && !sw->n_held;
	c->decoder = c->ops->open(&h, &out);
	c->verified = sw->verified;
	c->switched_at = sw->assumed ? W101_TIME_NONE : c->at;
	c->server_lost = sw->assumed;
	struct w101_event ev = w101_conn_event(c, W101_EV_SWITCH, sw->assumed ? W101_CLIENT : W101_SERVER);
	ev.u.change = (struct w101_ev_switch){ c->ops->protocol, sw->token, { sw->offset[0], sw->offset[1] }, sw->assumed };
	w101_engine_send(c->engine, &ev);
	return c->decoder != NULL;
}

/* n bytes are missing at where->offset. */
static void lose(struct w101_conn *c, enum w101_dir d, uint64_t n, const struct w101_chunk *where)
{
	switch (c->state) {
	case W101_CONN_SNIFF:
		if (d == W101_CLIENT && c->proxy_left >= n) {
			c->proxy_left -= (uint32_t)n;
			break;
		}
		w101_buf_clear(&c->sniffed[d]);
		c->resync = true;
		break;
	case W101_CONN_HTTP1:
		if (w101_http1_gap(c->http1, d, n, where) == W101_FEED_DEAD)
			c->state = W101_CONN_IGNORED;
		break;
	case W101_CONN_DECODER:
		if (where->offset < c->from[d]) { /* in the body of the request */
			struct w101_chunk at = *where;
			uint64_t before = c->from[d] - where->offset;
			at.offset = c->from[d];
			if (n > before)
				c->ops->gap(c->decoder, d, n - before, &at);
			break;
		}
		c->await_client &= d != W101_CLIENT;
		c->ops->gap(c->decoder, d, n, where);
		break;
	case W101_CONN_IGNORED:
		break;
	}
}

static enum w101_feed do_switch(struct w101_conn *c)
{
	struct w101_http1_switch sw;
	struct w101_http1 *http1 = c->http1;
	enum w101_feed r = W101_FEED_MORE;
	uint64_t packet = c->packet;
	w101_time at = c->at;
	w101_http1_switched(http1, &sw);
	c->http1 = NULL;
	if (sw.assumed) /* it was somewhere before these */
		at_chunk(c, &sw.held[0].chunk);
	if (sw.tunnel) {
		c->tunnel = true;
		c->proxy_at = sw.offset[W101_CLIENT];
		c->state = W101_CONN_SNIFF;
	} else {
		c->state = W101_CONN_DECODER;
		if (!open_decoder(c, &sw)) {
			c->ops = NULL;
			r = W101_FEED_DEAD;
		} else if (sw.client_lost) { /* the first bytes may be the rest of a frame */
			struct w101_chunk where = { .offset = c->from[W101_CLIENT], .packet = c->packet, .at = c->at,
				.acked = UINT64_MAX };
			c->await_client = false;
			c->ops->gap(c->decoder, W101_CLIENT, 1, &where);
		}
	}
	for (size_t i = 0; i < sw.n_held && r == W101_FEED_MORE; i++) {
		at_chunk(c, &sw.held[i].chunk);
		if (sw.held[i].gap)
			lose(c, W101_CLIENT, sw.held[i].gap, &sw.held[i].chunk);
		else
			r = feed(c, W101_CLIENT, &sw.held[i].chunk);
	}
	if (sw.held_dropped && r == W101_FEED_MORE) {
		struct w101_chunk where = { .offset = sw.offset[W101_CLIENT], .packet = packet, .at = at, .acked = UINT64_MAX };
		if (sw.n_held) {
			const struct w101_held_piece *last = &sw.held[sw.n_held - 1];
			where.offset = last->chunk.offset + last->chunk.bytes.n + last->gap;
		}
		struct w101_finding limit = { .id = W101_F_limit_reached, .dir = W101_CLIENT, .offset = where.offset,
			.detail = W101_LIT("bytes that the client sent before the answer: the rest is not kept") };
		w101_conn_finding(c->engine, c->flow, &limit, &where);
		lose(c, W101_CLIENT, sw.held_dropped, &where);
	}
	c->packet = packet;
	c->at = at;
	w101_http1_free(http1);
	return r;
}

/* Bytes behind the switch; the rest of the request's body is still before it. */
static enum w101_feed decode(struct w101_conn *c, enum w101_dir d, struct w101_chunk *k)
{
	if (k->offset < c->from[d])
		advance(k, c->from[d] - k->offset < k->bytes.n ? (size_t)(c->from[d] - k->offset) : k->bytes.n);
	if (!k->bytes.n)
		return W101_FEED_MORE;
	if (c->await_client && d == W101_CLIENT) {
		struct w101_http1_host host = w101_conn_http1_host;
		host.self = c;
		c->await_client = false;
		if (w101_http1_early(&host, k, c->from[W101_SERVER]))
			c->verified = 0;
	}
	if (c->server_lost && d == W101_SERVER) {
		struct w101_chunk where = *k;
		where.bytes.n = 0;
		c->server_lost = false;
		c->ops->gap(c->decoder, d, 1, &where);
	}
	return c->ops->data(c->decoder, d, k);
}

/* Only the client was captured, and it read on what the server sent: when frames
 * stand behind its request for WebSocket, it was answered with a 101; when the
 * next request stands there, with something else.  over: it sends no more. */
static enum w101_feed assume(struct w101_conn *c, bool over)
{
	struct w101_flow_info i;
	struct w101_http1_run run;
	if (c->state != W101_CONN_HTTP1 || !w101_http1_holds(c->http1))
		return W101_FEED_MORE;
	w101_flow_info(c->flow, &i);
	if (!i.one_way || !i.lost[W101_SERVER])
		return W101_FEED_MORE;
	while (w101_http1_held(c->http1, &run)) {
		enum w101_one_way_run how = over && run.whole ? W101_ONE_WAY_WHOLE : run.full ? W101_ONE_WAY_FULL : W101_ONE_WAY_MORE;
		if (run.websocket && w101_one_way_frames(run.bytes, how)) {
			w101_http1_assume(c->http1);
			return do_switch(c);
		}
		if (w101_head_sniff(run.bytes, false) != 1)
			break;
		if (w101_http1_read_on(c->http1) == W101_FEED_DEAD)
			return W101_FEED_DEAD;
	}
	return W101_FEED_MORE;
}

/* ---- the life */

static enum w101_feed feed(struct w101_conn *c, enum w101_dir d, const struct w101_chunk *in)
{
	struct w101_chunk k = *in;
	while (k.bytes.n) {
		enum w101_feed r;
		size_t used;
		switch (c->state) {
		case W101_CONN_SNIFF:
			if (c->proxy_left && d == W101_CLIENT) {
				used = c->proxy_left < k.bytes.n ? c->proxy_left : k.bytes.n;
				c->proxy_left -= (uint32_t)used;
				advance(&k, used);
				break;
			}
			return sniff(c, d, &k);
		case W101_CONN_HTTP1:
			r = w101_http1_data(c->http1, d, &k, &used);
			if (r != W101_FEED_SWITCH)
				return r == W101_FEED_MORE && d == W101_CLIENT ? assume(c, false) : r;
			advance(&k, used);
			if (do_switch(c) == W101_FEED_DEAD)
				return W101_FEED_DEAD;
			break;
		case W101_CONN_DECODER:
			return decode(c, d, &k);
		case W101_CONN_IGNORED:
			return W101_FEED_DEAD;
		}
	}
	return W101_FEED_MORE;
}

static void send_close(struct w101_conn *c, enum w101_end why)
{
	struct w101_ev_close close = { 0 };
	w101_conn_judge_end(c, why, &close);
	w101_conn_tell_repeats(c);
	if (!c->opened)
		return;
	for (unsigned i = 0; i < 3; i++)
		close.findings[i] = c->findings[i];
	struct w101_event ev = w101_conn_event(c, W101_EV_CLOSE, W101_NO_DIR);
	ev.packet = 0;
	ev.at = close.last;
	ev.u.close = &close;
	w101_engine_send(c->engine, &ev);
}

enum w101_feed w101_conn_data(struct w101_engine *e, struct w101_flow *f, enum w101_dir d, const struct w101_chunk *k)
{
	struct w101_conn *c = w101_flow_user(f);
	if (!c && !(c = conn_new(e, f)))
		return W101_FEED_DEAD;
	at_chunk(c, k);
	if (feed(c, d, k) != W101_FEED_DEAD)
		return W101_FEED_MORE;
	if (c->upgrade) { /* its end is still of interest */
		c->state = W101_CONN_IGNORED;
		return W101_FEED_MORE;
	}
	send_close(c, W101_END_CAPTURE);
	conn_free(c);
	return W101_FEED_DEAD;
}

void w101_conn_gap(struct w101_engine *e, struct w101_flow *f, enum w101_dir d, uint64_t n, bool cut,
	const struct w101_chunk *where)
{
	struct w101_conn *c = w101_flow_user(f);
	if (!c && !(c = conn_new(e, f)))
		return;
	at_chunk(c, where);
	w101_conn_lost(c, d, n, cut, where);
	lose(c, d, n, where);
}

void w101_conn_end(struct w101_engine *e, struct w101_flow *f, enum w101_dir d, enum w101_end why,
	const struct w101_chunk *where)
{
	struct w101_conn *c = w101_flow_user(f);
	(void)e;
	if (!c)
		return;
	at_chunk(c, where);
	if (d == W101_CLIENT && assume(c, true) == W101_FEED_DEAD)
		c->state = W101_CONN_IGNORED;
	if (c->state == W101_CONN_HTTP1)
		w101_http1_end(c->http1, d, why, where);
	else if (c->state == W101_CONN_DECODER)
		c->ops->end(c->decoder, d, why, where);
}

void w101_conn_close(struct w101_engine *e, struct w101_flow *f, enum w101_end why)
{
	struct w101_conn *c = w101_flow_user(f);
	(void)e;
	if (!c)
		return;
	send_close(c, why);
	conn_free(c);
}
