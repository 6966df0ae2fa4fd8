/* From what the rooms report to events: place and connection are added, equal
 * findings are told once and counted, the numbers for the connection's end are
 * kept.  Knows every kind of event and no protocol. */
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "decode/table.h"
#include "engine/conn.h"
#include "engine/one_way.h"

/* opcodes of RFC 6455 5.2; a decoder's kinds are its own */
#define PING 9
#define PONG 10

struct w101_event w101_conn_event(struct w101_conn *c, enum w101_event_type type, enum w101_dir dir)
{
	return (struct w101_event){ .type = type, .packet = c->packet, .at = c->at, .flow = c->number, .dir = dir };
}

static void count_repeat(struct w101_conn *c, enum w101_finding_id id, enum w101_dir dir)
{
	for (uint32_t i = 0; i < c->n_repeats; i++) {
		if (c->repeats[i].id == id && c->repeats[i].dir == dir) {
			c->repeats[i].n++;
			return;
		}
	}
	if (c->n_repeats == c->cap_repeats) {
		uint32_t cap = c->cap_repeats ? c->cap_repeats * 2 : 4;
		struct w101_repeat *r = w101_realloc(c->engine->quota, c->repeats, c->cap_repeats * sizeof *r, cap * sizeof *r);
		if (!r)
			return; /* the count is lost, the finding was told */
		c->repeats = r;
		c->cap_repeats = cap;
	}
	c->repeats[c->n_repeats++] = (struct w101_repeat){ (uint8_t)id, (uint8_t)dir, 1 };
}

void w101_conn_tell(struct w101_conn *c, const struct w101_finding *f)
{
	uint64_t *word = &c->told[f->dir][f->id / 64], bit = UINT64_C(1) << (f->id % 64);
	if (*word & bit && f->id != W101_F_req_proxy_header) { /* each names addresses of its own */
		count_repeat(c, f->id, f->dir);
		return;
	}
	*word |= bit;
	const struct w101_finding_row *row = w101_finding_row(f->id);
	c->findings[row->severity]++;
	struct w101_event ev = w101_conn_event(c, W101_EV_FINDING, f->dir);
	ev.u.finding = (struct w101_ev_finding){ row, f->id, f->offset, f->seen, f->wanted, f->detail, 1, false };
	w101_engine_send(c->engine, &ev);
}

void w101_conn_tell_repeats(struct w101_conn *c)
{
	for (uint32_t i = 0; i < c->n_repeats; i++) {
		const struct w101_repeat *r = &c->repeats[i];
		enum w101_finding_id id = r->id;
		struct w101_event ev = w101_conn_event(c, W101_EV_FINDING, r->dir);
		ev.u.finding = (struct w101_ev_finding){ .row = w101_finding_row(id), .id = id, .count = r->n, .repeat = true };
		w101_engine_send(c->engine, &ev);
	}
	c->n_repeats = 0;
}

void w101_conn_open(struct w101_conn *c)
{
	struct w101_flow_info i;
	if (c->opened)
		return;
	c->opened = true;
	w101_flow_info(c->flow, &i);
	struct w101_event ev = w101_conn_event(c, W101_EV_OPEN, W101_NO_DIR);
	ev.at = i.first;
	ev.u.open = (struct w101_ev_open){ i.client, i.server, i.midstream };
	w101_engine_send(c->engine, &ev);
}

static void send_gap(struct w101_conn *c, enum w101_dir dir, uint64_t n, uint64_t offset)
{
	struct w101_event ev = w101_conn_event(c, W101_EV_GAP, dir);
	ev.u.gap.missing = n;
	w101_engine_send(c->engine, &ev);
	char text[64];
	int len = snprintf(text, sizeof text, "%llu byte%s", (unsigned long long)n, n == 1 ? "" : "s");
	w101_conn_tell(c, &(struct w101_finding){ .id = W101_F_tcp_gap, .dir = dir, .offset = offset,
				  .detail = { (const uint8_t *)text, (size_t)len } });
}

/* NULL: no memory, or it is one too many. */
static struct w101_early *keep_early(struct w101_conn *c, const struct w101_early *like)
{
	if (c->n_early == W101_EARLY_MAX)
		return NULL;
	if (!c->early && !(c->early = w101_alloc(c->engine->quota, W101_EARLY_MAX * sizeof *c->early)))
		return NULL;
	struct w101_early *e = &c->early[c->n_early++];
	*e = *like;
	return e;
}

static uint16_t early_text(struct w101_bytes b)
{
	return (uint16_t)(b.n < W101_EARLY_TEXT ? b.n : W101_EARLY_TEXT);
}

static size_t early_texts(const struct w101_early *e)
{
	return (size_t)e->n_seen + e->n_wanted + e->n_detail;
}

static void keep_early_finding(struct w101_conn *c, const struct w101_finding *f, const struct w101_chunk *where)
{
	const struct w101_early like = { .id = f->id, .dir = f->dir, .offset = f->offset, .packet = where->packet,
		.at = where->at, .n_seen = early_text(f->seen), .n_wanted = early_text(f->wanted),
		.n_detail = early_text(f->detail) };
	struct w101_early *e = keep_early(c, &like);
	if (!e || !early_texts(e))
		return;
	if (!(e->texts = w101_alloc(c->engine->quota, early_texts(e)))) {
		e->n_seen = e->n_wanted = e->n_detail = 0; /* the finding alone must do */
		return;
	}
	const struct {
		struct w101_bytes from;
		size_t n;
	} texts[] = { { f->seen, e->n_seen }, { f->wanted, e->n_wanted }, { f->detail, e->n_detail } };
	uint8_t *p = e->texts;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (texts[i].n)
			memcpy(p, texts[i].from.p, texts[i].n);
		p += texts[i].n;
	}
}

static void tell_early(struct w101_conn *c, const struct w101_early *e)
{
	const uint8_t *seen = e->texts, *wanted = seen ? seen + e->n_seen : NULL, *detail = seen ? wanted + e->n_wanted : NULL;
	w101_conn_tell(c, &(struct w101_finding){ .id = e->id, .dir = e->dir, .offset = e->offset,
				  .seen = { seen, e->n_seen }, .wanted = { wanted, e->n_wanted },
				  .detail = { detail, e->n_detail } });
}

void w101_conn_forget_early(struct w101_conn *c)
{
	struct w101_quota *q = c->engine->quota;
	for (unsigned k = 0; k < c->n_early; k++)
		w101_free(q, c->early[k].texts, c->early[k].texts ? early_texts(&c->early[k]) : 0);
	w101_free(q, c->early, c->early ? W101_EARLY_MAX * sizeof *c->early : 0);
	c->early = NULL;
	c->n_early = 0;
}

void w101_conn_is_upgrade(struct w101_conn *c)
{
	struct w101_flow_info i;
	if (c->upgrade)
		return;
	c->upgrade = true;
	w101_conn_open(c);
	w101_flow_info(c->flow, &i);
	uint64_t packet = c->packet;
	w101_time at = c->at;
	for (unsigned k = 0; k < c->n_early; k++) {
		const struct w101_early *e = &c->early[k];
		c->packet = e->packet;
		c->at = e->at;
		if (e->is_gap)
			send_gap(c, e->dir, e->missing, e->offset);
		else
			tell_early(c, e);
	}
	c->packet = packet;
	c->at = at;
	w101_conn_forget_early(c);
	if (i.midstream)
		w101_conn_tell(c, &(struct w101_finding){ .id = W101_F_tcp_midstream, .dir = W101_NO_DIR });
	if (c->tunnel)
		w101_conn_tell(c, &(struct w101_finding){ .id = W101_F_tunnel_connect, .dir = W101_NO_DIR });
}

void w101_conn_lost(struct w101_conn *c, enum w101_dir dir, uint64_t n, bool cut, const struct w101_chunk *where)
{
	if (cut) { /* cap-snaplen tells of it, for the capture as a whole */
		if (c->upgrade) {
			struct w101_event ev = w101_conn_event(c, W101_EV_GAP, dir);
			ev.u.gap.missing = n;
			w101_engine_send(c->engine, &ev);
		}
		return;
	}
	if (c->upgrade)
		send_gap(c, dir, n, where->offset);
	else
		keep_early(c, &(struct w101_early){ .id = W101_F_tcp_gap, .is_gap = true, .dir = dir, .offset = where->offset,
				      .missing = n, .packet = where->packet, .at = where->at });
}

void w101_conn_finding(struct w101_engine *e, struct w101_flow *flow, const struct w101_finding *f,
	const struct w101_chunk *where)
{
	struct w101_conn *c = w101_flow_user(flow);
	(void)e;
	if (!c)
		return;
	c->packet = where->packet;
	c->at = where->at;
	if (c->upgrade)
		w101_conn_tell(c, f);
	else
		keep_early_finding(c, f, where);
}

/* ---- what HTTP reports */

static void send_head(struct w101_conn *c, const struct w101_http_head *h, bool about_upgrade)
{
	if (about_upgrade)
		w101_conn_is_upgrade(c);
	struct w101_event ev = w101_conn_event(c, h->response ? W101_EV_RESPONSE : W101_EV_REQUEST,
		h->response ? W101_SERVER : W101_CLIENT);
	ev.packet = h->packet;
	ev.at = h->at;
	ev.u.head = (struct w101_ev_head){ h, about_upgrade };
	w101_engine_send(c->engine, &ev);
}

static void on_head(void *self, const struct w101_http_head *h, bool about_upgrade)
{
	send_head(self, h, about_upgrade);
}

static void on_finding(void *self, const struct w101_finding *f)
{
	w101_conn_tell(self, f);
}

static void count_exchange(struct w101_engine *e, const struct w101_exchange *x, bool one_way)
{
	e->summary.upgrades.offered++;
	switch (x->verdict) {
	case W101_VERDICT_SWITCHED:
	case W101_VERDICT_SWITCHED_BADLY:
		e->summary.upgrades.switched++;
		break;
	case W101_VERDICT_REFUSED:
		e->summary.upgrades.refused++;
		break;
	case W101_VERDICT_IGNORED:
		e->summary.upgrades.ignored++;
		break;
	case W101_VERDICT_UNANSWERED:
		e->summary.upgrades.unanswered++;
		e->summary.upgrades.one_way += one_way;
		break;
	}
	if (x->verified == 1)
		e->summary.upgrades.verified++;
}

static void on_exchange(void *self, const struct w101_exchange *x)
{
	struct w101_conn *c = self;
	struct w101_flow_info i;
	w101_flow_info(c->flow, &i);
	if (x->is_upgrade) {
		w101_conn_is_upgrade(c);
		c->verified = x->verified;
		count_exchange(c->engine, x, i.one_way_sure);
	}
	const struct w101_http_head *last = x->response ? x->response : x->request;
	struct w101_event ev = w101_conn_event(c, W101_EV_EXCHANGE, last && last->response ? W101_SERVER : W101_CLIENT);
	if (last) {
		ev.packet = last->packet;
		ev.at = last->at;
	}
	ev.u.exchange = (struct w101_ev_exchange){ x, i.client, i.server, i.one_way_sure };
	w101_engine_send(c->engine, &ev);
	/* the next exchange of this connection is judged anew */
	for (unsigned id = 0; id < W101_F_ws_client_unmasked; id++)
		for (unsigned d = 0; d < 3; d++)
			c->told[d][id / 64] &= ~(UINT64_C(1) << (id % 64));
}

const struct w101_http1_host w101_conn_http1_host = { NULL, on_head, on_head, on_finding, on_exchange };

/* ---- what a decoder reports */

static void note_ping(struct w101_conn *c, enum w101_dir d, const struct w101_pdu *p)
{
	if (!c->pings && !(c->pings = w101_pings_new(c->engine->quota)))
		return;
	if (p->kind_no == PING)
		w101_pings_sent(c->pings, d, p->payload, c->at);
	else
		w101_pings_answered(c->pings, d, p->payload, c->at);
}

static void note_frame(struct w101_conn *c, enum w101_dir d, unsigned kind_no)
{
	c->frames[d][kind_no % W101_KINDS_MAX]++;
	if (c->first_frame_at == W101_TIME_NONE || c->at < c->first_frame_at)
		c->first_frame_at = c->at;
	int64_t silence = w101_elapsed(c->last_frame_at == W101_TIME_NONE ? c->switched_at : c->last_frame_at, c->at);
	if (silence > c->longest_silence)
		c->longest_silence = silence;
	if (c->last_frame_at == W101_TIME_NONE || c->at > c->last_frame_at) {
		c->frame_before_at = c->last_frame_at;
		c->last_frame_at = c->at;
	}
}

static void send_pdu(struct w101_conn *c, enum w101_event_type type, enum w101_dir d, const struct w101_pdu *p)
{
	if (c->engine->config.sink.skips & W101_SKIP(type))
		return;
	struct w101_event ev = w101_conn_event(c, type, d);
	ev.u.pdu = p;
	w101_engine_send(c->engine, &ev);
}

static void on_frame(void *self, enum w101_dir d, const struct w101_pdu *p)
{
	struct w101_conn *c = self;
	note_frame(c, d, p->kind_no);
	c->engine->summary.frames++;
	if ((p->kind_no == PING || p->kind_no == PONG) && c->ops == &w101_websocket_decoder)
		note_ping(c, d, p);
	send_pdu(c, W101_EV_FRAME, d, p);
}

static void on_message(void *self, enum w101_dir d, const struct w101_pdu *p)
{
	struct w101_conn *c = self;
	c->messages[d]++;
	c->payload_bytes[d] += p->payload_bytes;
	c->engine->summary.messages++;
	send_pdu(c, W101_EV_MESSAGE, d, p);
}

static void on_quiet(void *self, enum w101_dir d, unsigned kind_no, uint64_t payload_bytes)
{
	struct w101_conn *c = self;
	note_frame(c, d, kind_no);
	c->messages[d]++;
	c->payload_bytes[d] += payload_bytes;
	c->engine->summary.frames++;
	c->engine->summary.messages++;
}

static void on_place(void *self, uint64_t packet, w101_time at)
{
	struct w101_conn *c = self;
	c->packet = packet;
	c->at = at;
}

static bool one_way(const struct w101_conn *c)
{
	struct w101_flow_info i;
	w101_flow_info(c->flow, &i);
	return i.one_way;
}

/* What the decoder misses of a side that was not captured is not that side's fault. */
static void on_decoder_finding(void *self, const struct w101_finding *f)
{
	const struct w101_conn *c = self;
	if (!w101_one_way_hides(f->id) || !one_way(c))
		w101_conn_tell(self, f);
}

const struct w101_out w101_conn_out = { NULL, on_frame, on_message, on_decoder_finding, on_place, on_quiet };
