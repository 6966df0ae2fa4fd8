/* Events made by hand for the tests of src/report, sinks that write to memory,
 * and a strict check of JSON text. */
#ifndef W101_TESTS_REPORT_EVENTS_H
#define W101_TESTS_REPORT_EVENTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <wire101/event.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "report/report.h"

#define T0 (INT64_C(1767323045) * W101_SECOND + 123456789) /* 2026-01-02T03:04:05.123456789Z */

static inline struct w101_endpoint v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
	return (struct w101_endpoint){ { 4, { a, b, c, d } }, port };
}

struct out {
	FILE *f;
	char *text;
	size_t n;
	struct w101_sink sink;
};

static inline void out_open(struct out *o, const char *format, const struct w101_report_options *opt)
{
	o->f = open_memstream(&o->text, &o->n);
	assert_non_null(o->f);
	assert_true(w101_format_find(format)->open(o->f, opt, &o->sink));
}

/* Closes the sink; the text is the caller's to free. */
static inline char *out_text(struct out *o)
{
	assert_int_equal(o->sink.ops->close(o->sink.self), 0);
	assert_int_equal(fclose(o->f), 0);
	return o->text;
}

static inline void send(struct w101_sink s, const struct w101_event *ev)
{
	s.ops->event(s.self, ev);
}

static inline struct w101_event ev_of(enum w101_event_type type, uint32_t flow, enum w101_dir dir)
{
	return (struct w101_event){ .type = type, .flow = flow, .dir = dir, .packet = 7, .at = T0, .seq = 1 };
}

static inline void send_finding(struct w101_sink s, uint32_t flow, enum w101_finding_id id, const char *seen,
	uint64_t count, bool repeat)
{
	struct w101_event ev = ev_of(W101_EV_FINDING, flow, flow ? W101_CLIENT : W101_NO_DIR);
	ev.u.finding = (struct w101_ev_finding){ .row = w101_finding_row(id), .id = id, .offset = 12, .seen = w101_str(seen),
		.count = count, .repeat = repeat };
	send(s, &ev);
}

static inline void send_hint(struct w101_sink s, uint32_t flow, const char *text)
{
	static const char *const evidence[] = { "req-connection", "packet 12" };
	struct w101_event ev = ev_of(W101_EV_HINT, flow, W101_NO_DIR);
	ev.u.hint = (struct w101_ev_hint){ "hint-hop-by-hop", text, evidence, 2, 1 };
	send(s, &ev);
}

/* A handshake that can be changed before it is sent. */
struct shake {
	struct w101_http_field fields[4];
	struct w101_http_head request, response;
	struct w101_exchange x;
	struct w101_endpoint client, server;
};

static inline void shake_init(struct shake *s, const char *host, const char *target, int status, const char *reason)
{
	*s = (struct shake){ 0 };
	s->fields[0] = (struct w101_http_field){ W101_LIT("Host"), w101_str(host) };
	s->fields[1] = (struct w101_http_field){ W101_LIT("Upgrade"), W101_LIT("websocket") };
	s->request = (struct w101_http_head){ .method = W101_LIT("GET"), .target = w101_str(target), .major = 1, .minor = 1,
		.fields = s->fields, .n_fields = 2, .at = T0 };
	s->response = (struct w101_http_head){ .response = true, .status = status, .reason = w101_str(reason), .major = 1,
		.minor = 1, .at = T0 };
	s->x = (struct w101_exchange){ .request = &s->request, .response = &s->response, .host = w101_str(host),
		.offered = { W101_LIT("websocket") }, .n_offered = 1, .is_upgrade = true, .websocket = true,
		.verdict = status == 101 ? W101_VERDICT_SWITCHED : status / 100 == 2 ? W101_VERDICT_IGNORED :
										       W101_VERDICT_REFUSED,
		.verified = status == 101 ? 1 : -1, .latency = 3200000 };
	if (status == 101) {
		s->x.switched = W101_LIT("websocket");
		s->x.accept = (struct w101_accept){ W101_LIT("dGhlIHNhbXBsZSBub25jZQ=="),
			W101_LIT("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", true, true };
	}
	s->client = v4(127, 0, 0, 1, 40112);
	s->server = v4(127, 0, 0, 1, 9101);
}

static inline void send_request(struct w101_sink s, uint32_t flow, const struct shake *k)
{
	struct w101_event ev = ev_of(W101_EV_REQUEST, flow, W101_CLIENT);
	ev.u.head = (struct w101_ev_head){ &k->request, k->x.is_upgrade };
	send(s, &ev);
}

static inline void send_exchange(struct w101_sink s, uint32_t flow, const struct shake *k)
{
	struct w101_event ev = ev_of(W101_EV_EXCHANGE, flow, W101_SERVER);
	ev.at = T0 + 3200000;
	ev.u.exchange = (struct w101_ev_exchange){ .x = &k->x, .client = k->client, .server = k->server };
	send(s, &ev);
	if (k->x.switched.n) {
		ev.type = W101_EV_SWITCH;
		ev.u.change = (struct w101_ev_switch){ "websocket", k->x.switched, { 185, 129 }, false };
		send(s, &ev);
	}
}

static const char *const ws_kinds[] = { "continuation", "text", "binary", "close", "ping", "pong" };
enum { CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG };

/* A frame with its fields; then its message when it is a whole one. */
static inline void send_frame(struct w101_sink s, uint32_t flow, enum w101_dir dir, unsigned kind, bool fin, unsigned rsv,
	struct w101_bytes payload)
{
	static const uint8_t mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
	struct w101_value fields[7] = {
		{ "fin", W101_VALUE_BOOL, fin, { NULL, 0 } },
		{ "rsv", W101_VALUE_UINT, rsv, { NULL, 0 } },
		{ "masked", W101_VALUE_BOOL, dir == W101_CLIENT, { NULL, 0 } },
		{ "mask", W101_VALUE_BYTES, 0, { mask, 4 } },
	};
	struct w101_pdu pdu = { .protocol = "websocket", .kind = ws_kinds[kind], .kind_no = kind, .wire_bytes = payload.n + 6,
		.payload_bytes = payload.n, .payload = payload, .fields = fields, .n_fields = dir == W101_CLIENT ? 4 : 3 };
	fields[pdu.n_fields++] = (struct w101_value){ "length", W101_VALUE_UINT, payload.n, { NULL, 0 } };
	if (kind == CLOSE && payload.n >= 2) {
		fields[pdu.n_fields++] = (struct w101_value){ "code", W101_VALUE_UINT,
			(uint64_t)(payload.p[0] << 8 | payload.p[1]), { NULL, 0 } };
		fields[pdu.n_fields++] =
			(struct w101_value){ "reason", W101_VALUE_TEXT, 0, { payload.p + 2, payload.n - 2 } };
	}
	if (pdu.payload.n > 256) {
		pdu.payload.n = 256;
		pdu.truncated = true;
	}
	struct w101_event ev = ev_of(W101_EV_FRAME, flow, dir);
	ev.u.pdu = &pdu;
	send(s, &ev);
}

static inline void send_message(struct w101_sink s, uint32_t flow, enum w101_dir dir, unsigned kind,
	struct w101_bytes payload, uint32_t frames, uint64_t wire)
{
	struct w101_pdu pdu = { .protocol = "websocket", .kind = ws_kinds[kind], .kind_no = kind, .payload_bytes = payload.n,
		.payload = payload, .frames = frames, .compressed = wire != payload.n, .text = kind == TEXT,
		.wire_length = wire };
	struct w101_event ev = ev_of(W101_EV_MESSAGE, flow, dir);
	ev.u.pdu = &pdu;
	send(s, &ev);
}

static inline struct w101_ev_close close_init(const struct shake *k)
{
	struct w101_ev_close c = { .client = k->client, .server = k->server, .upgrade = true, .verified = k->x.verified,
		.first = T0, .last = T0 + W101_SECOND, .connect = -1, .first_frame = -1, .longest_silence = -1,
		.close_to_tcp = -1, .tcp_by = W101_NO_DIR };
	c.status = (struct w101_decoder_status){ .close_by = W101_NO_DIR, .reason = "",
		.close_at = { W101_TIME_NONE, W101_TIME_NONE } };
	if (k->x.switched.n) {
		c.protocol = "websocket";
		c.kinds = ws_kinds;
		c.n_kinds = sizeof ws_kinds / sizeof *ws_kinds;
	}
	return c;
}

static inline void send_close(struct w101_sink s, uint32_t flow, const struct w101_ev_close *c)
{
	struct w101_event ev = ev_of(W101_EV_CLOSE, flow, W101_NO_DIR);
	ev.u.close = c;
	send(s, &ev);
}

static inline void send_summary(struct w101_sink s, const struct w101_ev_summary *m)
{
	struct w101_event ev = ev_of(W101_EV_SUMMARY, 0, W101_NO_DIR);
	ev.u.summary = m;
	send(s, &ev);
}

/* Strict JSON (RFC 8259): NULL when p does not hold a value, else what follows it. */
static inline const char *json_value(const char *p);

static inline const char *json_string(const char *p)
{
	if (*p++ != '"')
		return NULL;
	for (; *p != '"'; p++) {
		if ((unsigned char)*p < 0x20)
			return NULL;
		if (*p != '\\')
			continue;
		p++;
		if (*p == 'u') {
			for (int i = 0; i < 4; i++)
				if (!*++p || !strchr("0123456789abcdefABCDEF", *p))
					return NULL;
		} else if (!*p || !strchr("\"\\/bfnrt", *p)) {
			return NULL;
		}
	}
	return p + 1;
}

static inline const char *json_number(const char *p)
{
	size_t n;
	if (*p == '-')
		p++;
	n = strspn(p, "0123456789");
	if (n == 0 || (*p == '0' && n > 1))
		return NULL;
	p += n;
	if (*p == '.') {
		n = strspn(++p, "0123456789");
		if (n == 0)
			return NULL;
		p += n;
	}
	return p;
}

static inline const char *json_members(const char *p, bool object)
{
	char end = object ? '}' : ']';
	if (*++p == end)
		return p + 1;
	for (;; p++) {
		if (object) {
			p = json_string(p);
			if (!p || *p++ != ':')
				return NULL;
		}
		p = json_value(p);
		if (!p)
			return NULL;
		if (*p == end)
			return p + 1;
		if (*p != ',')
			return NULL;
	}
}

static inline const char *json_value(const char *p)
{
	static const char *const words[] = { "true", "false", "null" };
	if (*p == '{' || *p == '[')
		return json_members(p, *p == '{');
	if (*p == '"')
		return json_string(p);
	for (size_t i = 0; i < 3; i++)
		if (strncmp(p, words[i], strlen(words[i])) == 0)
			return p + strlen(words[i]);
	return json_number(p);
}

/* Every line is one object, valid UTF-8, without control characters. */
static inline void assert_json_lines(const char *text, size_t n, size_t lines)
{
	size_t seen = 0;
	assert_int_equal(strlen(text), n);
	assert_true(w101_utf8_valid(text, n));
	for (const char *p = text; *p; p++, seen++) {
		assert_int_equal(*p, '{');
		p = json_value(p);
		assert_non_null(p);
		assert_int_equal(*p, '\n');
	}
	assert_int_equal(seen, lines);
}

/* Nothing that a terminal would obey: UTF-8, no control but LF, no bidirectional override. */
static inline void assert_harmless(const char *text, size_t n)
{
	assert_true(w101_utf8_valid(text, n));
	for (size_t i = 0; i < n; i++)
		assert_true(text[i] == '\n' || ((unsigned char)text[i] >= 0x20 && text[i] != 0x7f));
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_null(strstr(text, "\xc2\x9b"));
}

#endif
