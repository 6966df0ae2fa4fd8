/* Events as JSON lines, schema 1.  Keeps nothing between two events: what a
 * line says is what its event says.  Frames are the hot path; nothing here goes
 * through printf. */
#include "report/jsonl.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/context.h"
#include "report/json.h"
#include "report/phrase.h"

enum { BUFFER = 256 << 10 };

struct jsonl {
	struct w101_writer w;
	struct w101_json j;
	struct w101_stamp stamp;
	struct w101_report_options opt;
};

static const char *const side[2] = { "client", "server" };

static void put_common(struct jsonl *s, const struct w101_event *ev, const char *type)
{
	struct w101_json *j = &s->j;
	j->comma = false;
	w101_json_open(j, '{');
	w101_json_key(j, "type");
	w101_json_text(j, type);
	w101_json_key(j, "flow");
	w101_json_uint(j, ev->flow);
	w101_json_key(j, "stream");
	w101_json_uint(j, ev->stream);
	w101_json_key(j, "packet");
	w101_json_uint(j, ev->packet);
	w101_json_key(j, "time");
	w101_json_time(j, &s->stamp, ev->at);
	w101_json_key(j, "dir");
	w101_json_text(j, ev->dir == W101_NO_DIR ? NULL : side[ev->dir]);
}

static void put_headers(struct w101_json *j, const char *key, const struct w101_http_head *h)
{
	w101_json_key(j, key);
	w101_json_open(j, '[');
	for (size_t i = 0; h && i < h->n_fields; i++) {
		w101_json_open(j, '[');
		w101_json_bytes(j, h->fields[i].name);
		w101_json_bytes(j, h->fields[i].value);
		w101_json_close(j, ']');
	}
	w101_json_close(j, ']');
}

static void put_version(struct w101_json *j, const struct w101_http_head *h)
{
	char text[16] = "";
	w101_json_key(j, "http");
	if (!h) {
		w101_json_null(j);
		return;
	}
	snprintf(text, sizeof text, h->major > 1 && h->minor == 0 ? "%d" : "%d.%d", h->major, h->minor);
	w101_json_text(j, text);
}

static void put_endpoints(struct w101_json *j, const struct w101_endpoint *client, const struct w101_endpoint *server)
{
	w101_json_key(j, "client");
	w101_json_endpoint(j, client);
	w101_json_key(j, "server");
	w101_json_endpoint(j, server);
}

static void put_accept(struct w101_json *j, const struct w101_exchange *x)
{
	const struct w101_accept *a = &x->accept;
	w101_json_key(j, "accept");
	if (!x->websocket || (a->key.n == 0 && a->seen.n == 0)) {
		w101_json_null(j);
		return;
	}
	w101_json_open(j, '{');
	w101_json_key(j, "key");
	w101_json_bytes_or_null(j, a->key);
	w101_json_key(j, "seen");
	w101_json_bytes_or_null(j, a->seen);
	w101_json_key(j, "expected");
	w101_json_text(j, a->expected[0] ? a->expected : NULL);
	w101_json_key(j, "ok");
	w101_json_tristate(j, a->judged ? a->ok : -1);
	w101_json_close(j, '}');
}

static void put_exchange(struct w101_json *j, const struct w101_ev_exchange *e)
{
	const struct w101_exchange *x = e->x;
	const struct w101_http_head *q = x->request, *r = x->response;
	const struct w101_bytes none = { NULL, 0 };
	put_endpoints(j, &e->client, &e->server);
	w101_json_key(j, "transport");
	w101_json_text(j, "tcp");
	w101_json_key(j, "tls");
	w101_json_null(j);
	put_version(j, q ? q : r);
	w101_json_key(j, "method");
	w101_json_bytes_or_null(j, q ? q->method : none);
	w101_json_key(j, "target");
	w101_json_bytes_or_null(j, q ? q->target : none);
	w101_json_key(j, "host");
	w101_json_bytes_or_null(j, x->host);
	put_headers(j, "request_headers", q);
	w101_json_key(j, "status");
	if (r)
		w101_json_uint(j, (uint64_t)r->status);
	else
		w101_json_null(j);
	w101_json_key(j, "reason");
	if (r)
		w101_json_bytes(j, r->reason);
	else
		w101_json_null(j);
	put_headers(j, "response_headers", r);
	w101_json_key(j, "offered");
	w101_json_open(j, '[');
	for (size_t i = 0; i < x->n_offered; i++)
		w101_json_bytes(j, x->offered[i]);
	w101_json_close(j, ']');
	w101_json_key(j, "switched");
	w101_json_bytes_or_null(j, x->switched.n && x->websocket ? w101_str("websocket") : x->switched);
	w101_json_key(j, "verdict");
	w101_json_text(j, w101_verdict_name(x->verdict));
	put_accept(j, x);
	w101_json_key(j, "subprotocol");
	w101_json_bytes_or_null(j, x->subprotocol);
	w101_json_key(j, "extensions");
	w101_json_bytes_or_null(j, x->extensions);
	w101_json_key(j, "latency");
	w101_json_seconds(j, x->latency);
}

static void put_value(struct w101_json *j, const struct w101_value *v)
{
	w101_json_key(j, v->name);
	switch (v->type) {
	case W101_VALUE_UINT:
		w101_json_uint(j, v->u);
		break;
	case W101_VALUE_BOOL:
		w101_json_bool(j, v->u != 0);
		break;
	case W101_VALUE_TEXT:
		w101_json_bytes(j, v->s);
		break;
	case W101_VALUE_BYTES:
		w101_json_hex(j, v->s);
		break;
	}
}

static void put_length(struct w101_json *j, const struct w101_pdu *pdu)
{
	w101_json_key(j, "length");
	w101_json_uint(j, pdu->payload_bytes);
}

static void put_kind(struct w101_json *j, const struct w101_pdu *pdu)
{
	w101_json_key(j, "protocol");
	w101_json_text(j, pdu->protocol);
	w101_json_key(j, "kind");
	w101_json_text(j, pdu->kind);
}

static void put_frame(struct w101_json *j, const struct w101_pdu *pdu)
{
	put_kind(j, pdu);
	if (strcmp(pdu->protocol, "websocket") == 0) { /* its fields stand at top level */
		for (size_t i = 0; i < pdu->n_fields; i++)
			put_value(j, &pdu->fields[i]);
		return;
	}
	put_length(j, pdu);
	w101_json_key(j, "fields");
	w101_json_open(j, '{');
	for (size_t i = 0; i < pdu->n_fields; i++)
		put_value(j, &pdu->fields[i]);
	w101_json_close(j, '}');
}

static void put_message(struct jsonl *s, const struct w101_pdu *pdu)
{
	struct w101_json *j = &s->j;
	bool truncated;
	struct w101_bytes b = w101_payload_shown(pdu, s->opt.payload, &truncated), text = w101_as_text(b, truncated);
	put_kind(j, pdu);
	w101_json_key(j, "frames");
	w101_json_uint(j, pdu->frames);
	w101_json_key(j, "compressed");
	w101_json_bool(j, pdu->compressed);
	w101_json_key(j, "wire_length");
	w101_json_uint(j, pdu->wire_length);
	put_length(j, pdu);
	if (s->opt.payload != W101_PAYLOAD_NONE) {
		w101_json_key(j, text.p ? "text" : "base64");
		if (text.p)
			w101_json_bytes(j, text);
		else
			w101_json_base64(j, b);
	}
	w101_json_key(j, "truncated");
	w101_json_bool(j, truncated);
	if (pdu->summary.n) {
		w101_json_key(j, "summary");
		w101_json_bytes(j, pdu->summary);
	}
}

static void put_finding(struct w101_json *j, const struct w101_ev_finding *f)
{
	w101_json_key(j, "id");
	w101_json_text(j, f->row->id);
	w101_json_key(j, "severity");
	w101_json_text(j, w101_severity_name(f->row->severity));
	w101_json_key(j, "spec");
	w101_json_text(j, f->row->spec);
	w101_json_key(j, "text");
	w101_json_said(j, w101_str(f->row->sentence), f->detail);
	w101_json_key(j, "seen");
	w101_json_bytes_or_null(j, f->seen);
	w101_json_key(j, "wanted");
	w101_json_bytes_or_null(j, f->wanted);
	w101_json_key(j, "offset");
	w101_json_uint(j, f->offset);
	w101_json_key(j, "count");
	w101_json_uint(j, f->count);
	if (f->repeat) {
		w101_json_key(j, "repeat");
		w101_json_bool(j, true);
	}
}

static void put_hint(struct w101_json *j, const struct w101_ev_hint *h)
{
	static const char *const confidence[] = { "possible", "likely", "certain" };
	w101_json_key(j, "id");
	w101_json_text(j, h->id);
	w101_json_key(j, "text");
	w101_json_text(j, h->text);
	w101_json_key(j, "evidence");
	w101_json_open(j, '[');
	for (size_t i = 0; i < h->n_evidence; i++)
		w101_json_text(j, h->evidence[i]);
	w101_json_close(j, ']');
	w101_json_key(j, "confidence");
	w101_json_text(j, confidence[h->confidence < 0 ? 0 : h->confidence > 2 ? 2 : h->confidence]);
}

static void put_pair(struct w101_json *j, const char *key, const uint64_t value[2])
{
	w101_json_key(j, key);
	w101_json_open(j, '{');
	for (int d = 0; d < 2; d++) {
		w101_json_key(j, side[d]);
		w101_json_uint(j, value[d]);
	}
	w101_json_close(j, '}');
}

static void put_frame_counts(struct w101_json *j, const struct w101_ev_close *c)
{
	w101_json_key(j, "frames");
	w101_json_open(j, '{');
	for (int d = 0; d < 2; d++) {
		w101_json_key(j, side[d]);
		w101_json_open(j, '{');
		for (unsigned k = 0; k < c->n_kinds && k < W101_KINDS_MAX; k++) {
			if (c->frames[d][k]) {
				w101_json_key(j, c->kinds[k]);
				w101_json_uint(j, c->frames[d][k]);
			}
		}
		w101_json_close(j, '}');
	}
	w101_json_close(j, '}');
}

static void put_close(struct w101_json *j, const struct w101_ev_close *c)
{
	static const char *const tcp[] = {
		[W101_TCP_END_NONE] = "none", [W101_TCP_END_FIN] = "fin", [W101_TCP_END_RST] = "rst",
	};
	const struct w101_decoder_status *s = &c->status;
	w101_json_key(j, "close");
	w101_json_open(j, '{');
	w101_json_key(j, "by");
	if (c->one_way && s->close_by != W101_NO_DIR)
		w101_json_null(j); /* the first of the other side may not have been captured */
	else
		w101_json_text(j, s->close_by == W101_NO_DIR ? "none" : side[s->close_by]);
	w101_json_key(j, "code");
	if (s->has_code)
		w101_json_uint(j, s->code);
	else
		w101_json_null(j);
	w101_json_key(j, "reason");
	w101_json_bytes(j, (struct w101_bytes){ (const uint8_t *)s->reason, s->reason_len });
	w101_json_key(j, "clean");
	w101_json_bool(j, s->clean);
	w101_json_key(j, "tcp");
	w101_json_text(j, tcp[c->tcp]);
	w101_json_close(j, '}');
}

static void put_severities(struct w101_json *j, const uint64_t n[3])
{
	w101_json_key(j, "findings");
	w101_json_open(j, '{');
	for (int s = W101_ERROR; s >= W101_INFO; s--) {
		w101_json_key(j, w101_severity_name((enum w101_severity)s));
		w101_json_uint(j, n[s]);
	}
	w101_json_close(j, '}');
}

static void put_timing(struct w101_json *j, const struct w101_ev_close *c)
{
	w101_json_key(j, "ping_rtt");
	if (c->ping_rtt.n) {
		w101_json_open(j, '{');
		w101_json_key(j, "min");
		w101_json_seconds(j, c->ping_rtt.min);
		w101_json_key(j, "median");
		w101_json_seconds(j, c->ping_rtt.median);
		w101_json_key(j, "max");
		w101_json_seconds(j, c->ping_rtt.max);
		w101_json_key(j, "n");
		w101_json_uint(j, c->ping_rtt.n);
		w101_json_close(j, '}');
	} else {
		w101_json_null(j);
	}
	w101_json_key(j, "timing");
	w101_json_open(j, '{');
	w101_json_key(j, "connect");
	w101_json_seconds(j, c->connect);
	w101_json_key(j, "first_frame");
	w101_json_seconds(j, c->first_frame);
	w101_json_key(j, "longest_silence");
	w101_json_seconds(j, c->longest_silence);
	w101_json_close(j, '}');
}

static void put_connection(struct jsonl *s, const struct w101_ev_close *c)
{
	struct w101_json *j = &s->j;
	const uint64_t findings[3] = { c->findings[0], c->findings[1], c->findings[2] };
	put_endpoints(j, &c->client, &c->server);
	w101_json_key(j, "protocol");
	w101_json_text(j, c->protocol);
	w101_json_key(j, "verified");
	w101_json_tristate(j, c->verified);
	w101_json_key(j, "first");
	w101_json_time(j, &s->stamp, c->first);
	w101_json_key(j, "last");
	w101_json_time(j, &s->stamp, c->last);
	put_frame_counts(j, c);
	put_pair(j, "messages", c->messages);
	put_pair(j, "wire_bytes", c->wire_bytes);
	put_pair(j, "payload_bytes", c->payload_bytes);
	put_pair(j, "lost_bytes", c->lost_bytes);
	put_timing(j, c);
	put_close(j, c);
	put_severities(j, findings);
	char network[W101_CONTEXT_WORDS];
	w101_json_key(j, "network");
	if (*w101_context_words(c->context, network))
		w101_json_text(j, network);
	else
		w101_json_null(j);
}

static void put_interface(struct w101_json *j, const struct w101_report_interface *i)
{
	w101_json_open(j, '{');
	w101_json_key(j, "name");
	w101_json_text(j, i->name);
	w101_json_key(j, "link");
	w101_json_text(j, i->link);
	w101_json_key(j, "packets");
	w101_json_uint(j, i->packets);
	w101_json_key(j, "dropped");
	if (i->dropped == UINT64_MAX)
		w101_json_null(j);
	else
		w101_json_uint(j, i->dropped);
	w101_json_close(j, '}');
}

static void put_comment(struct w101_json *j, const struct w101_report_comment *c)
{
	w101_json_open(j, '{');
	w101_json_key(j, "packet");
	if (c->packet)
		w101_json_uint(j, c->packet);
	else
		w101_json_null(j);
	w101_json_key(j, "text");
	w101_json_text(j, c->text);
	w101_json_close(j, '}');
}

static void put_name(struct w101_json *j, const struct w101_report_name *n)
{
	char text[64];
	struct w101_writer w = { .p = text, .cap = sizeof text };
	w101_put_addr(&w, &n->addr);
	w101_json_open(j, '{');
	w101_json_key(j, "address");
	w101_json_bytes(j, (struct w101_bytes){ (const uint8_t *)text, w.n });
	w101_json_key(j, "name");
	w101_json_text(j, n->name);
	w101_json_close(j, '}');
}

static void put_facts(struct w101_json *j, const struct w101_report_facts *f)
{
	w101_json_key(j, "interfaces");
	w101_json_open(j, '[');
	for (size_t i = 0; i < f->n_interfaces; i++)
		put_interface(j, &f->interfaces[i]);
	w101_json_close(j, ']');
	if (f->n_comments) {
		w101_json_key(j, "comments");
		w101_json_open(j, '[');
		for (size_t i = 0; i < f->n_comments; i++)
			put_comment(j, &f->comments[i]);
		w101_json_close(j, ']');
	}
	if (f->n_names) {
		w101_json_key(j, "names");
		w101_json_open(j, '[');
		for (size_t i = 0; i < f->n_names; i++)
			put_name(j, &f->names[i]);
		w101_json_close(j, ']');
	}
}

static void put_summary(struct jsonl *s, const struct w101_ev_summary *m)
{
	struct w101_json *j = &s->j;
	const struct {
		const char *key;
		uint64_t n;
	} upgrades[] = {
		{ "offered", m->upgrades.offered },   { "switched", m->upgrades.switched },
		{ "verified", m->upgrades.verified }, { "refused", m->upgrades.refused },
		{ "ignored", m->upgrades.ignored },   { "unanswered", m->upgrades.unanswered },
		{ "one_way", m->upgrades.one_way },
	};
	w101_json_key(j, "schema");
	w101_json_uint(j, W101_SCHEMA);
	w101_json_key(j, "files");
	w101_json_open(j, '[');
	for (size_t i = 0; i < s->opt.n_files; i++)
		w101_json_text(j, s->opt.files[i]);
	w101_json_close(j, ']');
	w101_json_key(j, "packets");
	w101_json_uint(j, m->packets);
	w101_json_key(j, "tcp_packets");
	w101_json_uint(j, m->tcp_packets);
	w101_json_key(j, "tcp_bytes");
	w101_json_uint(j, m->tcp_bytes);
	w101_json_key(j, "flows");
	w101_json_uint(j, m->flows);
	w101_json_key(j, "upgrades");
	w101_json_open(j, '{');
	for (size_t i = 0; i < sizeof upgrades / sizeof *upgrades; i++) {
		w101_json_key(j, upgrades[i].key);
		w101_json_uint(j, upgrades[i].n);
	}
	w101_json_close(j, '}');
	w101_json_key(j, "frames");
	w101_json_uint(j, m->frames);
	w101_json_key(j, "messages");
	w101_json_uint(j, m->messages);
	w101_json_key(j, "incomplete_datagrams");
	w101_json_uint(j, m->incomplete);
	w101_json_key(j, "encrypted_frames");
	w101_json_uint(j, m->encrypted);
	put_severities(j, m->findings);
	w101_json_key(j, "complete");
	w101_json_bool(j, m->complete);
	if (s->opt.facts)
		put_facts(j, s->opt.facts);
}

/* The type of the line that an event makes; NULL: none. */
static const char *line_of(const struct jsonl *s, const struct w101_event *ev)
{
	switch (ev->type) {
	case W101_EV_EXCHANGE:
		return ev->u.exchange.x->is_upgrade || s->opt.verbose ? "exchange" : NULL;
	case W101_EV_FRAME:
		return "frame";
	case W101_EV_MESSAGE:
		return "message";
	case W101_EV_FINDING:
		return "finding";
	case W101_EV_HINT:
		return "hint";
	case W101_EV_GAP:
		return "gap";
	case W101_EV_CLOSE:
		return ev->u.close->upgrade ? "connection" : NULL;
	case W101_EV_SUMMARY:
		return "summary";
	default:
		return NULL;
	}
}

static void event(void *self, const struct w101_event *ev)
{
	struct jsonl *s = self;
	const char *type = line_of(s, ev);
	if (!type)
		return;
	put_common(s, ev, type);
	switch (ev->type) {
	case W101_EV_EXCHANGE:
		put_exchange(&s->j, &ev->u.exchange);
		break;
	case W101_EV_FRAME:
		put_frame(&s->j, ev->u.pdu);
		break;
	case W101_EV_MESSAGE:
		put_message(s, ev->u.pdu);
		break;
	case W101_EV_FINDING:
		put_finding(&s->j, &ev->u.finding);
		break;
	case W101_EV_HINT:
		put_hint(&s->j, &ev->u.hint);
		break;
	case W101_EV_GAP:
		w101_json_key(&s->j, "missing");
		w101_json_uint(&s->j, ev->u.gap.missing);
		break;
	case W101_EV_CLOSE:
		put_connection(s, ev->u.close);
		break;
	case W101_EV_SUMMARY:
		put_summary(s, ev->u.summary);
		break;
	default:
		break;
	}
	w101_json_close(&s->j, '}');
	w101_putc(&s->w, '\n');
	if (s->opt.live)
		w101_writer_flush(&s->w);
}

static int close_sink(void *self)
{
	struct jsonl *s = self;
	int error = w101_writer_close(&s->w);
	free(s);
	return error;
}

bool w101_jsonl_open(FILE *f, const struct w101_report_options *opt, struct w101_sink *out)
{
	static const struct w101_sink_ops ops = { event, close_sink };
	struct jsonl *s = calloc(1, sizeof *s);
	if (!s || !w101_writer_init(&s->w, f, BUFFER)) {
		free(s);
		return false;
	}
	s->opt = *opt;
	s->j.w = &s->w;
	*out = (struct w101_sink){ &ops, s, 0 };
	return true;
}
