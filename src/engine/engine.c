/* The wiring: packet -> net/ -> stream/ -> a connection (conn.c) -> events to
 * the sink.  Counts what the summary tells.  Protocols are the rooms' affair. */
#include <wire101/engine.h>

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "engine/conn.h"
#include "engine/engine_impl.h"

static enum w101_feed on_data(void *self, struct w101_flow *f, enum w101_dir d, const struct w101_chunk *c)
{
	return w101_conn_data(self, f, d, c);
}

static void on_gap(void *self, struct w101_flow *f, enum w101_dir d, uint64_t n, bool cut, const struct w101_chunk *c)
{
	w101_conn_gap(self, f, d, n, cut, c);
}

static void on_end(void *self, struct w101_flow *f, enum w101_dir d, enum w101_end why, const struct w101_chunk *c)
{
	w101_conn_end(self, f, d, why, c);
}

static void on_finding(void *self, struct w101_flow *f, const struct w101_finding *finding, const struct w101_chunk *c)
{
	w101_conn_finding(self, f, finding, c);
}

static void on_close(void *self, struct w101_flow *f, enum w101_end why)
{
	w101_conn_close(self, f, why);
}

static void segment(struct w101_engine *e, const struct w101_segment *seg, const struct w101_stream_ahead *ahead)
{
	const struct w101_packet *p = e->at_work;
	e->summary.tcp_bytes += seg->payload_len;
	uint32_t flow = ahead ? w101_stream_segment_ahead(e->stream, seg, ahead, p->number, p->at)
			      : w101_stream_segment(e->stream, seg, p->number, p->at);
	if (e->config.owner && flow)
		e->config.owner(e->config.owner_self, p->number, flow);
	e->owner = flow;
}

static void on_segment(void *self, const struct w101_segment *seg)
{
	struct w101_engine *e = self;
	const struct w101_packet *p = e->at_work;
	const uint64_t *fragments;
	size_t n = w101_net_fragments(e->net, &fragments);
	e->cut |= seg->payload.n < seg->payload_len && (n || p->caplen < p->len);
	segment(e, seg, NULL);
	for (size_t i = 0; e->config.owner && e->owner && i < n; i++)
		e->config.owner(e->config.owner_self, fragments[i], e->owner);
}

struct w101_engine *w101_engine_new(const struct w101_engine_config *c)
{
	struct w101_engine *e = w101_alloc0(c->quota, sizeof *e);
	if (!e)
		return NULL;
	e->config = *c;
	e->quota = c->quota;
	e->summary.first = e->summary.last = W101_TIME_NONE;
	struct w101_stream_host host = { e, on_data, on_gap, on_end, on_finding, on_close };
	e->net = w101_net_new(&(struct w101_net_host){ e, on_segment }, &e->config.limits, e->quota, c->seed);
	e->stream = w101_stream_new(&host, &e->config.limits, e->quota, c->seed);
	e->keys = w101_keys_new(e->quota, c->seed);
	if (!e->net || !e->stream || !e->keys) {
		w101_engine_free(e);
		return NULL;
	}
	return e;
}

void w101_engine_free(struct w101_engine *e)
{
	if (!e)
		return;
	if (!e->flushed && e->stream) { /* abandoned: nobody is told */
		e->config.sink.ops = NULL;
		w101_stream_flush(e->stream);
	}
	w101_stream_free(e->stream);
	w101_net_free(e->net);
	w101_keys_free(e->keys);
	w101_free(e->quota, e, sizeof *e);
}

void w101_engine_send(struct w101_engine *e, struct w101_event *ev)
{
	if (!e->config.sink.ops)
		return;
	ev->seq = ++e->n_events;
	if (ev->type == W101_EV_FINDING && !ev->u.finding.repeat)
		e->summary.findings[ev->u.finding.row->severity]++;
	e->config.sink.ops->event(e->config.sink.self, ev);
}

static void note_times(struct w101_engine *e, w101_time at)
{
	struct w101_ev_summary *s = &e->summary;
	if (s->first == W101_TIME_NONE || at < s->first)
		s->first = at;
	if (s->last == W101_TIME_NONE || at > s->last)
		s->last = at;
}

static void note_cut(struct w101_engine *e, const struct w101_packet *p)
{
	if (e->cut_packets++ == 0) {
		e->cut_first = p->number;
		e->cut_at = p->at;
	}
}

static void note_packet(struct w101_engine *e, const struct w101_packet *p)
{
	e->summary.packets++;
	e->summary.bytes += p->len;
	note_times(e, p->at);
	e->at_work = p;
}

void w101_engine_packet(struct w101_engine *e, const struct w101_packet *p)
{
	note_packet(e, p);
	e->cut = false;
	enum w101_net_result r = w101_net_packet(e->net, p);
	if (r == W101_NET_CUT || e->cut)
		note_cut(e, p);
	e->summary.tcp_packets += r == W101_NET_TCP;
}

/* ---- several at once: while one is at work, what the next ones need is fetched, step by step */

enum { LEAD_FLOW = 2, LEAD_LIVE = 4, LEAD_CONN = 6, LEAD = 8, RING = 16 };

struct ahead {
	bool plain;
	struct w101_segment seg;
	struct w101_stream_ahead stream;
};

static void plain_packet(struct w101_engine *e, const struct w101_packet *p, const struct ahead *a)
{
	note_packet(e, p);
	if (a->seg.payload.n < a->seg.payload_len && p->caplen < p->len)
		note_cut(e, p);
	segment(e, &a->seg, &a->stream);
	e->summary.tcp_packets++;
}

void w101_engine_packets(struct w101_engine *e, const struct w101_packet *p, size_t n)
{
	struct ahead ring[RING];
	for (size_t i = 0; i < n + LEAD; i++) {
		struct ahead *a = &ring[i % RING];
		if (i < n && (a->plain = w101_net_plain(&p[i], &a->seg)))
			w101_stream_ahead(e->stream, &a->seg, &a->stream);
		a = &ring[(i - LEAD_FLOW) % RING];
		if (i >= LEAD_FLOW && i - LEAD_FLOW < n && a->plain)
			w101_stream_ahead_flow(e->stream, &a->stream);
		a = &ring[(i - LEAD_LIVE) % RING];
		if (i >= LEAD_LIVE && i - LEAD_LIVE < n && a->plain)
			w101_conn_ahead(w101_stream_ahead_live(e->stream, &a->stream));
		a = &ring[(i - LEAD_CONN) % RING];
		if (i >= LEAD_CONN && i - LEAD_CONN < n && a->plain)
			w101_conn_ahead_decoder(w101_stream_ahead_user(e->stream, &a->stream));
		if (i < LEAD)
			continue;
		a = &ring[(i - LEAD) % RING];
		if (a->plain)
			plain_packet(e, &p[i - LEAD], a);
		else
			w101_engine_packet(e, &p[i - LEAD]);
	}
}

void w101_engine_tick(struct w101_engine *e, w101_time now)
{
	w101_stream_tick(e->stream, now);
}

static void note(struct w101_engine *e, enum w101_finding_id id, const char *detail, uint64_t packet, w101_time at,
	uint64_t count)
{
	struct w101_event ev = { .type = W101_EV_FINDING, .packet = packet, .at = at, .dir = W101_NO_DIR };
	ev.u.finding = (struct w101_ev_finding){ .row = w101_finding_row(id), .id = id, .detail = w101_str(detail),
		.count = count };
	w101_engine_send(e, &ev);
}

void w101_engine_note(struct w101_engine *e, enum w101_finding_id id, const char *detail)
{
	note(e, id, detail, e->summary.packets, e->summary.last, 1);
}

void w101_engine_flush(struct w101_engine *e, bool complete)
{
	w101_stream_flush(e->stream);
	e->flushed = true;
	if (e->cut_packets) {
		char text[96];
		snprintf(text, sizeof text, "%llu of %llu packets, the first is number %llu",
			(unsigned long long)e->cut_packets, (unsigned long long)e->summary.packets,
			(unsigned long long)e->cut_first);
		note(e, W101_F_cap_snaplen, text, e->cut_first, e->cut_at, 1);
	}
	if (e->quota->refused) {
		char text[96];
		snprintf(text, sizeof text, "memory: %llu times something was not kept: more with --max-memory",
			(unsigned long long)e->quota->refused);
		note(e, W101_F_limit_reached, text, 0, e->summary.last, 1);
	}
	struct w101_net_counts counts = w101_net_counts(e->net);
	if (counts.given_up) {
		char text[96];
		snprintf(text, sizeof text, "IP fragments: %llu datagrams were given up before they were complete",
			(unsigned long long)counts.given_up);
		note(e, W101_F_limit_reached, text, 0, e->summary.last, 1);
	}
	if (w101_keys_full(e->keys))
		note(e, W101_F_limit_reached,
			"memory: Sec-WebSocket-Keys are no longer remembered: reuse and crossed answers are not judged", 0,
			e->summary.last, 1);
	e->summary.flows = w101_stream_flows(e->stream);
	e->summary.incomplete = counts.incomplete;
	e->summary.encrypted = counts.encrypted;
	e->summary.complete = complete && !e->quota->exhausted;
	struct w101_event ev = { .type = W101_EV_SUMMARY, .at = e->summary.last, .dir = W101_NO_DIR };
	ev.u.summary = &e->summary;
	w101_engine_send(e, &ev);
}
